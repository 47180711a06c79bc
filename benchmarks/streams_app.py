"""The app that the benchmarks of streams serve: exports, imports and uploads, and streams that clients leave."""

import asyncio
import gc
import types
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from pathlib import Path

from msgspec import Struct

from jero import (
    BaseApp,
    ContentStream,
    Endpoint,
    NDJSONStream,
    NDJSONStreamingResponse,
    SpooledFilePart,
    SSEResponse,
    StreamingResponse,
)

_WAIT_SECONDS = 5.0
torn_down: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


class Row(Struct):
    """A small item."""

    number: int


class Wide(Struct):
    """An item of the size of a database row, some 130 bytes as JSON."""

    id: int
    name: str
    email: str
    price: float
    note: str


class Count(Struct):
    """How many rows a response has."""

    count: int = 1_000_000


class Key(Struct):
    """The stream that is meant."""

    key: str


class Total(Struct):
    """What was counted in a request."""

    items: int
    size: int = 0


class Left(Struct):
    """What this process has open."""

    tasks: int
    descriptors: int
    generators: int


async def scoped[T](key: str, items: AsyncIterator[T]) -> AsyncGenerator[AsyncIterable[T]]:
    """Give the items, and note when they are torn down."""
    try:
        yield items
    finally:
        await asyncio.sleep(0)
        torn_down[key].set()


async def rows(count: int) -> AsyncIterator[Row]:
    """Give so many small rows."""
    for number in range(count):
        yield Row(number)


async def wide_rows(count: int) -> AsyncIterator[Wide]:
    """Give so many rows as a database has them."""
    for number in range(count):
        yield Wide(
            number,
            f"widget {number}",
            "owner@widgets.example",
            number / 7,
            "a note of forty characters, more or less",
        )


async def ticks() -> AsyncIterator[Row]:
    """Give a row now and then, without end."""
    number = 0
    while True:
        yield Row(number)
        number += 1
        await asyncio.sleep(0.005)


async def waits() -> AsyncIterator[Row]:
    """Give a row, and no more."""
    yield Row(0)
    await asyncio.Event().wait()


async def fast() -> AsyncIterator[bytes]:
    """Give bytes without end, as fast as they are taken."""
    while True:
        yield b"x" * 1000


class Rows(Endpoint, path="/rows"):
    """Streams small rows."""

    async def get(self, params: Count) -> NDJSONStreamingResponse[Row]:
        """Give so many."""
        return NDJSONStreamingResponse(stream=rows(params.count))


class Export(Endpoint, path="/export"):
    """Streams rows as a database has them."""

    async def get(self, params: Count) -> NDJSONStreamingResponse[Wide]:
        """Give so many."""
        return NDJSONStreamingResponse(stream=wide_rows(params.count))


class Import(Endpoint, path="/import"):
    """Reads lines."""

    async def post(self, json_stream: NDJSONStream[Wide]) -> Total:
        """Count them."""
        total = Total(0)
        async for row in json_stream:
            total.items += 1
            total.size += row.id
        return total


class Upload(Endpoint, path="/upload"):
    """Reads bytes."""

    async def post(self, content_stream: ContentStream) -> Total:
        """Count them."""
        total = Total(0)
        async for chunk in content_stream:
            total.items += 1
            total.size += len(chunk)
        return total


class FileForm(Struct):
    """A form with a large file."""

    file: SpooledFilePart


class UploadForm(Endpoint, path="/upload-form"):
    """Reads a file of a form."""

    async def post(self, form: FileForm) -> Total:
        """Count its bytes."""
        total = Total(0)
        async for chunk in form.file.iter_chunks():
            total.items += 1
            total.size += len(chunk)
        return total


class Ticks(Endpoint, path="/ticks"):
    """Streams a row now and then."""

    async def get(self, params: Key) -> NDJSONStreamingResponse[Row]:
        """Give them until the client leaves."""
        return NDJSONStreamingResponse(stream=scoped(params.key, ticks()))


class Waits(Endpoint, path="/waits"):
    """Streams one row."""

    async def get(self, params: Key) -> NDJSONStreamingResponse[Row]:
        """Give it, and wait until the client leaves."""
        return NDJSONStreamingResponse(stream=scoped(params.key, waits()))


class Events(Endpoint, path="/events"):
    """Streams one event, and comments."""

    async def get(self, params: Key) -> SSEResponse[Row]:
        """Give them until the client leaves."""
        return SSEResponse(stream=scoped(params.key, waits()), keepalive=0.01)


class Fast(Endpoint, path="/fast"):
    """Streams bytes as fast as they are taken."""

    async def get(self, params: Key) -> StreamingResponse:
        """Give them until the client leaves."""
        return StreamingResponse(stream=scoped(params.key, fast()))


class Ping(Endpoint, path="/ping"):
    """Answers at once."""

    async def get(self) -> None:
        """Answer."""


class TornDown(Endpoint, path="/torn-down"):
    """Tells when a stream is torn down."""

    async def get(self, params: Key) -> None:
        """Answer once the stream is torn down."""
        async with asyncio.timeout(_WAIT_SECONDS):
            await torn_down[params.key].wait()
        del torn_down[params.key]


class WhatIsLeft(Endpoint, path="/left"):
    """Tells what this process has open."""

    def get(self) -> Left:
        """Count it; an open generator of a stream would be one that nobody closes."""
        gc.collect()
        generators = sum(isinstance(found, types.AsyncGeneratorType) for found in gc.get_objects())
        return Left(len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir())), generators)


class App(BaseApp):
    """Serves all of these."""

    async def _wire(self) -> None:
        endpoints = (Rows(), Export(), Import(), Upload(), Ticks(), Waits(), Events(), Fast(), Ping())
        for endpoint in (*endpoints, TornDown(), WhatIsLeft()):
            self._include_endpoint(endpoint)
        self._include_endpoint(UploadForm(), max_form=None)


app = App()
