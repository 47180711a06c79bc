"""What stands behind an app: its includes, its service, its edges. Imported only as the first app is constructed."""

import inspect
import os
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar

from jero._asgi.edge import ASGIEdge
from jero._plan import AppPlan
from jero._rsgi.edge import RSGIEdge
from jero._service import Service
from jero._wiring.catalogue import WIRE_NOT_ASYNC
from jero._wiring.compiler import compile_app
from jero._wiring.error_hooks import compile_error_renderer, compile_exception_handlers
from jero._wiring.factories import build_factory, factory_class
from jero._wiring.faults import Faults, Place
from jero._wiring.limit_checks import apply_limits, check_shutdown_timeout
from jero._wiring.locations import caller_location, class_location, function_location
from jero._wiring.mounts import ENDPOINT, RESOURCE, Mount
from jero._wiring.origins import read_origin
from jero.lifecycle import BaseFactory, ResourceStack
from jero.limits import Limits

type Wire = Callable[[], Awaitable[None]]
type FactorySource = tuple[object, BaseFactory | None]
"""The type parameter by which an app's class names its factory's class, and the factory that was given, if one was."""

_INCLUDE = 2
"""How many frames above a method here the call in `_wire` stands: the app's own method is between them."""


class Engine:
    """Takes note of what one app includes, compiles it, and holds the service and the edges that serve it.

    Raises WiringError where the environment or `shutdown_timeout` says what cannot be.
    """

    def __init__(
        self,
        app_class: type,
        wire: Wire,
        factory: FactorySource,
        shutdown_timeout: float | None,
        limits: Mapping[str, object],
    ) -> None:
        self._app_class = app_class
        self._wire = wire
        self._factory_parameter, self._given_factory = factory
        self._has_started = False
        self._limits = limits
        self._mounts: list[Mount] = []
        self._exception_handlers: list[tuple[object, str]] = []
        self._error_renderers: list[tuple[object, str]] = []
        place = self._place()
        self._origin = read_origin(os.environ, place)
        faults = Faults()
        check_shutdown_timeout(shutdown_timeout, place, faults)
        faults.raise_if_any()
        self.stack = self._make_stack(shutdown_timeout)
        self.factory: BaseFactory | None = None
        self.service = Service(self.start, self.stack)
        self.asgi = ASGIEdge(self.service)
        self.rsgi = RSGIEdge(self.service)

    def include_resource(self, instance: object, path: str | None, auth: object, limits: Mapping[str, object]) -> None:
        """Take note of a resource that `_wire` includes."""
        self._mounts.append(Mount(RESOURCE, instance, path, auth, limits, caller_location(_INCLUDE)))

    def include_endpoint(self, instance: object, path: str | None, auth: object, limits: Mapping[str, object]) -> None:
        """Take note of an endpoint that `_wire` includes."""
        self._mounts.append(Mount(ENDPOINT, instance, path, auth, limits, caller_location(_INCLUDE)))

    def include_exception_handler(self, handler: object) -> None:
        """Take note of an exception handler that `_wire` includes."""
        self._exception_handlers.append((handler, caller_location(_INCLUDE)))

    def include_error_renderer(self, renderer: object) -> None:
        """Take note of an error renderer that `_wire` includes."""
        self._error_renderers.append((renderer, caller_location(_INCLUDE)))

    async def start(self) -> AppPlan:
        """Run `_wire` and compile what it included; on a start after the first, with a factory built afresh."""
        if self._has_started:
            self.make_factory()
        self._has_started = True
        return await self.compile(self._wire)

    def make_factory(self) -> None:
        """Set `factory`: the one given, else one of the class that `BaseApp[Factory]` names, if it names one.

        Raises WiringError where that class is no factory, or cannot be built.
        """
        self.factory = self._provide_factory(factory_class(self._app_class, self._factory_parameter))

    def _make_stack(self, timeout: float | None) -> ResourceStack:
        """Make what opens and closes the app's resources; `timeout` in seconds for each closing, None for no limit."""
        return ResourceStack(timeout)

    def _provide_factory(self, cls: type[BaseFactory] | None) -> BaseFactory | None:
        """Give the factory of a class, unless one is given or the app names none."""
        if self._given_factory is not None or cls is None:
            return self._given_factory
        return build_factory(cls, self.stack)

    async def compile(self, wire: Wire) -> AppPlan:
        """Run an app's `_wire` and compile what it included. Raises WiringError with every fault."""
        self._mounts, self._exception_handlers, self._error_renderers = [], [], []
        faults = Faults()
        if inspect.iscoroutinefunction(wire):
            await wire()
        else:
            location = function_location(inspect.getattr_static(self._app_class, "_wire"))
            faults.add(WIRE_NOT_ASYNC, Place(f"{self._app_class.__name__}._wire", location))
        limits = apply_limits(Limits(), self._limits, self._place(), faults)
        plans = compile_app(self._mounts, limits, faults)
        handlers = compile_exception_handlers(self._exception_handlers, faults)
        renderer = compile_error_renderer(self._error_renderers, faults)
        faults.raise_if_any()
        return AppPlan(tuple(plans), tuple(handlers), renderer, self._origin)

    def _place(self) -> Place:
        """Give the app's class as messages name it."""
        return Place(self._app_class.__name__, class_location(self._app_class))


ENGINE_CLASS: ContextVar[type[Engine]] = ContextVar("ENGINE_CLASS", default=Engine)
"""The class of engine that an app gets as it is constructed: `jero check` puts one here that opens nothing."""
