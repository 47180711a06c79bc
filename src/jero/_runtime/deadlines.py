"""Ends waits that make no progress, with one coarse timer for all of them, since a timer a request would cost more."""

import asyncio
import math

_SWEEP = 1.0


class Wait:
    """One wait of the current task under a deadline: call `progress` whenever something came."""

    __slots__ = ("deadline", "is_expired", "loop", "seconds", "task")

    def __init__(self, seconds: float | None) -> None:
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        self.seconds = math.inf if seconds is None else seconds
        self.deadline = self.loop.time() + self.seconds
        self.is_expired = False

    def progress(self) -> None:
        """Begin the wait's time anew."""
        self.deadline = self.loop.time() + self.seconds

    def take_back(self) -> bool:
        """Take back the deadline's cancellation of the task; False where it is not, or not only, the deadline's."""
        return self.is_expired and self.task is not None and self.task.uncancel() == 0


class Deadlines:
    """The waits of one app. An expired one has its task cancelled, with `is_expired` set, at most 1 s late."""

    def __init__(self) -> None:
        self._waits: set[Wait] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float | None) -> Wait:
        """Put the current task under a deadline of so many seconds without progress; None: no deadline."""
        wait = Wait(seconds)
        if seconds is not None:
            self._waits.add(wait)
            if self._timer is None:
                self._timer = wait.loop.call_later(min(_SWEEP, seconds / 2), self._sweep, wait.loop)
        return wait

    def stop(self, wait: Wait) -> None:
        """End a wait."""
        self._waits.discard(wait)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for wait in [wait for wait in self._waits if wait.deadline <= now]:
            self._waits.discard(wait)
            wait.is_expired = True
            if wait.task is not None:
                wait.task.cancel("no progress before the deadline")
        self._timer = None
        if self._waits:
            soonest = min(wait.seconds for wait in self._waits)
            self._timer = loop.call_later(min(_SWEEP, soonest / 2), self._sweep, loop)
