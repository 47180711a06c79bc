"""The pump against servers of every temper: how far it runs ahead, how it waits, and how it is ended."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import suppress

import pytest
from asgi_driver import Driver
from msgspec import Struct

from jero import BaseApp, Endpoint, HTTPError, NDJSONStreamingResponse, SSEResponse
from jero.testing import AsyncTestClient, IncompleteResponseError, TestClient


class Row(Struct):
    number: int


type Source = Callable[[], AsyncIterable[Row] | AsyncGenerator[AsyncIterable[Row]]]


class Lines(Endpoint, path="/lines"):
    def __init__(self, source: Source) -> None:
        self._source = source

    async def get(self) -> NDJSONStreamingResponse[Row]:
        return NDJSONStreamingResponse(stream=self._source())


class Events(Endpoint, path="/events"):
    def __init__(self, source: Source) -> None:
        self._source = source

    async def get(self) -> SSEResponse[Row]:
        return SSEResponse(stream=self._source(), keepalive=0.001)


class App(BaseApp):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    async def _wire(self) -> None:
        self._include_endpoint(Lines(self._source))
        self._include_endpoint(Events(self._source))


class Notes:
    """A source and its lifecycle, which note what happens to them."""

    def __init__(self, *, waits: bool = True) -> None:
        self.pulled = 0
        self.ends: list[str] = []
        self.ended = asyncio.Event()
        self._waits = waits

    async def lifecycle(self) -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            yield self.items()
        except BaseException as error:
            self.ends.append(type(error).__name__)
            raise
        else:
            self.ends.append("whole")
        finally:
            self.ended.set()

    async def items(self) -> AsyncIterator[Row]:
        while True:
            self.pulled += 1
            yield Row(self.pulled)
            if self._waits:
                await asyncio.sleep(0)


@pytest.fixture(params=["/lines", "/events"])
def path(request: pytest.FixtureRequest) -> str:
    """Each of the two pumps in turn: with and without the task that sends comments."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Give what jero logged as an error."""
    caplog.set_level(logging.DEBUG, logger="jero")
    return lambda: [record.message for record in caplog.records if record.levelno >= logging.WARNING]


async def test_one_item_ahead(path: str) -> None:
    """The pump has at most one item that the server has not accepted."""
    notes, gate = Notes(waits=False), asyncio.Semaphore(0)
    app = App(notes.lifecycle)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        driver.before_send = _opening(gate)
        task = driver.start()
        for accepted in range(50):
            await _settle()
            assert notes.pulled - len(driver.bodies) <= 1, accepted
            gate.release()
        driver.leave()
        await _settle()
        gate.release()
        await task
    assert notes.ends == ["CancelledError"]


def _opening(gate: asyncio.Semaphore) -> Callable[[], asyncio.Future[None]]:
    async def wait() -> None:
        await gate.acquire()

    return lambda: asyncio.ensure_future(wait())


async def test_client_leaves_while_send_blocks(path: str, errors: Callable[[], list[str]]) -> None:
    """A client that leaves while the server takes nothing more ends the stream."""
    notes, blocked = Notes(), asyncio.Event()
    app = App(notes.lifecycle)

    async def block() -> None:
        blocked.set()
        await asyncio.Event().wait()

    async with AsyncTestClient(app):
        driver = Driver(app, path)
        driver.before_send = block
        task = driver.start()
        await blocked.wait()
        driver.leave()
        await task
    assert notes.ends == ["CancelledError"]
    assert errors() == []


@pytest.mark.parametrize("after", [0, 1, 2, 5])
async def test_send_fails(path: str, errors: Callable[[], list[str]], after: int) -> None:
    """A server that raises OSError from `send` says that the client has left; nothing more is sent after that."""
    notes = Notes()
    app = App(notes.lifecycle)
    async with AsyncTestClient(app):
        driver = Driver(app, path)

        async def fail() -> None:
            if len(driver.sent) >= after:
                raise BrokenPipeError

        driver.before_send = fail
        await driver.start()
        assert len(driver.sent) == after
    assert notes.ends in (["ClientDisconnectedError"], ["CancelledError"])
    assert errors() == []


async def test_send_fails_at_the_end(errors: Callable[[], list[str]]) -> None:
    """A client that leaves just before the end of the body is no error."""

    async def one() -> AsyncIterator[Row]:
        yield Row(1)

    app = App(one)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")

        async def fail() -> None:
            if len(driver.sent) == 2:
                raise ConnectionResetError

        driver.before_send = fail
        await driver.start()
    assert errors() == []


