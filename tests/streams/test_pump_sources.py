"""Sources of every kind: how they fail, what may stand for one, and closings that fail."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable

import pytest
from source_app import App, ClosingFails, Row, driving, rows

from jero.testing import AsyncTestClient, IncompleteResponseError


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
                yield rows(1_000_000, waits=True)
        except* LookupError:
            ends.append("LookupError")
            raise

    async with driving(source, "/lines") as driver:
        await driver.start()
    assert (driver.sent[0]["status"], driver.is_whole) == (200, False)
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
    app = App(lambda: given)
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
            return rows(1)

        async def aclose(self) -> None:
            closed.append("closed")

    app = App(Nested)
    async with AsyncTestClient(app) as client:
        assert (await client.get("/lines")).status_code == 500
    assert closed == ["closed"]


async def test_closing_the_items_fails(path: str, errors: Callable[[], list[str]]) -> None:
    """An `aclose` that fails is logged; the answer is whole, and the lifecycle is left in order."""
    left: list[str] = []

    async def source() -> AsyncGenerator[AsyncIterable[Row]]:
        yield ClosingFails()
        left.append("in order")

    async with AsyncTestClient(App(source)) as client:
        assert (await client.get(path)).status_code == 200
    assert left == ["in order"]
    assert errors() == [f"GET {path}: the teardown of the stream failed with LookupError"]


async def test_teardown_of_a_head_request_fails(errors: Callable[[], list[str]]) -> None:
    """A closing that fails is logged, and the HEAD request answered all the same."""
    async with AsyncTestClient(App(ClosingFails)) as client:
        assert (await client.head("/lines")).status_code == 200
    assert errors() == ["HEAD /lines: the teardown of the stream failed with LookupError"]
