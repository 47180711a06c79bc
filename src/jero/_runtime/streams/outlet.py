"""Where the items of a stream leave: what is ready goes out in one piece, and all of it before the source waits."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable

from jero._runtime.reply import Sink
from jero._runtime.streams.open_streams import OpenStreams
from jero.errors import ClientDisconnectedError

_JOINED = 16 * 1024
"""Bytes that are held back for others which are ready, too."""
_STEP = 512
"""Bytes between two looks at the clock, while items come quickly."""
_QUICK = 0.0001
"""Seconds from one look to the next that are quick; where it takes longer, each item is followed by a look."""
_SLICE = 0.002
"""Seconds that all the sources which never wait may keep the event loop for themselves, together."""


class Outlet(ABC):
    """Hands to a sink what a loop over the items has framed.

    The loop appends to `pieces`, counts their bytes, and calls `hand_over` once it has counted `limit`. Whoever awaits
    it calls `_before_wait` at each of its waits.

    A server whose `send` may wait is given one item at a time so long as it waits: it has accepted all but one. While
    it takes everything at once it is given what is ready in one piece, as the others are.
    """

    __slots__ = (
        "_end",
        "_ended_by",
        "_has_waited",
        "_is_immediate",
        "_is_watched",
        "_looked_at",
        "_loop",
        "_open_streams",
        "_sending",
        "_sent",
        "_sink",
        "_slice_end",
        "framed",
        "limit",
        "pieces",
    )

    def __init__(self, sink: Sink, end: bytes, open_streams: OpenStreams) -> None:
        self.pieces: list[bytes] = []
        """What is framed and not sent; the `end` that follows each is left out."""
        self.framed = 0
        """How many bytes were framed when the loop begins."""
        self.limit = _STEP
        """How many bytes may be framed in all before the next look."""
        self._ended_by: str | None = None
        """Why the stream was ended early, if it was."""
        self._sink = sink
        self._end = end
        self._open_streams = open_streams
        self._loop = asyncio.get_running_loop()
        self._is_immediate = sink.is_immediate
        self._sent = 0
        self._sending: asyncio.Task[None] | None = None
        """Hands over the last piece, where that has to wait while the source does."""
        self._has_waited = False
        self._is_watched = False
        self._slice_end = 0.0
        self._looked_at = 0.0

    async def hand_over(self, size: int) -> None:
        """Send what has to be sent now of all that is framed, `size` bytes.

        Raises ClientDisconnectedError where the client has left, CancelledError where the stream was ended.
        """
        try:
            if not self.limit:
                self._check_end()
                if self._sending is not None:
                    await self._settle()
                    self._check_end()
            if self._has_waited and not self.limit:
                self._has_waited = False
                turn = self._write(self._join()) if self.pieces else None
            else:
                turn = self._look(size)  # nothing has waited since the last piece: what is ready is joined
            if turn is not None:
                await turn
        except OSError as error:
            raise ClientDisconnectedError from error

    async def _take_first(self, piece: bytes) -> None:
        """Take the first piece, which may be empty: what is sent of it are the headers. Raises as `hand_over`."""
        self.pieces.append(piece)
        self.framed = size = len(piece) + len(self._end)
        if size >= self.limit:
            await self.hand_over(size)

    def _look(self, size: int) -> Awaitable[None] | None:
        """Send once enough is joined; let others run once the slice is over. Raises OSError where the client left."""
        now = self._loop.time()
        if not self._slice_end:
            self._slice_end = now + _SLICE / self._open_streams.count
        elif now > self._slice_end:
            return asyncio.sleep(0)
        turn = self._write(self._join()) if size - self._sent >= _JOINED else None
        self.limit = min(size + _STEP, self._sent + _JOINED) if now - self._looked_at < _QUICK else size + 1
        self._looked_at = now
        return turn

    def _before_wait(self) -> None:
        """Send what is here: the loop waits, for whatever it is."""
        self._has_waited = True
        self._slice_end = 0.0
        if not self._is_immediate:
            self.limit = 0
        if self.pieces and self._sending is None:
            self._send_aside(self._join())
        if not self._is_watched:
            self._watch()

    async def _settle(self) -> None:
        """Wait for what is on its way."""
        if self._sending is not None:
            await self._sending
            self._sending = None

    async def _flush(self) -> None:
        """Send what is here, behind what is on its way. Raises OSError where the client has left."""
        await self._settle()
        if self.pieces:
            waiting = self._write(self._join())
            if waiting is not None:
                await waiting

    def _finish_body(self) -> Awaitable[None] | None:
        """End the body with what is here. Raises OSError where the client has left."""
        return self._sink.finish(self._join() if self.pieces else b"")

    def _check_end(self) -> None:
        """Stop pulling a stream that was ended while it did not wait, or that swallowed its cancellation."""
        if self._ended_by is not None:
            raise asyncio.CancelledError(self._ended_by)

    def _write(self, piece: bytes) -> Awaitable[None] | None:
        return self._sink.write(piece)

    @abstractmethod
    def _watch(self) -> None:
        """Be told of a wait, until `_is_watched`."""

    @abstractmethod
    def _depart(self) -> None:
        """Be told, while the loop waits, that the client has left."""

    def _join(self) -> bytes:
        pieces, end = self.pieces, self._end
        joined = end.join(pieces) + end
        pieces.clear()
        self._sent += len(joined)
        return joined

    def _send_aside(self, piece: bytes) -> None:
        """Send while the loop waits; what waits, too, has a task of its own, which no time-out of the source ends."""
        if self._is_immediate:
            try:
                waiting = self._write(piece)
            except OSError:
                self._depart()
                return
            if waiting is None:
                return
            sending = self._await_aside(waiting)
        else:
            sending = self._write_aside(piece)
        task = asyncio.Task(sending, loop=self._loop, eager_start=True)
        if not task.done() or task.cancelled() or task.exception() is not None:
            self._sending = task
            self.limit = 0

    async def _write_aside(self, piece: bytes) -> None:
        try:
            waiting = self._write(piece)
            if waiting is not None:
                await waiting
        except OSError:
            self._depart()

    async def _await_aside(self, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except OSError:
            self._depart()
