"""Closing: one reverse order for all that an app and its factory opened, whatever some of the closings do."""

import asyncio
import logging
from contextlib import AsyncExitStack, ExitStack
from types import TracebackType
from typing import Self

import pytest
from openings import Journal

from jero import BaseApp, BaseFactory
from jero.testing import TestClient


class Factory(BaseFactory):
    """Opens things of both kinds, by its helpers."""

    async def open(self, journal: Journal) -> None:
        assert self._enter(journal.sync("factory sync")) == "factory sync"
        assert await self._aenter(journal.async_("factory async")) == "factory async"


def test_one_reverse_order() -> None:
    """Sync and async, opened by the app and by its factory, close in one reverse order of opening."""
    journal = Journal()

    class App(BaseApp[Factory]):
        async def _wire(self) -> None:
            assert self._enter(journal.sync("1")) == "1"
            assert await self._aenter(journal.async_("2")) == "2"
            await self._factory.open(journal)
            self._enter(journal.sync("3"))
            await self._aenter(journal.async_("4"))

    TestClient(App()).close()
    opened = ["1", "2", "factory sync", "factory async", "3", "4"]
    assert journal == [f"open {name}" for name in opened] + [f"close {name}" for name in reversed(opened)]


class DoorFactory(BaseFactory):
    """Uses its exit stacks themselves."""

    def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
        super().__init__(es, aes)
        self.es = es
        self.aes = aes

    async def open(self, journal: Journal) -> None:
        def leave(name: str) -> None:
            journal.append(f"close {name}")

        async def leave_async(name: str) -> None:
            journal.append(f"close {name}")

        self.es.enter_context(journal.sync("es.enter_context"))
        self.es.callback(leave, "es.callback")
        self.es.push(_Exit(journal, "es.push"))
        self.es.push(_Exit(journal, "es.push of a function").leave)
        await self.aes.enter_async_context(journal.async_("aes.enter_async_context"))
        self.aes.push_async_callback(leave_async, name="aes.push_async_callback")
        self.aes.push_async_exit(_AsyncExit(journal, "aes.push_async_exit"))
        self.aes.push_async_exit(_AsyncExit(journal, "aes.push_async_exit of a function").leave)
        self.aes.enter_context(journal.sync("aes.enter_context"))
        self.aes.callback(leave, "aes.callback")
        self.aes.push(_Exit(journal, "aes.push"))


class _Exit:
    def __init__(self, journal: Journal, name: str) -> None:
        self.journal = journal
        self.name = name

    def __enter__(self) -> Self:
        raise AssertionError("what is pushed is not entered")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.journal.append(f"close {self.name}")

    leave = __exit__


class _AsyncExit:
    def __init__(self, journal: Journal, name: str) -> None:
        self.journal = journal
        self.name = name

    async def __aenter__(self) -> Self:
        raise AssertionError("what is pushed is not entered")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.journal.append(f"close {self.name}")

    leave = __aexit__


def test_doors_of_the_exit_stacks() -> None:
    """Every way into the two exit stacks of a factory leads into the app's one order."""
    journal = Journal()

    class App(BaseApp[DoorFactory]):
        async def _wire(self) -> None:
            self._enter(journal.sync("app, before"))
            await self._factory.open(journal)
            await self._aenter(journal.async_("app, after"))

    TestClient(App()).close()
    assert journal.closed == [
        "app, after",
        "aes.push",
        "aes.callback",
        "aes.enter_context",
        "aes.push_async_exit of a function",
        "aes.push_async_exit",
        "aes.push_async_callback",
        "aes.enter_async_context",
        "es.push of a function",
        "es.push",
        "es.callback",
        "es.enter_context",
        "app, before",
    ]


def test_errors_together(caplog: pytest.LogCaptureFixture) -> None:
    """Closings that raise do not keep the others open; their errors are logged, and raised as one group."""
    journal = Journal()
    first, second = ValueError("first"), KeyError("second")

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            await self._aenter(journal.async_("2", fails=second))
            self._enter(journal.sync("3", fails=first))
            await self._aenter(journal.async_("4"))

    client = TestClient(App())
    with pytest.raises(ExceptionGroup) as caught:
        client.close()
    assert caught.value.exceptions == (first, second)
    assert caught.value.message == "closing what the app opened failed: ValueError: first; KeyError: 'second'"
    assert journal.closed == ["4", "3", "2", "1"]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [(record.name, record.exc_info and record.exc_info[1]) for record in errors] == [
        ("jero", first),
        ("jero", second),
    ]


def test_exit_in_a_closing() -> None:
    """A closing that asks the process to exit does not keep the others open either."""
    journal = Journal()
    leaving = SystemExit(3)

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            self._enter(journal.sync("2", fails=leaving))

    client = TestClient(App())
    with pytest.raises(BaseExceptionGroup) as caught:
        client.close()
    assert caught.value.exceptions == (leaving,)
    assert journal.closed == ["2", "1"]


class Hanging:
    """Closes never, and says where it was stopped."""

    stopped = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped = True
            raise


class Patient(Hanging):
    """Says itself how long it may take."""

    closing_timeout = 0.002


def test_closing_that_hangs() -> None:
    """A closing that takes longer than `shutdown_timeout` is cancelled, named, and the others still close."""
    journal = Journal()
    hanging = Hanging()

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            await self._aenter(hanging)
            self._enter(journal.sync("3"))

    client = TestClient(App(shutdown_timeout=0.001))
    with pytest.raises(ExceptionGroup) as caught:
        client.close()
    (error,) = caught.value.exceptions
    assert isinstance(error, TimeoutError)
    assert str(error).startswith("closing Hanging took longer than 0.001 s; if it needs more, raise")
    assert hanging.stopped
    assert journal.closed == ["3", "1"]


def test_timeout_of_its_own() -> None:
    """What is opened may say itself how long its closing may take, where the app sets no limit."""

    class App(BaseApp):
        async def _wire(self) -> None:
            await self._aenter(Patient())

    client = TestClient(App(shutdown_timeout=None))
    with pytest.raises(ExceptionGroup, match=r"closing Patient took longer than 0\.002 s"):
        client.close()


def test_timeout_error_of_the_resource() -> None:
    """A TimeoutError that a closing raises by itself is passed on as it is."""
    journal = Journal()
    own = TimeoutError("the database did not answer")

    class App(BaseApp):
        async def _wire(self) -> None:
            await self._aenter(journal.async_("1", fails=own))

    client = TestClient(App())
    with pytest.raises(ExceptionGroup) as caught:
        client.close()
    assert caught.value.exceptions == (own,)
