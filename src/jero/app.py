"""`BaseApp`: what an application subclasses, and nothing that could live elsewhere."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Any, Unpack, cast

from jero._asgi.application import ASGIApplication
from jero._rsgi.application import RSGIApplication
from jero.auth import AnyAuthenticator
from jero.error_handling import ExceptionHandler
from jero.lifecycle import BaseFactory
from jero.limits import LimitOverrides
from jero.operations import Endpoint, Resource

if TYPE_CHECKING:
    from jero._service import Service


class BaseApp[F: BaseFactory | None = None](ASGIApplication, RSGIApplication, ABC):
    """A web application: subclass it, mount resources and endpoints in `_wire`, and give the object to a server.

        class App(BaseApp):
            async def _wire(self) -> None:
                self._include_resource(Widgets(), path="/widgets")

        app = App()   # an ASGI 3 application, and an RSGI one

    `BaseApp[Factory]` builds a `Factory` at construction, as `self._factory`; `App(factory=x)` uses `x` instead, the
    seam for tests. The keywords of `jero.limits.Limits` set limits for the whole app; `shutdown_timeout` is how many
    seconds closing one resource may take (None: no limit); one with an attribute `closing_timeout` has those instead.

    How the URLs of links begin is read from the environment, here: `JERO_BASE_URL` (`https://example.com/api`), or
    `JERO_TRUST_FORWARDED=1`, the `X-Forwarded-` headers of so many proxies as `JERO_FORWARDED_HOPS` says (1).
    With neither, they are relative to the origin.

    Raises WiringError where the factory cannot be built, or the environment says something else.
    """

    def __init__(
        self,
        *,
        factory: F | None = None,
        shutdown_timeout: float | None = 10.0,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        from jero._engine import ENGINE_CLASS  # noqa: PLC0415 - `import jero` stays cheap for who only declares classes

        parameter = BaseApp.__type_params__[0]
        self._engine = ENGINE_CLASS.get()(type(self), self._wire, (parameter, factory), shutdown_timeout, limits)
        self._asgi = self._engine.asgi
        self._rsgi = self._engine.rsgi
        self._engine.make_factory()

    @property
    def _factory(self) -> F:
        """What `BaseApp[Factory]` names, or was given as `factory`; None where the app names none."""
        return cast("F", self._engine.factory)  # the engine builds what F names

    @abstractmethod
    async def _wire(self) -> None:
        """Mount everything; runs once per process, at startup, or on the first request where the server has no startup.

            async def _wire(self) -> None:
                database = await self._aenter(Database.connect("widgets.sqlite3"))
                self._include_resource(Widgets(database), auth=Bearer(database))

        What it raises ends the start. The wiring faults of all that it mounted are raised together afterwards.
        """

    def _include_resource(
        self,
        resource: Resource,
        *,
        path: str | None = None,
        auth: AnyAuthenticator | None = None,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        """Mount a resource at its class's path or at `path`, gated by `auth`, with limits of its own.

            self._include_resource(Widgets(store), path="/widgets", auth=Bearer(), max_body=64 * 1024)

        `auth` is an object with a method `authenticate`, see `Authenticator`; None lets everybody in. The keywords of
        `jero.limits.Limits` replace those of the app. What is wrong is a wiring fault, raised when `_wire` has ended.
        """
        self._engine.include_resource(resource, path, auth, limits)

    def _include_endpoint(
        self,
        endpoint: Endpoint,
        *,
        path: str | None = None,
        auth: AnyAuthenticator | None = None,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        """Mount an endpoint at its class's path or at `path`, gated by `auth`, with limits of its own.

            self._include_endpoint(Health(), path="/health")

        The arguments are those of `_include_resource`.
        """
        self._engine.include_endpoint(endpoint, path, auth, limits)

    def _include_exception_handler(self, handler: ExceptionHandler[Any]) -> None:
        """Have `handler` answer for the exceptions that its `handle_exception` takes; the nearest class wins.

            self._include_exception_handler(LostDatabase())  # see `ExceptionHandler`

        A handler of another shape, and two for one class, are wiring faults (JERO-W607, JERO-W608).
        """
        self._engine.include_exception_handler(handler)

    def _include_error_renderer(self, renderer: object) -> None:
        """Have `renderer.render_error(error, ...)` write the body of every error, of unrouted URLs too.

            class Plain:
                def render_error(self, error: HTTPError) -> JSONResponse[Failure]:
                    return JSONResponse(json=Failure(code=error.type, message=error.detail or error.title))

            self._include_error_renderer(Plain())  # in `_wire`, once

        It replaces the RFC 9457 body; status and headers stay the error's. A renderer of another shape is a wiring
        fault (JERO-W609).
        """
        self._engine.include_error_renderer(renderer)

    def _enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        """Open a sync context manager for the app's life and return what it opened.

            templates = self._enter(TemporaryDirectory())

        It is closed at shutdown, all in reverse order of opening, also where `_wire` fails half-way. Raises what its
        opening raises; what its closing raises is raised with that of the others, as one group.
        """
        return self._engine.stack.enter(manager)

    async def _aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        """Open an async context manager for the app's life and return what it opened.

            pool = await self._aenter(asyncpg.create_pool(dsn))

        Otherwise as `_enter`, and closed in the same one order.
        """
        return await self._engine.stack.aenter(manager)

    @property
    def _service(self) -> "Service":
        """What the native edge serves, where nothing stands in front of `__call__`."""
        return self._engine.service
