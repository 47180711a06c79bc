"""The parts of a form as they came, under the limits for their number and size; nothing is decoded yet."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from jero._plan import FILE_KINDS, FormField, PartKind, SourcePlan
from jero._runtime.forms.contents import extend
from jero._runtime.forms.spooling import Spool, SpooledContent
from jero.errors import ContentTooLargeError
from jero.limits import Limits

SILENT = logging.Logger("jero.forms", logging.CRITICAL + 1)  # noqa: LOG001 - no setting is to turn it on
"""For the parsers: they warn of what is malformed, which is the client's affair and would fill a log."""


@dataclass(slots=True)
class Part:
    """One part: its content, and what its headers say. `spooled` holds the content of a SpooledFilePart.

    What reads `content` as bytes may keep those in its place, so that it is not in memory twice.
    """

    filename: bytes | None = None
    content_type: bytes | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()
    content: bytes | bytearray = b""
    spooled: SpooledContent | None = None

    @property
    def is_unfilled(self) -> bool:
        """Whether a browser sent it for a file input in which no file was chosen."""
        size = len(self.content) if self.spooled is None else self.spooled.size
        return self.filename == b"" and size == 0


class FormParts:
    """Takes the parts of one form from a parser: `begin`, then for each part `open`, `write` and `close`.

    Each raises ContentTooLargeError once a limit is passed. What belongs to no field is counted and dropped.
    """

    __slots__ = ("_count", "_fields", "_limit", "_limits", "_part", "_spool", "found", "unknown")

    def __init__(self, fields: "FormFields", limits: Limits, spool: Spool) -> None:
        self.found: dict[str, list[Part]] = {}
        """The parts of each field; where it is no list, only the last."""
        self.unknown: list[str] = []
        """The names of no field, where they are forbidden."""
        self._fields = fields
        self._limits = limits
        self._spool = spool
        self._part: Part | None = None
        self._limit: int | None = None
        self._count = 0

    def begin(self) -> None:
        """Count a part whose name is still to come."""
        self._count += 1
        check_count(self._count, self._limits)

    def open(self, name: str, part: Part) -> bool:
        """Begin the content of a part; False where it is dropped."""
        form_field = self._fields.by_key.get(name)
        if form_field is None:
            self._part = None
            if self._fields.forbids_unknown:
                self.unknown.append(name)
            return False
        self._limit = None if form_field.kind in FILE_KINDS else self._limits.max_form_field
        if form_field.kind is PartKind.SPOOLED_FILE:
            part.spooled = self._spool.begin(self._limits.max_part_memory)
        parts = self.found.setdefault(name, [])
        if not form_field.is_list:
            parts.clear()
        parts.append(part)
        self._part = part
        return True

    def write(self, data: bytes, start: int, end: int) -> None:
        """Add `data[start:end]` to the content of the part."""
        part = self._part
        if part is None:
            return
        if part.spooled is not None:
            part.spooled.append(data, start, end)
            return
        check_field_size(len(part.content) + end - start, self._limit)
        part.content = extend(part.content, data, start, end)

    def close(self) -> None:
        """End the part."""
        if self._part is not None and self._part.spooled is not None:
            self._part.spooled.end()
        self._part = None


class FormFields:
    """What a form's plan says of the names of its parts."""

    __slots__ = ("by_key", "forbids_unknown", "has_files")

    def __init__(self, plan: SourcePlan) -> None:
        self.by_key: dict[str, FormField] = {it.key: it for it in plan.form_fields}
        self.forbids_unknown = plan.forbids_unknown
        self.has_files = any(it.kind in FILE_KINDS for it in plan.form_fields)


def check_count(count: int, limits: Limits) -> None:
    """Refuse a form with too many parts."""
    if limits.max_form_parts is not None and count > limits.max_form_parts:
        raise ContentTooLargeError(f"the form has more than {limits.max_form_parts} parts, the most that are read here")


def check_field_size(size: int, limit: int | None) -> None:
    """Refuse a field once its size is over the limit."""
    if limit is not None and size > limit:
        raise ContentTooLargeError(f"a field of the form is over {limit} bytes, the most that is read here")