async def test_source_fails_with_an_oserror(errors: Callable[[], list[str]]) -> None:
    """An OSError of the source is a failure of the source, not a client that has left."""

    async def broken() -> AsyncIterator[Row]:
        yield Row(1)
        raise ConnectionResetError("the database left")

    app = App(broken)
    async with AsyncTestClient(app) as client:
        session = await client.stream_get("/lines")
        with pytest.raises(IncompleteResponseError):
            await session.read()
    assert errors() == ["GET /lines: the stream broke with ConnectionResetError"]


async def test_task_is_cancelled(path: str, errors: Callable[[], list[str]]) -> None:
    """A server that cancels the request's task gets its cancellation back, after the teardown."""
    notes = Notes()
    app = App(notes.lifecycle)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        task = driver.start()
        await _settle()
        assert len(driver.sent) > 2
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not driver.is_whole
    assert notes.ends == ["CancelledError"]
    assert errors() == []


async def test_task_is_cancelled_before_the_first_item(path: str) -> None:
    """The same before anything was sent: no answer is made up."""
    waiting, ends = asyncio.Event(), list[str]()

    async def source() -> AsyncIterator[Row]:
        try:
            waiting.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise
        yield Row(1)

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        task = driver.start()
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert driver.sent == []
    assert ends == ["cancelled"]


async def test_task_is_cancelled_in_its_teardown() -> None:
    """A cancellation that comes while a teardown runs ends the teardown, and the task stays cancelled."""
    closing = asyncio.Event()

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        yield _rows(1)
        closing.set()
        await asyncio.Event().wait()

    app = App(source)
    async with AsyncTestClient(app):
        task = Driver(app, "/lines").start()
        await closing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_cancelled_error_of_the_source(errors: Callable[[], list[str]]) -> None:
    """A CancelledError that nobody asked for is a failure of the source: logged, and the worker lives."""

    async def source() -> AsyncIterator[Row]:
        yield Row(1)
        raise asyncio.CancelledError

    app = App(source)
    async with AsyncTestClient(app) as client:
        session = await client.stream_get("/lines")
        with pytest.raises(IncompleteResponseError):
            await session.read()
    assert errors() == ["GET /lines: the stream broke with CancelledError"]


async def test_one_wait_for_messages(path: str) -> None:
    """There is one `receive()` at a time, and it is not cancelled before the last of the body was sent."""

    async def source() -> AsyncIterator[Row]:
        for number in range(20):
            yield Row(number)
            await asyncio.sleep(0)

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        await driver.start()
    assert driver.is_whole
    assert driver.most_receives == 1
    assert driver.cancelled_after == len(driver.sent)


async def test_one_wait_for_messages_of_a_stream_that_is_refused() -> None:
    """An error that is answered in place of a stream is sent before the wait for messages is cancelled, too."""

    async def source() -> AsyncIterator[Row]:
        await _settle()
        raise HTTPError(409, "not today")
        yield Row(1)

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")
        await driver.start()
    assert driver.sent[0]["status"] == 409
    assert driver.cancelled_after == len(driver.sent)


async def test_source_that_never_waits() -> None:
    """A source that never waits, into a server that takes everything, leaves the loop to others now and then."""
    turns, going = 0, True

    async def source() -> AsyncIterator[Row]:
        for number in range(100_000):
            yield Row(number)

    async def take_turns() -> None:
        nonlocal turns
        while going:
            turns += 1
            await asyncio.sleep(0)

    app = App(source)
    async with AsyncTestClient(app):
        other = asyncio.create_task(take_turns())
        driver = Driver(app, "/lines")
        await driver.start()
        going = False
        await other
    assert sum(body.count(b"\n") for body in driver.bodies) == 100_000
    assert turns >= 4


async def test_nothing_is_left(path: str) -> None:
    """When the app has returned, no task of the stream is there any more, however it ended."""
    app = App(lambda: _rows(3, wait=True))
    async with AsyncTestClient(app) as client:
        before = asyncio.all_tasks()
        await client.get(path)
        assert asyncio.all_tasks() == before
        endless = App(Notes().lifecycle)
        async with AsyncTestClient(endless) as other:
            among = asyncio.all_tasks()
            session = await other.stream_get(path)
            await anext(session)
            await session.close()
            assert asyncio.all_tasks() == among


async def test_client_leaves_before_the_first_item(errors: Callable[[], list[str]]) -> None:
    """A client that leaves while the first item is waited for ends the stream, and is answered nothing."""
    waiting, ends = asyncio.Event(), list[str]()

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            waiting.set()
            await asyncio.Event().wait()
            yield _rows(1)
        finally:
            ends.append("torn down")

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")
        task = driver.start()
        await waiting.wait()
        driver.leave()
        await task
        assert driver.sent == []
    assert ends == ["torn down"]
    assert errors() == []


async def test_client_has_left_before_the_stream(path: str) -> None:
    """A stream whose client left before it began is over as soon as it first waits, or the time after."""
    notes = Notes()
    app = App(notes.lifecycle)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        driver.leave()
        await driver.start()
    assert notes.pulled <= 2
    assert notes.ends == ["CancelledError"]


