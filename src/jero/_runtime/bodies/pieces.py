"""A body in pieces under a limit and a deadline, small ones put together: for parsers whose every call costs."""

from collections.abc import Callable

from jero._runtime.bodies.checks import check_size
from jero._runtime.bodies.waits import BodyWait
from jero._runtime.deadlines import Deadlines
from jero._runtime.request import Request

_MANY = 256
"""Pieces that are kept apart: many tiny ones would take a lot more memory than their bytes."""


class BodyPieces:
    """The body of one request: `take` the next piece while there is `more`.

    A piece has `at_least` so many bytes, unless it is the last, or with it the body is over its limit.
    """

    __slots__ = ("_at_least", "_deadlines", "_limit", "_received", "_request", "_timeout", "more")

    def __init__(
        self, request: Request, limit: int | None, timeout: float | None, deadlines: Deadlines, *, at_least: int
    ) -> None:
        self.more = True
        self._request = request
        self._limit = limit
        self._timeout = timeout
        self._deadlines = deadlines
        self._at_least = at_least
        self._received = 0

    async def take(self) -> bytes:
        """Give the next piece.

        Raises ContentTooLargeError, RequestTimeoutError, ClientDisconnectedError.
        """
        with BodyWait(self._deadlines, self._timeout) as wait:
            piece, self.more = await self._request.receive_body()
            if self.more and len(piece) < self._at_least:
                piece = await self._gather(piece, wait.progress)
        self._received += len(piece)
        check_size(self._received, self._limit)
        return piece

    async def _gather(self, first: bytes, progress: Callable[[], None]) -> bytes:
        enough = self._at_least
        if self._limit is not None:
            enough = min(enough, self._limit - self._received + 1)
        gathered, size, piece = [first], 0, first
        while True:
            if piece:
                progress()
                size += len(piece)
            if not self.more or size >= enough:
                return b"".join(gathered)
            piece, self.more = await self._request.receive_body()
            gathered.append(piece)
            if len(gathered) > _MANY:
                gathered = [b"".join(gathered)]
