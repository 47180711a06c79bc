"""A coroutine that is awaited with a word before each wait: it behaves as if it were awaited plainly."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from jero._runtime.streams.attended import attend


async def test_word_before_each_wait() -> None:
    """Each wait is told before others have their turn; what the coroutine gives is handed on."""
    told: list[str] = []

    async def work() -> int:
        for number in range(2):
            told.append(f"works {number}")
            await asyncio.sleep(0)
        return 7

    async def other() -> None:
        told.append("others")

    beside = asyncio.create_task(other())
    assert await attend(work(), lambda: told.append("waits")) == 7
    await beside
    assert told == ["works 0", "waits", "others", "works 1", "waits"]


async def test_no_wait() -> None:
    """A coroutine that does not wait is not told of."""

    async def work() -> str:
        return "done"

    assert await attend(work(), _never) == "done"


async def test_error() -> None:
    """What the coroutine raises is raised, with its own context and no other."""

    async def work() -> None:
        await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError) as raised:
        await attend(work(), _nothing)
    assert raised.value.__context__ is None


async def test_cancellation() -> None:
    """A cancellation comes where the coroutine waits; one that swallows it goes on, and fails for itself alone."""
    waiting = asyncio.Event()

    async def work() -> None:
        try:
            waiting.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
        raise LookupError

    task = asyncio.create_task(_await(work(), _nothing))
    await waiting.wait()
    task.cancel()
    with pytest.raises(LookupError) as raised:
        await task
    assert raised.value.__context__ is None


def test_closing() -> None:
    """A coroutine whose loop goes away is closed where it waits."""
    ends: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0)
        except GeneratorExit:
            ends.append("closed")
            raise

    awaiting = _await(work(), _nothing)
    awaiting.send(None)
    awaiting.close()
    assert ends == ["closed"]


async def _await(work: Coroutine[object, object, None], before_wait: Callable[[], None]) -> None:
    await attend(work, before_wait)


def _nothing() -> None:
    pass


def _never() -> None:
    raise AssertionError("nothing waits")
