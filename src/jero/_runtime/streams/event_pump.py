"""The pump of event streams: headers leave before the first event is there, and comments keep it alive."""

import asyncio
from collections.abc import Awaitable
from typing import override

from jero._runtime.reply import Sink
from jero._runtime.request import Request
from jero._runtime.streams.framings import PING
from jero._runtime.streams.pump import DEPARTURE, Pump, StreamService
from jero.errors import ClientDisconnectedError

_OPENING = 0.05
"""Seconds that the first event may be in coming before the headers leave without it."""


class EventPump(Pump):
    """One event stream on its way to one client; `keepalive` in seconds, None for never."""

    __slots__ = ("_attendant", "_keepalive", "_last_write", "_lock", "_opening")

    def __init__(
        self, stream: object, service: StreamService, request: Request, sink: Sink, keepalive: float | None
    ) -> None:
        super().__init__(stream, service, request, sink)
        self._keepalive = keepalive
        self._lock = asyncio.Lock()  # two tasks send: the pump its events, the attendant the rest
        self._last_write = 0.0
        self._attendant: asyncio.Task[None] | None = None
        self._opening = self._loop.call_later(_OPENING, self._begin_attending)

    @override
    async def serve(self) -> None:
        try:
            await super().serve()
        finally:
            self._opening.cancel()

    def _begin_attending(self) -> None:
        if self._is_pulling and not (self._is_started and self._keepalive is None):
            self._attendant = self._loop.create_task(self._attend())
            self._helpers.append(self._attendant)

    async def _attend(self) -> None:
        try:
            await self._set_up()
            while self._keepalive is not None:
                idle = self._loop.time() - self._last_write
                if idle < self._keepalive:
                    await asyncio.sleep(self._keepalive - idle)
                else:
                    await self._write_in_turn(PING)
        except (OSError, ClientDisconnectedError):
            self.end(DEPARTURE)

    @override
    async def _set_up(self) -> None:
        """Send the headers; the empty piece of body after them is what makes a server let them go."""
        async with self._lock:
            if not self._is_started:
                await super()._start()
                try:
                    await self._write_now(b"")
                except OSError as error:
                    raise ClientDisconnectedError from error

    @override
    async def _start(self) -> None:
        async with self._lock:
            if not self._is_started:
                await super()._start()

    @override
    def _write(self, piece: bytes) -> Awaitable[None] | None:
        if not self._is_immediate:
            return self._write_in_turn(piece)
        self._last_write = self._loop.time()
        waiting = super()._write(piece)
        return None if waiting is None else self._wait_in_turn(waiting)

    async def _wait_in_turn(self, waiting: Awaitable[None]) -> None:
        """Wait for a slow client, to whom no comments are sent meanwhile."""
        async with self._lock:
            await waiting

    async def _write_in_turn(self, piece: bytes) -> None:
        async with self._lock:
            await self._write_now(piece)

    async def _write_now(self, piece: bytes) -> None:
        waiting = self._sink.write(piece)
        if waiting is not None:
            await waiting
        self._last_write = self._loop.time()

    @override
    async def _finish(self) -> None:
        async with self._lock:
            self._stop_helping()
            await super()._finish()

    @override
    def _stop_helping(self) -> None:
        self._opening.cancel()
        if self._attendant is not None:
            self._attendant.cancel()
