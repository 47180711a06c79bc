"""What leaves a stream, and when: ready items together, before the source waits, one by one where the server waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from source_app import App, Row, driving, rows, rows_and_a_wait

from jero.testing import AsyncTestClient


def line(number: int) -> bytes:
    return b'{"number":%d}\n' % number


def event(number: int) -> bytes:
    return b'data: {"number":%d}\n\n' % number


@pytest.mark.parametrize(("path", "frame"), [("/lines", line), ("/events", event)])
async def test_ready_items(path: str, frame: Callable[[int], bytes]) -> None:
    """Items that are ready together go to a server that does not wait in one piece."""
    async with driving(lambda: rows(100), path) as driver:
        await driver.start()
    assert driver.bodies == [b"".join(frame(number) for number in range(100))]
    assert driver.is_whole


async def test_much_that_is_ready() -> None:
    """Pieces are joined to 16 KiB and an item at most; one that is larger leaves at once."""

    async def source() -> AsyncIterator[object]:
        for _ in range(100):
            yield b"x" * 1000
        yield b"y" * 100_000
        yield b"z"

    async with driving(source, "/bytes") as driver:
        await driver.start()
    bodies = driver.bodies
    assert b"".join(bodies) == b"x" * 100_000 + b"y" * 100_000 + b"z"
    assert max(body.count(b"x") for body in bodies) <= 16 * 1024 + 1000
    assert [body[-1:] for body in bodies[-2:]] == [b"y", b"z"]


async def test_empty_chunks(errors: Callable[[], list[str]]) -> None:
    """An empty chunk is no piece of the body, except the first, which lets the headers go."""
    seen: list[int] = []

    async def source() -> AsyncIterator[object]:
        for chunk in (b"", b"", b"a", b"", b"b"):
            yield chunk
            await asyncio.sleep(0)
            seen.append(len(driver.sent))

    async with driving(source, "/bytes") as driver:
        await driver.start()
    assert driver.bodies == [b"a", b"b"]
    assert seen == [2, 2, 3, 3, 4]
    assert driver.is_whole
    assert errors() == []


@pytest.mark.parametrize(("path", "frame"), [("/lines", line), ("/events", event)])
async def test_nothing_is_held_while_the_source_waits(path: str, frame: Callable[[int], bytes]) -> None:
    """What is ready has left by the time that the source waits, however much is ready each time."""
    seen: list[bytes] = []

    async def source() -> AsyncIterator[object]:
        number = 0
        for count in (1, 3, 1, 1, 5):
            for _ in range(count):
                yield Row(number)
                number += 1
            await asyncio.sleep(0)
            seen.append(b"".join(driver.bodies))

    async with driving(source, path) as driver:
        await driver.start()
    assert seen == [b"".join(frame(number) for number in range(count)) for count in (1, 4, 5, 6, 11)]


async def test_item_after_a_wait() -> None:
    """A source that waits for each item is asked for the next one when the server has the one before it."""
    seen: list[int] = []

    async def source() -> AsyncIterator[object]:
        for number in range(5):
            await asyncio.sleep(0)
            seen.append(len(driver.bodies))
            yield Row(number)

    async with driving(source, "/lines") as driver:
        await driver.start()
    assert seen == [0, 1, 2, 3, 4]


async def test_item_that_is_used_again() -> None:
    """An item is framed before the source goes on: it may give the same Struct again, changed."""

    async def source() -> AsyncIterator[object]:
        row = Row(0)
        for number in range(50):
            row.number = number
            yield row

    async with AsyncTestClient(App(source)) as client:
        assert (await client.get("/lines")).content == b"".join(line(number) for number in range(50))


@pytest.mark.parametrize(("path", "frame"), [("/lines", line), ("/events", event)])
@pytest.mark.parametrize("good", [1, 2, 70])
async def test_item_that_cannot_be_sent(
    path: str, frame: Callable[[int], bytes], good: int, errors: Callable[[], list[str]]
) -> None:
    """All items before one of the wrong type arrive, and the response is not ended."""

    async def source() -> AsyncIterator[object]:
        for number in range(good):
            yield Row(number)
        yield 3

    async with driving(source, path) as driver:
        await driver.start()
    assert b"".join(driver.bodies) == b"".join(frame(number) for number in range(good))
    assert not driver.is_whole
    assert errors() == [f"GET {path}: the stream broke with ServerFaultError"]


async def test_time_out_of_a_source_whose_items_are_being_sent(errors: Callable[[], list[str]]) -> None:
    """A server that waits while the source does delays nothing but the next send: a time-out does not break it off."""
    timed_out = asyncio.Event()

    async def source() -> AsyncIterator[object]:
        yield Row(0)
        yield Row(1)
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        timed_out.set()
        yield Row(2)
        yield Row(3)

    async with driving(source, "/lines") as driver:

        async def wait() -> None:
            if len(driver.sent) == 1:
                await timed_out.wait()

        driver.before_send = wait
        await driver.start()
    assert b"".join(driver.bodies) == line(0) + line(1) + line(2) + line(3)
    assert driver.most_sends == 1
    assert driver.is_whole
    assert errors() == []


@pytest.mark.parametrize("path", ["/lines", "/events"])
@pytest.mark.parametrize("waits_first", [False, True])
async def test_client_that_leaves_while_the_source_waits(
    path: str, waits_first: bool, errors: Callable[[], list[str]]
) -> None:
    """A server that raises OSError for what it is sent while the source waits ends the stream, at once."""
    ends: list[str] = []
    async with driving(lambda: rows_and_a_wait(2, ends), path) as driver:

        async def fail() -> None:
            if driver.sent:
                if waits_first:
                    await asyncio.sleep(0)
                raise BrokenPipeError

        driver.before_send = fail
        await driver.start()
    assert ends == ["cancelled"]
    assert len(driver.sent) == 1
    assert errors() == []


async def test_source_that_goes_on_after_its_cancellation() -> None:
    """A source that swallows its cancellation is closed after its next item, of which nothing is sent."""
    pulled, sent = list[int](), list[int]()

    async def source() -> AsyncIterator[object]:
        yield Row(0)
        with suppress(asyncio.CancelledError):
            driver.leave()
            await asyncio.Event().wait()
        sent.append(len(driver.sent))
        for number in range(1000):
            pulled.append(number)
            yield Row(number)

    async with driving(source, "/lines") as driver:
        await driver.start()
    assert pulled == [0]
    assert sent == [len(driver.sent)]


async def test_server_that_begins_to_wait(errors: Callable[[], list[str]]) -> None:
    """A server that took all at once and then waits is given one item at a time from there on."""
    pulled = 0

    async def source() -> AsyncIterator[object]:
        nonlocal pulled
        for _ in range(100):
            pulled += 1
            yield b"x" * 1000

    ahead: list[int] = []
    async with driving(source, "/bytes") as driver:

        async def wait() -> None:
            if len(driver.bodies) >= 1:
                ahead.append(pulled - sum(map(len, driver.bodies)) // 1000)
                await asyncio.sleep(0)

        driver.before_send = wait
        await driver.start()
    assert b"".join(driver.bodies) == b"x" * 100_000
    assert max(ahead[1:]) <= 1
    assert errors() == []
