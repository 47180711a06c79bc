"""A start that fails: what was opened closes in reverse, and the cause is what is raised and logged."""

import asyncio
import logging
from contextlib import AsyncExitStack, ExitStack
from types import TracebackType
from typing import Self

import pytest
from openings import Journal

from jero import BaseApp, BaseFactory, Endpoint, WiringError
from jero.testing import TestClient


class BrokenError(Exception):
    """What these starts fail with."""


def test_failing_wire() -> None:
    """Where `_wire` raises, all that was opened closes in reverse, and the error itself is raised."""
    journal = Journal()
    error = BrokenError("no database")

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            await self._aenter(journal.async_("2"))
            self._enter(journal.sync("3"))
            raise error

    with pytest.raises(BrokenError) as caught:
        TestClient(App())
    assert caught.value is error
    assert journal.closed == ["3", "2", "1"]
    assert not hasattr(error, "__notes__")


def test_failing_opening() -> None:
    """Where an opening raises, what was opened before it closes; it itself does not."""
    journal = Journal()

    class Unopenable:
        async def __aenter__(self) -> Self:
            raise BrokenError("cannot be opened")

        async def __aexit__(self, *error: object) -> None:
            journal.append("close what was never opened")

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            await self._aenter(Unopenable())

    with pytest.raises(BrokenError, match="cannot be opened"):
        TestClient(App())
    assert journal == ["open 1", "close 1"]


def test_failing_closings_too() -> None:
    """Closings that fail as well are noted on the error of the start, and the others still close."""
    journal = Journal()

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            self._enter(journal.sync("2", fails=ValueError("not closed")))
            await self._aenter(journal.async_("3", fails=KeyError("nor this")))
            raise BrokenError

    with pytest.raises(BrokenError) as caught:
        TestClient(App())
    assert caught.value.__notes__ == [
        "closing what was opened failed too: KeyError: 'nor this'",
        "closing what was opened failed too: ValueError: not closed",
    ]
    assert journal.closed == ["3", "2", "1"]


def test_exit_in_wire(caplog: pytest.LogCaptureFixture) -> None:
    """`SystemExit` in `_wire` closes what was opened, is logged, and reaches the server."""
    journal = Journal()

    class App(BaseApp):
        async def _wire(self) -> None:
            await self._aenter(journal.async_("1"))
            raise SystemExit(3)

    with pytest.raises(SystemExit) as caught:
        TestClient(App())
    assert caught.value.code == 3
    assert journal.closed == ["1"]
    assert [record.levelname for record in caplog.records if record.name == "jero"] == ["CRITICAL"]


def test_cause_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The cause is logged once, as critical, with its traceback."""
    error = BrokenError("no database")

    class App(BaseApp):
        async def _wire(self) -> None:
            raise error

    with caplog.at_level(logging.DEBUG, "jero"), pytest.raises(BrokenError):
        TestClient(App())
    (record,) = [record for record in caplog.records if record.name == "jero"]
    assert (record.levelname, record.exc_info and record.exc_info[1]) == ("CRITICAL", error)


def test_wiring_fault() -> None:
    """Wiring faults, found after `_wire`, close what it opened too."""
    journal = Journal()

    class Empty(Endpoint, path="/"):
        pass

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(journal.sync("1"))
            self._include_endpoint(Empty())

    with pytest.raises(WiringError):
        TestClient(App())
    assert journal.closed == ["1"]


class Watching:
    """Sees what its closing is told, and asks for it to be suppressed."""

    seen: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.seen = error
        return True


def test_closings_see_the_error() -> None:
    """Each closing is told the error, so that a transaction rolls back; none can hide it."""
    inner, outer = Watching(), Watching()
    error = BrokenError()

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(outer)
            self._enter(inner)
            raise error

    with pytest.raises(BrokenError):
        TestClient(App())
    assert (inner.seen, outer.seen) == (error, error)


class Reraising:
    """Raises again what its closing is told."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            raise error


def test_closings_that_let_the_error_pass(caplog: pytest.LogCaptureFixture) -> None:
    """A closing that raises the error of the start again, alone in a group too, has not failed itself."""
    error = BrokenError()

    class App(BaseApp):
        async def _wire(self) -> None:
            self._enter(Reraising())
            await self._aenter(asyncio.TaskGroup())
            raise error

    with pytest.raises(BrokenError):
        TestClient(App())
    assert not hasattr(error, "__notes__")
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_closing_of_a_factory_built_early() -> None:
    """What a factory opened as it was built, before the start, closes as well."""
    journal = Journal()

    class Factory(BaseFactory):
        def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
            super().__init__(es, aes)
            es.enter_context(journal.sync("early"))

    class App(BaseApp[Factory]):
        async def _wire(self) -> None:
            self._enter(journal.sync("late"))
            raise BrokenError

    with pytest.raises(BrokenError):
        TestClient(App())
    assert journal.closed == ["late", "early"]
