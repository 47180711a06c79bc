"""Ends waits that make no progress: one coarse timer for all of them, since one for each request would cost more."""

import asyncio
import math

_SWEEP = 1.0


class Watch:
    """The waits with one time limit. A wait is an entry in `waiting`: its task, and a token of its own.

    To begin one costs a route three steps: put the entry, `run` where `is_running` is false, take the entry out. A new
    token is progress. The sweeps note when they first saw a token; one that they see for so long has its task
    cancelled, at most half of the limit or 2 s late.
    """

    __slots__ = ("_expired", "_seen", "is_running", "seconds", "waiting")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = math.inf if seconds is None else seconds
        self.waiting: dict[asyncio.Task[object] | None, object] = {}
        self.is_running = seconds is None
        self._seen: dict[asyncio.Task[object] | None, tuple[object, float]] = {}
        self._expired: set[asyncio.Task[object] | None] = set()

    def run(self) -> None:
        """Begin to sweep; it ends once nothing waits."""
        self.is_running = True
        loop = asyncio.get_running_loop()
        loop.call_later(min(_SWEEP, self.seconds / 4), self._sweep, loop)

    def take_back(self, task: asyncio.Task[object] | None) -> bool:
        """Take back the watch's cancellation of a task; False where it is not, or not only, the watch's."""
        if task not in self._expired or task is None:
            return False
        self._expired.discard(task)
        return task.uncancel() == 0

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        seen: dict[asyncio.Task[object] | None, tuple[object, float]] = {}
        for task, token in list(self.waiting.items()):
            before = self._seen.get(task)
            first = now if before is None or before[0] is not token else before[1]
            if task is not None and now - first >= self.seconds:
                self._expired.add(task)
                task.cancel("no progress before the deadline")
            else:
                seen[task] = (token, first)
        self._seen = seen
        self._expired = {task for task in self._expired if task is not None and not task.done()}
        if self.waiting:
            self.run()
        else:
            self.is_running = False


class Wait:
    """One wait of the current task: call `progress` whenever something came."""

    __slots__ = ("task", "watch")

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.task = asyncio.current_task()

    @property
    def seconds(self) -> float:
        """The limit, in seconds."""
        return self.watch.seconds

    def progress(self) -> None:
        """Begin the wait's time anew."""
        self.watch.waiting[self.task] = object()

    def take_back(self) -> bool:
        """Take back the deadline's cancellation of the task; False where it is not, or not only, the deadline's."""
        return self.watch.take_back(self.task)


class Deadlines:
    """The waits of one app, by their limits."""

    def __init__(self) -> None:
        self._watches: dict[float | None, Watch] = {}

    def watch(self, seconds: float | None) -> Watch:
        """Give the watch of all waits with this limit, in seconds without progress; None: no limit."""
        watch = self._watches.get(seconds)
        if watch is None:
            watch = self._watches[seconds] = Watch(seconds)
        return watch

    def start(self, seconds: float | None) -> Wait:
        """Put the current task under a deadline of so many seconds without progress; None: no deadline."""
        wait = Wait(self.watch(seconds))
        wait.progress()
        if not wait.watch.is_running:
            wait.watch.run()
        return wait

    def stop(self, wait: Wait) -> None:
        """End a wait."""
        wait.watch.waiting.pop(wait.task, None)
