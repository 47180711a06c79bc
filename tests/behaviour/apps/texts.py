"""An app that reads text: path slots, the query and headers of every type, on routes that overlap."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from jero import BaseApp, Endpoint, RawHeaders, Resource


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Scalars(Struct, omit_defaults=True):
    integer: int | None = None
    number: float | None = None
    flag: bool | None = None
    text: str | None = None
    colour: Colour | None = None
    level: Level | None = None
    choice: Literal["a", "b"] | None = None
    digit: Literal[1, 2] | None = None
    either: int | str | None = None
    id: UUID | None = None
    day: date | None = None
    moment: datetime | None = None
    price: Decimal | None = None
    small: Annotated[int, Meta(ge=1, le=10)] | None = None
    short: Annotated[str, Meta(max_length=3)] | None = None


class Lists(Struct, omit_defaults=True):
    tag: list[str] = []
    number: list[int] = []
    unique: set[int] = set()
    pair: tuple[int, ...] = ()


class Page(Struct, rename="camel"):
    page_size: int
    sort_by: str = "name"


class StrictPage(Struct, forbid_unknown_fields=True):
    size: int = 1


class Blanks(Struct):
    limit: int = 10
    text: str = "default"
    maybe: int | None = 3
    flag: bool | UnsetType = UNSET


class IntPath(Struct):
    value: int


class FloatPath(Struct):
    value: float


class BoolPath(Struct):
    value: bool


class StrPath(Struct):
    value: str


class UUIDPath(Struct):
    value: UUID


class ColourPath(Struct):
    value: Colour


class PairPath(Struct, rename="camel"):
    outer_id: int
    inner_name: str


class Seen(Struct):
    value: str


class Headers(Struct, omit_defaults=True):
    x_trace_id: str | None = None
    x_limit: int | None = None
    x_user_id: str | None = None
    x_tag: list[str] = []
    x_number: list[int] = []
    cookie: str | None = None
    authorization: str | None = None
    accept: str | None = None


class NeededHeaders(Struct):
    x_limit: int
    x_name: str


class Pair(Struct):
    name: str
    value: str


class Everything(Struct):
    value: int
    page_size: int
    x_limit: int
    header_count: int


class Name(Struct):
    name: str


class Ints(Resource, path="/ints"):
    async def read_one(self, path: IntPath) -> IntPath:
        return path


class Floats(Endpoint, path="/floats/{value}"):
    async def get(self, path: FloatPath) -> FloatPath:
        return path


class Bools(Endpoint, path="/bools/{value}"):
    async def get(self, path: BoolPath) -> BoolPath:
        return path


class Strings(Endpoint, path="/strings/{value}"):
    async def get(self, path: StrPath) -> StrPath:
        return path


class UUIDs(Endpoint, path="/uuids/{value}"):
    async def get(self, path: UUIDPath) -> UUIDPath:
        return path


class Colours(Endpoint, path="/colours/{value}"):
    async def get(self, path: ColourPath) -> ColourPath:
        return path


class Pairs(Resource, path="/pairs"):
    async def read_one(self, path: PairPath) -> PairPath:
        return path


class Named(Endpoint):
    """Answers with the name that it was given, and with what its slots hold."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def get(self) -> Seen:
        return Seen(self._name)


class OneSlot(Struct):
    a: str


class TwoSlots(Struct):
    a: str
    b: str


class NamedOne(Endpoint):
    def __init__(self, name: str) -> None:
        self._name = name

    async def get(self, path: OneSlot) -> Seen:
        return Seen(f"{self._name} {path.a}")


class NamedTwo(Endpoint):
    def __init__(self, name: str) -> None:
        self._name = name

    async def get(self, path: TwoSlots) -> Seen:
        return Seen(f"{self._name} {path.a} {path.b}")


class ScalarQueries(Endpoint, path="/scalars"):
    async def get(self, params: Scalars) -> Scalars:
        return params


class ListQueries(Endpoint):
    async def get(self, params: Lists) -> Lists:
        return params


class Pages(Endpoint, path="/pages"):
    async def get(self, params: Page) -> Page:
        return params


class StrictPages(Endpoint, path="/strict-pages"):
    async def get(self, params: StrictPage) -> StrictPage:
        return params


class BlankQueries(Endpoint, path="/blanks"):
    async def get(self, params: Blanks) -> Blanks:
        return params


class HeaderReader(Endpoint):
    async def get(self, headers: Headers) -> Headers:
        return headers


class NeededHeaderReader(Endpoint, path="/needed-headers"):
    async def get(self, headers: NeededHeaders) -> NeededHeaders:
        return headers


class HostHeader(Struct):
    host: str


class HostReader(Endpoint, path="/host"):
    async def get(self, headers: HostHeader) -> HostHeader:
        return headers


class RawHeaderReader(Endpoint, path="/raw-headers"):
    async def get(self, raw_headers: RawHeaders) -> list[Pair]:
        return [Pair(name, value) for name, value in raw_headers]


class EverySource(Endpoint, path="/everything/{value}"):
    async def put(
        self, path: IntPath, params: Page, headers: NeededHeaders, raw_headers: RawHeaders, json: Name
    ) -> Everything:
        assert json.name == "x"
        return Everything(path.value, params.page_size, headers.x_limit, len(raw_headers))


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Ints())
        self._include_resource(Pairs())
        for endpoint in (Floats(), Bools(), Strings(), UUIDs(), Colours(), ScalarQueries()):
            self._include_endpoint(endpoint)
        for endpoint in (Pages(), StrictPages(), BlankQueries(), NeededHeaderReader(), RawHeaderReader()):
            self._include_endpoint(endpoint)
        self._include_endpoint(EverySource())
        self._include_endpoint(HostReader())
        self._include_endpoint(HeaderReader(), path="/headers")
        self._include_endpoint(HeaderReader(), path="/few-cookies", max_cookies=2)
        self._include_endpoint(HeaderReader(), path="/any-cookies", max_cookies=None)
        self._include_endpoint(ListQueries(), path="/lists")
        self._include_endpoint(ListQueries(), path="/short-queries", max_query=20)
        self._include_endpoint(ListQueries(), path="/few-pairs", max_query_pairs=3)
        self._include_endpoint(ListQueries(), path="/any-queries", max_query=None, max_query_pairs=None)
        self._include_endpoint(Named("root"), path="/")
        self._include_endpoint(Named("widgets"), path="/widgets")
        self._include_endpoint(Named("new"), path="/widgets/new")
        self._include_endpoint(NamedOne("widget"), path="/widgets/{a}")
        self._include_endpoint(Named("café"), path="/café")
        self._include_endpoint(NamedOne("slot first"), path="/t/{a}/end")
        self._include_endpoint(NamedOne("static first"), path="/t/static/{a}")
        self._include_endpoint(NamedTwo("two slots"), path="/t/{a}/{b}")
        self._include_endpoint(NamedTwo("deep"), path="/d/{a}/z/{b}")
        self._include_endpoint(NamedOne("dead end"), path="/d/s/{a}/end")


app = App()
