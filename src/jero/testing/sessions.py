"""The sessions of streamed responses: read in part or whole, left at any time."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from types import TracebackType
from typing import Any, Protocol, Self, cast

from jero.testing.exchange import Exchange
from jero.testing.framings import Framing, framing_for
from jero.testing.responses import ResponseHead, ResponseHeaders

_NOT_OPEN = "this stream session is not open; await it, or use it as an async context manager"


class AsyncStreamSession[T]:
    """A streamed response: `await` it, or use it as an async context manager, and it is open.

        async with client.stream_get("/rows", type=Row) as rows:
            assert [row.id async for row in rows] == [1, 2, 3]

    Open, it has `status_code`, `headers` and `multi_headers`. Iterating gives a decoded object per line of
    `application/x-ndjson` (of the `type` asked for), `TestSSEEvent` for `text/event-stream`, and chunks of
    bytes otherwise. The app is never more than one chunk ahead. Leaving the context, or `close()`,
    disconnects: the app's `receive()` gives `http.disconnect`, and its task is waited for.

    Iterating raises `IncompleteResponseError` where the app ended without the last part of the body, and
    `RuntimeError` after the session was closed.
    """

    def __init__(
        self,
        opening: Callable[[], Awaitable[Exchange]],
        forget: Callable[[Exchange], None],
        item_type: object,
    ) -> None:
        """Keep what opens the exchange, and what the client forgets it by once it has ended."""
        self._opening = opening
        self._forget = forget
        self._item_type = item_type
        self._exchange: Exchange | None = None
        self._head: ResponseHead | None = None
        self._framing: Framing | None = None
        self._items: deque[object] = deque()
        self._ended = False
        self._closed = False
        self.comments: list[str] = []
        """The comments of an event stream read so far (`: ping` is `ping`); iterating skips them."""

    @property
    def status_code(self) -> int:
        """The status of the response."""
        return self._opened_head().status_code

    @property
    def headers(self) -> ResponseHeaders:
        """The headers by name in any case, repeats joined with `, `."""
        return self._opened_head().headers

    @property
    def multi_headers(self) -> list[tuple[str, str]]:
        """Every header as `(name, value)`, in the order sent."""
        return self._opened_head().multi_headers

    async def open(self) -> Self:
        """Send the request and wait for the head of its response; does nothing the second time."""
        if self._exchange is None:
            self._exchange = await self._opening()
            self._head = ResponseHead(self._exchange.status, self._exchange.header_pairs)
        return self

    def refuse_reading(self) -> None:
        """Let all reading raise from here on."""
        self._closed = True

    async def close(self) -> None:
        """Disconnect, and wait for the end of the app's task; does nothing the second time.

        Raises:
            ASGIViolationError: the app broke the specification.
            AppStillRunningError: the app did not end within the client's `exit_timeout`.

        """
        self.refuse_reading()
        if self._exchange is not None:
            try:
                await self._exchange.close()
            finally:
                self._forget(self._exchange)

    def __await__(self) -> Generator[Any, Any, Self]:
        """Open the session."""
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        """Open the session."""
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Disconnect. An exception of the body of the context goes on, with a failure here as its note."""
        try:
            await self.close()
        except Exception as failure:
            if exc is None:
                raise
            exc.add_note(f"and the stream failed as it was closed: {failure!r}")

    def __aiter__(self) -> Self:
        """Iterate over what is not read yet."""
        return self

    async def __anext__(self) -> T:
        """Return the next item."""
        if self._closed:
            raise RuntimeError("this stream session is closed; read it inside its context")
        if self._framing is None:
            self._framing = framing_for(self._opened_head().media_type, self._item_type, self.comments)
        while not self._items:
            if self._ended:
                raise StopAsyncIteration
            chunk = await self._next_chunk()
            self._items.extend(self._framing.end() if chunk is None else self._framing.feed(chunk))
        return cast("T", self._items.popleft())  # the framing has looked at the type

    @property
    def finished(self) -> bool:
        """Whether nothing is left to close: the exchange has ended, or never began."""
        return self._exchange is None or self._exchange.finished

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """Iterate over the chunks that are not read yet, as sent, whatever the media type."""
        while (chunk := await self._next_chunk()) is not None:
            yield chunk

    async def read(self) -> bytes:
        """Return the bytes that are not read yet, up to the end."""
        return b"".join([chunk async for chunk in self.iter_bytes()])

    async def _next_chunk(self) -> bytes | None:
        """Return the next chunk, None at the end; a stream that has ended, well or not, stays ended."""
        if self._closed:
            raise RuntimeError("this stream session is closed; read it inside its context")
        if self._exchange is None:
            raise RuntimeError(_NOT_OPEN)
        if self._ended:
            return None
        try:
            chunk = await self._exchange.next_chunk()
        except Exception:
            self._end(self._exchange)
            raise
        if chunk is None:
            self._end(self._exchange)
        return chunk

    def _end(self, exchange: Exchange) -> None:
        """Note that nothing comes any more."""
        self._ended = True
        self._forget(exchange)

    def _opened_head(self) -> ResponseHead:
        """Return the head, if the session is open."""
        if self._head is None:
            raise RuntimeError(_NOT_OPEN)
        return self._head


