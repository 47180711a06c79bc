"""An app that says what its handlers got, driven in process, by the emitted routes of ASGI and by the plain ones."""

import asyncio
from collections.abc import AsyncIterator, Generator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from jero import BaseApp, Endpoint, HTTPError, JSONResponse, Location, NDJSONStreamingResponse, RawHeaders, Resource

type Message = MutableMapping[str, Any]  # Any: ASGI's messages hold whatever their type says
type Pairs = Sequence[tuple[bytes, bytes]]


class ShelfPath(Struct):
    shelf: str


class MoviePath(ShelfPath):
    number: int


class CopyPath(Struct):
    copy_id: UUID
    is_open: bool


class Plain(Struct):
    text: str = ""
    size: int = 10
    ratio: float | None = None
    is_open: bool | UnsetType = UNSET


class Checked(Struct, rename="camel"):
    page_size: Annotated[int, Meta(ge=1)] = 1
    tag: list[str] = []


class Traced(Struct):
    x_depth: int = 0
    x_name: str | None = None


class TracedLists(Struct):
    x_depth: list[int] = []
    cookie: str | None = None


class Movie(Struct):
    title: str
    year: Annotated[int, Meta(ge=1888)] = 2000


class Bearer(Struct):
    authorization: str


class Person(Struct):
    name: str


class Got(Struct):
    """What a handler got: the repr of each argument."""

    values: list[str]


class Auth:
    challenge = "Bearer"

    async def authenticate(self, headers: Bearer) -> Person:
        if not headers.authorization.startswith("Bearer "):
            raise HTTPError(401, "no bearer")
        return Person(headers.authorization.removeprefix("Bearer "))


class Movies(Resource, path="/shelves/{shelf}/movies"):
    async def create(self, json: Movie, path: ShelfPath, user: Person) -> JSONResponse[Got]:
        at = Location.from_operation(Movies.read_one, path=MoviePath(path.shelf, json.year))
        return JSONResponse(json=Got([repr(json), repr(path), repr(user)]), location=at)

    async def read_one(self, path: MoviePath, params: Plain, headers: Traced) -> Got:
        return Got([repr(path), repr(params), repr(headers)])

    async def read_many(self, params: Checked, headers: TracedLists, path: ShelfPath) -> NDJSONStreamingResponse[Got]:
        async def rows() -> AsyncIterator[Got]:
            for value in (params, headers, path):
                yield Got([repr(value)])

        return NDJSONStreamingResponse(stream=rows())

    async def delete(self, path: MoviePath) -> None:
        if path.number == 1:
            raise HTTPError(409, "the first stays")


class Copies(Endpoint, path="/copies/{copy_id}/{is_open}"):
    def put(self, path: CopyPath, content: bytes, raw_headers: RawHeaders) -> str:
        return f"{path} {content!r} {[*raw_headers]}"

    async def get(self, path: CopyPath) -> bytes:
        raise LookupError("a mistake of the handler")


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Movies(), auth=Auth(), max_body=60)
        self._include_endpoint(Copies())


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the pieces of its body, and whether the client leaves after them instead of ending it.

    `is_gone`: the client has left when it is answered, and the server says so as ASGI 2.4 does.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: Pairs = ()
    pieces: tuple[bytes, ...] = (b"",)
    leaves: bool = False
    is_gone: bool = False

    def scope(self, headers: object) -> Message:
        """Give the scope, with these headers."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": "",  # what is matched is `raw_path`
            "raw_path": self.path,
            "query_string": self.query,
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": None,
        }

    def messages(self) -> list[Message]:
        """Give what `receive` gives."""
        last = len(self.pieces) - 1
        return [
            {"type": "http.request", "body": piece, "more_body": at < last or self.leaves}
            for at, piece in enumerate(self.pieces)
        ]


class Driven:
    """A running app, asked by plain function calls."""

    def __init__(self, app: BaseApp, runner: asyncio.Runner) -> None:
        self._app = app
        self._runner = runner

    def emitted(self, asked: Asked) -> list[Message]:
        """Ask in a way that the routes in ASGI's own dialect serve; give what is sent."""
        return self._runner.run(self._ask(asked, list(asked.headers)))

    def plain(self, asked: Asked) -> list[Message]:
        """Ask in a way that the plain routes serve: ASGI allows any iterable of headers, and few servers use it."""
        return self._runner.run(self._ask(asked, iter(asked.headers)))

    async def _ask(self, asked: Asked, headers: object) -> list[Message]:
        sent: list[Message] = []
        coming = iter(asked.messages())

        async def receive() -> Message:
            message = next(coming, None)
            if message is None and not asked.leaves and not any(it.get("more_body") is False for it in sent):
                await asyncio.Event().wait()  # the client stays until it has its answer
            return message or {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if asked.is_gone:
                raise OSError("the client has left")
            sent.append(message)

        await self._app(asked.scope(headers), receive, send)
        return sent


@contextmanager
def driven(app: BaseApp) -> Generator[Driven]:
    """Run an app's lifespan around the block."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        coming: asyncio.Queue[Message] = asyncio.Queue()
        told: asyncio.Queue[Message] = asyncio.Queue()
        life = loop.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, coming.get, told.put))
        for phase in ("startup", "shutdown"):
            coming.put_nowait({"type": f"lifespan.{phase}"})
            assert runner.run(told.get())["type"] == f"lifespan.{phase}.complete"
            if phase == "startup":
                yield Driven(app, runner)
        loop.run_until_complete(life)
