"""How items travel through the queue: added, waited for, handed to their handlers, in which context."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from queue import SimpleQueue

import pytest
from msgspec import Struct

from jero import BackgroundTasks, BaseApp, Endpoint, QueueFull, Resource, WiringError
from jero.testing import TestClient


class Mail(Struct):
    to: str


class Reminder(Mail):
    pass


class Invoice(Struct):
    number: int


class Mailer:
    """Notes what it is given; the queue lets a test wait for it from another thread."""

    def __init__(self) -> None:
        self.sent: SimpleQueue[Struct] = SimpleQueue()

    async def send(self, item: Mail) -> None:
        self.sent.put(item)

    def send_plainly(self, item: Mail, copies: int = 1) -> None:
        for _ in range(copies):
            self.sent.put(item)

    async def __call__(self, item: Mail) -> None:
        self.sent.put(item)

    async def file(self, folder: str, item: Mail) -> None:
        assert folder == "in"
        self.sent.put(item)


class Signups(Resource, path="/signups"):
    def __init__(self, tasks: BackgroundTasks) -> None:
        self._tasks = tasks

    async def create(self, json: Mail) -> None:
        await self._tasks.add(json)


class App(BaseApp):
    def __init__(self, register: Callable[[BackgroundTasks], None]) -> None:
        super().__init__()
        self._register = register

    async def _wire(self) -> None:
        tasks = await self._aenter(BackgroundTasks())
        self._register(tasks)
        self._include_resource(Signups(tasks))


shared = Mailer()


@pytest.mark.parametrize(
    "handler",
    [shared.send, shared.send_plainly, shared, partial(shared.file, "in")],
    ids=["async method", "plain method", "object", "partial"],
)
def test_an_item_reaches_its_handler(handler: Callable[[Mail], object]) -> None:
    """What a request adds is handed, after its answer, to the handler whose argument has that type."""
    with TestClient(App(lambda tasks: tasks.register(handler))) as client:
        assert client.post("/signups", json=Mail("ann@example.com")).status_code == 204
        assert shared.sent.get(timeout=5) == Mail("ann@example.com")


def test_a_plain_handler_does_not_hold_up_the_app() -> None:
    """A `def` handler that waits runs on a thread of its own, and requests are answered meanwhile."""
    begun, may_end = threading.Event(), threading.Event()

    def wait(item: Mail) -> None:
        begun.set()
        assert may_end.wait(5), item

    with TestClient(App(lambda tasks: tasks.register(wait))) as client:
        client.post("/signups", json=Mail("a"))
        assert begun.wait(5)
        assert client.post("/signups", json=Mail("b")).status_code == 204
        may_end.set()


async def test_a_plain_handler_may_give_an_awaitable() -> None:
    """What a `def` handler returns is awaited where it can be: a wrapper around `async def` works."""
    mailer = Mailer()

    def wrapped(item: Mail) -> object:
        return mailer.send(item)

    async with BackgroundTasks() as tasks:
        tasks.register(wrapped)
        await tasks.add(Mail("a"))
    assert mailer.sent.get_nowait() == Mail("a")


async def test_items_are_handled_in_order_of_adding() -> None:
    """One worker takes the items one after the other, whatever their types."""
    seen: list[Struct] = []

    async def note_mail(item: Mail) -> None:
        await asyncio.sleep(0)
        seen.append(item)

    def note_invoice(item: Invoice) -> None:
        seen.append(item)

    items = [Mail("a"), Invoice(1), Mail("b"), Invoice(2)]
    async with BackgroundTasks() as tasks:
        tasks.register(note_mail)
        tasks.register(note_invoice)
        for item in items:
            await tasks.add(item)
    assert seen == items


@pytest.mark.parametrize("item", [Reminder("a"), Invoice(1), "text"])
async def test_a_type_without_handler_is_refused_on_the_spot(item: Struct) -> None:
    """Dispatch is by exact type: a subclass of a registered type is a TypeError, as anything else is."""
    async with BackgroundTasks() as tasks:
        tasks.register(Mailer().send)
        with pytest.raises(TypeError, match=f"no handler takes `{type(item).__name__}`"):
            await tasks.add(item)
        with pytest.raises(TypeError, match="register one"):
            tasks.add_nowait(item)


async def test_several_handlers_each_get_every_item() -> None:
    """With `allow_one_to_many`, an item goes to all the handlers of its type, in order of registration."""
    seen: list[str] = []

    async def first(item: Mail) -> None:
        seen.append(f"first {item.to}")
        raise ValueError("the others still get it")

    async def second(item: Mail) -> None:
        seen.append(f"second {item.to}")

    async with BackgroundTasks(allow_one_to_many=True) as tasks:
        tasks.register(first)
        tasks.register(second)
        await tasks.add(Mail("a"))
        await tasks.add(Mail("b"))
    assert seen == ["first a", "second a", "first b", "second b"]


def test_a_second_handler_for_a_type_is_a_wiring_fault() -> None:
    """Without `allow_one_to_many`, a type has one handler: a second is a fault that names both."""
    mailer = Mailer()

    def register(tasks: BackgroundTasks) -> None:
        tasks.register(mailer.send)
        tasks.register(mailer.send_plainly)

    with pytest.raises(WiringError) as caught:
        TestClient(App(register))
    (fault,) = caught.value.faults
    assert fault.code == "JERO-W606"
    assert "Mailer.send_plainly" in fault.subject
    assert "`Mail` already has the background handler `Mailer.send`" in fault.problem


async def raise_error(item: Mail) -> None:
    raise ValueError(item.to)


def raise_error_plainly(item: Mail) -> None:
    raise ValueError(item.to)


async def raise_cancelled(_item: Mail) -> None:
    raise asyncio.CancelledError


async def cancel_itself(_item: Mail) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.Event().wait()


async def cancel_itself_and_end(_item: Mail) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def leave(_item: Mail) -> None:
    raise SystemExit(3)


def leave_plainly(_item: Mail) -> None:
    raise SystemExit(3)


async def raise_group(_item: Mail) -> None:
    raise BaseExceptionGroup("several", [asyncio.CancelledError(), ValueError()])


@pytest.mark.parametrize(
    "handler",
    [
        raise_error,
        raise_error_plainly,
        raise_cancelled,
        cancel_itself,
        leave,
        leave_plainly,
        raise_group,
    ],
)
async def test_a_failing_handler_is_logged_and_the_queue_goes_on(
    handler: Callable[[Mail], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a handler raises is logged once with its traceback, and the next item is handled."""
    handled: list[Invoice] = []

    async def note(item: Invoice) -> None:
        handled.append(item)

    async with BackgroundTasks() as tasks:
        tasks.register(handler)
        tasks.register(note)
        await tasks.add(Mail("secret@example.com"))
        await tasks.add(Invoice(1))
    assert handled == [Invoice(1)]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("jero", logging.ERROR)
    assert record.getMessage() == f"background handler {handler.__name__} failed with a Mail"
    assert record.exc_info
    assert "secret" not in record.getMessage()


