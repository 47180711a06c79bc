"""A response that flows, as bytes of HTTP/1.1."""

import asyncio
from collections.abc import Awaitable

from jero._http.heads import CHUNKED, CLOSE_PAIR, write_head
from jero._http.request import HTTPRequest
from jero._http.wire import Wire
from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs

_END = b"0\r\n\r\n"


class HTTPSink:
    """Sends the pieces of one response: in chunks, or as they are where it ends with the connection (HTTP/1.0).

    `length` is that of a body whose length is known before; it is sent as it is, too. The head leaves with what follows
    it: the first piece, or the end.
    """

    __slots__ = ("_head", "_headers", "_is_chunked", "_length", "_request", "_status", "_wire")

    is_immediate = True

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

    def start(self) -> Awaitable[None] | None:
        """Write the head."""
        if self._wire.is_lost:
            return _leave()
        self._head = self._write_head()
        return None

    def write(self, piece: bytes) -> Awaitable[None] | None:
        """Send a piece; the wait for a slow client is the caller's, once the connection holds enough for it."""
        wire = self._wire
        if wire.is_lost:
            return _leave()
        self._send(piece)
        return wire.wait_writable() if wire.is_writing_paused else None

    def finish(self, piece: bytes) -> Awaitable[None] | None:
        """End the body; all that is still here leaves in one write."""
        wire = self._wire
        if wire.is_lost:
            return _leave()
        if not self._is_chunked:
            wire.write(self._head + piece)
        elif piece:
            wire.write(b"%b%x\r\n%b\r\n0\r\n\r\n" % (self._head, len(piece), piece))
        else:
            wire.write(self._head + _END)
        self._head = b""
        self._request.finish_flow()
        return None

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
        """Send a head that is still here, without an end: the client is to see that the response is not whole."""
        if not self._wire.is_lost:
            self._send(b"")

    def _send(self, piece: bytes) -> None:
        if piece and self._is_chunked:
            self._wire.write(b"%b%x\r\n%b\r\n" % (self._head, len(piece), piece))
        elif piece or self._head:
            self._wire.write(self._head + piece)
        self._head = b""

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


async def _leave() -> None:
    """Fail, as a server says that the client has left; first whoever waits for the departure has a turn."""
    await asyncio.sleep(0)
    raise _left()


def _left() -> ConnectionResetError:
    return ConnectionResetError("the client has left")
