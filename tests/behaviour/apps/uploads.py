"""An app that takes bodies as streams: whole, in part, not at all, and while it answers."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from typing import Annotated

from msgspec import Meta, Struct

from jero import (
    BaseApp,
    ClientDisconnectedError,
    ContentStream,
    Endpoint,
    NDJSONStream,
    NDJSONStreamingResponse,
    StreamingResponse,
)

_WAIT_SECONDS = 10.0


class Line(Struct):
    name: str
    count: Annotated[int, Meta(ge=0)] = 0


class Total(Struct):
    pieces: int
    size: int
    largest: int = 0


class Names(Struct):
    names: list[str]


class Query(Struct):
    trace: str = ""
    size: int = 0
    skip: int = 0


class Told(Struct):
    entries: list[str]


class TraceQuery(Struct):
    waits: bool = True


class TracePath(Struct):
    key: str


traces: defaultdict[str, list[str]] = defaultdict(list)
events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


def tell(key: str, entry: str) -> None:
    traces[key].append(entry)
    events[key].set()


class Contents(Endpoint):
    async def post(self, params: Query, content_stream: ContentStream) -> Total:
        total = Total(0, 0)
        pieces = content_stream.iter_chunks(params.size) if params.size else content_stream
        try:
            async for piece in pieces:
                total.pieces += 1
                total.size += len(piece)
                total.largest = max(total.largest, len(piece))
                tell(params.trace, "read")
        except ClientDisconnectedError:
            tell(params.trace, "the client left")
            raise
        return total


class Echoes(Endpoint, path="/echo"):
    async def post(self, content_stream: ContentStream) -> StreamingResponse:
        return StreamingResponse(stream=content_stream)


class Prefixes(Endpoint, path="/prefix"):
    async def post(self, params: Query, content_stream: ContentStream) -> bytes:
        async for piece in content_stream:
            return piece[: params.size]
        return b""


class Ignored(Endpoint, path="/ignored"):
    async def post(self, content_stream: ContentStream) -> Total:
        return Total(0, 0)


class ContentTwice(Endpoint, path="/content-twice"):
    async def post(self, content_stream: ContentStream) -> bytes:
        first = b"".join([piece async for piece in content_stream])
        return first + b"".join([piece async for piece in content_stream])


class LinesTwice(Endpoint, path="/lines-twice"):
    async def post(self, json_stream: NDJSONStream[Line]) -> Names:
        first = [line.name async for line in json_stream]
        return Names(first + [line.name async for line in json_stream])


class Imports(Endpoint):
    async def post(self, params: Query, json_stream: NDJSONStream[Line]) -> Names:
        names: list[str] = []
        try:
            async for line in json_stream:
                names.append(line.name)
                tell(params.trace, line.name)
        except ClientDisconnectedError:
            tell(params.trace, "the client left")
            raise
        return Names(names)


class Converts(Endpoint):
    async def post(self, params: Query, json_stream: NDJSONStream[Line]) -> NDJSONStreamingResponse[Line]:
        return NDJSONStreamingResponse(stream=self._scoped(params.trace, self._convert(json_stream)))

    async def _convert(self, lines: AsyncIterable[Line]) -> AsyncIterator[Line]:
        async for line in lines:
            yield Line(line.name.upper(), line.count + 1)

    async def _scoped(self, key: str, items: AsyncIterable[Line]) -> AsyncGenerator[AsyncIterable[Line]]:
        try:
            yield items
        except BaseException as error:
            tell(key, f"rolled back: {type(error).__name__}")
            raise
        tell(key, "committed")


class Unread(Endpoint, path="/unread"):
    """Answers without end, and never looks at the body."""

    async def post(self, params: Query, content_stream: ContentStream) -> StreamingResponse:
        return StreamingResponse(stream=self._scoped(params.trace))

    async def _scoped(self, key: str) -> AsyncGenerator[AsyncIterable[bytes]]:
        try:
            yield self._tick()
        finally:
            tell(key, "torn down")

    async def _tick(self) -> AsyncIterator[bytes]:
        while True:
            yield b"tick "
            await asyncio.sleep(0.001)


class Traces(Endpoint, path="/traces/{key}"):
    async def get(self, path: TracePath, params: TraceQuery) -> Told:
        """Tell what happened, once its last entry is there: each trace has an end in its test."""
        async with asyncio.timeout(_WAIT_SECONDS):
            while params.waits and (not traces[path.key] or traces[path.key][-1] in {"read", "a", "b"}):
                events[path.key].clear()
                await events[path.key].wait()
        return Told(traces[path.key])


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Contents(), path="/contents")
        self._include_endpoint(Contents(), path="/small-contents", max_upload=100)
        self._include_endpoint(Contents(), path="/impatient-contents", body_timeout=0.1)
        self._include_endpoint(Imports(), path="/imports")
        self._include_endpoint(Imports(), path="/small-imports", max_upload=100)
        self._include_endpoint(Imports(), path="/short-lines", max_body=40)
        self._include_endpoint(Imports(), path="/impatient-imports", body_timeout=0.1)
        self._include_endpoint(Converts(), path="/convert")
        self._include_endpoint(Converts(), path="/impatient-convert", body_timeout=0.1)
        for endpoint in (Echoes(), Prefixes(), Ignored(), ContentTwice(), LinesTwice(), Unread(), Traces()):
            self._include_endpoint(endpoint)


app = App()
