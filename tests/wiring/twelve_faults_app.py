"""An app with twelve different faults, and a script that prints how it fails to start."""
# ruff: noqa: T201 - the script's output is what the test reads

import logging
from typing import Any

from msgspec import Struct

from jero import BaseApp, Endpoint, Resource, WiringError
from jero.testing import TestClient


class Widget(Struct):
    id: str


class DefaultPath(Struct):
    widget_id: str = ""


class Filters(Struct):
    where: dict[str, int]


class User(Struct):
    name: str


class Widgets(Resource, ref="things"):
    async def create(self, jsn: Widget, json: dict[str, Any]) -> dict[str, int]: ...
    async def read_one(self, path: DefaultPath) -> Widget: ...
    async def read_many(self, params: Filters, content: bytes) -> list[Widget]: ...
    async def updat(self, json: Widget) -> Widget: ...
    async def delete(self, user: User, raw_headers: bytes) -> None: ...


class Gadgets(Resource, path="gadgets", ref="things"):
    async def read_many(self) -> list[Widget]: ...


class Empty(Endpoint, path="/empty"): ...


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Widgets(), path="/widgets")
        self._include_resource(Gadgets())
        self._include_endpoint(Empty())


if __name__ == "__main__":
    logging.disable()
    try:
        TestClient(App())
    except WiringError as error:
        print(error)
