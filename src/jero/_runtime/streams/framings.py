"""Items of a stream to the bytes that carry them: raw bytes, NDJSON lines, server-sent events."""

import re
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

import msgspec

from jero._plan import ReturnKind, ReturnPlan
from jero._runtime.server_faults import ServerFaultError
from jero.streaming import ServerSentEvent

type Frame = Callable[[object], bytes]
type Run = Callable[[AsyncIterable[object], "Pieces"], Awaitable[None]]


class Pieces(Protocol):
    """What the loop over the items of one stream fills: it hands over each time it has framed `limit` bytes."""

    pieces: list[bytes]
    framed: int
    limit: int

    async def hand_over(self, size: int) -> None:
        """Be told that so many bytes are framed in all. Raises ClientDisconnectedError where the client has left."""
        ...


@dataclass(frozen=True, slots=True)
class Framing:
    """How the items of an operation's streams are framed. Raises ServerFaultError for an item of the wrong type."""

    frame: Frame
    """Frames one item, without its end."""
    end: bytes
    """Ends each item."""
    run: Run
    """Frames all the items that follow the first."""


PING = b": ping\n\n"
_LINE_BREAK = re.compile("\r\n|\r|\n")  # and no other: U+2028 is an ordinary character of an event stream


def make_framing(returns: ReturnPlan) -> Framing:
    """Make the framing of a stream of items."""
    return _MAKERS[returns.kind](returns.accepts)


def frame_event(event: ServerSentEvent[object], data: str | None) -> bytes:
    """Write one event (WHATWG HTML, 9.2.6): its fields, a `data:` line for each line of data, a blank one."""
    lines: list[str] = []
    if event.event is not None:
        lines.append(f"event: {event.event}")
    if event.id is not None:
        lines.append(f"id: {event.id}")
    if event.retry is not None:
        lines.append(f"retry: {event.retry}")
    if data is not None:
        lines += [f"data: {line}" for line in _LINE_BREAK.split(data)]
    return ("\n".join(lines) + "\n\n").encode()


def _make_bytes(_accepts: tuple[type, ...]) -> Framing:
    def frame(item: object) -> bytes:
        if not isinstance(item, bytes | bytearray | memoryview):
            raise _wrong_item(item, "bytes")
        return bytes(cast("bytes", item))  # or one of its kin

    return Framing(frame, b"", _runner(frame))


def _runner(frame: Frame) -> Run:
    """Make the loop of items that are whole as they are framed."""

    async def run(items: AsyncIterable[object], outlet: Pieces) -> None:
        add, size = outlet.pieces.append, outlet.framed
        async for item in items:
            piece = frame(item)
            if piece:
                add(piece)
                size += len(piece)
            if size >= outlet.limit or not piece:
                await outlet.hand_over(size)

    return run


def _make_ndjson(accepts: tuple[type, ...]) -> Framing:
    encode = msgspec.json.Encoder().encode
    only = accepts[0] if len(accepts) == 1 else None

    def frame(item: object) -> bytes:
        if type(item) is not only and not isinstance(item, accepts):
            raise _wrong_item(item, _names(accepts))
        return encode(item)

    async def run(items: AsyncIterable[object], outlet: Pieces) -> None:
        """Do what `frame` does, and what is done with it: two calls per item cost as much as all the rest."""
        add, size = outlet.pieces.append, outlet.framed
        async for item in items:
            if type(item) is not only and not isinstance(item, accepts):
                raise _wrong_item(item, _names(accepts))
            line = encode(item)
            add(line)
            size += len(line) + 1
            if size >= outlet.limit:
                await outlet.hand_over(size)

    return Framing(frame, b"\n", run)


def _make_sse(accepts: tuple[type, ...]) -> Framing:
    encode = msgspec.json.Encoder().encode

    def frame(item: object) -> bytes:
        if isinstance(item, str):
            return frame_event(_BARE, item)
        if isinstance(item, ServerSentEvent):
            event = cast("ServerSentEvent[object]", item)  # its data is checked in `text_of`
            return frame_event(event, text_of(event.data))
        if not isinstance(item, accepts):
            raise _wrong_item(item, _names((*accepts, str, ServerSentEvent)))
        return b"data: " + encode(item) + b"\n\n"

    def text_of(data: object) -> str | None:
        if data is None or isinstance(data, str):
            return data
        if not isinstance(data, accepts):
            raise _wrong_item(data, _names((*accepts, str)))
        return encode(data).decode()

    return Framing(frame, b"", _runner(frame))


_BARE = ServerSentEvent[object]()

_MAKERS: dict[ReturnKind, Callable[[tuple[type, ...]], Framing]] = {
    ReturnKind.BYTES_STREAM: _make_bytes,
    ReturnKind.NDJSON_STREAM: _make_ndjson,
    ReturnKind.SSE_STREAM: _make_sse,
}


def _names(accepts: tuple[type, ...]) -> str:
    return " or ".join(dict.fromkeys(cls.__name__ for cls in accepts))


def _wrong_item(item: object, declared: str) -> ServerFaultError:
    return ServerFaultError(f"the stream gave a `{type(item).__name__}`, and its items are declared as `{declared}`")
