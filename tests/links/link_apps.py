"""An app that answers with the links that a test asks for, and says what its slots held."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from jero import BaseApp, BytesResponse, Endpoint, JSONResponse, Link, Location, Resource


class Done(Struct):
    done: bool = True


class Answer(Endpoint, path="/answer"):
    """Answers with what the test has put into it."""

    def __init__(self) -> None:
        self.location: Location | None = None
        self.links: Sequence[Link] = ()
        self.status_code: int | None = None

    async def get(self) -> JSONResponse[Done]:
        return JSONResponse(json=Done(), location=self.location, links=self.links, status_code=self.status_code)


class BookPath(Struct, rename="camel"):
    shelf_name: str
    book_title: str


class Books(Resource, path="/shelves/{shelfName}/books", ref="books"):
    """Its item URL has a slot of the mount and one of its own, both by their encoded names."""

    async def read_one(self, path: BookPath) -> BookPath:
        return path

    async def delete(self, path: BookPath) -> None: ...


class Colour(Enum):
    RED = "red/green"
    NULL = "null"


class Size(IntEnum):
    SMALL = -1
    LARGE = 10


class TypedPath(Struct):
    number: int
    ratio: float
    is_open: bool
    colour: Colour
    size: Size
    kind: Literal["a b", 7]
    key: UUID
    day: date
    moment: datetime
    price: Decimal


class Typed(Resource, path="/typed"):
    async def read_one(self, path: TypedPath) -> TypedPath:
        return path


class CountPath(Struct):
    count: int | None
    ratio: float


class Counts(Resource, path="/counts"):
    async def read_one(self, path: CountPath) -> CountPath:
        return path


class Cafe(Endpoint, path="/café;a=b/im & ex"):
    async def get(self) -> str:
        return "open"


class Root(Endpoint, path="/"):
    async def get(self) -> str:
        return "root"


class NamePath(Struct):
    name: str


class Names(Endpoint, path="/{name}"):
    async def get(self, path: NamePath) -> str:
        return path.name

    async def put(self, content: bytes, path: NamePath) -> BytesResponse:
        return BytesResponse(content=content, location=Location.from_operation(Names.get, path=path))


class Unmounted(Endpoint, path="/unmounted"):
    async def get(self) -> str:
        return ""


class App(BaseApp):
    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer()

    async def _wire(self) -> None:
        for endpoint in (self.answer, Cafe(), Root(), Names()):
            self._include_endpoint(endpoint)
        for resource in (Books(), Typed(), Counts()):
            self._include_resource(resource)
