"""The streams that are open, so that a shutdown can end them."""

import asyncio
from typing import Protocol


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

    def add(self, stream: OpenStream) -> None:
        """Count a stream in."""
        self._streams.add(stream)
        if self._is_closing:
            stream.end("the server is shutting down")

    def discard(self, stream: OpenStream) -> None:
        """Count a stream out, its teardown done."""
        self._streams.discard(stream)
        if self._are_closed is not None and not self._streams:
            self._are_closed.set()

    def end_all(self) -> None:
        """End every stream, and those that are still to open."""
        self._is_closing = True
        for stream in list(self._streams):
            stream.end("the server is shutting down")

    async def wait_closed(self, timeout: float | None) -> int:
        """Wait until every teardown is done, at most `timeout` seconds; give how many are not."""
        if self._streams:
            self._are_closed = asyncio.Event()
            try:
                async with asyncio.timeout(timeout):
                    await self._are_closed.wait()
            except TimeoutError:
                pass
        return len(self._streams)
