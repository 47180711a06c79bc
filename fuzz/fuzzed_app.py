"""The app that is fuzzed, which reads everything that a client can send, and what drives it without a server."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from jero import (
    BaseApp,
    BytesResponse,
    Endpoint,
    FilePart,
    FormPart,
    JSONResponse,
    Link,
    Location,
    NDJSONStream,
    RawHeaders,
)
from jero._asgi.messages import Message


class Tags(Struct):
    """A query of which only the tags are read."""

    tag: list[str] = []


class Numbers(Struct):
    """Text that becomes values."""

    number: int | None = None
    ratio: float | None = None
    flag: bool | None = None


class Slots(Struct):
    """Two slots."""

    first: str
    second: str


class Cookies(Struct):
    """Headers that may be repeated."""

    cookie: str = ""
    x_item: list[str] = []


class Node(Struct, tag=True):
    """A body with a tree in it."""

    name: str
    children: "list[Node | Leaf]" = []
    ratio: float = 0.0


class Leaf(Struct, tag=True, forbid_unknown_fields=True):
    """An end of the tree."""

    count: int
    labels: dict[str, bool] = {}


class Blobs(Struct):
    """A form that is nothing but bytes."""

    a: list[bytes] = []


class Mixed(Struct):
    """A form of every kind of part."""

    text: str = ""
    number: int = 0
    node: Leaf | None = None
    part: FormPart[bytes] | None = None
    files: list[FilePart] = []


class Seen(Struct):
    """What a form was read as."""

    text: str
    number: int
    part: bytes | None
    files: list[tuple[str, bytes]]


class Queries(Endpoint, path="/queries"):
    """Tells the tags."""

    async def get(self, params: Tags) -> Tags:
        """Give them back."""
        return params


class Values(Endpoint, path="/values"):
    """Tells the values."""

    async def get(self, params: Numbers) -> Numbers:
        """Give them back."""
        return params


class Paths(Endpoint, path="/paths/{first}/{second}"):
    """Tells the slots."""

    async def get(self, path: Slots) -> JSONResponse[Slots]:
        """Give them back, and a link to here."""
        here = Location.from_operation(Paths.get, path=path)
        return JSONResponse(json=path, location=here)


class Heads(Endpoint, path="/headers"):
    """Tells the headers."""

    async def get(self, headers: Cookies, raw_headers: RawHeaders) -> Cookies:
        """Give them back."""
        return headers


class Answers(Endpoint, path="/answers"):
    """Answers with a header and a title of the client's choice."""

    async def post(self, content: bytes) -> BytesResponse:
        """Send them."""
        text = content.decode("utf-8", "surrogateescape")
        name, _, value = text.partition("\0")
        try:
            links = [Link.from_url("/x", rel="next", title=value)]
        except ValueError:
            links = []
        return BytesResponse(content=b"", raw_headers=[(name, value)], links=links)


class Bodies(Endpoint, path="/bodies"):
    """Reads JSON."""

    async def post(self, json: Node | Leaf) -> None:
        """Read it."""


class Lines(Endpoint, path="/lines"):
    """Reads JSON line by line."""

    async def post(self, json_stream: NDJSONStream[Node]) -> None:
        """Read it."""
        async for _ in json_stream:
            pass


class Urlencoded(Endpoint, path="/urlencoded"):
    """Tells the fields of a form."""

    async def post(self, form: Blobs) -> Blobs:
        """Give them back."""
        return form


class Multipart(Endpoint, path="/multipart"):
    """Tells the parts of a form."""

    async def post(self, form: Mixed) -> Seen:
        """Give them back."""
        part = None if form.part is None else form.part.data
        return Seen(form.text, form.number, part, [(file.filename, file.data) for file in form.files])


class App(BaseApp):
    """Reads everything that a client can send."""

    async def _wire(self) -> None:
        for endpoint in (Queries(), Values(), Paths(), Heads(), Answers(), Bodies(), Lines(), Urlencoded()):
            self._include_endpoint(endpoint)
        self._include_endpoint(Multipart())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app has answered."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Driver:
    """Sends requests to one app in one event loop."""

    def __init__(self) -> None:
        self._app = App()
        self._runner = asyncio.Runner()

    def ask(
        self,
        target: bytes,
        *,
        query: bytes = b"",
        headers: Sequence[tuple[bytes, bytes]] = (),
        pieces: Sequence[bytes] | None = None,
    ) -> Answer:
        """Send a request, a POST where it has a body."""
        return self._runner.run(self._ask(target, query, headers, pieces))

    async def _ask(
        self, target: bytes, query: bytes, headers: Sequence[tuple[bytes, bytes]], pieces: Sequence[bytes] | None
    ) -> Answer:
        coming = list(pieces or [b""])
        sent: list[Message] = []

        async def receive() -> Message:
            piece = coming.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(coming)}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Message = {
            "type": "http",
            "method": "GET" if pieces is None else "POST",
            "path": target.decode("latin-1"),
            "raw_path": target,
            "query_string": query,
            "headers": list(headers),
        }
        await self._app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], sent[0]["headers"], body)
