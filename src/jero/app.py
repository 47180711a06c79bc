"""`BaseApp`: what an application subclasses, and nothing that could live elsewhere."""

import inspect
import os
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Unpack, cast

from jero._asgi.edge import ASGIEdge
from jero._asgi.messages import Receive, Scope, Send
from jero._plan import AppPlan
from jero._service import Service
from jero._wiring.compiler import Mount, compile_app
from jero._wiring.error_hooks import compile_error_renderer, compile_exception_handlers
from jero._wiring.factories import build_factory, factory_class
from jero._wiring.faults import WIRE_NOT_ASYNC, Faults, Place
from jero._wiring.limit_checks import apply_limits, check_shutdown_timeout
from jero._wiring.locations import caller_location, class_location, function_location
from jero._wiring.mounts import ENDPOINT, RESOURCE
from jero._wiring.origins import read_origin
from jero.auth import AnyAuthenticator
from jero.error_handling import ExceptionHandler
from jero.lifecycle import BaseFactory, ResourceStack
from jero.limits import LimitOverrides, Limits
from jero.operations import Endpoint, Resource


class BaseApp[F: BaseFactory | None = None](ABC):
    """A web application: subclass it, mount resources and endpoints in `_wire`, and give the object to a server.

        class App(BaseApp):
            async def _wire(self) -> None:
                self._include_resource(Widgets(), path="/widgets")

        app = App()   # an ASGI 3 application

    `BaseApp[Factory]` builds a `Factory` at construction, as `self._factory`; `App(factory=x)` uses `x` instead, the
    seam for tests. The keywords of `jero.limits.Limits` set limits for the whole app; `shutdown_timeout` is how many
    seconds closing one resource may take (None: no limit); one with an attribute `closing_timeout` has those instead.

    How the URLs of links begin is read from the environment, here: `JERO_BASE_URL` (`https://example.com/api`), or
    `JERO_TRUST_FORWARDED=1`, the `X-Forwarded-` headers of so many proxies as `JERO_FORWARDED_HOPS` says (1).
    With neither, they are relative to the origin.

    Raises WiringError where the factory cannot be built, or the environment says something else.
    """

    _factory: F

    def __init__(
        self,
        *,
        factory: F | None = None,
        shutdown_timeout: float | None = 10.0,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        self._given_factory = factory
        self._limits = limits
        self._mounts: list[Mount] = []
        self._exception_handlers: list[tuple[object, str]] = []
        self._error_renderers: list[tuple[object, str]] = []
        place = self._place()
        self._origin = read_origin(os.environ, place)
        faults = Faults()
        check_shutdown_timeout(shutdown_timeout, place, faults)
        faults.raise_if_any()
        self._stack = ResourceStack(shutdown_timeout)
        self._service = Service(self._start, self._stack)
        self._edge = ASGIEdge(self._service)
        self._has_started = False
        self._make_factory()

    @abstractmethod
    async def _wire(self) -> None:
        """Mount everything; runs once per process, at startup."""

    def _include_resource(
        self,
        resource: Resource,
        *,
        path: str | None = None,
        auth: AnyAuthenticator | None = None,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        """Mount a resource at its class's path or at `path`, gated by `auth`, with limits of its own."""
        self._mounts.append(Mount(RESOURCE, resource, path, auth, limits, caller_location(1)))

    def _include_endpoint(
        self,
        endpoint: Endpoint,
        *,
        path: str | None = None,
        auth: AnyAuthenticator | None = None,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        """Mount an endpoint at its class's path or at `path`, gated by `auth`, with limits of its own."""
        self._mounts.append(Mount(ENDPOINT, endpoint, path, auth, limits, caller_location(1)))

    def _include_exception_handler(self, handler: ExceptionHandler[Any]) -> None:
        """Have `handler` answer for the exceptions that its `handle_exception` takes; the nearest class wins."""
        self._exception_handlers.append((handler, caller_location(1)))

    def _include_error_renderer(self, renderer: object) -> None:
        """Have `renderer.render_error(error, ...)` write the body of every error, of unrouted URLs too."""
        self._error_renderers.append((renderer, caller_location(1)))

    def _enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        """Open a sync context manager for the app's life and return what it opened."""
        return self._stack.enter(manager)

    async def _aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        """Open an async context manager for the app's life and return what it opened."""
        return await self._stack.aenter(manager)

    @inspect.markcoroutinefunction
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[object, object, None]:
        """Serve one ASGI 3 scope. It hands over the edge's coroutine, which is one `await` less for each request."""
        return self._edge(scope, receive, send)

    async def _start(self) -> AppPlan:
        """Run `_wire` and compile what it mounted. Raises WiringError with every fault."""
        if self._has_started:
            self._make_factory()
        self._has_started = True
        self._mounts, self._exception_handlers, self._error_renderers = [], [], []
        faults = Faults()
        if inspect.iscoroutinefunction(self._wire):
            await self._wire()
        else:
            location = function_location(inspect.getattr_static(type(self), "_wire"))
            faults.add(WIRE_NOT_ASYNC, Place(f"{type(self).__name__}._wire", location))
        limits = apply_limits(Limits(), self._limits, self._place(), faults)
        plans = compile_app(self._mounts, limits, faults)
        handlers = compile_exception_handlers(self._exception_handlers, faults)
        renderer = compile_error_renderer(self._error_renderers, faults)
        faults.raise_if_any()
        return AppPlan(tuple(plans), tuple(handlers), renderer, self._origin)

    def _place(self) -> Place:
        """Give the app's class as messages name it."""
        return Place(type(self).__name__, class_location(type(self)))

    def _make_factory(self) -> None:
        """Set the factory: the one given, else one of the class that `BaseApp[Factory]` names, built afresh."""
        cls = factory_class(type(self), BaseApp.__type_params__[0])
        factory = self._given_factory
        if factory is None and cls is not None:
            factory = build_factory(cls, self._stack)
        self._factory = cast("F", factory)  # F is that class, or None where the app names none
