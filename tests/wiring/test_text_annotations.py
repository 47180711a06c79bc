"""Annotations that are text: by `from __future__ import annotations`, or quoted one by one."""

import future_annotations_app as future
from fault_cases import MountingApp
from msgspec import Struct

from jero import Endpoint, Resource
from jero.testing import TestClient


def test_future_annotations() -> None:
    """A module with `from __future__ import annotations` is wired as any other."""
    app = MountingApp(future.Widgets(), auth=future.Bearer())
    with TestClient(app, headers={"authorization": "x"}) as client:
        assert client.get("/widgets/7").json() == {"name": "7"}
        assert client.get("/widgets", params={"limit": "2"}).json() == [{"name": "a"}, {"name": "a"}]
        assert client.post("/widgets", json={"name": "b"}).json() == [{"name": "b"}]
        assert client.post("/widgets", json={"size": 1}).status_code == 422


class Quoted(Resource, path="/quoted"):
    async def create(self, json: "Later") -> "list[Later]":
        return [json]

    async def read_many(self) -> "list[Quoted.Nested]":
        return [Quoted.Nested(1)]

    async def update(self, json: "Nested") -> "Nested":
        return json

    class Nested(Struct):
        """Named before it is declared."""

        size: int


class Later(Struct):
    name: str


def test_quoted_annotations() -> None:
    """A quoted annotation may name what comes later: a module's class, one of the class's body, or itself."""
    with TestClient(MountingApp(Quoted())) as client:
        assert client.post("/quoted", json={"name": "a"}).json() == [{"name": "a"}]
        assert client.get("/quoted").json() == [{"size": 1}]
        assert client.put("/quoted", json={"size": 2}).json() == {"size": 2}


def test_local_class_that_names_itself() -> None:
    """A quoted annotation finds its own class, also where that is local to a function."""

    class Local(Endpoint, path="/local"):
        class Body(Struct):
            size: int

        async def post(self, json: "Local.Body") -> "Local.Body":
            return json

    with TestClient(MountingApp(Local())) as client:
        assert client.post("/local", json={"size": 2}).json() == {"size": 2}
