"""Cuts the bytes of a streamed response into what it is iterated by: NDJSON objects, events, or the bytes."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Any, ClassVar, Protocol, TypeAliasType, overload

import msgspec

type ItemType[T] = type[T] | UnionType | TypeAliasType | None


@dataclass(frozen=True, slots=True)
class TestSSEEvent:
    """One server-sent event, as the HTML standard parses it (9.2.6).

        with client.stream_get("/prices") as feed:
            event = next(feed)
            assert (event.event, event.json(Price)) == ("price", Price(12))

    `event`, `id` and `retry` (milliseconds) are what this very event carried, None where it did not: a
    browser would name an event without `event` `message`, and repeat the last `id`. `data` joins the
    event's `data` lines with newlines.
    """

    __test__: ClassVar[bool] = False  # pytest collects classes whose names begin with Test

    event: str | None = None
    data: str = ""
    id: str | None = None
    retry: int | None = None

    @overload
    def json(self) -> Any: ...
    @overload
    def json[T](self, type: type[T]) -> T: ...
    @overload
    def json(self, type: UnionType | TypeAliasType | None) -> Any: ...
    def json(self, type: Any = None) -> Any:  # noqa: A002 - the name that msgspec.json.decode has for it
        """Return `data` decoded as JSON: into `type` where one is given, else into builtins.

        Raises:
            msgspec.DecodeError: the data is not JSON.
            msgspec.ValidationError: it is not JSON for this type.

        """
        return msgspec.json.decode(self.data, type=Any if type is None else type)


class Framing(Protocol):
    """Turns chunks into items, one after another."""

    def feed(self, chunk: bytes) -> Iterable[object]:
        """Return the items that are whole after this chunk."""
        ...

    def end(self) -> Iterable[object]:
        """Return what is whole only because the stream has ended as it should."""
        ...


def framing_for(media_type: str, item_type: object, comments: list[str]) -> Framing:
    """Return the framing of a media type; comments of an event stream are added to `comments`.

    Raises:
        TypeError: items of this media type are never of the type asked for.

    """
    if media_type == "application/x-ndjson":
        return _Lines(item_type)
    if media_type == "text/event-stream":
        _refuse_other(item_type, TestSSEEvent, media_type, "decode the data with event.json(type)")
        return _Events(comments)
    _refuse_other(item_type, bytes, media_type, "take the body whole with read()")
    return _Chunks()


def _refuse_other(item_type: object, only: type, media_type: str, remedy: str) -> None:
    """Refuse an item type that the media type does not have."""
    if item_type is not None and item_type is not only:
        raise TypeError(
            f"a response of {media_type or 'no content type'} is iterated as {only.__name__}, "
            f"not as {item_type!r}; leave type= out, or {remedy}"
        )


class _Chunks:
    """The bytes as sent, chunk by chunk."""

    def feed(self, chunk: bytes) -> Iterable[object]:
        return (chunk,)

    def end(self) -> Iterable[object]:
        return ()


class _Lines:
    """NDJSON: an object per line; empty lines count for nothing."""

    def __init__(self, item_type: object) -> None:
        self._decode = msgspec.json.Decoder(Any if item_type is None else item_type).decode
        self._begun: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterable[object]:
        if b"\n" not in chunk:
            self._begun.append(chunk)
            return ()
        *lines, rest = (b"".join(self._begun) + chunk).split(b"\n")
        self._begun = [rest]
        return [self._decode(line) for line in lines if line.strip()]

    def end(self) -> Iterable[object]:
        last = b"".join(self._begun)
        return [self._decode(last)] if last.strip() else ()


class _Events:
    """Server-sent events; an event that the end of the stream cuts off is dropped, as the standard says."""

    _line_end = re.compile(r"\r\n|\n|\r")

    def __init__(self, comments: list[str]) -> None:
        self._comments = comments
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._begun: list[str] = []
        self._at_start = True
        self._after_cr = False
        self._clear()

    def _clear(self) -> None:
        """Begin an event."""
        self._data: list[str] = []
        self._event: str | None = None
        self._id: str | None = None
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterable[object]:
        text = self._decode(chunk)
        if not text:
            return ()
        if self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        if self._after_cr:  # the line ended with the last chunk: a newline here is the rest of its CRLF
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r")
        if "\n" not in text and "\r" not in text:
            self._begun.append(text)
            return ()
        *lines, rest = self._line_end.split("".join(self._begun) + text)
        self._begun = [rest]
        return [event for line in lines if (event := self._take(line)) is not None]

    def end(self) -> Iterable[object]:
        return ()

    def _take(self, line: str) -> TestSSEEvent | None:
        """Take one line; return the event that an empty line ends, if it has data."""
        if not line:
            event = TestSSEEvent(self._event, "\n".join(self._data), self._id, self._retry)
            has_data = bool(self._data)
            self._clear()
            return event if has_data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self._comments.append(value)
            case "data":
                self._data.append(value)
            case "event":
                self._event = value or None
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self._retry = int(value)
            case _:
                pass
        return None
