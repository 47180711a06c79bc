"""What leaves a connection: answers joined to one write, the wait for a slow client, the pause in reading."""

import asyncio
from typing import cast

from jero.limits import KIB

_MOST_JOINED = 64
"""Answers that leave in one write."""
_LARGE = 16 * KIB
"""Bytes of one for which no others are waited."""


class Flushes:
    """What the connections of a process have joined in one turn of the loop, sent together at its end."""

    __slots__ = ("_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[Outgoing] = []

    def add(self, connection: "Outgoing") -> None:
        """Send what a connection has joined, once all others have been heard."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(connection)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.flush()


class Outgoing:
    """The sending side of a connection."""

    __slots__ = (
        "_departure",
        "_flushes",
        "_is_corked",
        "_is_reading_paused",
        "_joined",
        "_transport",
        "_writers",
        "has_left",
        "is_lost",
        "is_writing_paused",
        "loop",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, flushes: Flushes) -> None:
        self.loop = loop
        self._flushes = flushes
        self.has_left = False
        """Whether the client has closed its side, or all."""
        self.is_lost = False
        """Whether nothing can be sent any more."""
        self.is_writing_paused = False
        """Whether the client is slow, and what waits for it enough."""
        self._transport: asyncio.Transport
        self._is_corked = False
        """Whether answers are joined: so long as what came in one turn is taken up."""
        self._joined: list[bytes] = []
        self._writers: list[asyncio.Future[None]] = []
        self._departure: asyncio.Future[None] | None = None
        self._is_reading_paused = False

    @property
    def transport(self) -> asyncio.Transport:
        """The transport of the connection."""
        return self._transport

    @property
    def client(self) -> tuple[str, int] | None:
        """The address of the client; None where its socket has none."""
        address = _read_address(self._transport, "peername")
        return None if address is None or address[1] is None else (address[0], address[1])

    @property
    def server(self) -> tuple[str, int | None] | None:
        """The address of the server, the path of a UNIX socket without a port; None where it is not known."""
        return _read_address(self._transport, "sockname")

    @property
    def scheme(self) -> str:
        """What the client connected with: `http`, or `https`."""
        return "http" if self._transport.get_extra_info("sslcontext") is None else "https"

    def write(self, data: bytes) -> None:
        """Send; what comes in one turn of the connection is joined. Nothing happens where it is lost."""
        if self.is_lost:
            return
        if not (self._is_corked or self._joined):
            self._transport.write(data)
            return
        self._joined.append(data)
        if not self._is_corked or len(self._joined) > _MOST_JOINED or len(data) > _LARGE:
            self.flush()

    def write_soon(self, data: bytes) -> None:
        """Send when all that the loop has received is taken up: clients are woken once, not between two requests."""
        if self.is_lost:
            return
        self._joined.append(data)
        if len(data) > _LARGE or len(self._joined) > _MOST_JOINED:
            self.flush()
        elif not self._is_corked and len(self._joined) == 1:
            self._flushes.add(self)

    async def wait_writable(self) -> None:
        """Wait until the client has taken what waits for it. Raises ConnectionResetError where it has left."""
        if self.is_writing_paused and not self.is_lost:
            writer = self.loop.create_future()
            self._writers.append(writer)
            await writer
        if self.is_lost:
            raise ConnectionResetError("the client has left")

    async def wait_departure(self) -> None:
        """Return once the client has left; one such wait at a time."""
        if not self.has_left:
            self._departure = self.loop.create_future()
            try:
                await self._departure
            finally:
                self._departure = None

    def tell_departure(self) -> None:
        """Have that wait return: the client has left, or it does not matter any more."""
        if self._departure is not None and not self._departure.done():
            self._departure.set_result(None)

    def pause_reading(self) -> None:
        """Read no more from the client for now."""
        if not (self._is_reading_paused or self.is_lost):
            self._is_reading_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._is_reading_paused and not self.is_lost:
            self._is_reading_paused = False
            self._transport.resume_reading()

    def _uncork(self) -> None:
        self._is_corked = False
        if self._joined:
            self._flushes.add(self)

    def flush(self) -> None:
        """Send what is joined."""
        joined = self._joined
        if joined and not self.is_lost:
            self._transport.write(joined[0] if len(joined) == 1 else b"".join(joined))
        joined.clear()

    def _wake_writers(self) -> None:
        writers, self._writers = self._writers, []
        for writer in writers:
            if not writer.done():
                writer.set_result(None)


def _read_address(transport: asyncio.Transport, name: str) -> tuple[str, int | None] | None:
    address: object = transport.get_extra_info(name)
    if isinstance(address, tuple):
        host, port, *_ = cast("tuple[str, int]", address)  # of an internet socket; of IPv6 more follows
        return host, port
    return (address, None) if isinstance(address, str) and address else None
