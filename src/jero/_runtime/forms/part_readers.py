"""What a part of a form holds, to values: its content, its file name, its headers; or what is wrong there."""

import re
from collections.abc import Callable

import msgspec

from jero._plan import FormField, PartContent
from jero._runtime.forms.mistakes import Mistakes
from jero._runtime.forms.parts import Part
from jero._runtime.malformed import MALFORMED, malformed_detail
from jero._runtime.request_headers import scan_headers
from jero._runtime.text import make_converter
from jero._runtime.text_binding import in_wire_names, make_header_gatherer
from jero._runtime.violations.search import find_json_violations, find_violations

ABSENT = object()
"""Given for a part that counts as not sent."""
FAILED = object()
"""Given where mistakes were noted."""

type ReadPart = Callable[[Part, str, Mistakes], object]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def make_content_reader(field: FormField) -> ReadPart:
    """Make the function that gives the value that a part's content is."""
    return _MAKERS[field.content](field)


def make_headers_reader(field: FormField) -> ReadPart | None:
    """Make the function that gives a part's headers as a Struct; None where the field takes none."""
    if field.headers_type is None:
        return None
    headers_type: object = field.headers_type
    wanted = frozenset(it.wire_name.encode() for it in field.header_fields)
    gather = make_header_gatherer(field.header_fields)

    def read(part: Part, place: str, mistakes: Mistakes) -> object:
        found = scan_headers(((name.lower(), value) for name, value in part.headers), wanted)
        values = gather(found)
        try:
            return msgspec.convert(values, headers_type)
        except msgspec.ValidationError as error:
            violations = in_wire_names(find_violations(headers_type, values), field.header_fields)
            mistakes.add_below(f"{place}/headers", violations, error)
            return FAILED

    return read


def read_filename(part: Part, place: str, mistakes: Mistakes) -> object:
    """Give the name of a file, as sent."""
    if not part.filename:
        mistakes.add(place, "Expected a file, got a part without a file name")
        return FAILED
    try:
        filename = part.filename.decode()
    except UnicodeDecodeError:
        mistakes.add(place, "The file name is not UTF-8")
        return FAILED
    if _CONTROLS.search(filename):
        mistakes.add(place, "The file name has control characters")
        return FAILED
    return filename


def checked(value: object, type_: object, place: str, mistakes: Mistakes) -> object:
    """Give a value as what it has to be."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        mistakes.add_below(place, find_violations(type_, value), error)
        return FAILED


def _make_text_reader(field: FormField) -> ReadPart:
    convert = make_converter(field.reads)
    keeps_blank, data_type = field.keeps_blank, field.data_type
    is_plain = convert is None and data_type is str

    def read(part: Part, place: str, mistakes: Mistakes) -> object:
        try:
            text = part.content.decode()
        except UnicodeDecodeError:
            mistakes.add(place, "The text is not UTF-8")
            return FAILED
        if not text and not keeps_blank:
            return ABSENT
        if is_plain:
            return text
        return checked(text if convert is None else convert(text), data_type, place, mistakes)

    return read


def _make_json_reader(field: FormField) -> ReadPart:
    data_type = field.data_type
    decode = msgspec.json.Decoder(data_type).decode

    def read(part: Part, place: str, mistakes: Mistakes) -> object:
        try:
            return decode(part.content)
        except msgspec.ValidationError as error:
            try:
                mistakes.add_below(place, find_json_violations(data_type, bytes(part.content)), error)
            except MALFORMED as fault:  # only behind its first mistake
                mistakes.add(place, malformed_detail(fault, "the part"))
        except MALFORMED as fault:
            mistakes.add(place, malformed_detail(fault, "the part"))
        return FAILED

    return read


def _make_bytes_reader(field: FormField) -> ReadPart:
    data_type = field.data_type

    def read(part: Part, place: str, mistakes: Mistakes) -> object:
        if part.spooled is not None:
            content = part.spooled
            return content if content.is_on_disk else content.read(0, content.size)
        part.content = content = bytes(part.content)
        return content if data_type is bytes else checked(content, data_type, place, mistakes)

    return read


_MAKERS: dict[PartContent, Callable[[FormField], ReadPart]] = {
    PartContent.TEXT: _make_text_reader,
    PartContent.JSON: _make_json_reader,
    PartContent.BYTES: _make_bytes_reader,
}
