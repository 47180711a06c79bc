"""What becomes of the items that are left when the app shuts down, and how long that may take."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import pytest
from msgspec import Struct

from jero import BackgroundTasks, BaseApp, ServiceUnavailableError
from jero.testing import TestClient


class Mail(Struct):
    to: str


class Invoice(Struct):
    number: int


async def hang(_item: Mail) -> None:
    await asyncio.Event().wait()


async def ignore(_item: Invoice) -> None:
    pass


def messages(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "jero"]


async def begin(tasks: BackgroundTasks, *items: Struct) -> None:
    """Queue items, and let the worker begin with the first."""
    for item in items:
        tasks.add_nowait(item)
    for _ in range(3):
        await asyncio.sleep(0)


async def test_what_is_queued_is_drained(caplog: pytest.LogCaptureFixture) -> None:
    """Within `drain_timeout`, everything that was added before the shutdown is handled."""
    seen: list[str] = []

    async def note(item: Mail) -> None:
        await asyncio.sleep(0)
        seen.append(item.to)

    async with BackgroundTasks() as tasks:
        tasks.register(note)
        for number in range(100):
            tasks.add_nowait(Mail(str(number)))
    assert seen == [str(number) for number in range(100)]
    assert not caplog.records


async def test_what_is_lost_is_counted_by_type(caplog: pytest.LogCaptureFixture) -> None:
    """After `drain_timeout` the item in progress is cancelled, and one error tells how many are lost."""
    async with BackgroundTasks(drain_timeout=0.001) as tasks:
        tasks.register(hang)
        tasks.register(ignore)
        await begin(tasks, Mail("a"), Invoice(1), Mail("b"), Mail("c"))
    assert messages(caplog) == [
        (
            logging.ERROR,
            "background items lost at shutdown: 4 (1 Invoice, 3 Mail; a Mail was in progress)",
        )
    ]


async def test_no_drain_timeout_drops_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """`drain_timeout=None` drops what is left without waiting, with a warning: it is what was asked for."""
    async with BackgroundTasks(drain_timeout=None) as tasks:
        tasks.register(ignore)
        tasks.register(hang)
        tasks.add_nowait(Invoice(1))
        tasks.add_nowait(Mail("a"))
    assert messages(caplog) == [(logging.WARNING, "background items lost at shutdown: 2 (1 Invoice, 1 Mail)")]


async def test_an_empty_queue_closes_silently(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged where nothing is lost, and no task is left."""
    async with BackgroundTasks() as tasks:
        tasks.register(ignore)
    assert not caplog.records
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_no_task_is_left(caplog: pytest.LogCaptureFixture) -> None:
    """The worker and the handler in progress have ended when the closing returns, also after a loss."""
    async with BackgroundTasks(drain_timeout=0.001) as tasks:
        tasks.register(hang)
        await begin(tasks, Mail("a"))
    assert len(caplog.records) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_closing_that_is_cancelled_still_ends_everything(caplog: pytest.LogCaptureFixture) -> None:
    """Where the server loses patience with the closing, the loss is logged and no task is left."""
    tasks = await BackgroundTasks(drain_timeout=1000).__aenter__()
    tasks.register(hang)
    await begin(tasks, Mail("a"))
    closing = asyncio.create_task(tasks.__aexit__(None, None, None))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert messages(caplog) == [
        (logging.ERROR, "background items lost at shutdown: 1 (1 Mail; a Mail was in progress)")
    ]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_handler_that_fails_on_its_cancellation_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An error in the clean-up of the item in progress is logged besides the loss."""

    async def fail(item: Mail) -> None:
        try:
            await hang(item)
        finally:
            raise ValueError(item.to)

    async with BackgroundTasks(drain_timeout=0.001) as tasks:
        tasks.register(fail)
        await begin(tasks, Mail("a"))
    assert [message for _, message in messages(caplog)] == [
        f"background handler {fail.__qualname__.rpartition('<locals>.')[2]} failed with a Mail",
        "background items lost at shutdown: 1 (1 Mail; a Mail was in progress)",
    ]


async def test_a_handler_that_ignores_its_cancellation_is_left_behind(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing does not wait for ever for a handler that goes on, and says so."""
    monkeypatch.setattr("jero.background._GRACE", 0.001)
    may_end = asyncio.Event()

    async def go_on(_item: Mail) -> None:
        while not may_end.is_set():
            try:
                await may_end.wait()
            except asyncio.CancelledError:
                continue

    async with BackgroundTasks(drain_timeout=0.001) as tasks:
        tasks.register(go_on)
        await begin(tasks, Mail("a"))
    assert [message for _, message in messages(caplog)] == [
        "background items lost at shutdown: 1 (1 Mail; a Mail was in progress)",
        "a background handler goes on after it was cancelled; it is left behind",
    ]
    may_end.set()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(left)


async def test_a_plain_handler_that_hangs_is_left_to_its_thread(caplog: pytest.LogCaptureFixture) -> None:
    """A `def` handler cannot be cancelled: the closing goes on without it; its later failure is logged."""
    begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    thread: list[threading.Thread] = []

    def wait(_item: Mail) -> None:
        thread.append(threading.current_thread())
        loop.call_soon_threadsafe(begun.set)
        assert may_end.wait(5)
        raise ValueError("too late")

    async with BackgroundTasks(drain_timeout=0.001) as tasks:
        tasks.register(wait)
        tasks.add_nowait(Mail("a"))
        await begun.wait()
    assert thread[0].daemon
    may_end.set()
    await asyncio.to_thread(thread[0].join, 5)
    await asyncio.sleep(0)
    name = wait.__qualname__.rpartition("<locals>.")[2]
    assert [message for _, message in messages(caplog)] == [
        "background items lost at shutdown: 1 (1 Mail; a Mail was in progress)",
        f"handler {name} failed after it was given up",
    ]


