"""An app that reads bodies: JSON of every shape, and bytes, some under narrow limits. It counts its calls."""

from collections import Counter
from typing import Annotated

from msgspec import Meta, Struct

from jero import BaseApp, Endpoint, Resource


class Part(Struct):
    name: str
    price: int = 0


class Widget(Struct, rename="camel"):
    name: str
    unit_price: float = 0.0
    parts: list[Part] = []
    count: Annotated[int, Meta(ge=0)] = 0


class Strict(Struct, forbid_unknown_fields=True):
    name: str


class Nested(Struct):
    child: "Nested | None" = None


class Circle(Struct, tag=True):
    radius: int


class Square(Struct, tag=True):
    side: int


class Booking(Struct):
    first_day: int
    last_day: int

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")


class Login(Struct):
    name: str
    password: Annotated[str, Meta(extra={"secret": True}, min_length=8)]


class ItemPath(Struct):
    item_id: int


class Patch(Struct):
    name: str


class Patched(Struct):
    item_id: int
    name: str


class Size(Struct):
    size: int


class Handled(Struct):
    times: int


class HandledPath(Struct):
    what: str


handled = Counter[str]()
"""How often each operation was called."""


class Widgets(Resource, path="/widgets"):
    async def create(self, json: Widget) -> Widget:
        handled["widgets"] += 1
        return json

    async def update(self, path: ItemPath, json: Patch) -> Patched:
        return Patched(path.item_id, json.name)

    async def partial_update(self, path: ItemPath, json: Patch) -> Patched:
        return Patched(path.item_id, json.name)


class WidgetLists(Endpoint, path="/widget-lists"):
    async def post(self, json: list[Widget]) -> list[Widget]:
        return json


class Shapes(Endpoint, path="/shapes"):
    async def post(self, json: Circle | Square) -> Circle | Square:
        return json


class ShapeLists(Endpoint, path="/shape-lists"):
    async def post(self, json: list[Circle | Square]) -> list[Circle | Square]:
        return json


class StrictBodies(Endpoint, path="/strict"):
    async def post(self, json: Strict) -> Strict:
        return json


class NestedBodies(Endpoint, path="/nested"):
    async def post(self, json: Nested) -> Nested:
        return json


class Bookings(Endpoint, path="/bookings"):
    async def post(self, json: Booking) -> Booking:
        return json


class Logins(Endpoint, path="/logins"):
    async def post(self, json: Login) -> None:
        handled[json.name] += 1


class Contents(Endpoint):
    async def post(self, content: bytes) -> bytes:
        handled["contents"] += 1
        return content


class Sizes(Endpoint):
    async def post(self, content: bytes) -> Size:
        handled["sizes"] += 1
        return Size(len(content))


class SmallWidgets(Endpoint, path="/small-widgets"):
    async def post(self, json: Widget) -> Widget:
        handled["small-widgets"] += 1
        return json


class Unread(Endpoint, path="/unread"):
    async def post(self) -> Handled:
        handled["unread"] += 1
        return Handled(handled["unread"])


class HandledCounts(Endpoint, path="/handled/{what}"):
    async def get(self, path: HandledPath) -> Handled:
        return Handled(handled[path.what])


class App(BaseApp):
    async def _wire(self) -> None:
        for resource in (Widgets(),):
            self._include_resource(resource)
        for endpoint in (WidgetLists(), Shapes(), ShapeLists(), StrictBodies(), NestedBodies(), Bookings()):
            self._include_endpoint(endpoint)
        for endpoint in (Logins(), Unread(), HandledCounts()):
            self._include_endpoint(endpoint)
        self._include_endpoint(Contents(), path="/contents")
        self._include_endpoint(Sizes(), path="/sizes")
        self._include_endpoint(Contents(), path="/small-contents", max_body=100)
        self._include_endpoint(SmallWidgets(), max_body=100)
        self._include_endpoint(Sizes(), path="/any-size", max_body=None)
        self._include_endpoint(Contents(), path="/impatient", body_timeout=0.1)


app = App()
