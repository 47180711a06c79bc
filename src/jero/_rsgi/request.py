"""A request as granian hands it over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import override

from jero._rsgi.connection import Connection, find_connection
from jero._rsgi.headers import WireHeaders
from jero._rsgi.prefix import below
from jero._rsgi.protocol import HTTPProtocol, Scope
from jero._runtime.request import Request, left_early

_UNKNOWN = -1
"""The length of a body that ends where its chunks do."""

_DOUBT_SECONDS = 0.01
"""How long a body of HTTP/2 that seems to have ended may be in turning out to be a client that has left."""


class RSGIRequest(Request):
    """A request of granian, whose path comes decoded; `prefix` is what the app is mounted under."""

    __slots__ = ("_connection", "_left", "_pieces", "has_left", "protocol", "scope")

    def __init__(self, scope: Scope, protocol: HTTPProtocol, prefix: str) -> None:
        path = scope.path
        if prefix:
            path = below(prefix, path)
        if not path.isascii() and "\ufffd" in path:
            path = path.replace("\ufffd", "\0")  # stands for what was no UTF-8: as a NUL, it matches nothing
        self.root_path = prefix
        self.path = path
        self.method: str = scope.method
        self.query: bytes = scope.query_string.encode("latin-1")
        self.headers = WireHeaders(scope.headers)
        self.streams_body = False
        self.endings = None
        self.has_left = False
        self.scope = scope
        self.protocol = protocol
        self._pieces: AsyncIterator[bytes] | None = None
        self._left = 0
        self._connection: Connection | None = None

    @override
    async def receive_body(self) -> tuple[bytes, bool]:
        pieces = self._pieces
        if pieces is None:
            self._left = self._declared_length()
            if self._left == _UNKNOWN and self._is_http1:
                self.find_connection()  # while it is there: it tells at the end whether the client is
            pieces = self._pieces = aiter(self.protocol)
        if not self._left:
            return b"", False
        try:
            piece = await anext(pieces)
            if self._left == _UNKNOWN:
                return (piece, True) if piece else await self._end(pieces)
            if not piece:  # what is still to come does not
                raise left_early()
        except (RuntimeError, StopAsyncIteration) as error:
            raise left_early() from error
        self._left = max(self._left - len(piece), 0)
        return piece, self._left > 0

    def find_connection(self) -> Connection | None:
        """Give the connection, where it can be found; `close` closes it."""
        if self._connection is None:
            self._connection = find_connection(self.scope.client)
        return self._connection

    def close(self) -> None:
        """Let go of what was found of the connection."""
        if self._connection is not None:
            self._connection.close()

    @property
    def _is_http1(self) -> bool:
        return self.scope.http_version.startswith("1")

    def _declared_length(self) -> int:
        headers = self.scope.headers
        if headers.get("transfer-encoding") is not None:
            return _UNKNOWN
        declared = headers.get("content-length")
        if declared is not None:
            return int(declared)  # granian has refused what is no number
        return 0 if self._is_http1 else _UNKNOWN  # HTTP/2 need not announce a body

    async def _end(self, pieces: AsyncIterator[bytes]) -> tuple[bytes, bool]:
        """Tell a body's end from its breaking off: granian gives an empty piece for both, and sometimes two."""
        try:
            await anext(pieces)  # without a default: granian 2.8.7 crashes on `anext(pieces, None)`
            gives_another = True
        except StopAsyncIteration:
            gives_another = False
        if self._is_http1:
            if gives_another or (self._connection is not None and self._connection.has_hung_up):
                raise left_early()
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(_DOUBT_SECONDS):
                    await self.wait_disconnect()
                raise left_early()
        self._left = 0
        return b"", False

    @override
    async def wait_disconnect(self) -> None:
        await self.protocol.client_disconnect()
        self.has_left = True
