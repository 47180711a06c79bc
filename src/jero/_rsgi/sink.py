"""Where a response that flows goes under granian: the client's pace kept, a broken stream cut off."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from jero._rsgi.headers import text_pairs
from jero._rsgi.protocol import Transport
from jero._rsgi.request import RSGIRequest
from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs

_AHEAD = 64 * 1024
"""Bytes that are sent between two looks at whether the client keeps up."""
_FRAMING = 8
"""Bytes around a chunk of HTTP/1.1: its size in hexadecimal digits, and two line ends."""
_CUT_SECONDS = 1.0
"""How long a client that does not keep up is waited for before it is cut off."""
_PASSING_SECONDS = 0.05
"""How long granian is given to pass on what was sent before the connection is cut; it does not say when it has."""


class RSGISink:
    """Sends a response that flows. Granian queues each piece at once."""

    __slots__ = ("_headers", "_request", "_sent", "_status", "_transport", "_unseen")

    is_immediate = True

    def __init__(self, request: RSGIRequest, status: int, headers: HeaderPairs) -> None:
        self._request = request
        self._status = status
        self._headers = headers
        self._transport: Transport | None = None
        self._unseen = 0
        self._sent = 0

    def start(self) -> None:
        try:
            self._transport = self._request.protocol.response_stream(self._status, text_pairs(self._headers))
        except RuntimeError as error:
            raise _departure() from error

    def write(self, piece: bytes) -> Awaitable[None] | None:
        if piece:
            self._send(piece)
            size = len(piece)
            self._sent += size + _FRAMING
            self._unseen += size
            if self._unseen >= _AHEAD:
                self._unseen = 0
                return self._relieve()
        return None

    def finish(self, piece: bytes) -> None:
        if piece:
            self._send(piece)
        self._transport = None

    async def answer(self, reply: BufferedReply) -> None:
        respond(self._request, reply)

    async def close(self) -> None:
        """Cut the response off where it was begun and not finished: granian would end it as if it were whole."""
        try:
            if self._transport is not None and not self._request.has_left:
                await self._cut()
        finally:
            self._transport = None

    def _send(self, piece: bytes) -> None:
        if self._transport is None:
            raise _departure()
        try:
            self._transport.send_bytes(piece)
        except RuntimeError as error:
            self._transport = None  # nobody is left to be cut off
            raise _departure() from error

    async def _relieve(self) -> None:
        """Wait while the client does not take what was sent."""
        connection = self._request.find_connection()
        if connection is not None:
            await connection.wait_written(self._sent, 2 * _AHEAD)

    async def _cut(self) -> None:
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