async def test_client_leaves_while_it_is_torn_down(errors: Callable[[], list[str]]) -> None:
    """A client that leaves during the teardown does not disturb it, and hides no error of the stream."""
    closing, go_on, ends = asyncio.Event(), asyncio.Event(), list[str]()

    async def broken() -> AsyncIterator[Row]:
        yield Row(1)
        raise LookupError("the cursor broke")

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            yield broken()
        finally:
            closing.set()
            await go_on.wait()
            ends.append("torn down")

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")
        task = driver.start()
        await closing.wait()
        driver.leave()
        await _settle()
        go_on.set()
        await task
    assert ends == ["torn down"]
    assert errors() == ["GET /lines: the stream broke with LookupError"]


async def test_first_item_that_swallows_its_cancellation(path: str) -> None:
    """A source that swallows its cancellation before the first item has nothing sent for it."""
    waiting, closed = asyncio.Event(), list[str]()

    async def source() -> AsyncIterator[Row]:
        with suppress(asyncio.CancelledError):
            waiting.set()
            await asyncio.Event().wait()
        try:
            yield Row(1)
        finally:
            closed.append("closed")

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, path)
        task = driver.start()
        await waiting.wait()
        driver.leave()
        await task
        assert driver.sent == []
    assert closed == ["closed"]


async def test_comment_that_cannot_be_sent(errors: Callable[[], list[str]]) -> None:
    """A server that raises OSError for a comment between events says that the client has left, too."""
    ends: list[str] = []

    async def source() -> AsyncIterator[Row]:
        yield Row(1)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/events")

        async def fail() -> None:
            if len(driver.sent) == 2:
                raise BrokenPipeError

        driver.before_send = fail
        await driver.start()
    assert ends == ["cancelled"]
    assert errors() == []


async def test_one_send_at_a_time() -> None:
    """An event that comes while a comment is being sent waits for its turn."""
    pinging, go_on = asyncio.Event(), asyncio.Event()

    async def source() -> AsyncIterator[Row]:
        yield Row(1)
        await pinging.wait()
        go_on.set()
        yield Row(2)

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/events")

        async def block() -> None:
            if len(driver.sent) == 2:
                pinging.set()
                await go_on.wait()
                await _settle()

        driver.before_send = block
        await driver.start()
    assert driver.most_sends == 1
    assert driver.bodies[1:3] == [b": ping\n\n", b'data: {"number":2}\n\n']


async def test_no_comments_after_the_end(errors: Callable[[], list[str]]) -> None:
    """Once a stream has failed no comment is sent any more, however long the teardown takes."""
    pinged, at_the_end = asyncio.Event(), list[int]()

    async def broken() -> AsyncIterator[Row]:
        yield Row(1)
        await pinged.wait()
        raise LookupError

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            yield broken()
        finally:
            at_the_end.append(len(driver.sent))
            for _ in range(100):
                await _settle()

    app = App(source)
    driver = Driver(app, "/events")

    async def look() -> None:
        if len(driver.sent) > 4:
            pinged.set()

    driver.before_send = look
    async with AsyncTestClient(app):
        await driver.start()
    assert at_the_end == [len(driver.sent)]
    assert errors() == ["GET /events: the stream broke with LookupError"]


def test_closing_the_app_ends_its_streams(path: str) -> None:
    """Closing the test client ends a stream that is still read, and runs its teardown."""
    ends: list[str] = []

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            yield _rows(1_000_000, wait=True)
        except BaseException as error:
            ends.append(type(error).__name__)
            raise

    client = TestClient(App(source))
    session = client.stream_get(path)
    next(session)
    client.close()
    assert ends == ["CancelledError"]


async def test_shutdown_ends_streams(path: str, errors: Callable[[], list[str]]) -> None:
    """`lifespan.shutdown` ends the streams that are open, and waits for their teardowns."""
    notes = Notes()
    app = App(notes.lifecycle)
    client = AsyncTestClient(app)
    await client.start()
    driver = Driver(app, path)
    task = driver.start()
    await _settle()
    assert len(driver.sent) > 2
    await client.close()
    assert notes.ends == ["CancelledError"]
    await task
    assert not driver.is_whole
    assert errors() == []


