"""An app that streams what a test gives it, as lines, events and bytes; and sources that take note of their ends."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from asgi_driver import Driver
from msgspec import Struct

from jero import BaseApp, Endpoint, NDJSONStreamingResponse, SSEResponse, StreamingResponse
from jero.testing import AsyncTestClient

type Source = Callable[[], object]
"""Gives a stream, or what a test wants to see refused."""


class Row(Struct):
    number: int


class Streaming:
    """What streams a source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def rows(self) -> AsyncIterable[Row]:
        """Give what the source gives, as if it were rows."""
        return cast("AsyncIterable[Row]", self._source())  # or what is wrong, on purpose


class Lines(Streaming, Endpoint, path="/lines"):
    async def get(self) -> NDJSONStreamingResponse[Row]:
        return NDJSONStreamingResponse(stream=self.rows())


class Events(Streaming, Endpoint, path="/events"):
    async def get(self) -> SSEResponse[Row]:
        return SSEResponse(stream=self.rows())


class Pinging(Streaming, Endpoint, path="/pinging"):
    """Events with comments between them, which a task of their own sends."""

    async def get(self) -> SSEResponse[Row]:
        return SSEResponse(stream=self.rows(), keepalive=0.001)


class Chunks(Streaming, Endpoint, path="/bytes"):
    async def get(self) -> StreamingResponse:
        return StreamingResponse(stream=cast("AsyncIterable[bytes]", self.rows()))  # as above


class App(BaseApp):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    async def _wire(self) -> None:
        for endpoint in (Lines, Events, Pinging, Chunks):
            self._include_endpoint(endpoint(self._source))


@asynccontextmanager
async def driving(source: Source, path: str) -> AsyncGenerator[Driver]:
    """Run the app around a request that the test drives, and begins."""
    app = App(source)
    async with AsyncTestClient(app):
        yield Driver(app, path)


class Notes:
    """An endless source and its lifecycle, which note what happens to them."""

    def __init__(self, *, waits: bool = True) -> None:
        self.pulled = 0
        self.ends: list[str] = []
        self._waits = waits

    async def lifecycle(self) -> AsyncGenerator[AsyncIterable[Row]]:
        """Give the items, and note how they end."""
        try:
            yield self.items()
        except BaseException as error:
            self.ends.append(type(error).__name__)
            raise
        else:
            self.ends.append("whole")

    async def items(self) -> AsyncIterator[Row]:
        """Give items without end."""
        while True:
            self.pulled += 1
            yield Row(self.pulled)
            if self._waits:
                await asyncio.sleep(0)


async def rows(count: int, *, waits: bool = False) -> AsyncIterator[Row]:
    """Give so many rows."""
    for number in range(count):
        yield Row(number)
        if waits:
            await asyncio.sleep(0)


async def rows_and_a_wait(count: int, ends: list[str]) -> AsyncIterator[Row]:
    """Give so many rows, then wait for what never comes; note the cancellation."""
    for number in range(count):
        yield Row(number)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        ends.append("cancelled")
        raise


class ClosingFails:
    """Rows that are none, and that cannot be closed."""

    def __aiter__(self) -> "ClosingFails":
        return self

    async def __anext__(self) -> Row:
        raise StopAsyncIteration

    async def aclose(self) -> None:
        raise LookupError("gone")


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)
