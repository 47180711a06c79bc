"""Work after the answer: a bounded queue of Structs, and the one worker that hands each to its handlers."""

import asyncio
import logging
import math
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from enum import Enum
from functools import partial
from inspect import isawaitable
from types import TracebackType
from typing import Self, cast

from msgspec import Struct

from jero._runtime.daemon_threads import call_in_daemon_thread
from jero._wiring.background import BackgroundHandler, compile_background_handler, wiring_error
from jero._wiring.catalogue import BACKGROUND_TWICE
from jero._wiring.faults import Place
from jero.errors import ServiceUnavailableError

logger = logging.getLogger("jero")

RETRY_AFTER = {"retry-after": "5"}
_GRACE = 1.0
"""Seconds that a handler has to end after it was cancelled."""


class QueueFull(ServiceUnavailableError):  # noqa: N818 - named as the standard library's queues name it
    """503 with `Retry-After` (RFC 9110, section 10.2.3): the queue of background items was full, and stayed so.

        try:
            tasks.add_nowait(Welcome(address))
        except QueueFull:
            await self._later.store(Welcome(address))

    Not caught, it is the answer of the request.
    """


class _Phase(Enum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """An item on its way: its handlers, and the context variables of whoever added it."""

    item: Struct
    handlers: tuple[BackgroundHandler, ...]
    context: Context


class BackgroundTasks:
    """Runs work after the answer, in this process and **not durably**: what is queued dies with the process.

    It is for what may be lost (a mail of welcome, a warmed cache), not for what must happen: keep that in
    a database or a real queue. Open it in `_wire` after what its handlers use, so that it is closed before:

        tasks = await self._aenter(BackgroundTasks())
        tasks.register(mailer.send_welcome)  # async def send_welcome(self, item: Welcome) -> None
        self._include_resource(Signups(tasks))

    and then, in a handler of the app, `await self._tasks.add(Welcome(...))`.

    One worker takes the items one after the other, in the order in which they were added. An item goes to
    the handlers of its exact type, each called in a task of its own, in a copy of the context variables of
    whoever added the item; a plain `def` on a thread of its own. A handler that fails, whatever it raises,
    is logged on the logger `jero` and never stops the worker.

    - `maxsize`: how many items may wait (1,024); the one in progress is not among them.
    - `drain_timeout`: seconds that the items have at shutdown (30). Then the one in progress is cancelled,
      and an error is logged that counts what is lost, by type. None: all is dropped at once, with a warning.
      A plain `def` cannot be cancelled: its thread is left behind, and does not keep the process alive.
    - `allow_one_to_many`: several handlers may take one type; each item goes to all of them, in the order of
      their registration.
    - `add_timeout`: seconds that `add` waits on a full queue (5). None: no limit.

    Raises ValueError for a size or a time that is none.
    """

    def __init__(
        self,
        maxsize: int = 1024,
        drain_timeout: float | None = 30.0,
        *,
        allow_one_to_many: bool = False,
        add_timeout: float | None = 5.0,
    ) -> None:
        if maxsize < 1:
            raise ValueError(f"BackgroundTasks: maxsize={maxsize} holds nothing; give an int above 0")
        for name, value in (("drain_timeout", drain_timeout), ("add_timeout", add_timeout)):
            if value is not None and not 0 <= value < math.inf:
                raise ValueError(f"BackgroundTasks: {name}={value} is no time; give seconds, or None")
        self._maxsize = maxsize
        self._drain_timeout = drain_timeout
        self._allow_one_to_many = allow_one_to_many
        self._add_timeout = add_timeout
        self._handlers: dict[type[Struct], tuple[BackgroundHandler, ...]] = {}
        self._phase = _Phase.NEW
        self._lock = threading.Lock()
        self._entries: deque[_Entry] = deque()
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._current: _Entry | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def closing_timeout(self) -> float:
        """Seconds that its closing may take; the app grants them in place of its `shutdown_timeout`."""
        return (self._drain_timeout or 0.0) + 2 * _GRACE

    def register[T: Struct](self, handler: Callable[[T], object]) -> None:
        """Have a handler called with every item of the type that its one argument without a default names.

        A function, a bound method or an object with `__call__`; `async def` or `def`.

        Raises WiringError where the handler has another shape (JERO-W605), or where its type has a handler
        already and `allow_one_to_many` is not set (JERO-W606).
        """
        compiled = compile_background_handler(handler)
        others = self._handlers.get(compiled.item_type, ())
        if others and not self._allow_one_to_many:
            place = Place(f"BackgroundTasks.register({compiled.name})", compiled.location)
            words = {"type": compiled.item_type.__name__, "other": others[0].name}
            raise wiring_error(BACKGROUND_TWICE, place, **words)
        self._handlers[compiled.item_type] = (*others, compiled)

    async def add(self, item: Struct) -> None:
        """Queue an item; waits while the queue is full, at most `add_timeout` seconds.

        Raises QueueFull (503) where it stays full, TypeError where no handler takes the item's exact type,
        ServiceUnavailableError (503) once the shutdown has begun, RuntimeError before the opening.
        """
        entry = self._make_entry(item)
        if self._offer(entry):
            return
        try:
            async with asyncio.timeout(self._add_timeout):
                while not self._offer(entry):
                    await self._wait_for_room()
        except TimeoutError:
            raise self._full() from None

    def add_nowait(self, item: Struct) -> None:
        """Queue an item at once, from the app's event loop or from a worker thread.

        Raises QueueFull (503) where the queue is full, else as `add` does.
        """
        if not self._offer(self._make_entry(item)):
            raise self._full()

    async def __aenter__(self) -> Self:
        """Start the worker. Raises RuntimeError where it is open already."""
        if self._phase is _Phase.OPEN:
            raise RuntimeError("this BackgroundTasks is open already; open each once, in `_wire`")
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._ready = asyncio.Event()
        self._phase = _Phase.OPEN
        self._worker = self._loop.create_task(self._work(), name="jero background worker")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take no more items, drain, cancel and log what is lost; no task is left when this returns."""
        with self._lock:
            self._phase = _Phase.CLOSED
        self._ready.set()
        while self._waiters:
            self._wake_waiter()
        try:
            if self._drain_timeout:
                await asyncio.wait([self._worker], timeout=self._drain_timeout)
        finally:
            await self._stop()

    def _make_entry(self, item: Struct) -> _Entry:
        handlers = self._handlers.get(type(item))
        if handlers is None:
            raise TypeError(
                f"BackgroundTasks: no handler takes `{type(item).__name__}`, the item's exact type;"
                " register one with `register(handler)`"
            )
        return _Entry(item, handlers, copy_context())

    def _offer(self, entry: _Entry) -> bool:
        """Queue an entry where there is room; say whether there was."""
        with self._lock:
            if self._phase is _Phase.NEW:
                raise RuntimeError("this BackgroundTasks is not open; open it in `_wire`: `await self._aenter(...)`")
            if self._phase is _Phase.CLOSED:
                raise ServiceUnavailableError("the server is shutting down", headers=RETRY_AFTER)
            if len(self._entries) >= self._maxsize:
                return False
            self._entries.append(entry)
        if threading.get_ident() == self._thread:
            self._ready.set()
        else:
            self._loop.call_soon_threadsafe(self._ready.set)
        return True

    def _full(self) -> QueueFull:
        return QueueFull("the server has too much to do", headers=RETRY_AFTER)

    async def _wait_for_room(self) -> None:
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake_waiter()  # it was its turn, and it cannot take it
            raise
        finally:
            with suppress(ValueError):
                self._waiters.remove(waiter)

    def _wake_waiter(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _work(self) -> None:
        """Take the items one after the other, until the queue is closed and empty."""
        while True:
            while not self._entries:
                if self._phase is _Phase.CLOSED:
                    return
                self._ready.clear()
                await self._ready.wait()
            with self._lock:
                entry = self._current = self._entries.popleft()
            self._wake_waiter()
            for handler in entry.handlers:
                self._running = self._loop.create_task(self._handle(handler, entry.item), context=entry.context.copy())
                await asyncio.wait([self._running])
            self._current = self._running = None

    async def _handle(self, handler: BackgroundHandler, item: Struct) -> None:
        """Call one handler, and log its failure in the item's own context."""
        try:
            if handler.is_async:
                result = handler.call(item)
            else:
                result = await call_in_daemon_thread(partial(handler.call, item), f"handler {handler.name}")
            if isawaitable(result):
                await cast("Awaitable[object]", result)  # isawaitable leaves open what it gives
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # whatever a handler raises, the queue goes on
            if self._worker.cancelling() and isinstance(error, asyncio.CancelledError):
                return  # it is the shutdown that cancels: the item is logged as lost
            kind = type(item).__name__
            logger.error("background handler %s failed with a %s", handler.name, kind, exc_info=error)  # noqa: TRY400 - a BaseException is logged too

    async def _stop(self) -> None:
        """Cancel what still runs, wait for its end, and log what is lost."""
        current = self._current
        lost = [*([] if current is None else [current]), *self._entries]
        self._entries.clear()
        left = {task for task in (self._worker, self._running) if task is not None and not task.done()}
        for task in left:
            task.cancel("the shutdown's drain_timeout is over")
        if left:
            _, left = await asyncio.wait(left, timeout=_GRACE)
        if lost:
            self._log_lost(lost, current)
        if left:
            logger.error("a background handler goes on after it was cancelled; it is left behind")

    def _log_lost(self, lost: list[_Entry], current: _Entry | None) -> None:
        level = logging.WARNING if self._drain_timeout is None else logging.ERROR
        counts = Counter(type(entry.item).__name__ for entry in lost)
        types = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        words = f"; a {type(current.item).__name__} was in progress" if current is not None else ""
        logger.log(level, "background items lost at shutdown: %d (%s%s)", len(lost), types, words)
