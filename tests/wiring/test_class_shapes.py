"""Shapes of classes and methods that wiring takes as they come: dataclasses, decorators, threads and more."""

import functools
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate

from fault_cases import MountingApp
from msgspec import Struct

from jero import BaseApp, Endpoint, EndpointMeta, HTTPError, JSONResponse, OperationMeta, Resource
from jero.testing import TestClient


class Widget(Struct):
    name: str


class WidgetPath(Struct):
    widget_id: int


class Query(Struct):
    limit: int = 10


@dataclass
class Plain(Resource, path="/plain"):
    prefix: str

    async def read_one(self, path: WidgetPath) -> Widget:
        return Widget(f"{self.prefix}{path.widget_id}")


@dataclass(slots=True)
class Slotted(Resource, path="/slotted", ref="slotted"):
    prefix: str

    async def read_one(self, path: WidgetPath) -> Widget:
        return Widget(f"{self.prefix}{path.widget_id}")


@dataclass(slots=True)
class SlottedCrud[T: Struct](Resource):
    first: T

    async def read_many(self) -> list[T]:
        return [self.first]


def test_dataclasses() -> None:
    """A resource may be a dataclass, also with slots, for which Python makes a second class of it."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Plain("p"))
            self._include_resource(Slotted("s"))
            self._include_resource(SlottedCrud[Widget](Widget("g")), path="/generic")

    with TestClient(App()) as client:
        assert client.get("/plain/1").json() == {"name": "p1"}
        assert client.get("/slotted/2").json() == {"name": "s2"}
        assert client.get("/generic").json() == [{"name": "g"}]


def test_nested_structs() -> None:
    """Structs may be declared in the class body, even where a name is near an operation's."""

    class Search(Endpoint, path="/search"):
        class Post(Struct):
            text: str

        class Puts(Struct):
            count: int

        async def post(self, json: Post) -> Puts:
            return self.Puts(len(json.text))

    with TestClient(MountingApp(Search())) as client:
        assert client.post("/search", json={"text": "abc"}).json() == {"count": 3}


def logged[S, **P, R](
    method: Callable[Concatenate[S, P], Awaitable[R]],
) -> Callable[Concatenate[S, P], Awaitable[R]]:
    """Decorate a method, keeping its signature by functools.wraps."""

    @functools.wraps(method)
    async def wrapper(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        CALLS.append(method.__name__)
        return await method(self, *args, **kwargs)

    return wrapper


CALLS: list[str] = []


def test_decorated_handlers() -> None:
    """A handler may be decorated; what functools.wraps keeps is its signature."""

    class Widgets(Resource, path="/widgets"):
        @logged
        @logged
        async def read_one(self, path: WidgetPath, params: Query) -> Widget:
            return Widget(f"{path.widget_id}:{params.limit}")

    CALLS.clear()
    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets/1").json() == {"name": "1:10"}
    assert CALLS == ["read_one", "read_one"]


def awaited[**P, R](method: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Decorate a plain method by an `async def`, keeping its signature by functools.wraps."""

    @functools.wraps(method)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return method(*args, **kwargs)

    return wrapper


def test_plain_methods_behind_an_async_decorator() -> None:
    """A plain method that a decorator has made `async` is awaited: of an authenticator and of the error hooks, too."""

    class Key(Struct):
        x_key: str

    class Gate:
        @awaited
        def authenticate(self, headers: Key) -> Widget:
            return Widget(headers.x_key)

    class Lost:
        @awaited
        def handle_exception(self, exception: LookupError) -> HTTPError:
            return HTTPError(404, str(exception))

    class Plain:
        @awaited
        def render_error(self, error: HTTPError) -> JSONResponse[Widget]:
            return JSONResponse(json=Widget(error.detail or ""))

    class Widgets(Resource, path="/widgets"):
        @awaited
        def read_one(self, path: WidgetPath) -> Widget:
            raise LookupError(f"no {path.widget_id}")

        async def read_many(self, user: Widget) -> list[Widget]:
            return [user]

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets(), auth=Gate())
            self._include_exception_handler(Lost())
            self._include_error_renderer(Plain())

    with TestClient(App(), headers={"X-Key": "k"}) as client:
        assert client.get("/widgets").json() == [{"name": "k"}]
        missing = client.get("/widgets/1")
    assert (missing.status_code, missing.json()) == (404, {"name": "no 1"})


def test_keyword_only_arguments() -> None:
    """Arguments may be keyword-only, all or some, in any order."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, *, params: Query, path: WidgetPath) -> Widget:
            return Widget(f"{path.widget_id}:{params.limit}")

        async def update(self, path: WidgetPath, *, json: Widget, params: Query) -> Widget:
            return Widget(f"{path.widget_id}:{params.limit}:{json.name}")

    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets/1").json() == {"name": "1:10"}
        assert client.put("/widgets/1?limit=2", json={"name": "n"}).json() == {"name": "1:2:n"}


def test_positional_only_arguments() -> None:
    """Arguments may be positional-only."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, params: Query, path: WidgetPath, /) -> Widget:
            return Widget(f"{path.widget_id}:{params.limit}")

    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets/1").json() == {"name": "1:10"}


def test_inherited_keywords() -> None:
    """A subclass inherits path and metadata, and may give its own."""

    class Base(Endpoint, path="/base", meta=EndpointMeta(summary="one"), meta_get=OperationMeta(tags=("a",))):
        async def get(self) -> Widget:
            return Widget(type(self).__name__)

    class Same(Base):
        pass

    class Moved(Base, path="/moved", meta_get=OperationMeta(tags=("b",))):
        pass

    with TestClient(MountingApp(Same(), Moved())) as client:
        assert client.get("/base").json() == {"name": "Same"}
        assert client.get("/moved").json() == {"name": "Moved"}


def test_operation_taken_away() -> None:
    """An inherited operation that a subclass sets to None is not served."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> list[Widget]:
            return []

        async def create(self) -> None: ...

    class ReadOnly(Widgets):
        create = None  # pyright: ignore[reportAssignmentType] - Python's own way to take a method away

    with TestClient(MountingApp(ReadOnly())) as client:
        refused = client.post("/widgets")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_helpers_beside_operations() -> None:
    """A class may have other methods, properties and attributes."""

    class Widgets(Resource, path="/widgets"):
        limit = 3

        @property
        def names(self) -> list[str]:
            return [str(number) for number in range(self.limit)]

        def make(self, name: str) -> Widget:
            return Widget(name)

        async def read_many(self) -> list[Widget]:
            return [self.make(name) for name in self.names]

    with TestClient(MountingApp(Widgets())) as client:
        assert len(client.get("/widgets").json()) == 3


def test_plain_functions() -> None:
    """A `def` handler runs on the event loop; of a class with `threaded=True` it runs on another thread."""
    threads: dict[str, int] = {}

    class Loop(Endpoint, path="/loop"):
        async def get(self) -> None:
            threads["async"] = threading.get_ident()

        def post(self) -> None:
            threads["plain"] = threading.get_ident()

    class Threaded(Endpoint, path="/threaded", threaded=True):
        def get(self, params: Query) -> Widget:
            threads["threaded"] = threading.get_ident()
            return Widget(str(params.limit))

        async def post(self) -> None:
            threads["async of threaded"] = threading.get_ident()

    with TestClient(MountingApp(Loop(), Threaded())) as client:
        client.get("/loop")
        client.post("/loop")
        assert client.get("/threaded").json() == {"name": "10"}
        client.post("/threaded")
    assert threads["plain"] == threads["async of threaded"] == threads["async"]
    assert threads["threaded"] != threads["async"]
