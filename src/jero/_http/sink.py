"""A response that flows: its pieces put together, so that what is ready in one turn of the loop leaves in one write."""

import asyncio
from collections.abc import Awaitable, Generator

from jero._http.heads import CHUNKED, CLOSE_PAIR, write_head
from jero._http.request import HTTPRequest
from jero._http.wire import Wire
from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs
from jero.limits import KIB

_AT_MOST = 16 * KIB
"""Bytes that are held back for others of the same turn of the loop."""
_END = b"0\r\n\r\n"


class HTTPSink:
    """Sends the pieces of one response: in chunks, or as they are where it ends with the connection (HTTP/1.0).

    `length` is that of a body whose length is known before; it is sent as it is, too.
    """

    __slots__ = (
        "_head",
        "_headers",
        "_is_chunked",
        "_is_scheduled",
        "_length",
        "_pieces",
        "_request",
        "_size",
        "_status",
        "_wire",
    )

    def __init__(
        self, wire: Wire, request: HTTPRequest, status: int, headers: HeaderPairs, length: int | None = None
    ) -> None:
        self._wire = wire
        self._request = request
        self._status = status
        self._headers = headers
        self._length = length
        self._is_chunked = length is None and request.head.http_version != b"1.0"
        self._head = b""
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_scheduled = False

    def start(self) -> Awaitable[None]:
        """Send the head; it leaves with what follows, when this turn of the loop ends at the latest."""
        if self._wire.is_lost:
            return _leave()
        self._head = self._write_head()
        self._flush_soon()
        return _DONE

    def write(self, chunk: bytes) -> Awaitable[None]:
        """Send a piece; the wait for a slow client is the caller's, once the connection holds enough for it."""
        wire = self._wire
        if wire.is_lost:
            return _leave()
        if chunk:
            self._pieces.append(chunk)
            self._size += len(chunk)
        if self._size >= _AT_MOST or wire.is_writing_paused:
            self._flush()
            return wire.wait_writable() if wire.is_writing_paused else _DONE
        if not self._is_scheduled:
            self._flush_soon()
        return _DONE

    def finish(self) -> Awaitable[None]:
        """End the body; all that is still here leaves in one write."""
        if self._wire.is_lost:
            return _leave()
        self._flush(_END if self._is_chunked else b"")
        self._request.finish_flow()
        return _DONE

    async def answer(self, reply: BufferedReply) -> None:
        """Send another reply instead. Raises ConnectionResetError where the client has left."""
        if self._wire.is_lost:
            raise _left()
        self._request.send(*reply)

    def send_head(self) -> None:
        """Send the head alone, as an answer to HEAD."""
        self._wire.write(self._write_head())
        self._request.finish_flow()

    def cut_off(self) -> None:
        """Send what is still here, without an end: the client is to see that it is not whole."""
        if not self._wire.is_lost:
            self._flush()

    def _write_head(self) -> bytes:
        request = self._request
        if CLOSE_PAIR in self._headers or not (self._is_chunked or self._length is not None):
            request.closes = True
        ending = request.begin_flow(self._status)
        if self._is_chunked:
            ending += CHUNKED
        elif self._length is not None:
            ending += b"content-length: %d\r\n" % self._length
        return b"%b%b%b\r\n" % (write_head(self._status, self._headers), self._wire.standing.lines, ending)

    def _flush_soon(self) -> None:
        self._is_scheduled = True
        self._wire.loop.call_soon(self._flush_scheduled)

    def _flush_scheduled(self) -> None:
        self._is_scheduled = False
        if not self._wire.is_lost:
            self._flush()

    def _flush(self, end: bytes = b"") -> None:
        data = self._head
        if self._pieces:
            if self._is_chunked:
                data = b"%b%x\r\n%b\r\n%b" % (data, self._size, b"".join(self._pieces), end)
            else:
                data = b"".join([data, *self._pieces])
            self._pieces.clear()
            self._size = 0
        else:
            data += end
        self._head = b""
        if data:
            self._wire.write(data)


class _Done:
    """What awaiting costs nothing for: it is done."""

    def __await__(self) -> Generator[None]:
        return _NOTHING


async def _leave() -> None:
    """Fail, as a server says that the client has left; first whoever waits for the departure has a turn."""
    await asyncio.sleep(0)
    raise _left()


def _left() -> ConnectionResetError:
    return ConnectionResetError("the client has left")


def _nothing() -> Generator[None]:
    return
    yield


_NOTHING = _nothing()
_DONE = _Done()
