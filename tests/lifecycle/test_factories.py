"""Factories: built at construction with the exit stacks that they name, or given ready."""

from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass

import pytest
from openings import Journal

from jero import BaseApp, BaseFactory
from jero.testing import TestClient


class FactoryApp[F: BaseFactory](BaseApp[F]):
    """Shows its factory."""

    async def _wire(self) -> None: ...

    @property
    def factory(self) -> F:
        return self._factory


def test_built_at_construction() -> None:
    """The factory that an app names is there as soon as the app is constructed, one for each app."""

    class Factory(BaseFactory):
        pass

    class App(FactoryApp[Factory]):
        pass

    one, other = App(), App()
    assert type(one.factory) is Factory
    assert one.factory is one.factory
    assert one.factory is not other.factory


class Opening(BaseFactory):
    """Opens things by its helpers."""

    async def open(self, journal: Journal) -> None:
        self._enter(journal.sync("1"))
        await self._aenter(journal.async_("2"))


class OnlySync(Opening):
    def __init__(self, es: ExitStack) -> None:
        self.es = es


class OnlyAsync(Opening):
    def __init__(self, *, aes: AsyncExitStack, retries: int = 3) -> None:
        self.aes = aes
        self.retries = retries


@dataclass
class AsDataclass(Opening):
    aes: AsyncExitStack
    es: ExitStack


class Neither(Opening):
    def __init__(self) -> None:
        self.name = "neither"


@pytest.mark.parametrize("factory_class", [OnlySync, OnlyAsync, AsDataclass, Neither])
def test_named_stacks_are_injected(factory_class: type[Opening]) -> None:
    """A factory gets the stacks that its `__init__` names, and has its helpers without passing them on."""
    journal = Journal()

    class App(BaseApp[factory_class]):  # pyright: ignore[reportInvalidTypeForm] - a parameter of this test
        async def _wire(self) -> None:
            assert type(self._factory) is factory_class
            await self._factory.open(journal)

    TestClient(App()).close()
    assert journal.closed == ["2", "1"]


def test_injected_stacks_are_the_app_s() -> None:
    """The injected stacks are real exit stacks, whose entries close with the app."""
    journal = Journal()

    class App(FactoryApp[AsDataclass]):
        async def _wire(self) -> None:
            self.factory.es.enter_context(journal.sync("1"))
            await self.factory.aes.enter_async_context(journal.async_("2"))

    with TestClient(App()):
        assert journal.closed == []
    assert journal.closed == ["2", "1"]


class Unbuildable(BaseFactory):
    def __init__(self, url: str) -> None:
        self.url = url


def test_given_factory() -> None:
    """`App(factory=x)` uses `x` and builds none, also one that the app could not build."""

    class App(FactoryApp[Unbuildable]):
        pass

    given = Unbuildable("sqlite://")
    assert App(factory=given).factory is given


def test_no_factory() -> None:
    """An app that names no factory has None."""
    seen: list[object] = []

    class App(BaseApp):
        async def _wire(self) -> None:
            seen.append(self._factory)

    TestClient(App()).close()
    assert seen == [None]


def test_error_of_a_factory() -> None:
    """What a factory's `__init__` raises is raised as the app is constructed."""

    class Factory(BaseFactory):
        def __init__(self) -> None:
            raise ValueError("no configuration")

    class App(FactoryApp[Factory]):
        pass

    with pytest.raises(ValueError, match="no configuration"):
        App()


def test_app_without_wire() -> None:
    """An app that does not define `_wire` cannot be constructed."""

    class App(BaseApp):
        pass

    with pytest.raises(TypeError, match="_wire"):
        App()  # pyright: ignore[reportAbstractUsage] - that is the fault
