"""FactoryHarness: a real factory with its stacks, and no app."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager

import pytest

from jero import BaseFactory, FactoryHarness, WiringError

EVENTS: list[str] = []


@contextmanager
def resource(name: str) -> Generator[str]:
    """Tell when it opens and closes."""
    EVENTS.append(f"open {name}")
    yield name
    EVENTS.append(f"close {name}")


@asynccontextmanager
async def async_resource(name: str) -> AsyncGenerator[asyncio.AbstractEventLoop]:
    """Give the loop that it was opened on, and tell when it opens and closes."""
    loop = asyncio.get_running_loop()
    with resource(name):
        yield loop
        assert asyncio.get_running_loop() is loop


class Factory(BaseFactory):
    def open_file(self) -> str:
        return self._enter(resource("file"))

    async def open_pool(self) -> asyncio.AbstractEventLoop:
        return await self._aenter(async_resource("pool"))


@pytest.fixture(autouse=True)
def no_events() -> None:
    EVENTS.clear()


def test_it_builds_and_closes_in_reverse() -> None:
    """What the factory opens, sync or async, stays open until the harness closes, and closes in reverse."""
    with FactoryHarness(Factory) as harness:
        loop = harness.run(harness.factory.open_pool())
        assert harness.factory.open_file() == "file"
        assert harness.run(harness.factory.open_pool()) is loop
        assert EVENTS == ["open pool", "open file", "open pool"]
    assert EVENTS[3:] == ["close pool", "close file", "close pool"]


def test_run_raises_what_the_coroutine_raises() -> None:
    """An exception of the coroutine comes out of `run`, and the harness still closes."""

    async def fail() -> None:
        raise KeyError("inside")

    with FactoryHarness(Factory) as harness:
        harness.factory.open_file()
        with pytest.raises(KeyError, match="inside"):
            harness.run(fail())
    assert EVENTS == ["open file", "close file"]


def test_closings_that_fail_are_raised_together() -> None:
    """`close` raises every error of the closings, once; a second `close` does nothing."""

    class Failing(BaseFactory):
        def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
            super().__init__(es, aes)
            es.callback(self._fail, "one")
            es.callback(self._fail, "two")

        def _fail(self, name: str) -> None:
            raise OSError(name)

    harness = FactoryHarness(Failing)
    with pytest.raises(ExceptionGroup) as caught:
        harness.close()
    assert [str(error) for error in caught.value.exceptions] == ["two", "one"]
    harness.close()


def test_a_factory_that_wants_more_is_a_wiring_fault() -> None:
    """A factory with a parameter that is no exit stack is refused as it is for an app."""

    class Greedy(BaseFactory):
        def __init__(self, es: ExitStack, aes: AsyncExitStack, url: str) -> None:
            super().__init__(es, aes)
            self.url = url

    with pytest.raises(WiringError) as caught:
        FactoryHarness(Greedy)
    assert [fault.code for fault in caught.value.faults] == ["JERO-W601"]
