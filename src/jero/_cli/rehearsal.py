"""Wiring as it would be done at startup, with nothing opened: what `check`, `routes` and `explain` know of an app."""

import asyncio
import inspect
import traceback
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, cast, override

import jero
from jero._cli.stand_in import is_stand_in
from jero._cli.stand_in_types import entered_stand_in, stand_in_for
from jero._engine import ENGINE_CLASS, Engine, Wire
from jero._plan import AppPlan
from jero._wiring.factories import injected_stacks
from jero._wiring.mounts import Mount
from jero.app import BaseApp
from jero.background import BackgroundTasks
from jero.errors import WiringError, WiringFault
from jero.lifecycle import BaseFactory, ResourceStack

TIMEOUT = 30.0
"""Seconds that `_wire` has: it opens nothing here, so one that takes longer waits for what never comes."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What kept `_wire` from being rehearsed; no wiring fault, but a place that a stand-in cannot pass."""

    location: str | None
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What wiring an app gave: its plan, or why there is none."""

    plan: AppPlan | None
    faults: tuple[WiringFault, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


@contextmanager
def rehearsing() -> Generator[None]:
    """Have the apps that are constructed within it open nothing and build no factory."""
    token = ENGINE_CLASS.set(RehearsalEngine)
    try:
        yield
    finally:
        ENGINE_CLASS.reset(token)


def rehearse(app: BaseApp[Any]) -> Rehearsal:
    """Run the `_wire` of an app that was constructed under `rehearsing`, and compile what it includes."""
    engine = app._engine  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - what an app includes is not public
    if not isinstance(engine, RehearsalEngine):
        raise TypeError(f"{type(app).__name__} was not constructed under `rehearsing`: it would open what it names")
    try:
        plan = asyncio.run(asyncio.wait_for(engine.start(), TIMEOUT))
    except WiringError as error:
        return Rehearsal(None, error.faults, engine.obstacles)
    except TimeoutError:
        problem = f"`_wire` did not end within {TIMEOUT:g} s"
        return Rehearsal(None, (), (Obstacle(None, problem, "wait for nothing in `_wire` but what it opens"),))
    return Rehearsal(None if engine.obstacles else plan, (), engine.obstacles)


class RehearsalEngine(Engine):
    """An engine whose app gets stand-ins for its factory and for whatever it opens."""

    obstacles: tuple[Obstacle, ...] = ()

    @override
    def _make_stack(self, timeout: float | None) -> ResourceStack:
        return _ClosedStack(timeout)

    @override
    def _provide_factory(self, cls: type[BaseFactory] | None) -> BaseFactory | None:
        if self._given_factory is not None:
            cls = type(self._given_factory)
        elif cls is not None:
            injected_stacks(cls)  # for its faults
        return None if cls is None else cast("BaseFactory", stand_in_for(cls, "_factory"))  # it claims to be one

    @override
    async def compile(self, wire: Wire) -> AppPlan:
        """Compile what `_wire` includes, up to where it fails if it does. Raises WiringError with every fault."""
        found: list[WiringFault] = []

        async def wire_with_stand_ins() -> None:
            try:
                await wire()
            except WiringError as error:  # of what is checked on the way, such as a background handler
                found.extend(error.faults)
            except Exception as error:  # noqa: BLE001 - it is the user's code that met a stand-in: told with its place
                self.obstacles += (_obstacle(error),)
            self._mounts = [mount for mount in self._mounts if self._is_known(mount)]

        try:
            plan = await super().compile(wire_with_stand_ins if inspect.iscoroutinefunction(wire) else wire)
        except WiringError as error:
            raise WiringError([*error.faults, *found]) from None
        if found:
            raise WiringError(found)
        return plan

    def _is_known(self, mount: Mount) -> bool:
        """Say whether the classes of a mount and of its authenticator are known; tell where they are not."""
        for what, value in (("class of what is included", mount.instance), ("class of `auth`", mount.auth)):
            if is_stand_in(value):
                problem = f"the {what} here cannot be known: it is {value!r}"
                remedy = "annotate what gives it with the class, as in `def create_widgets(self) -> Widgets`"
                self.obstacles += (Obstacle(mount.location, problem, remedy),)
                return False
        return True


class _ClosedStack(ResourceStack):
    """A stack that enters nothing."""

    @override
    def enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        return cast("T", _opened(manager))  # or stands in for it

    @override
    async def aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        return cast("T", _opened(manager))  # or stands in for it


def _opened(manager: object) -> object:
    """Give what stands for an opened resource; a queue of background tasks, unopened, checks its handlers."""
    return manager if isinstance(manager, BackgroundTasks) else entered_stand_in(manager)


def _obstacle(error: Exception) -> Obstacle:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_JERO)]
    last = own[-1] if own else None
    where = "" if last is None else f" in `{last.name}`"
    return Obstacle(
        None if last is None else f"{last.filename}:{last.lineno}",
        f"`_wire` could not be followed to its end: {type(error).__name__}{where}: {error}",
        "what the factory gives and what is opened are stand-ins here: let constructors keep what they are given,"
        " and do work with it in a method, or in what `_aenter` opens",
    )


_JERO = jero.__path__[0]
