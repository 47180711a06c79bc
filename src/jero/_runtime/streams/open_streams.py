"""The streams that are open, so that a shutdown can end them."""

import asyncio
from contextlib import suppress
from typing import Protocol

SHUTDOWN = "the server is shutting down"


class OpenStream(Protocol):
    """A stream on its way to a client."""

    def end(self, reason: str) -> None:
        """End it early; its teardown runs."""
        ...


class OpenStreams:
    """The open streams of one app. Once it is closing, a stream that opens is ended at once."""

    __slots__ = ("_are_closed", "_is_closing", "_streams")

    def __init__(self) -> None:
        self._streams: set[OpenStream] = set()
        self._is_closing = False
        self._are_closed: asyncio.Event | None = None

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def add(self, stream: OpenStream) -> None:
        """Count a stream in."""
        self._streams.add(stream)
        if self._is_closing:
            stream.end(SHUTDOWN)

    def discard(self, stream: OpenStream) -> None:
        """Count a stream out, its teardown done."""
        self._streams.discard(stream)
        if self._are_closed is not None and not self._streams:
            self._are_closed.set()

    def end_all(self) -> None:
        """End every stream, and those that are still to open."""
        self._is_closing = True
        for stream in list(self._streams):
            stream.end(SHUTDOWN)

    async def wait_closed(self, seconds: float | None) -> int:
        """Wait until every teardown is done, at most so many seconds (None: ever); give how many are not."""
        if self._streams:
            self._are_closed = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._are_closed.wait()
        return len(self._streams)
