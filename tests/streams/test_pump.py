"""The pump beside a server: how far it runs ahead, how it waits for messages, and what it leaves to others."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable

from source_app import App, Notes, Row, driving, rows, settle

from jero import HTTPError
from jero.testing import AsyncTestClient


async def test_one_item_ahead(path: str) -> None:
    """The pump has at most one item that the server has not accepted."""
    notes, gate = Notes(waits=False), asyncio.Semaphore(0)
    async with driving(notes.lifecycle, path) as driver:
        driver.before_send = _opening(gate)
        task = driver.start()
        for accepted in range(50):
            await settle()
            assert notes.pulled - len(driver.bodies) <= 1, accepted
            gate.release()
        driver.leave()
        await settle()
        gate.release()
        await task
    assert notes.ends == ["CancelledError"]


def _opening(gate: asyncio.Semaphore) -> Callable[[], asyncio.Future[None]]:
    async def wait() -> None:
        await gate.acquire()

    return lambda: asyncio.ensure_future(wait())


async def test_one_wait_for_messages(path: str) -> None:
    """There is one `receive()` at a time, and it is not cancelled before the last of the body was sent."""

    async def source() -> AsyncIterator[Row]:
        for number in range(20):
            yield Row(number)
            await asyncio.sleep(0)

    async with driving(source, path) as driver:
        await driver.start()
    assert driver.is_whole
    assert driver.most_receives == 1
    assert driver.cancelled_after == len(driver.sent)


async def test_one_wait_for_messages_of_a_stream_that_is_refused() -> None:
    """An error that is answered in place of a stream is sent before the wait for messages is cancelled, too."""

    async def source() -> AsyncIterator[Row]:
        await settle()
        raise HTTPError(409, "not today")
        yield Row(1)

    async with driving(source, "/lines") as driver:
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

    async with driving(source, "/lines") as driver:
        other = asyncio.create_task(take_turns())
        await driver.start()
        going = False
        await other
    assert sum(body.count(b"\n") for body in driver.bodies) == 100_000
    assert turns >= 4


async def test_nothing_is_left(path: str) -> None:
    """When the app has returned, no task of the stream is there any more, however it ended."""
    app = App(lambda: rows(3, waits=True))
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


async def test_one_send_at_a_time() -> None:
    """An event that comes while a comment is being sent waits for its turn."""
    pinging, go_on = asyncio.Event(), asyncio.Event()

    async def source() -> AsyncIterator[Row]:
        yield Row(1)
        await pinging.wait()
        go_on.set()
        yield Row(2)

    async with driving(source, "/pinging") as driver:

        async def block() -> None:
            if len(driver.sent) == 2:
                pinging.set()
                await go_on.wait()
                await settle()

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
                await settle()

    async with driving(source, "/pinging") as driver:

        async def look() -> None:
            if len(driver.sent) > 4:
                pinged.set()

        driver.before_send = look
        await driver.start()
    assert at_the_end == [len(driver.sent)]
    assert errors() == ["GET /pinging: the stream broke with LookupError"]
