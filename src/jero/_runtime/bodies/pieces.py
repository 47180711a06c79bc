"""A body in pieces under a limit and a deadline, small ones put together: for parsers whose every call costs."""

import asyncio
from collections.abc import Callable

from jero._runtime.bodies.whole import check_size, timed_out
from jero._runtime.deadlines import Deadlines
from jero._runtime.request import Request

_AT_LEAST = 4 * 1024
"""Bytes of a piece, unless it is the last."""


class BodyPieces:
    """The body of one request: `take` the next piece while there is `more`."""

    __slots__ = ("_deadlines", "_limit", "_received", "_request", "_timeout", "more")

    def __init__(self, request: Request, limit: int | None, timeout: float | None, deadlines: Deadlines) -> None:
        self.more = True
        self._request = request
        self._limit = limit
        self._timeout = timeout
        self._deadlines = deadlines
        self._received = 0

    async def take(self) -> bytes:
        """Give the next piece.

        Raises ContentTooLargeError, RequestTimeoutError, ClientDisconnectedError.
        """
        wait = self._deadlines.start(self._timeout)
        try:
            piece, self.more = await self._request.receive_body()
            if self.more and len(piece) < _AT_LEAST:
                piece = await self._gather(piece, wait.progress)
        except asyncio.CancelledError:
            if not wait.take_back():
                raise
            raise timed_out(wait.seconds) from None
        finally:
            self._deadlines.stop(wait)
        self._received += len(piece)
        check_size(self._received, self._limit)
        return piece

    async def _gather(self, first: bytes, progress: Callable[[], None]) -> bytes:
        gathered = bytearray(first)
        receive = self._request.receive_body
        while self.more and len(gathered) < _AT_LEAST:
            piece, self.more = await receive()
            if piece:
                progress()
                gathered += piece
        return bytes(gathered)