async def test_a_handler_that_cancels_itself_and_ends_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A cancellation that comes too late for its handler does not reach the worker."""
    mailer = Mailer()
    async with BackgroundTasks(allow_one_to_many=True) as tasks:
        tasks.register(cancel_itself_and_end)
        tasks.register(mailer.send)
        await tasks.add(Mail("a"))
        await tasks.add(Mail("b"))
    assert [mailer.sent.get_nowait(), mailer.sent.get_nowait()] == [Mail("a"), Mail("b")]
    assert not caplog.records


request_id = ContextVar("request_id", default="none")


async def test_a_handler_sees_the_context_of_who_added_the_item() -> None:
    """Each call runs in a copy of the adder's context variables; what it sets is seen by nobody else."""
    seen: list[str] = []

    async def note(item: Mail) -> None:
        seen.append(f"{item.to} {request_id.get()}")
        request_id.set("of the handler")

    def note_plainly(item: Mail) -> None:
        seen.append(f"{item.to} {request_id.get()} plainly")
        request_id.set("of the plain handler")

    async def add(tasks: BackgroundTasks, name: str) -> None:
        request_id.set(name)
        await tasks.add(Mail(name))

    async with BackgroundTasks(allow_one_to_many=True) as tasks:
        tasks.register(note)
        tasks.register(note_plainly)
        await asyncio.create_task(add(tasks, "a"))
        await asyncio.create_task(add(tasks, "b"))
        await tasks.add(Mail("c"))
    assert seen == ["a a", "a a plainly", "b b", "b b plainly", "c none", "c none plainly"]
    assert request_id.get() == "none"


