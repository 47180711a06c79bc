"""An app that answers: with every kind of result, with statuses and headers, and with what cannot be sent."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from jero import BaseApp, BytesResponse, Endpoint, JSONResponse, RawHeaders, Resource


class Widget(Struct, rename="camel"):
    name: str
    unit_price: float = 0.5


class Circle(Struct, tag=True):
    radius: int


class Square(Struct, tag=True):
    side: int


class Colour(Enum):
    RED = "red"


class WidgetPath(Struct):
    widget_id: str


class Note(Struct, frozen=True):
    text: str


class TypedHeaders(Struct):
    x_trace_id: str = "abc"
    x_flag: bool = True
    x_off: bool = False
    x_count: int = 3
    x_ratio: float = 0.5
    x_id: UUID = UUID("a4b2e0ac-3d5f-4d29-a76c-8c4a9f5e4d21")
    x_day: date = date(2024, 2, 29)
    x_moment: datetime = datetime(2024, 2, 29, 12, tzinfo=UTC)
    x_price: Decimal = Decimal("1.50")
    x_colour: Colour = Colour.RED
    x_note: Note = Note("a")
    x_list: list[int] = field(default_factory=lambda: [1, 2])
    x_dict: dict[str, int] = field(default_factory=lambda: {"a": 1})
    x_none: str | None = None
    x_unset: str | UnsetType = UNSET


class RenamedHeaders(Struct, rename={"etag": "ETag"}):
    etag: str
    content_type: str | None = None


class Text(Struct):
    text: str


class Number(Struct):
    status: int


class Unencodable(Struct):
    value: Any


class Choice(Struct):
    what: str


class Widgets(Resource, path="/widgets"):
    async def create(self) -> Widget:
        return Widget("nut")

    async def read_one(self, path: WidgetPath) -> Widget:
        return Widget(path.widget_id)

    async def read_many(self) -> list[Widget]:
        return [Widget("nut"), Widget("bolt")]

    async def update(self, path: WidgetPath) -> Widget:
        return Widget(path.widget_id)

    async def partial_update(self, path: WidgetPath) -> Widget:
        return Widget(path.widget_id)

    async def delete(self, path: WidgetPath) -> None:
        assert path.widget_id

    async def describe(self) -> str:
        """Be no operation: any other method is just a method."""
        return "never served"


class Verbs(Endpoint, path="/verbs"):
    async def get(self) -> str:
        return "get"

    async def post(self) -> str:
        return "post"

    async def put(self) -> str:
        return "put"

    async def patch(self) -> str:
        return "patch"

    async def delete(self) -> str:
        return "delete"


class PostOnly(Endpoint, path="/post-only"):
    async def post(self) -> None:
        return None


class Shapes(Endpoint, path="/shapes"):
    async def get(self, params: Choice) -> Circle | Square:
        return Circle(1) if params.what == "circle" else Square(2)


class Texts(Endpoint, path="/texts"):
    async def get(self) -> str:
        return "caf\xe9 ☕"


class EmptyTexts(Endpoint, path="/empty-texts"):
    async def get(self) -> str:
        return ""


class Bytes(Endpoint, path="/bytes"):
    async def get(self) -> bytes:
        return b"\x00\xff"


class EmptyLists(Endpoint, path="/empty-lists"):
    async def get(self) -> list[Widget]:
        return []


class Nothing(Endpoint, path="/nothing"):
    async def get(self) -> None:
        return None


class SyncHandler(Endpoint, path="/sync"):
    def get(self) -> Widget:
        return Widget("sync")


@dataclass(kw_only=True)
class Created(JSONResponse[Widget, TypedHeaders]):
    """A wrapper of the application's own."""


type WidgetAnswer = JSONResponse[Widget]


class Typed(Endpoint, path="/typed"):
    async def get(self) -> JSONResponse[Widget, TypedHeaders]:
        return JSONResponse(
            json=Widget("nut"),
            headers=TypedHeaders(),
            raw_headers=RawHeaders([("Set-Cookie", "a=1"), ("X-Raw", "é"), ("Set-Cookie", "b=2")]),
        )


class Subclassed(Endpoint, path="/subclassed"):
    async def get(self) -> Created:
        return Created(json=Widget("nut"), headers=TypedHeaders(), status_code=202)


class Aliased(Endpoint, path="/aliased"):
    async def get(self) -> WidgetAnswer:
        return JSONResponse(json=Widget("nut"), status_code=203)


class Lists(Endpoint, path="/wrapped-lists"):
    async def get(self) -> JSONResponse[list[Widget]]:
        return JSONResponse(json=[Widget("nut")])


class Unions(Endpoint, path="/wrapped-unions"):
    async def get(self) -> JSONResponse[Circle | Square]:
        return JSONResponse(json=Square(2))


class Pictures(Endpoint, path="/pictures"):
    async def get(self) -> BytesResponse[RenamedHeaders]:
        headers = RenamedHeaders('"1"', "image/png")
        return BytesResponse(content=b"\x89PNG", headers=headers)


