"""Bodies that flow: the streaming responses a handler returns, and the body streams it takes."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from msgspec import Struct

from jero.responses import Response

type Streamable[T] = AsyncIterable[T] | AsyncGenerator[AsyncIterable[T]]
"""What `stream=` takes: an async iterable of items, or a one-yield lifecycle generator that yields one."""

_LINE_BREAK = re.compile(r"[\r\n]")


@dataclass(slots=True, kw_only=True, eq=False)
class StreamingResponse[H: Struct | None = None](Response[H]):
    """A body of bytes sent piece by piece, `application/octet-stream` unless a header says otherwise.

    `stream` is an async iterable of bytes, or a one-yield lifecycle generator: what precedes its `yield` is
    set-up, what follows is teardown, which runs whatever happens to the stream. A failure before the first
    item answers with an ordinary error; a later one cuts the response off, so that the client can tell.
    """

    stream: Streamable[bytes]


@dataclass(slots=True, kw_only=True, eq=False)
class NDJSONStreamingResponse[T, H: Struct | None = None](Response[H]):
    r"""One JSON document a line, `application/x-ndjson`: each item a Struct, each line ended by `\n`."""

    stream: Streamable[T]


class ServerSentEvent[T = str](Struct, frozen=True, kw_only=True):
    r"""One event of an SSE stream (WHATWG HTML, 9.2): `data` as JSON where it is a Struct, else as text.

    `event` names its type, `id` is what a client sends back as `Last-Event-ID`, `retry` is its reconnection
    time in milliseconds.

    Raises ValueError where `event` or `id` contains CR or LF, `id` contains NUL, or `retry` is negative.
    """

    data: T | None = None
    event: str | None = None
    id: str | None = None
    retry: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("event", self.event), ("id", self.id)):
            if value is not None and _LINE_BREAK.search(value):
                raise ValueError(
                    f"ServerSentEvent: `{name}` contains a line break, which would end the field; remove it"
                )
        if self.id is not None and "\0" in self.id:
            raise ValueError("ServerSentEvent: `id` contains NUL, and clients ignore such an id; remove it")
        if self.retry is not None and self.retry < 0:
            raise ValueError(f"ServerSentEvent: `retry={self.retry}` is negative; give milliseconds")


@dataclass(slots=True, kw_only=True, eq=False)
class SSEResponse[T = str, H: Struct | None = None](Response[H]):
    """A feed of server-sent events, `text/event-stream`, on GET only.

    Each item is a Struct (sent as JSON), a `str` (each of its lines a `data:` line) or a `ServerSentEvent`.
    Headers leave at once, so that the client knows it is connected. `keepalive` sends the comment `: ping`
    after so many idle seconds (None: never).
    """

    stream: Streamable[T | str | ServerSentEvent[T] | ServerSentEvent[str]]
    keepalive: float | None = None

    def __post_init__(self) -> None:
        if self.keepalive is not None and self.keepalive <= 0:
            raise ValueError(f"SSEResponse: keepalive={self.keepalive} is not above 0; give seconds, or None for never")


class ContentStream:
    """The source `content_stream`: the request's body as it comes, an async iterable of bytes, read once.

    Raises while read: ContentTooLargeError over `max_upload`, RequestTimeoutError, ClientDisconnectedError
    where the client leaves before the end (which answers nothing), RuntimeError where it is read a second
    time.
    """

    def __init__(self, receive: Callable[[], Awaitable[tuple[bytes, bool]]]) -> None:
        self._receive = receive
        self._is_taken = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        if self._is_taken:
            raise RuntimeError("content_stream: the body has been read already; keep what you need of it")
        self._is_taken = True
        return self._chunks()

    async def iter_chunks(self, size: int) -> AsyncIterator[bytes]:
        """Give the body in pieces of `size` bytes, the last one shorter."""
        if size <= 0:
            raise ValueError(f"iter_chunks: size={size} is not positive; give a number of bytes")
        pending = bytearray()  # a list of chunks would take many times the bytes of tiny ones
        async for chunk in self:
            pending += chunk
            whole = len(pending) - len(pending) % size
            if whole:
                pieces = bytes(pending[:whole])
                del pending[:whole]
                for start in range(0, whole, size):
                    yield pieces[start : start + size]
        if pending:
            yield bytes(pending)

    async def _chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            chunk, more = await self._receive()
            if chunk:
                yield chunk


class NDJSONStream[T]:
    """The source `json_stream`: one checked Struct for each line of the body, read once, in constant memory.

    Blank lines are skipped. A line that fails ends the reading with an error that names its number: 400 where
    it is not JSON, 422 where it does not fit `T`, 413 where one line alone is over `max_body`. Otherwise as
    ContentStream.
    """

    def __init__(self, lines: AsyncIterator[T]) -> None:
        self._lines = lines
        self._is_taken = False

    def __aiter__(self) -> AsyncIterator[T]:
        if self._is_taken:
            raise RuntimeError("json_stream: the body has been read already; keep what you need of it")
        self._is_taken = True
        return self._lines
