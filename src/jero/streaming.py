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

        async def get(self, path: BackupPath) -> StreamingResponse:
            return StreamingResponse(stream=self._read(path.name), raw_headers={"content-type": "application/gzip"})

        async def _read(self, name: str) -> AsyncGenerator[AsyncIterable[bytes]]:
            async with self._store.open(name) as file:  # set-up; a failure here answers with an ordinary error
                yield file.chunks()  # what is sent; the file is closed whatever happens

    `stream` is an async iterable of bytes, or a one-yield lifecycle generator: what precedes its `yield` is
    set-up, what follows is teardown, which runs whatever happens to the stream. A failure before the first
    item answers with an ordinary error; a later one cuts the response off, so that the client can tell. The
    other keywords are those of `JSONResponse`.
    """

    stream: Streamable[bytes]


@dataclass(slots=True, kw_only=True, eq=False)
class NDJSONStreamingResponse[T, H: Struct | None = None](Response[H]):
    r"""One JSON document a line, `application/x-ndjson`: each item a Struct, each line ended by `\n`.

        async def get(self) -> NDJSONStreamingResponse[Row]:
            return NDJSONStreamingResponse(stream=self._table.rows())  # an async iterable of Row

    `stream` is an async iterable of items of the type `T`, or a lifecycle generator that yields one; it fails,
    starts and ends as that of `StreamingResponse`. An item of another type is a fault of the server, which cuts the
    response off.
    """

    stream: Streamable[T]


class ServerSentEvent[T = str](Struct, frozen=True, kw_only=True):
    r"""One event of an SSE stream (WHATWG HTML, 9.2): `data` as JSON where it is a Struct, else as text.

        yield ServerSentEvent(data=Price(12), event="price", id="7", retry=3000)

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
    """A feed of server-sent events (WHATWG HTML, 9.2), `text/event-stream`, on GET only.

        async def get(self) -> SSEResponse[Price]:
            return SSEResponse(stream=self._prices(), keepalive=15.0)

        async def _prices(self) -> AsyncGenerator[Price]:
            async for price in self._exchange.listen():
                yield price

    Each item is a Struct (sent as JSON), a `str` (each of its lines a `data:` line) or a `ServerSentEvent`.
    Headers leave at once, so that the client knows it is connected; `cache-control: no-cache` and
    `x-accel-buffering: no` are among them where none are given. `keepalive` sends the comment `: ping` after so
    many idle seconds (None: never). `stream` and the other keywords are as in `StreamingResponse`.

    Raises ValueError where `keepalive` is not above 0.
    """

    stream: Streamable[T | str | ServerSentEvent[T] | ServerSentEvent[str]]
    keepalive: float | None = None

    def __post_init__(self) -> None:
        if self.keepalive is not None and self.keepalive <= 0:
            raise ValueError(f"SSEResponse: keepalive={self.keepalive} is not above 0; give seconds, or None for never")


class ContentStream:
    """The source `content_stream`: the request's body as it comes, an async iterable of bytes, read once.

        async def put(self, path: BackupPath, content_stream: ContentStream) -> None:
            async with self._store.create(path.name) as file:
                async for chunk in content_stream:
                    await file.write(chunk)

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
        """Give the body in pieces of `size` bytes, the last one shorter.

        Raises ValueError for a size below 1; else as iterating does.
        """
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

        async def post(self, json_stream: NDJSONStream[Reading]) -> Count:
            count = 0
            async for reading in json_stream:
                await self._table.insert(reading)
                count += 1
            return Count(count)

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
