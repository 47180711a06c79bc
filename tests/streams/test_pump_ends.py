"""Who ends a stream before its time: a client that leaves, a server that cancels, an app that shuts down."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import suppress

import pytest
from asgi_driver import Driver
from source_app import App, Notes, Row, driving, rows, rows_and_a_wait, settle

from jero import BaseApp, Endpoint, HTTPError, NDJSONStreamingResponse
from jero.testing import AsyncTestClient, TestClient


async def test_client_leaves_while_send_blocks(path: str, errors: Callable[[], list[str]]) -> None:
    """A client that leaves while the server takes nothing more ends the stream."""
    notes, blocked = Notes(), asyncio.Event()

    async def block() -> None:
        blocked.set()
        await asyncio.Event().wait()

    async with driving(notes.lifecycle, path) as driver:
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
    async with driving(notes.lifecycle, path) as driver:
        driver.accepts = after
        await driver.start()
        assert len(driver.sent) == after
    assert notes.ends in (["ClientDisconnectedError"], ["CancelledError"])
    assert errors() == []


async def test_send_fails_at_the_end(errors: Callable[[], list[str]]) -> None:
    """A client that leaves just before the end of the body is no error."""
    async with driving(lambda: rows(1), "/lines") as driver:
        driver.accepts = 2
        await driver.start()
    assert errors() == []


async def test_comment_that_cannot_be_sent(errors: Callable[[], list[str]]) -> None:
    """A server that raises OSError for a comment between events says that the client has left, too."""
    ends: list[str] = []

    async with driving(lambda: rows_and_a_wait(1, ends), "/pinging") as driver:
        driver.accepts = 2
        await driver.start()
    assert ends == ["cancelled"]
    assert errors() == []


async def test_client_leaves_before_the_first_item(errors: Callable[[], list[str]]) -> None:
    """A client that leaves while the first item is waited for ends the stream, and is answered nothing."""
    waiting, ends = asyncio.Event(), list[str]()

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            waiting.set()
            await asyncio.Event().wait()
            yield rows(1)
        finally:
            ends.append("torn down")

    async with driving(source, "/lines") as driver:
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
    async with driving(notes.lifecycle, path) as driver:
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

    async with driving(source, "/lines") as driver:
        task = driver.start()
        await closing.wait()
        driver.leave()
        await settle()
        go_on.set()
        await task
    assert ends == ["torn down"]
    assert errors() == ["GET /lines: the stream broke with LookupError"]


async def test_client_leaves_before_it_is_refused(errors: Callable[[], list[str]]) -> None:
    """A client that leaves while an error is sent in place of its stream is no error."""

    async def source() -> AsyncIterator[Row]:
        raise HTTPError(409, "not today")
        yield Row(1)

    async with driving(source, "/lines") as driver:
        driver.accepts = 1
        await driver.start()
    assert len(driver.sent) == 1
    assert errors() == []


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

    async with driving(source, path) as driver:
        task = driver.start()
        await waiting.wait()
        driver.leave()
        await task
        assert driver.sent == []
    assert closed == ["closed"]


async def test_task_is_cancelled(path: str, errors: Callable[[], list[str]]) -> None:
    """A server that cancels the request's task gets its cancellation back, after the teardown."""
    notes = Notes()
    async with driving(notes.lifecycle, path) as driver:
        task = driver.start()
        await settle()
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

    async with driving(source, path) as driver:
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
        yield rows(1)
        closing.set()
        await asyncio.Event().wait()

    async with driving(source, "/lines") as driver:
        task = driver.start()
        await closing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def test_closing_the_app_ends_its_streams(path: str) -> None:
    """Closing the test client ends a stream that is still read, and runs its teardown."""
    ends: list[str] = []

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        try:
            yield rows(1_000_000, waits=True)
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
    await settle()
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
