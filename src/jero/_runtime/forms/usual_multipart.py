"""A whole multipart body as nearly every client sends it, taken apart at once; any other is left to the parser."""

import re

from jero._runtime.forms.parts import FormParts, Part
from jero.limits import Limits

_CR = ord("\r")
"""As a number: looking for that in bytes is many times faster than looking for a bytes object."""
_DISPOSITION = b"Content-Disposition"
_TYPE = b"Content-Type"
_HEAD = re.compile(
    rb'Content-Disposition: (form-data; name="([^"\\\x00-\x1f\x7f]*)"(?:; filename="([^"\\\x00-\x1f\x7f]*)")?)'
    rb"(?:\r\nContent-Type: ([!-~](?:[ -~]*[!-~])?))?\r\n\r\n"
)
"""What it matches needs no further check but those of its length and of UTF-8."""

type _Found = tuple[str, Part, int, int]
"""The name of a part, what its headers say, and from where to where its content is."""


def read_usual(body: bytes, boundary: bytes, parts: FormParts, limits: Limits) -> bool:
    """Give the parts of a whole body to `parts`; False, and nothing is given, where the body is not the usual one.

    The usual one has nothing before its first boundary, behind its last one, and between a boundary and its line
    break; a part has a disposition and maybe a content type, in this order. Raises what `parts` raises.
    """
    found = _find_parts(body, boundary, limits)
    if found is None:
        return False
    for name, part, start, end in found:
        parts.begin()
        if parts.open(name, part):
            parts.write(body, start, end)
        parts.close()
    return True


def _find_parts(body: bytes, boundary: bytes, limits: Limits) -> list[_Found] | None:
    delimiter = b"\r\n--" + boundary
    found: list[_Found] = []
    at = len(delimiter)
    is_next = body.startswith(delimiter[2:] + b"\r\n") and limits.max_part_headers != 1
    while is_next and len(found) != limits.max_form_parts:
        head = _HEAD.match(body, at)
        part = None if head is None else _read_head(head, limits.max_part_header)
        if head is None or part is None:
            return None
        start = head.end()
        end = body.find(_CR, start)
        if not body.startswith(delimiter, end):  # a look that costs nothing, at what is text or has no line breaks
            end = body.find(delimiter, start)
        if end < 0:
            return None
        found.append((*part, start, end))
        at = end + len(delimiter) + 2
        is_next = body.startswith(b"\r\n", at - 2)
    return found if found and body.startswith(b"--", at - 2) and body[at:] in {b"", b"\r\n"} else None


def _read_head(head: re.Match[bytes], limit: int | None) -> tuple[str, Part] | None:
    if limit is not None and head.end() - head.start() > limit:  # no line of it is longer, if all of it is not
        return None
    disposition, name, filename, content_type = head.groups()
    headers = [(_DISPOSITION, disposition)]
    if content_type is not None:
        headers.append((_TYPE, content_type))
    try:
        return name.decode(), Part(filename, content_type, headers)
    except UnicodeDecodeError:
        return None