async def test_a_failure_is_logged_in_the_context_of_the_item(caplog: pytest.LogCaptureFixture) -> None:
    """A log filter that reads context variables finds those of the request that added the item."""
    found: list[str] = []

    class Filter(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            found.append(request_id.get())
            return bool(record)

    async def add(tasks: BackgroundTasks) -> None:
        request_id.set("r-1")
        await tasks.add(Mail("a"))

    added = Filter()
    caplog.handler.addFilter(added)
    try:
        async with BackgroundTasks() as tasks:
            tasks.register(raise_error)
            await asyncio.create_task(add(tasks))
    finally:
        caplog.handler.removeFilter(added)
    assert found == ["r-1"]


class Gate:
    """A handler that waits until it is let go, and says when it has begun."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended: list[str] = []

    async def handle(self, item: Mail) -> None:
        self.begun.set()
        await self.may_end.wait()
        self.ended.append(item.to)


async def filled(tasks: BackgroundTasks) -> Gate:
    """Fill a queue of one: an item in progress, and one that waits."""
    gate = Gate()
    tasks.register(gate.handle)
    await tasks.add(Mail("in progress"))
    await gate.begun.wait()
    tasks.add_nowait(Mail("waiting"))
    return gate


async def test_add_nowait_raises_at_once_when_the_queue_is_full() -> None:
    """`maxsize` counts the items that wait; the one in progress is not among them."""
    async with BackgroundTasks(maxsize=1) as tasks:
        gate = await filled(tasks)
        with pytest.raises(QueueFull) as caught:
            tasks.add_nowait(Mail("too much"))
        assert (caught.value.status, caught.value.headers) == (503, {"retry-after": "5"})
        gate.may_end.set()
    assert gate.ended == ["in progress", "waiting"]


async def test_add_waits_for_room() -> None:
    """`add` on a full queue returns once the worker has taken an item; waiters go in their order."""
    async with BackgroundTasks(maxsize=1, add_timeout=None) as tasks:
        gate = await filled(tasks)
        adding = [asyncio.create_task(tasks.add(Mail(name))) for name in ("first", "second")]
        await asyncio.sleep(0)
        assert not any(task.done() for task in adding)
        gate.may_end.set()
        await asyncio.gather(*adding)
    assert gate.ended == ["in progress", "waiting", "first", "second"]


async def test_add_gives_up_after_its_timeout() -> None:
    """A queue that stays full for `add_timeout` seconds makes `add` raise QueueFull, nothing queued."""
    async with BackgroundTasks(maxsize=1, add_timeout=0.001) as tasks:
        gate = await filled(tasks)
        with pytest.raises(QueueFull):
            await tasks.add(Mail("too much"))
        gate.may_end.set()
    assert gate.ended == ["in progress", "waiting"]


@pytest.mark.parametrize("steps", range(12))
async def test_a_waiter_that_leaves_passes_its_turn_on(steps: int) -> None:
    """Whenever a waiting `add` is cancelled, also as its turn comes, the next one gets in."""
    async with BackgroundTasks(maxsize=1, add_timeout=None) as tasks:
        gate = await filled(tasks)
        leaving = asyncio.create_task(tasks.add(Mail("leaving")))
        staying = asyncio.create_task(tasks.add(Mail("staying")))
        await asyncio.sleep(0)
        gate.may_end.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait([leaving])
        async with asyncio.timeout(5):
            await staying
    assert "staying" in gate.ended
    assert ("leaving" in gate.ended) is not leaving.cancelled()


class Uploads(Endpoint, path="/uploads", threaded=True):
    def __init__(self, tasks: BackgroundTasks) -> None:
        self._tasks = tasks

    def post(self) -> None:
        self._tasks.add_nowait(Mail(threading.current_thread().name))


class ThreadedApp(BaseApp):
    def __init__(self, handler: Callable[[Mail], object]) -> None:
        super().__init__()
        self._handler = handler

    async def _wire(self) -> None:
        tasks = await self._aenter(BackgroundTasks(maxsize=1))
        tasks.register(self._handler)
        self._include_endpoint(Uploads(tasks))


def test_add_nowait_works_from_a_worker_thread() -> None:
    """A handler of a `threaded=True` class, which cannot await, queues with `add_nowait`."""
    mailer = Mailer()
    with TestClient(ThreadedApp(mailer.send)) as client:
        assert client.post("/uploads").status_code == 204
        item = mailer.sent.get(timeout=5)
    assert isinstance(item, Mail)
    assert item.to != threading.current_thread().name


async def test_an_item_from_another_thread_wakes_the_worker() -> None:
    """The worker is woken as asyncio wants it from other threads; its debug mode would raise otherwise."""
    asyncio.get_running_loop().set_debug(True)
    seen = asyncio.Event()

    async def note(_item: Mail) -> None:
        seen.set()

    async with BackgroundTasks() as tasks:
        tasks.register(note)
        await asyncio.sleep(0)
        await asyncio.to_thread(tasks.add_nowait, Mail("a"))
        await seen.wait()


def test_a_full_queue_answers_503() -> None:
    """QueueFull is an HTTPError: a client gets 503 with Retry-After."""
    begun, may_end = threading.Event(), threading.Event()

    def wait(item: Mail) -> None:
        begun.set()
        assert may_end.wait(5), item

    with TestClient(ThreadedApp(wait)) as client:
        client.post("/uploads")
        assert begun.wait(5)
        client.post("/uploads")
        response = client.post("/uploads")
        may_end.set()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert response.json()["type"] == "service-unavailable"


@pytest.mark.parametrize(
    "arguments",
    [
        {"maxsize": 0},
        {"drain_timeout": -1.0},
        {"drain_timeout": float("inf")},
        {"drain_timeout": float("nan")},
        {"add_timeout": -0.1},
    ],
)
def test_a_size_or_time_that_is_none_is_refused(arguments: dict[str, float]) -> None:
    """The constructor refuses what is no size or time, and names it."""
    (name,) = arguments
    with pytest.raises(ValueError, match=name):
        BackgroundTasks(**arguments)  # pyright: ignore[reportArgumentType] - wrong on purpose
