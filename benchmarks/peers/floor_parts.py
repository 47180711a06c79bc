"""What all floors do by hand: a query and a form into the Structs of the scenarios, JSON in and out."""

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import msgspec
from models import Movie, Search, Uploaded
from python_multipart import MultipartParser

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

encode = msgspec.json.Encoder().encode
decode_movie = msgspec.json.Decoder(Movie).decode

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_BOUNDARY = re.compile(rb'multipart/form-data;.*\bboundary="?([^";]+)', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]*)"')
_FILENAME = re.compile(rb'\bfilename="([^"]*)"')


class RefusedError(Exception):
    """A request that is answered with a status of its own."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read_search(slot: str, query: str) -> Search:
    """Convert the slot and the query of scenario b; raises `RefusedError`, 404 or 400, where one does not convert."""
    q, page, in_stock = "", 1, False
    is_escaped = "%" in query or "+" in query
    try:
        widget_id = int(slot)
    except ValueError:
        raise RefusedError(404) from None
    try:
        for pair in query.split("&") if query else ():
            name, _, value = pair.partition("=")
            if is_escaped:
                value = unquote_plus(value, errors="strict")
            if name == "q":
                q = value
            elif name == "page":
                page = int(value)
            elif name == "in_stock":
                in_stock = _BOOLEANS[value.lower()]
    except (ValueError, KeyError):
        raise RefusedError(400) from None
    return Search(widget_id, q, page, in_stock)


def decoding_status(error: msgspec.DecodeError) -> int:
    """Give the status for a body of scenarios c and g that `decode_movie` does not take."""
    return 422 if isinstance(error, msgspec.ValidationError) else 400


def read_upload(content_type: bytes, body: bytes) -> Uploaded:
    """Parse the form of scenario f; raises `RefusedError`, 415 or 422."""
    boundary = _BOUNDARY.match(content_type)
    if boundary is None:
        raise RefusedError(415)
    form = _Form()
    parser = MultipartParser(boundary[1], form.callbacks())
    parser.write(body)
    parser.finalize()
    if "title" not in form.parts or "file" not in form.parts or form.filename is None:
        raise RefusedError(422)
    return Uploaded(form.parts["title"].decode(), form.filename, len(form.parts["file"]))


class _Form:
    """The parts of a form as the parser comes to them."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.filename: str | None = None
        self._header = self._value = b""
        self._disposition = b""
        self._chunks: list[bytes] = []

    def callbacks(self) -> "MultipartCallbacks":
        """Give what `MultipartParser` calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_part_data": self._take_data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition = b""
        self._chunks = []

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        self._chunks.append(data[start:end])

    def _end(self) -> None:
        name, filename = _NAME.search(self._disposition), _FILENAME.search(self._disposition)
        if name is None:
            raise RefusedError(400)
        self.parts[name[1].decode()] = b"".join(self._chunks)
        if filename is not None:
            self.filename = filename[1].decode()
