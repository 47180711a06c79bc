"""Aliases: `type` names, plain and generic, stand for what they name, in sources, returns and wrappers."""

from typing import Annotated

from fault_cases import MountingApp
from msgspec import Meta, Struct

from jero import BytesResponse, Endpoint, JSONResponse, RawHeaders, Resource
from jero.testing import TestClient


class Widget(Struct):
    name: str


class WidgetPath(Struct):
    widget_id: int


class Query(Struct):
    limit: int = 10


class Cat(Struct, tag="cat"):
    lives: int


class Dog(Struct, tag="dog"):
    tricks: int


type Path = WidgetPath
type Body = bytes
type Headers = RawHeaders
type Pet = Cat | Dog
type Pets = list[Pet]
type Listed[T] = list[T]
type Answer[T] = JSONResponse[T]
type Nothing = None
type AtLeastOne[T] = Annotated[list[T], Meta(min_length=1)]


class Tree(Struct):
    name: str
    children: "list[Tree]" = []


def test_recursive_struct() -> None:
    """A Struct may contain itself."""

    class Trees(Endpoint, path="/trees"):
        async def post(self, json: Tree) -> Tree:
            return json.children[0]

    with TestClient(MountingApp(Trees())) as client:
        answer = client.post("/trees", json={"name": "a", "children": [{"name": "b"}]})
        assert answer.json() == {"name": "b", "children": []}


def test_plain_aliases() -> None:
    """A source or return may be named by a `type` alias."""

    class Files(Endpoint, path="/files/{widget_id}"):
        async def put(self, path: Path, content: Body, raw_headers: Headers) -> Nothing:
            assert (path.widget_id, content, raw_headers["x-name"]) == (3, b"abc", "n")

    with TestClient(MountingApp(Files())) as client:
        assert client.put("/files/3", content=b"abc", headers={"x-name": "n"}).status_code == 204


def test_union_of_tagged_structs() -> None:
    """A union of tagged Structs, named by an alias, is a source, a list's item and a return."""

    class Animals(Resource, path="/animals"):
        async def create(self, json: Pet) -> Pet:
            return json

        async def update(self, json: Pets) -> Pets:
            return json

    with TestClient(MountingApp(Animals())) as client:
        assert client.post("/animals", json={"type": "dog", "tricks": 2}).json() == {
            "type": "dog",
            "tricks": 2,
        }
        both = [{"type": "cat", "lives": 9}, {"type": "dog", "tricks": 0}]
        assert client.put("/animals", json=both).json() == both
        assert client.put("/animals", json=[{"type": "cow"}]).status_code == 422


def test_generic_aliases() -> None:
    """A generic alias works with its argument, for lists and for response wrappers."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Listed[Widget]) -> Answer[Widget]:
            return JSONResponse(json=json[0])

        async def read_many(self) -> Listed[Widget]:
            return [Widget("a")]

    with TestClient(MountingApp(Widgets())) as client:
        assert client.post("/widgets", json=[{"name": "b"}]).json() == {"name": "b"}
        assert client.get("/widgets").json() == [{"name": "a"}]


def test_alias_inside_a_generic_base() -> None:
    """An alias may take a class's own type parameter."""

    class Crud[T: Struct](Resource):
        async def update(self, json: Listed[T]) -> Listed[T]:
            return json

    class Widgets(Crud[Widget], path="/widgets"):
        pass

    with TestClient(MountingApp(Widgets())) as client:
        assert client.put("/widgets", json=[{"name": "b"}]).json() == [{"name": "b"}]
        assert client.put("/widgets", json=[1]).status_code == 422


def test_constraint_of_a_body() -> None:
    """A constraint of `Annotated` on a whole body is checked, also where an alias carries it."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Annotated[list[Widget], Meta(max_length=1)]) -> list[Widget]:
            return json

        async def update(self, json: AtLeastOne[Widget]) -> list[Widget]:
            return json

    with TestClient(MountingApp(Widgets())) as client:
        assert client.post("/widgets", json=[{"name": "b"}]).status_code == 201
        refused = client.post("/widgets", json=[{"name": "a"}, {"name": "b"}])
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#")
        assert client.put("/widgets", json=[]).status_code == 422


def test_annotated_elsewhere() -> None:
    """`Annotated` on another source or on a return says nothing to wiring and does no harm."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(
            self, params: Annotated[Query, Meta(description="how many")]
        ) -> Annotated[list[Widget], "all of them"]:
            return [Widget("a")] * params.limit

    with TestClient(MountingApp(Widgets())) as client:
        assert len(client.get("/widgets", params={"limit": "2"}).json()) == 2


class Trace(Struct):
    x_trace_id: str


class Created(JSONResponse[Widget, Trace]):
    """A wrapper with its parameters fixed."""


class Traced[B](JSONResponse[B, Trace]):
    """A wrapper with one parameter fixed, and another name for the other."""


class Image(BytesResponse):
    """A wrapper without parameters."""


def test_subclasses_of_wrappers() -> None:
    """A subclass of a wrapper works as the wrapper, with its parameters fixed, renamed or left out."""

    class Widgets(Resource, path="/widgets"):
        async def create(self) -> Created:
            return Created(json=Widget("a"), headers=Trace("1"))

        async def read_many(self) -> Traced[Widget]:
            return Traced(json=Widget("b"), headers=Trace("2"))

    class Images(Endpoint, path="/image"):
        async def get(self) -> Image:
            return Image(content=b"...")

    with TestClient(MountingApp(Widgets(), Images())) as client:
        created = client.post("/widgets")
        assert (created.json(), created.headers["x-trace-id"]) == ({"name": "a"}, "1")
        read = client.get("/widgets")
        assert (read.json(), read.headers["x-trace-id"]) == ({"name": "b"}, "2")
        assert client.get("/image").content == b"..."


def test_untagged_union_as_return() -> None:
    """A returned union of Structs needs no tags: each is written as it is."""

    class Either(Endpoint, path="/either"):
        async def get(self, params: Query) -> Widget | Query:
            return Widget("a") if params.limit == 10 else params

        async def post(self) -> list[Widget | Query]:
            return [Widget("a"), Query(3)]

    with TestClient(MountingApp(Either())) as client:
        assert client.get("/either").json() == {"name": "a"}
        assert client.get("/either", params={"limit": "1"}).json() == {"limit": 1}
        assert client.post("/either").json() == [{"name": "a"}, {"limit": 3}]