async def test_stream_that_opens_during_the_shutdown() -> None:
    """A stream that comes while the app shuts down is closed unopened, and answered 503."""
    handling, go_on, calls = asyncio.Event(), asyncio.Event(), list[str]()

    class Rows:
        def __aiter__(self) -> "Rows":
            calls.append("opened")
            return self

        async def __anext__(self) -> Row:
            raise StopAsyncIteration

        async def aclose(self) -> None:
            calls.append("closed")

    class Slow(Endpoint, path="/slow"):
        async def get(self) -> NDJSONStreamingResponse[Row]:
            handling.set()
            await go_on.wait()
            return NDJSONStreamingResponse(stream=Rows())

    class SlowApp(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Slow())

    app = SlowApp()
    client = AsyncTestClient(app)
    await client.start()
    driver = Driver(app, "/slow")
    task = driver.start()
    await handling.wait()
    await client.close()
    go_on.set()
    await task
    assert driver.sent[0]["status"] == 503
    assert calls == ["closed"]


async def test_task_group_in_the_lifecycle(errors: Callable[[], list[str]]) -> None:
    """A task group that holds the stream ends it when a task of it fails, with that task's error."""
    ends: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("the feed broke")

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                yield _rows(1_000_000, wait=True)
        except* LookupError:
            ends.append("LookupError")
            raise

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")
        await driver.start()
        assert not driver.sent or not driver.is_whole or driver.sent[0]["status"] == 500
    assert ends == ["LookupError"]
    assert len(errors()) == 1


async def test_items_without_aiter() -> None:
    """An iterable's iterator needs no `__aiter__` of its own, as in `async for`."""

    class Countdown:
        def __init__(self) -> None:
            self.left = 3

        async def __anext__(self) -> Row:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return Row(self.left)

    class Rows:
        def __aiter__(self) -> AsyncIterator[Row]:
            return Countdown()  # pyright: ignore[reportReturnType]  # what the test is about

    async with AsyncTestClient(App(Rows)) as client:
        assert (await client.get("/lines")).text == '{"number":2}\n{"number":1}\n{"number":0}\n'


@pytest.mark.parametrize("given", [None, 3, [Row(1)], iter([Row(1)])], ids=["None", "int", "list", "iterator"])
async def test_no_stream(given: object, errors: Callable[[], list[str]]) -> None:
    """What is no async iterable is a fault of the handler's, answered 500."""
    app = App(lambda: given)  # pyright: ignore[reportArgumentType, reportReturnType]  # what the test is about
    async with AsyncTestClient(app) as client:
        assert (await client.get("/lines")).status_code == 500
    assert len(errors()) == 1


async def test_iterable_of_iterables() -> None:
    """Only a lifecycle generator may give a stream; an iterator that does is a fault, and is closed."""
    closed: list[str] = []

    class Nested:
        def __aiter__(self) -> "Nested":
            return self

        async def __anext__(self) -> AsyncIterable[Row]:
            return _rows(1)

        async def aclose(self) -> None:
            closed.append("closed")

    app = App(Nested)  # pyright: ignore[reportArgumentType]  # what the test is about
    async with AsyncTestClient(app) as client:
        assert (await client.get("/lines")).status_code == 500
    assert closed == ["closed"]


async def test_closing_the_items_fails(path: str, errors: Callable[[], list[str]]) -> None:
    """An `aclose` that fails is logged; the answer is whole, and the lifecycle is left in order."""
    left: list[str] = []

    class Broken:
        def __aiter__(self) -> "Broken":
            return self

        async def __anext__(self) -> Row:
            raise StopAsyncIteration

        async def aclose(self) -> None:
            raise LookupError("gone")

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        yield Broken()
        left.append("in order")

    async with AsyncTestClient(App(source)) as client:
        assert (await client.get(path)).status_code == 200
    assert left == ["in order"]
    assert errors() == [f"GET {path}: the teardown of the stream failed with LookupError"]


async def test_client_leaves_before_it_is_refused(errors: Callable[[], list[str]]) -> None:
    """A client that leaves while an error is sent in place of its stream is no error."""

    async def source() -> AsyncIterator[Row]:
        raise HTTPError(409, "not today")
        yield Row(1)

    app = App(source)
    async with AsyncTestClient(app):
        driver = Driver(app, "/lines")

        async def fail() -> None:
            if driver.sent:
                raise BrokenPipeError

        driver.before_send = fail
        await driver.start()
    assert len(driver.sent) == 1
    assert errors() == []


async def test_teardown_of_a_head_request_fails(errors: Callable[[], list[str]]) -> None:
    """A closing that fails is logged, and the HEAD request answered all the same."""

    class Broken:
        def __aiter__(self) -> "Broken":
            return self

        async def __anext__(self) -> Row:
            raise StopAsyncIteration

        async def aclose(self) -> None:
            raise LookupError("gone")

    async with AsyncTestClient(App(Broken)) as client:
        assert (await client.head("/lines")).status_code == 200
    assert errors() == ["HEAD /lines: the teardown of the stream failed with LookupError"]


async def _rows(count: int, *, wait: bool = False) -> AsyncIterator[Row]:
    for number in range(count):
        yield Row(number)
        if wait:
            await asyncio.sleep(0)


async def _settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)
