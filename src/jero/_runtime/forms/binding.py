"""The parts of a form to its Struct, or to everything that is wrong with them."""

from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from jero._plan import FILE_KINDS, FormField, PartKind, SourcePlan
from jero._runtime.forms.mistakes import EnoughError, Mistakes
from jero._runtime.forms.part_readers import (
    ABSENT,
    FAILED,
    checked,
    make_content_reader,
    make_headers_reader,
    read_filename,
)
from jero._runtime.forms.parts import FormParts, Part
from jero._runtime.request import Request
from jero._runtime.violations.plans import plan_of
from jero._runtime.violations.search import Violation, Violations
from jero._runtime.violations.words import cut, fragment, read_mistake, words_of
from jero.forms import FileContent, FilePart, FormPart, SpooledFilePart
from jero.headers import RawHeaders

type AnyHeaders = msgspec.Struct | None

_MOST = 100


class FormBinder:
    """Binds the forms of one operation."""

    __slots__ = ("_annotation", "_fields")

    def __init__(self, plan: SourcePlan) -> None:
        self._annotation = plan.annotation
        self._fields = tuple(_FieldBinder(it) for it in plan.form_fields)

    def read(self, request: Request) -> object:
        """Give the Struct of the request's form. Raises msgspec.ValidationError where it has a mistake."""
        mistakes = Mistakes(1)
        values = self._bind(request.form, mistakes)
        if mistakes.entries:
            raise msgspec.ValidationError(mistakes.entries[0].detail)
        return msgspec.convert(values, self._annotation)

    def explain(self, request: Request) -> Violations:
        """List the mistakes of the request's form, at most 100."""
        mistakes = Mistakes(_MOST)
        values = self._bind(request.form, mistakes)
        if not mistakes.entries:
            self._check_whole(values, mistakes)
        return Violations(tuple(mistakes.entries), truncated=mistakes.is_truncated)

    def _bind(self, form: FormParts, mistakes: Mistakes) -> dict[str, object]:
        values: dict[str, object] = {}
        try:
            for field in self._fields:
                value = field.bind(form.found.get(field.key, ()), mistakes)
                if value is not ABSENT:
                    values[field.key] = value
            for name in form.unknown:
                shown = cut(name)
                mistakes.add(fragment((shown,)), f"Object contains unknown field `{shown}`")
        except EnoughError:
            pass
        return values

    def _check_whole(self, values: dict[str, object], mistakes: Mistakes) -> None:
        """Note what the Struct itself refuses, such as its `__post_init__`, where each field is right."""
        try:
            msgspec.convert(values, self._annotation)
        except msgspec.ValidationError as error:
            mistake = read_mistake(error)
            words = words_of(mistake, values, is_secret=plan_of(self._annotation).shape.holds_secret)
            mistakes.entries.append(Violation(fragment(mistake.tokens), words))


class _FieldBinder:
    """Binds the parts of one field."""

    __slots__ = ("_field", "_make", "_place", "_read_content", "_read_headers", "key")

    def __init__(self, field: FormField) -> None:
        self.key = field.key
        self._field = field
        self._place = fragment((field.key,))
        self._read_content = make_content_reader(field)
        self._read_headers = make_headers_reader(field)
        self._make = _MAKERS[field.kind]

    def bind(self, parts: Sequence[Part], mistakes: Mistakes) -> object:
        """Give the field's value, ABSENT where its default is to be used."""
        field = self._field
        value = self._bind_list(parts, mistakes) if field.is_list else self._bind_one(parts, mistakes)
        if value is not ABSENT:
            return value
        if field.is_required:
            mistakes.add(self._place, f"Object missing required field `{field.key}`")
        return None if field.absent_is_none else ABSENT

    def _bind_one(self, parts: Sequence[Part], mistakes: Mistakes) -> object:
        return self._bind_part(parts[-1], self._place, mistakes) if parts else ABSENT

    def _bind_list(self, parts: Sequence[Part], mistakes: Mistakes) -> object:
        items = [self._bind_part(part, f"{self._place}/{at}", mistakes) for at, part in enumerate(parts)]
        items = [item for item in items if item is not ABSENT]
        if not items:
            return ABSENT
        if any(item is FAILED for item in items):
            return FAILED
        return checked(items, self._field.annotation, self._place, mistakes)

    def _bind_part(self, part: Part, place: str, mistakes: Mistakes) -> object:
        if part.is_unfilled:
            return ABSENT
        content = self._read_content(part, place, mistakes)
        if content is ABSENT:
            return ABSENT
        headers = None if self._read_headers is None else self._read_headers(part, place, mistakes)
        filename = None
        if self._field.kind in FILE_KINDS:
            filename = read_filename(part, place, mistakes)
        if content is FAILED or headers is FAILED or filename is FAILED:
            return FAILED
        return self._make(part, content, headers, filename)


def _make_form_part(part: Part, content: object, headers: object, _filename: object) -> object:
    return FormPart(
        data=content,
        headers=cast("AnyHeaders", headers),  # their reader made them
        content_type=_content_type(part),
        raw_headers=RawHeaders.from_wire(part.headers),
    )


def _make_file_part(part: Part, content: object, headers: object, filename: object) -> object:
    return FilePart(
        data=cast("bytes", content),  # a file's content is bytes, or a FileContent where it is spooled
        filename=cast("str", filename),  # a file has one, or FAILED
        headers=cast("AnyHeaders", headers),  # their reader made them
        content_type=_content_type(part),
        raw_headers=RawHeaders.from_wire(part.headers),
    )


def _make_spooled_part(part: Part, content: object, headers: object, filename: object) -> object:
    return SpooledFilePart(
        content=cast("bytes | FileContent", content),  # as above
        filename=cast("str", filename),  # as above
        headers=cast("AnyHeaders", headers),  # their reader made them
        content_type=_content_type(part),
        raw_headers=RawHeaders.from_wire(part.headers),
    )


def _content_type(part: Part) -> str | None:
    return None if part.content_type is None else part.content_type.decode("latin-1")


_MAKERS: dict[PartKind, Callable[[Part, object, object, object], object]] = {
    PartKind.VALUE: lambda _part, content, _headers, _filename: content,
    PartKind.PART: _make_form_part,
    PartKind.FILE: _make_file_part,
    PartKind.SPOOLED_FILE: _make_spooled_part,
}
