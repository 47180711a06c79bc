"""A response that flows in pieces of any size: what is sent in one turn of the loop leaves in one write."""

from collections.abc import Awaitable
from typing import override

from jero._http.request import HTTPRequest
from jero._http.sink import HTTPSink
from jero._http.wire import Wire
from jero._runtime.request import HeaderPairs
from jero.limits import KIB

_AT_MOST = 16 * KIB
"""Bytes that are held back for others of the same turn of the loop."""


class JoiningSink(HTTPSink):
    """Joins the pieces that come without a wait: those of an app which is not jero's, and sends each by itself."""

    __slots__ = ("_is_scheduled", "_pieces", "_size")

    def __init__(
        self, wire: Wire, request: HTTPRequest, status: int, headers: HeaderPairs, length: int | None = None
    ) -> None:
        super().__init__(wire, request, status, headers, length)
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_scheduled = False

    @override
    def start(self) -> Awaitable[None] | None:
        """Write the head; it leaves with what follows, when this turn of the loop ends at the latest."""
        self._flush_soon()
        return super().start()

    @override
    def write(self, piece: bytes) -> Awaitable[None] | None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _AT_MOST or self._wire.is_writing_paused or self._wire.is_lost:
            return super().write(self._take())
        self._flush_soon()
        return None

    @override
    def finish(self, piece: bytes) -> Awaitable[None] | None:
        self._pieces.append(piece)
        return super().finish(self._take())

    @override
    def cut_off(self) -> None:
        """Send what is still here, without an end: the client is to see that it is not whole."""
        if not self._wire.is_lost:
            self._send(self._take())

    def _flush_soon(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._wire.loop.call_soon(self._flush_scheduled)

    def _flush_scheduled(self) -> None:
        self._is_scheduled = False
        self.cut_off()

    def _take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        return data
