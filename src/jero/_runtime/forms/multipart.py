"""The bytes of a `multipart/form-data` body to the parts of a form (RFC 7578, RFC 2046 section 5.1)."""

import re
import sys

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MAX_BOUNDARY_LENGTH, MultipartParser

from jero._runtime.forms.header_parameters import parse_parameters
from jero._runtime.forms.parts import SILENT, FormParts, Part, check_count
from jero.errors import MalformedRequestError, UnsupportedMediaTypeError
from jero.limits import Limits

LONGEST_BOUNDARY = MAX_BOUNDARY_LENGTH
"""Characters of a boundary that the parser takes, whatever the limit."""
_BOUNDARY = re.compile(rb"[\x20-\x7e]*[\x21-\x7e]")
_CONTROLS = bytes({*range(32), 127} - {9})
_AS_IS = frozenset({b"7bit", b"8bit", b"binary"})
_ONCE = frozenset({b"content-disposition", b"content-type", b"content-transfer-encoding"})
_PADDING = 64
"""Spaces that are taken where any number may stand but none does: the parser looks at each."""
_SPACES = b" " * (_PADDING + 1)
_AFTER_FIRST = re.compile(rb"[ \t]*(\r\n|--)")
_TOO_PADDED = re.compile(rb"[ \t]{%d}" % (_PADDING + 1))


def check_boundary(boundary: bytes | None, limits: Limits) -> bytes:
    """Give the boundary that a content type names. Raises MalformedRequestError where it is none."""
    if boundary is None:
        raise MalformedRequestError("the content type `multipart/form-data` names no boundary")
    if limits.max_boundary is not None and len(boundary) > limits.max_boundary:
        raise MalformedRequestError(f"the boundary is longer than {limits.max_boundary} characters")
    if len(boundary) > LONGEST_BOUNDARY:
        raise MalformedRequestError(f"the boundary is longer than {LONGEST_BOUNDARY} characters")
    if not _BOUNDARY.fullmatch(boundary):
        raise MalformedRequestError("the boundary is empty, ends with a space, or is not printable ASCII")
    return boundary


class MultipartReader:
    """Takes a body piece by piece and gives its parts to `parts`.

    `feed` and `finish` raise MalformedRequestError where it is no such body, and what `parts` raises.
    """

    def __init__(self, boundary: bytes, parts: FormParts, limits: Limits) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._limits = limits
        self._head: bytes | None = b"\r\n"  # a body may begin with its boundary: the line break before it is ours
        self._skipped = -len(self._head)
        self._tail = b""
        self._delimiters = 0
        self._events = _Events(parts)
        self._parser = _make_parser(boundary, self._events, limits)

    def feed(self, data: bytes) -> None:
        """Take the next bytes, some kilobytes at once: the parser's work for each call is not small."""
        if self._head is not None:
            rest = self._skip_preamble(self._head + data)
            if rest is None:
                return
            data = rest
        if self._events.is_ended or not data:
            return  # the epilogue is nobody's (RFC 2046, 5.1.1)
        self._check_delimiters(data)
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise MalformedRequestError(f"the form is not valid multipart/form-data: {error}") from error

    def finish(self) -> None:
        """Take note that the body is at its end."""
        if not self._events.is_ended:
            raise MalformedRequestError("the form is truncated: it does not end with its boundary and `--`")

    def _skip_preamble(self, head: bytes) -> bytes | None:
        """Give what follows the preamble, from the first boundary on; None while there is none."""
        match = _find_delimiter(self._delimiter, head, _AFTER_FIRST)
        limit = self._limits.max_preamble
        skipped = self._skipped + (len(head) if match is None else match.start() - len(self._delimiter))
        reach = 0 if match is not None else len(self._delimiter) + _PADDING + 4
        if limit is not None and skipped > limit + reach:
            raise MalformedRequestError(f"the form has more than {limit} bytes before its first boundary")
        if match is None:
            self._head = head[-reach:]
            self._skipped += len(head) - len(self._head)
            return None
        if skipped > 0 and match[1] == b"--":  # only a form without parts begins with its end
            raise MalformedRequestError("the form ends before a boundary that begins a part")
        self._head = None
        return self._delimiter[2:] + head[match.start(1) :]

    def _check_delimiters(self, data: bytes) -> None:
        """Refuse many boundaries, and much padding after one: the parser looks at each of their bytes."""
        text = self._tail + data
        found = text.count(self._delimiter)
        self._delimiters += found - self._tail.count(self._delimiter)
        self._tail = text[-len(self._delimiter) - _PADDING :]
        check_count(self._delimiters - 1, self._limits)
        if found and _find_delimiter(self._delimiter, text, _TOO_PADDED):
            raise MalformedRequestError("the form is not valid multipart/form-data: a boundary is followed by padding")


