"""Where a response that flows goes under granian: pieces joined, the client's pace kept, a broken stream cut off."""

import asyncio
from collections.abc import Awaitable, Generator
from contextlib import suppress
from typing import override

from jero._rsgi.headers import text_pairs
from jero._rsgi.protocol import Transport
from jero._rsgi.request import RSGIRequest
from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs

_JOINED = 16 * 1024
"""Bytes that are sent in one piece, if so much is ready in one turn of the event loop."""
_AHEAD = 64 * 1024
"""Bytes that are sent between two looks at whether the client keeps up."""
_FRAMING = 8
"""Bytes around a chunk of HTTP/1.1: its size in hexadecimal digits, and two line ends."""
_CUT_SECONDS = 1.0
"""How long a client that does not keep up is waited for before it is cut off."""
_PASSING_SECONDS = 0.05
"""How long granian is given to pass on what was sent before the connection is cut; it does not say when it has."""


class _Done(Awaitable[None]):
    """Is awaited without a wait."""

    __slots__ = ()

    @override
    def __await__(self) -> Generator[None]:
        yield from ()


_DONE = _Done()


class RSGISink:
    """Sends a response that flows. What is written in one turn of the event loop leaves with its end, in one piece."""

    __slots__ = (
        "_failure",
        "_headers",
        "_loop",
        "_pending",
        "_request",
        "_sent",
        "_size",
        "_status",
        "_transport",
        "_unseen",
    )

    def __init__(self, request: RSGIRequest, status: int, headers: HeaderPairs) -> None:
        self._request = request
        self._status = status
        self._headers = headers
        self._loop = asyncio.get_running_loop()
        self._transport: Transport | None = None
        self._failure: OSError | None = None
        self._pending: list[bytes] = []
        self._size = 0
        self._unseen = 0
        self._sent = 0

    async def start(self) -> None:
        try:
            self._transport = self._request.protocol.response_stream(self._status, text_pairs(self._headers))
        except RuntimeError as error:
            raise _departure() from error

    def write(self, chunk: bytes) -> Awaitable[None]:
        pending = self._pending
        if not pending:
            self._loop.call_soon(self._flush)
        pending.append(chunk)
        self._size += len(chunk)
        if self._size < _JOINED and self._unseen < _AHEAD and self._failure is None:
            return _DONE
        return self._relieve()

    async def finish(self) -> None:
        self._flush()
        if self._failure is not None:
            raise self._failure
        self._transport = None

    async def answer(self, reply: BufferedReply) -> None:
        respond(self._request, reply)

    async def close(self) -> None:
        """Cut the response off where it was begun and not finished: granian would end it as if it were whole."""
        try:
            if self._transport is not None and not self._request.has_left and self._failure is None:
                await self._cut()
        finally:
            self._transport = None

    def _flush(self) -> None:
        """Send what was written since the last time, in one piece."""
        pending = self._pending
        if pending and self._transport is not None:
            try:
                self._transport.send_bytes(pending[0] if len(pending) == 1 else b"".join(pending))
            except RuntimeError:
                self._failure = _departure()
            self._unseen += self._size
            self._sent += self._size + _FRAMING
            self._size = 0
            pending.clear()

    async def _relieve(self) -> None:
        """Send what was written; now and then, wait while the client does not take it."""
        self._flush()
        if self._failure is not None:
            raise self._failure
        if self._unseen >= _AHEAD:
            self._unseen = 0
            connection = self._request.find_connection()
            if connection is not None:
                await connection.wait_written(self._sent, 2 * _AHEAD)

    async def _cut(self) -> None:
        self._flush()
        connection = self._request.find_connection()
        if connection is not None:
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CUT_SECONDS):
                        await connection.wait_writable()
                await asyncio.sleep(_PASSING_SECONDS)
            finally:
                connection.cut()


def respond(request: RSGIRequest, reply: BufferedReply) -> None:
    """Answer with a whole reply. Raises OSError where the client has left."""
    status, headers, body = reply
    try:
        if body and request.method != "HEAD":
            request.protocol.response_bytes(status, text_pairs(headers), body)
        else:
            request.protocol.response_empty(status, text_pairs(headers))
    except RuntimeError as error:
        raise _departure() from error


def _departure() -> OSError:
    return BrokenPipeError("the client has left")
