"""An app that streams without end or pause, and tells how much was pulled from its streams and how many have ended."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

from msgspec import Struct

from jero import BaseApp, Endpoint, StreamingResponse

_WAIT_SECONDS = 10.0
_CHUNK = b"x" * 1000


class Pulled(Struct):
    size: int


class Count(Struct):
    count: int


class Book:
    """What was pulled from all streams together, and how many of them were torn down."""

    def __init__(self) -> None:
        self.pulled = 0
        self.ended = 0
        self._changed = asyncio.Condition()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give bytes without end, and never wait."""
        while True:
            self.pulled += len(_CHUNK)
            yield _CHUNK

    async def scoped(self) -> AsyncGenerator[AsyncIterable[bytes]]:
        """Give the chunks, and note when they are torn down."""
        try:
            yield self.chunks()
        finally:
            async with self._changed:
                self.ended += 1
                self._changed.notify_all()

    async def wait_for(self, ended: int) -> None:
        """Wait until so many streams were torn down."""
        async with asyncio.timeout(_WAIT_SECONDS), self._changed:
            await self._changed.wait_for(lambda: self.ended >= ended)


class Endless(Endpoint, path="/endless"):
    def __init__(self, book: Book) -> None:
        self._book = book

    async def get(self) -> StreamingResponse:
        return StreamingResponse(stream=self._book.scoped())


class PulledSize(Endpoint, path="/pulled"):
    def __init__(self, book: Book) -> None:
        self._book = book

    async def get(self) -> Pulled:
        return Pulled(self._book.pulled)


class Ended(Endpoint, path="/ended"):
    def __init__(self, book: Book) -> None:
        self._book = book

    async def get(self, params: Count) -> Count:
        """Tell how many streams were torn down, once they are as many as asked for."""
        await self._book.wait_for(params.count)
        return Count(self._book.ended)


class App(BaseApp):
    async def _wire(self) -> None:
        book = Book()
        for endpoint in (Endless(book), PulledSize(book), Ended(book)):
            self._include_endpoint(endpoint)


app = App()