def _make_parser(boundary: bytes, events: "_Events", limits: Limits) -> MultipartParser:
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": events.begin_part,
            "on_header_field": events.take_name,
            "on_header_value": events.take_value,
            "on_header_end": events.end_header,
            "on_headers_finished": events.open_part,
            "on_part_data": events.take_data,
            "on_part_end": events.end_part,
            "on_end": events.end,
        },
        max_header_count=limits.max_part_headers or sys.maxsize,
        max_header_size=limits.max_part_header or sys.maxsize,
    )
    parser.logger = SILENT
    return parser


class _Events:
    """What the parser calls. It does not know the parser: a circle would keep the parts until the collector comes."""

    __slots__ = ("_headers", "_name", "_parts", "_value", "is_ended")

    def __init__(self, parts: FormParts) -> None:
        self.is_ended = False
        self._parts = parts
        self._name = bytearray()
        self._value = bytearray()
        self._headers: list[tuple[bytes, bytes]] = []

    def begin_part(self) -> None:
        """Take note that a part begins with its headers."""
        self._parts.begin()
        self._headers = []

    def take_name(self, data: bytes, start: int, end: int) -> None:
        """Take some of a header's name."""
        self._name += data[start:end]
        if data.startswith(_SPACES, end + 1):
            raise MalformedRequestError("a part's header has too many spaces before its value")

    def take_value(self, data: bytes, start: int, end: int) -> None:
        """Take some of a header's value."""
        self._value += data[start:end]

    def end_header(self) -> None:
        """Take note that a header is whole."""
        self._headers.append((bytes(self._name), bytes(self._value).strip(b" \t")))
        self._name.clear()
        self._value.clear()

    def open_part(self) -> None:
        """Begin the content of a part, its headers being whole."""
        found: dict[bytes, bytes] = {}
        for sent_name, value in self._headers:
            name = sent_name.lower()
            if name in _ONCE and name in found:
                raise MalformedRequestError(f"a part has more than one `{name.decode()}`")
            found[name] = value
            if name != b"content-disposition" and _has_controls(value):
                raise MalformedRequestError("a header of a part has control characters")
        encoding = found.get(b"content-transfer-encoding")
        if encoding is not None and encoding.lower() not in _AS_IS:
            raise UnsupportedMediaTypeError("a part has a `content-transfer-encoding`; send it as it is")
        name, filename = _parse_disposition(found.get(b"content-disposition"))
        self._parts.open(name, Part(filename, found.get(b"content-type"), self._headers))

    def take_data(self, data: bytes, start: int, end: int) -> None:
        """Take some of the content."""
        self._parts.write(data, start, end)

    def end_part(self) -> None:
        """Take note that a part is whole."""
        self._parts.close()

    def end(self) -> None:
        """Take note that the form is whole."""
        self.is_ended = True


def _find_delimiter(delimiter: bytes, text: bytes, after: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """Give the first match of `after` right behind a delimiter. A pattern of both would be compiled each time."""
    at = text.find(delimiter)
    while at >= 0:
        match = after.match(text, at + len(delimiter))
        if match is not None:
            return match
        at = text.find(delimiter, at + len(delimiter))
    return None


def _parse_disposition(disposition: bytes | None) -> tuple[str, bytes | None]:
    """Give the name of a part, and its file name as bytes."""
    if disposition is None:
        raise MalformedRequestError("a part has no `content-disposition`")
    parsed = parse_parameters(disposition)
    if parsed is None or parsed[0] != b"form-data":
        raise MalformedRequestError('the `content-disposition` of a part is not `form-data; name="..."`')
    parameters = parsed[1]
    name = parameters.get(b"name")
    if name is None:
        raise MalformedRequestError("the `content-disposition` of a part has no `name`")
    if _has_controls(name):
        raise MalformedRequestError("the name of a part has control characters")
    try:
        return name.decode(), parameters.get(b"filename")
    except UnicodeDecodeError as error:
        raise MalformedRequestError("the name of a part is not UTF-8") from error


def _has_controls(text: bytes) -> bool:
    return len(text.translate(None, _CONTROLS)) != len(text)