async def test_add_after_shutdown_raises() -> None:
    """Once the shutdown has begun, `add` and `add_nowait` raise: an error 503 where a request asks for it."""
    tasks = BackgroundTasks()
    tasks.register(hang)
    async with tasks:
        pass
    with pytest.raises(ServiceUnavailableError, match="shutting down"):
        await tasks.add(Mail("a"))
    with pytest.raises(ServiceUnavailableError, match="shutting down"):
        tasks.add_nowait(Mail("a"))


async def test_a_handler_cannot_add_while_the_queue_is_drained(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that adds items would keep the shutdown going: its `add` raises, and it has failed."""
    tasks = BackgroundTasks()

    async def again(item: Mail) -> None:
        await tasks.add(item)

    tasks.register(again)
    async with tasks:
        tasks.add_nowait(Mail("a"))
    (record,) = caplog.records
    assert record.exc_info
    assert isinstance(record.exc_info[1], ServiceUnavailableError)


async def test_a_waiting_add_learns_of_the_shutdown() -> None:
    """An `add` that waits for room when the shutdown begins raises at once."""
    async with BackgroundTasks(maxsize=1, drain_timeout=0.001, add_timeout=None) as tasks:
        tasks.register(hang)
        await begin(tasks, Mail("a"))
        tasks.add_nowait(Mail("b"))
        waiting = asyncio.create_task(tasks.add(Mail("c")))
        await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailableError):
        await waiting


async def test_add_before_the_opening_raises() -> None:
    """Items for a queue that nobody has opened are refused, with the way to open it."""
    tasks = BackgroundTasks()
    tasks.register(hang)
    with pytest.raises(RuntimeError, match="_aenter"):
        await tasks.add(Mail("a"))


async def test_a_queue_is_opened_once_at_a_time() -> None:
    """A second opening is refused while the first lasts; a closed queue opens again, its handlers kept."""
    seen: list[Mail] = []

    async def note(item: Mail) -> None:
        seen.append(item)

    tasks = BackgroundTasks()
    tasks.register(note)
    async with tasks:
        with pytest.raises(RuntimeError, match="open already"):
            await tasks.__aenter__()
    async with tasks:
        await tasks.add(Mail("a"))
    assert seen == [Mail("a")]


async def test_what_is_lost_does_not_come_back() -> None:
    """Items that were logged as lost are not handled where the queue is opened again."""
    seen: list[Invoice] = []

    async def note(item: Invoice) -> None:
        seen.append(item)

    tasks = BackgroundTasks(drain_timeout=None)
    tasks.register(note)
    async with tasks:
        tasks.add_nowait(Invoice(1))
    async with tasks:
        tasks.add_nowait(Invoice(2))
        await begin(tasks, Invoice(3))
    assert seen == [Invoice(2), Invoice(3)][: len(seen)]
    assert seen


async def outlast(seconds: float) -> None:
    """Give other tasks their turns until so much of the loop's time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:  # noqa: ASYNC110 - it is the time that is waited for
        await asyncio.sleep(0)


class Slow:
    """Takes longer to close than the app's limit, and says so beforehand."""

    def __init__(self, closing_timeout: float | None) -> None:
        self.closing_timeout = closing_timeout
        self.is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await outlast(0.02)
        self.is_closed = True


class ClosingApp(BaseApp):
    def __init__(self, resource: Slow, shutdown_timeout: float | None) -> None:
        super().__init__(shutdown_timeout=shutdown_timeout)
        self._resource = resource

    async def _wire(self) -> None:
        await self._aenter(self._resource)


@pytest.mark.parametrize("closing_timeout", [None, 60.0])
def test_a_resource_says_how_long_its_closing_may_take(closing_timeout: float | None) -> None:
    """The attribute `closing_timeout` of what is opened counts in place of `shutdown_timeout`."""
    resource = Slow(closing_timeout)
    TestClient(ClosingApp(resource, shutdown_timeout=0.001)).close()
    assert resource.is_closed


def test_a_resource_may_ask_for_less_time() -> None:
    """A `closing_timeout` below the app's is kept, too."""
    resource = Slow(0.001)
    client = TestClient(ClosingApp(resource, shutdown_timeout=None))
    with pytest.raises(BaseExceptionGroup) as caught:
        client.close()
    assert isinstance(caught.value.exceptions[0], TimeoutError)
    assert not resource.is_closed


class DrainingApp(BaseApp):
    """Its handler takes longer than `shutdown_timeout`; a resource is opened before the queue."""

    def __init__(self) -> None:
        super().__init__(shutdown_timeout=0.001)
        self.log: list[str] = []

    @asynccontextmanager
    async def _database(self) -> AsyncGenerator[None]:
        yield
        self.log.append("database closed")

    async def _handle(self, item: Mail) -> None:
        await outlast(0.02)
        self.log.append(f"handled {item.to}")

    async def _wire(self) -> None:
        await self._aenter(self._database())
        tasks = await self._aenter(BackgroundTasks())
        tasks.register(self._handle)
        await tasks.add(Mail("a"))


def test_the_drain_is_not_cut_short_by_the_apps_limit() -> None:
    """The queue has its `drain_timeout`, whatever the app's limit, and what it uses is still open."""
    app = DrainingApp()
    TestClient(app).close()
    assert app.log == ["handled a", "database closed"]