class Downloads(Endpoint, path="/downloads"):
    async def get(self) -> BytesResponse:
        return BytesResponse(content=b"abc", raw_headers={"Content-Disposition": "attachment"})


class FramingHeaders(Endpoint, path="/framing-headers"):
    async def get(self) -> JSONResponse[Widget]:
        headers = {"Content-Length": "3", "Transfer-Encoding": "chunked", "Connection": "close", "x-a": "1"}
        return JSONResponse(json=Widget("nut"), raw_headers=headers)


class TypedFraming(Struct):
    content_length: int = 3
    connection: str = "close"
    x_a: str = "1"


class TypedFramingHeaders(Endpoint, path="/typed-framing-headers"):
    async def get(self) -> JSONResponse[Widget, TypedFraming]:
        return JSONResponse(json=Widget("nut"), headers=TypedFraming())


class RawHeader(Endpoint, path="/raw-header"):
    """Sends the headers that a client dictates, as an application would that passes on what it gets."""

    async def post(self, json: list[Note]) -> JSONResponse[Widget]:
        name, value = json
        return JSONResponse(json=Widget("nut"), raw_headers=[(name.text, value.text)])


class TypedHeader(Struct):
    x_value: str


class TypedHeaderValue(Endpoint, path="/typed-header"):
    async def post(self, json: Note) -> JSONResponse[Widget, TypedHeader]:
        return JSONResponse(json=Widget("nut"), headers=TypedHeader(json.text))


class Statuses(Endpoint, path="/statuses"):
    async def get(self, params: Number) -> JSONResponse[Widget]:
        return JSONResponse(
            json=Widget("nut"), status_code=params.status, raw_headers={"Content-Type": "x/y", "x-a": "1"}
        )


class OddStatuses(Endpoint, path="/odd-statuses"):
    async def get(self, params: Choice) -> JSONResponse[Widget]:
        status = {"true": True, "float": 200.0, "text": "200"}[params.what]
        return JSONResponse(json=Widget("nut"), status_code=cast("int", status))  # an untyped caller


def _wrong(what: str) -> object:
    """Give what an untyped service might: anything."""
    things = {
        "none": None,
        "dict": {"name": "nut"},
        "text": "nut",
        "other": Note("a"),
        "list": [Widget("nut")],
        "bytes": b"nut",
        "response": JSONResponse(json=Widget("nut")),
        "wrong body": JSONResponse(json=Note("a")),
        "wrong headers": JSONResponse(json=Widget("nut"), headers=Note("a")),
        "object": Unencodable(object()),
        "surrogate": Widget("\ud800"),
    }
    return things[what]


class WrongStructs(Endpoint, path="/wrong/structs"):
    async def get(self, params: Choice) -> Widget:
        return cast("Widget", _wrong(params.what))  # wrong, on purpose


class WrongTexts(Endpoint, path="/wrong/texts"):
    async def get(self, params: Choice) -> str:
        text = "\ud800" if params.what == "surrogate" else _wrong(params.what)
        return cast("str", text)  # the same


class WrongBytes(Endpoint, path="/wrong/bytes"):
    async def get(self, params: Choice) -> bytes:
        return cast("bytes", _wrong(params.what))  # the same


class WrongNothing(Endpoint, path="/wrong/nothing"):
    async def get(self, params: Choice) -> None:
        return cast("None", _wrong(params.what))  # the same


class WrongLists(Endpoint, path="/wrong/lists"):
    async def get(self, params: Choice) -> list[Widget]:
        return cast("list[Widget]", _wrong(params.what))  # the same


class WrongWrappers(Endpoint, path="/wrong/wrappers"):
    async def get(self, params: Choice) -> JSONResponse[Widget, TypedHeader]:
        return cast("JSONResponse[Widget, TypedHeader]", _wrong(params.what))  # the same


class WrongObjects(Endpoint, path="/wrong/objects"):
    async def get(self, params: Choice) -> Unencodable:
        return cast("Unencodable", _wrong(params.what))  # the same


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Widgets())
        for endpoint in (Verbs(), PostOnly(), Shapes(), Texts(), EmptyTexts(), Bytes(), EmptyLists()):
            self._include_endpoint(endpoint)
        for endpoint in (Nothing(), SyncHandler(), Typed(), Subclassed(), Aliased(), Lists(), Unions()):
            self._include_endpoint(endpoint)
        for endpoint in (Pictures(), Downloads(), FramingHeaders(), TypedFramingHeaders(), RawHeader()):
            self._include_endpoint(endpoint)
        for endpoint in (TypedHeaderValue(), Statuses(), OddStatuses(), WrongStructs(), WrongTexts()):
            self._include_endpoint(endpoint)
        for endpoint in (WrongBytes(), WrongNothing(), WrongLists(), WrongWrappers(), WrongObjects()):
            self._include_endpoint(endpoint)


app = App()