class Bridge(Protocol):
    """Runs an async function in the loop of the app, and waits for what it returns or raises."""

    def __call__[*A, R](self, work: Callable[[*A], Awaitable[R]], *args: *A) -> R:
        """Return what `work(*args)` returns."""
        ...


class StreamSession[T]:
    """A streamed response, open from the start; a context manager and an iterator.

        with client.stream_get("/rows", type=Row) as rows:
            assert [row.id for row in rows] == [1, 2, 3]

    It has `status_code`, `headers` and `multi_headers`. Iterating gives a decoded object per line of
    `application/x-ndjson` (of the `type` asked for), `TestSSEEvent` for `text/event-stream`, and chunks of
    bytes otherwise. The app is never more than one chunk ahead. Leaving the context, or `close()`,
    disconnects: the app's `receive()` gives `http.disconnect`, and its task is waited for.

    Iterating raises `IncompleteResponseError` where the app ended without the last part of the body, and
    `RuntimeError` after the session was closed.
    """

    def __init__(self, session: AsyncStreamSession[T], run: Bridge) -> None:
        self._session = session
        self._run = run
        run(session.open)
        self.status_code: int = session.status_code
        """The status of the response."""
        self.headers: ResponseHeaders = session.headers
        """The headers by name in any case, repeats joined with `, `."""
        self.multi_headers: list[tuple[str, str]] = session.multi_headers
        """Every header as `(name, value)`, in the order sent."""
        self.comments: list[str] = session.comments
        """The comments of an event stream read so far (`: ping` is `ping`); iterating skips them."""

    def close(self) -> None:
        """Disconnect, and wait for the end of the app's task; does nothing the second time.

        Raises:
            ASGIViolationError: the app broke the specification.
            AppStillRunningError: the app did not end within the client's `exit_timeout`.

        """
        self.__exit__(None, None, None)

    def __enter__(self) -> Self:
        """Return the session, which is open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Disconnect. An exception of the body of the context goes on, with a failure here as its note."""
        if self._session.finished:  # nor is the loop there any more, where the client was closed before
            self._session.refuse_reading()
        else:
            self._run(self._session.__aexit__, kind, exc, traceback)

    def __iter__(self) -> Self:
        """Iterate over what is not read yet."""
        return self

    def __next__(self) -> T:
        """Return the next item."""
        try:
            return self._run(self._session.__anext__)
        except StopAsyncIteration:
            raise StopIteration from None

    def iter_bytes(self) -> Iterator[bytes]:
        """Iterate over the chunks that are not read yet, as sent, whatever the media type."""
        chunks = self._session.iter_bytes()
        while (chunk := self._run(_next_or_none, chunks)) is not None:
            yield chunk

    def read(self) -> bytes:
        """Return the bytes that are not read yet, up to the end."""
        return self._run(self._session.read)


async def _next_or_none(chunks: AsyncIterator[bytes]) -> bytes | None:
    """Return the next chunk, None at the end."""
    return await anext(chunks, None)
