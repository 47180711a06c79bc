"""The app behind the wire tests: it tells what it was given, in the order of its calls, and waits when asked."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta, Struct

from jero import (
    BaseApp,
    BytesResponse,
    ContentStream,
    Endpoint,
    HTTPError,
    NDJSONStreamingResponse,
    RawHeaders,
    StreamingResponse,
)

_STREAM_MEMORY: ContextVar[str] = ContextVar("_STREAM_MEMORY", default="")


class Query(Struct, kw_only=True):
    n: int = -1
    """The number of the request, so that its answer can be told from others'."""
    turns: int = 0
    """How many turns of the loop the handler takes."""
    status: Annotated[int, Meta(ge=200, le=499)] = 200
    items: int = 1
    tag: list[str] = []
    text: str = ""


class ThingPath(Struct):
    name: str
    part: str


class Credentials(Struct):
    authorization: str


class User(Struct):
    name: str


class Seen(Struct, kw_only=True):
    """What a handler was given: all that a request can tell it."""

    operation: str
    query: Query
    slots: list[str] = []
    headers: list[tuple[str, str]] = []
    body: str = ""


class Note(Struct):
    text: str


@dataclass(slots=True)
class Calls:
    """What the handlers were called with, in order, and the gates that some of them wait at."""

    seen: list[Seen] = field(default_factory=list[Seen])
    gates: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])

    def clear(self) -> None:
        """Forget all calls and gates; nobody may be waiting at one."""
        self.seen.clear()
        self.gates.clear()

    def gate(self, n: int) -> asyncio.Event:
        """Give the gate of the request with this number."""
        return self.gates.setdefault(n, asyncio.Event())


async def _see(calls: Calls, seen: Seen) -> Seen:
    calls.seen.append(seen)
    for _ in range(seen.query.turns):
        await asyncio.sleep(0)
    return seen


def _pairs(raw_headers: RawHeaders) -> list[tuple[str, str]]:
    return list(raw_headers)


class Echo(Endpoint, path="/echo"):
    """Tells what it was given, under every verb."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, params: Query, raw_headers: RawHeaders) -> Seen:
        return await _see(self._calls, Seen(operation="get", query=params, headers=_pairs(raw_headers)))

    async def post(self, params: Query, raw_headers: RawHeaders, content: bytes) -> Seen:
        return await self._read("post", params, raw_headers, content)

    async def put(self, params: Query, raw_headers: RawHeaders, content: bytes) -> Seen:
        return await self._read("put", params, raw_headers, content)

    async def patch(self, params: Query, raw_headers: RawHeaders, content: bytes) -> Seen:
        return await self._read("patch", params, raw_headers, content)

    async def delete(self, params: Query, raw_headers: RawHeaders) -> None:
        await _see(self._calls, Seen(operation="delete", query=params, headers=_pairs(raw_headers)))

    async def _read(self, operation: str, params: Query, raw_headers: RawHeaders, content: bytes) -> Seen:
        seen = Seen(operation=operation, query=params, headers=_pairs(raw_headers), body=content.decode("latin-1"))
        return await _see(self._calls, seen)


class Private(Echo, path="/private"):
    """The same, for those who hold the token."""


class Things(Endpoint, path="/things/{name}/{part}"):
    """Tells what its slots held."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, path: ThingPath, params: Query) -> Seen:
        return await _see(self._calls, Seen(operation="things", query=params, slots=[path.name, path.part]))


class Gated(Endpoint, path="/gated"):
    """Answers once the gate of its number is open."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, params: Query) -> Seen:
        seen = await _see(self._calls, Seen(operation="gated", query=params))
        await self._calls.gate(params.n).wait()
        return seen

    async def post(self, params: Query, content_stream: ContentStream) -> Seen:
        """Read the body only once the gate is open."""
        await self._calls.gate(params.n).wait()
        body = b"".join([piece async for piece in content_stream])
        return await _see(self._calls, Seen(operation="gated", query=params, body=body.decode("latin-1")))


class Unread(Endpoint, path="/unread"):
    """Takes a body as a stream, and answers without reading it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def post(self, params: Query, content_stream: ContentStream) -> Seen:
        return await _see(self._calls, Seen(operation="unread", query=params))


class Streams(Endpoint, path="/streams"):
    """Streams lines, or the body that it receives."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, params: Query) -> NDJSONStreamingResponse[Seen]:
        seen = await _see(self._calls, Seen(operation="streams", query=params))

        async def lines() -> AsyncIterator[Seen]:
            for _ in range(params.items):
                for _ in range(params.turns):
                    await asyncio.sleep(0)
                yield seen

        return NDJSONStreamingResponse(stream=lines())

    async def post(self, content_stream: ContentStream) -> StreamingResponse:
        return StreamingResponse(stream=content_stream)

    async def put(self, content_stream: ContentStream) -> StreamingResponse:
        """Stream without reading the body."""

        async def items() -> AsyncIterator[bytes]:
            yield b"item"

        return StreamingResponse(stream=items())


class Broken(Endpoint, path="/broken"):
    """Streams so many items, then fails."""

    async def get(self, params: Query) -> StreamingResponse:
        async def items() -> AsyncIterator[bytes]:
            for _ in range(params.items):
                yield b"item"
            raise RuntimeError("the source broke")

        return StreamingResponse(stream=items())


class Large(Endpoint, path="/large"):
    """Streams pieces of 64 KiB; the trace tells how many were pulled."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, params: Query) -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            for at in range(params.items):
                self._calls.seen.append(Seen(operation="large", query=Query(n=at)))
                yield b"x" * 65_536

        return StreamingResponse(stream=pieces())


class Statuses(Endpoint, path="/statuses"):
    """Answers with the status that is asked for."""

    async def get(self, params: Query) -> BytesResponse:
        if params.status >= 400:
            raise HTTPError(params.status, "as asked")
        return BytesResponse(content=b"body", status_code=params.status)


class Small(Endpoint, path="/small"):
    """Takes bodies of at most ten bytes."""

    async def post(self, content: bytes) -> Note:
        return Note(content.decode("latin-1"))


class Tasks(Endpoint, path="/tasks"):
    """Tells whether the handler runs in a task of its own, in a context of its own, and can be timed out."""

    async def get(self, params: Query) -> Note:
        task = asyncio.current_task()
        before = _STREAM_MEMORY.get()
        _STREAM_MEMORY.set(f"set by {params.n}")
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            return Note(f"{task is not None} {before!r} timed out")
        return Note("not timed out")


class Holder:
    """Knows one token."""

    challenge = "Bearer"

    async def authenticate(self, headers: Credentials) -> User:
        if headers.authorization != "Bearer good":
            raise HTTPError(401, "not you")
        return User("good")


class WireApp(BaseApp):
    """All of these; its `calls` tell what was handled."""

    def __init__(self) -> None:
        self.calls = Calls()
        super().__init__(max_query_pairs=None)

    async def _wire(self) -> None:
        for endpoint in (Echo, Things, Gated, Unread, Streams, Large):
            self._include_endpoint(endpoint(self.calls))
        for endpoint in (Broken, Statuses, Tasks):
            self._include_endpoint(endpoint())
        self._include_endpoint(Small(), max_body=10)
        self._include_endpoint(Private(self.calls), auth=Holder())
