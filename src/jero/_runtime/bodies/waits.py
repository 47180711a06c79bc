"""A wait for a body: a deadline's cancellation becomes the error of a client that sends nothing more."""

import asyncio
from types import TracebackType

from jero._runtime.bodies.checks import CLOSE
from jero._runtime.deadlines import Deadlines, Wait
from jero.errors import RequestTimeoutError


class BodyWait:
    """A context in which the current task waits for at most `seconds` without progress; None: no limit.

    Leaving it raises RequestTimeoutError where the deadline has ended the wait.
    """

    __slots__ = ("_deadlines", "_seconds", "_wait")

    def __init__(self, deadlines: Deadlines, seconds: float | None) -> None:
        self._deadlines = deadlines
        self._seconds = seconds

    def __enter__(self) -> Wait:
        wait = self._wait = self._deadlines.start(self._seconds)
        return wait

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        wait = self._wait
        self._deadlines.stop(wait)
        if isinstance(error, asyncio.CancelledError) and wait.take_back():
            raise timed_out(wait.seconds) from None


def timed_out(seconds: float) -> RequestTimeoutError:
    """Give the error of a body that stopped coming for so many seconds."""
    return RequestTimeoutError(f"the body made no progress for {seconds:g} s", headers=CLOSE)
