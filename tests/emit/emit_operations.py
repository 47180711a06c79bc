"""Operations that stand for all: one for each source, return and limit that gives a route other lines."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from jero import (
    ContentStream,
    Endpoint,
    FilePart,
    JSONResponse,
    NDJSONStream,
    NDJSONStreamingResponse,
    RawHeaders,
    Resource,
    SSEResponse,
)
from jero._plan import OperationPlan
from jero._wiring.compiler import compile_app
from jero._wiring.faults import Faults
from jero._wiring.mounts import ENDPOINT, RESOURCE, Mount
from jero.auth import AnyAuthenticator
from jero.limits import LimitOverrides, Limits


class Movie(Struct):
    title: str
    year: int


class Missing(Struct, tag=True):
    reason: str


class Found(Struct, tag=True):
    movie: Movie


class Number(Struct):
    number: int


class Shelf(Struct):
    shelf: str
    number: int
    is_open: bool


class Copy(Struct):
    shelf: str
    copy_id: UUID


class Plain(Struct):
    text: str
    size: int = 10
    ratio: float | None = 1.5
    is_open: bool = False
    page: int | str | UnsetType = UNSET


class Renamed(Struct, rename="camel", kw_only=True):
    page_size: int
    sort_by: str = "name"


class Constrained(Struct):
    size: Annotated[int, Meta(ge=1)] = 1
    text: str = ""


class Lists(Struct):
    tag: list[str] = []
    number: list[int] = []


class Many(Struct):
    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0
    e: int = 0
    f: int = 0
    g: int = 0
    h: int = 0
    i: int = 0


class OnlyKnown(Struct, forbid_unknown_fields=True):
    size: int = 1


class Traced(Struct):
    x_trace_id: str
    x_depth: int
    x_ratio: float | None = None
    x_fresh: bool = False


class WithCookie(Struct):
    cookie: str = ""


class HeaderLists(Struct):
    accept: list[str] = []


class Bearer(Struct):
    authorization: str


class Person(Struct):
    name: str


class Machine(Struct):
    serial: int


class Upload(Struct):
    title: str
    file: FilePart


class NoSources(Endpoint, path="/movies"):
    async def get(self) -> Movie: ...


class PathInt(Endpoint, path="/movies/{number}"):
    async def get(self, path: Number) -> Movie: ...


class PathPlain(Endpoint, path="/{shelf}/{number}/{is_open}"):
    async def get(self, path: Shelf) -> Movie: ...


class PathUUID(Resource, path="/shelves/{shelf}/copies"):
    async def read_one(self, path: Copy) -> Movie: ...


class ParamsPlain(Endpoint, path="/movies"):
    async def get(self, params: Plain) -> Movie: ...


class ParamsRenamed(Endpoint, path="/movies"):
    async def get(self, params: Renamed) -> Movie: ...


class ParamsConstrained(Endpoint, path="/movies"):
    async def get(self, params: Constrained) -> Movie: ...


class ParamsLists(Endpoint, path="/movies"):
    async def get(self, params: Lists) -> Movie: ...


class ParamsMany(Endpoint, path="/movies"):
    async def get(self, params: Many) -> Movie: ...


class ParamsOnlyKnown(Endpoint, path="/movies"):
    async def get(self, params: OnlyKnown) -> Movie: ...


class HeadersPlain(Endpoint, path="/movies"):
    async def get(self, headers: Traced) -> Movie: ...


class HeadersCookie(Endpoint, path="/movies"):
    async def get(self, headers: WithCookie) -> Movie: ...


class HeadersLists(Endpoint, path="/movies"):
    async def get(self, headers: HeaderLists) -> Movie: ...


class JSON(Resource, path="/movies"):
    async def create(self, json: Movie) -> Movie: ...


class Content(Endpoint, path="/movies"):
    async def post(self, content: bytes) -> Movie: ...


class Form(Endpoint, path="/movies"):
    async def post(self, form: Upload) -> Movie: ...


class ContentStreamed(Endpoint, path="/movies"):
    async def post(self, content_stream: ContentStream) -> Movie: ...


class JSONStreamed(Endpoint, path="/movies"):
    async def post(self, json_stream: NDJSONStream[Movie]) -> Movie: ...


class Identified(Endpoint, path="/movies"):
    async def get(self, user: Person, raw_headers: RawHeaders) -> Movie: ...


class IdentifiedAsEither(Endpoint, path="/movies"):
    async def get(self, user: Person | Machine) -> Movie: ...


class KeywordOnly(Endpoint, path="/movies/{number}"):
    async def put(self, path: Number, *, params: Renamed, json: Movie) -> Movie: ...


class AllText(Endpoint, path="/movies/{number}"):
    async def patch(self, json: Movie, headers: Traced, params: Plain, path: Number) -> Movie: ...


class Threaded(Endpoint, path="/movies/{number}", threaded=True):
    def put(self, path: Number, *, json: Movie) -> Movie: ...


class Sync(Endpoint, path="/movies"):
    def get(self) -> Movie: ...


class ReturnsText(Endpoint, path="/movies"):
    async def get(self) -> str: ...


class ReturnsBytes(Endpoint, path="/movies"):
    async def get(self) -> bytes: ...


class ReturnsNothing(Endpoint, path="/movies"):
    async def delete(self) -> None: ...


class ReturnsUnion(Endpoint, path="/movies"):
    async def get(self) -> Found | Missing: ...


class ReturnsJSONResponse(Endpoint, path="/movies"):
    async def get(self) -> JSONResponse[Movie]: ...


class ReturnsNDJSON(Endpoint, path="/movies"):
    async def get(self) -> NDJSONStreamingResponse[Movie]: ...


class ReturnsEvents(Endpoint, path="/movies"):
    async def get(self) -> SSEResponse[Movie]: ...


class AsyncAuth:
    challenge = "Bearer"

    async def authenticate(self, headers: Bearer) -> Person: ...


class SyncAuth:
    def authenticate(self, headers: Bearer) -> Person: ...


class EitherAuth:
    async def authenticate(self, headers: Bearer) -> Person | Machine: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """A mount of one operation, with the limits that it is included with."""

    instance: Endpoint | Resource
    auth: AnyAuthenticator | None = None
    limits: LimitOverrides | None = None

    def plan(self) -> OperationPlan:
        """Compile it."""
        shape = RESOURCE if isinstance(self.instance, Resource) else ENDPOINT
        faults = Faults()
        mount = Mount(shape, self.instance, None, self.auth, {**(self.limits or {})}, "")
        (plan,) = compile_app([mount], Limits(), faults)
        faults.raise_if_any()
        return plan


OPERATIONS: dict[str, Recorded] = {
    "no_sources": Recorded(NoSources()),
    "path_int": Recorded(PathInt()),
    "path_plain": Recorded(PathPlain()),
    "path_uuid": Recorded(PathUUID()),
    "params_plain": Recorded(ParamsPlain()),
    "params_renamed": Recorded(ParamsRenamed()),
    "params_constrained": Recorded(ParamsConstrained()),
    "params_lists": Recorded(ParamsLists()),
    "params_many_fields": Recorded(ParamsMany()),
    "params_forbid_unknown": Recorded(ParamsOnlyKnown()),
    "params_few_allowed": Recorded(ParamsPlain(), limits={"max_query": 200, "max_query_pairs": 10}),
    "headers_plain": Recorded(HeadersPlain()),
    "headers_cookie": Recorded(HeadersCookie()),
    "headers_lists": Recorded(HeadersLists()),
    "json": Recorded(JSON()),
    "json_async_auth": Recorded(JSON(), AsyncAuth()),
    "json_sync_auth": Recorded(JSON(), SyncAuth()),
    "json_no_body_limit": Recorded(JSON(), limits={"max_body": None}),
    "json_no_timeout": Recorded(JSON(), limits={"body_timeout": None}),
    "content": Recorded(Content()),
    "content_no_body_limit": Recorded(Content(), limits={"max_body": None}),
    "form": Recorded(Form()),
    "content_stream": Recorded(ContentStreamed()),
    "json_stream": Recorded(JSONStreamed()),
    "user_and_raw_headers": Recorded(Identified(), AsyncAuth()),
    "user_union": Recorded(IdentifiedAsEither(), EitherAuth()),
    "keyword_only": Recorded(KeywordOnly()),
    "all_text": Recorded(AllText()),
    "threaded": Recorded(Threaded()),
    "sync": Recorded(Sync()),
    "returns_text": Recorded(ReturnsText()),
    "returns_bytes": Recorded(ReturnsBytes()),
    "returns_nothing": Recorded(ReturnsNothing()),
    "returns_union": Recorded(ReturnsUnion()),
    "returns_json_response": Recorded(ReturnsJSONResponse()),
    "returns_ndjson": Recorded(ReturnsNDJSON()),
    "returns_events": Recorded(ReturnsEvents()),
}
