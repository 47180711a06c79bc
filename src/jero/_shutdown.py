"""Learning of a shutdown as it begins: servers run `lifespan.shutdown` only after the last response ended."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class ShutdownSignals:
    """Calls `begin` on the running loop when a signal asks the process to end, and the server's own handler.

    Only a handler that the server has installed is chained: where there is none, or outside the main thread,
    the process's way to end is left as it is, and `lifespan.shutdown` alone tells.
    """

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin
        self._loop = asyncio.get_running_loop()
        self._previous: dict[int, Callable[[int, FrameType | None], object]] = {}

    def install(self) -> None:
        """Put the hook in front of the server's handlers."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            previous = signal.getsignal(number)
            if callable(previous) and previous is not signal.default_int_handler:
                self._previous[number] = previous
                signal.signal(number, self._handle)

    def remove(self) -> None:
        """Put the server's handlers back, where ours is still in front; elsewhere it goes on handing over."""
        for number, previous in list(self._previous.items()):
            if signal.getsignal(number) == self._handle:
                signal.signal(number, previous)
                del self._previous[number]

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._loop.is_closed():  # an app that has started itself is never told of its end
            self._loop.call_soon_threadsafe(self._begin)
        self._previous[number](number, frame)
