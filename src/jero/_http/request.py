"""One exchange: a request as its connection hands it over, and the one response that it is to have."""

import asyncio
from collections.abc import Callable
from typing import cast, override

import zttp

from jero._http.heads import CLOSE, CLOSE_PAIR, CONTINUE, KEEP_ALIVE, write_head
from jero._http.wire import Wire
from jero._runtime.request import HeaderPairs, Request, left_early
from jero._runtime.writers import BODILESS, SHORT
from jero.limits import KIB

MAX_DRAINED = 64 * KIB
"""Bytes of a body nobody has read that are read and dropped, so that the connection can be kept."""
_MAX_WAITING = 64 * KIB
"""Bytes of a body that wait for the handler; beyond, the connection reads no more."""

METHODS = {name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
_RESET_CONTENT = 205
_LENGTH_LINES = tuple(b"content-length: %d\r\n\r\n" % length for length in range(SHORT))
"""The last line of a head, and its end, by the length of a short body."""


class HTTPRequest(Request):
    """A request on a connection, and how it is answered.

    A route answers with one call: `send_head_and_body`, `send_bodiless` or `send`. A response that flows begins with
    `begin_flow`. `conclude` is called when all is done, whatever happened.
    """

    __slots__ = (
        "_arrival",
        "_expects_continue",
        "_pieces",
        "_size",
        "closes",
        "head",
        "is_started",
        "is_usual",
        "is_whole",
        "length",
        "status",
        "whole",
        "wire",
    )

    def __init__(self, wire: Wire, head: zttp.Request, *, closes: bool) -> None:
        self.wire = wire
        self.head = head
        self.closes = closes
        """Whether the connection ends with this exchange."""
        self.is_usual = head.http_version == b"1.1" and head.method != b"HEAD"
        """Whether a whole answer needs no header line of the connection's, and has its body."""
        self.status = 0
        """The status that was sent: 0 before, and less than 0 while a response flows."""
        self.is_whole = head.end_stream
        """Whether the whole request is there."""

    def __getattr__(self, name: str) -> object:
        """Give what is set only where it was asked for, or differs from this: most routes ask for little of it."""
        make = _MADE_LATE.get(name)
        if make is None:
            raise AttributeError(f"'HTTPRequest' object has no attribute {name!r}")
        value = make(self)
        setattr(self, name, value)
        return value

    def expect_body(self, length: int) -> None:
        """Take note that a body follows, of so many bytes; -1 where its chunks will tell."""
        self.length = length
        self.is_started = False
        """Whether the request is being served, or has been."""
        self.whole = b""
        """The body, where it came at once with its head."""
        self._pieces: list[bytes] = []
        self._size = 0
        self._arrival: asyncio.Future[None] | None = None
        self._expects_continue = self.head.expect_continue and self.head.http_version != b"1.0"

    def take_whole(self, body: bytes) -> None:
        """Take a body that came at once with its head."""
        self.length = len(body)
        self.whole = body
        self.is_whole = True

    @property
    @override
    def headers(self) -> HeaderPairs:  # pyright: ignore[reportIncompatibleVariableOverride] - read only, made late
        """The pairs as sent, names in lower case: made where they are asked for, since not every route asks."""
        return cast("zttp.HeaderBlock", self.head.headers).to_list(lowercase_names=True)  # of HTTP/1.1

    @property
    def is_answered(self) -> bool:
        """Whether the whole response has been handed over to the connection."""
        return self.status > 0

    @property
    def is_coming(self) -> bool:
        """Whether the client is still sending the body."""
        return not self.is_whole and not self._expects_continue

    # The body, from the connection to the handler.

    @override
    async def receive_body(self) -> tuple[bytes, bool]:
        if self.head.end_stream:
            return b"", False
        while not self.is_whole and not self._pieces:
            if self.wire.has_left:
                raise left_early()
            if self._expects_continue:
                self._expects_continue = False
                if not self.status:
                    self.wire.write(CONTINUE)
            self.wire.resume_reading()
            self._arrival = self.wire.loop.create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None
        return self.take_body(), not self.is_whole

    def take_body(self) -> bytes:
        """Take what has come of the body: all of it, where `is_whole`."""
        if self.head.end_stream:
            return b""
        if self.whole:
            body, self.whole = self.whole, b""
            return body
        pieces = self._pieces
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        if self._size:
            self._size = 0
            self.wire.resume_reading()
        return body

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body that has come."""
        self._expects_continue = False
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > _MAX_WAITING and not self.is_whole:
            self.wire.pause_reading()
        if self._arrival is not None:
            self.wake()

    def complete(self) -> None:
        """Take note that the whole body has come."""
        self.is_whole = True
        if self._arrival is not None:
            self.wake()

    def wake(self) -> None:
        """Have whoever waits for the body look again."""
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def leave(self) -> None:
        """Tell who waits that the client has left."""
        self.wire.tell_departure()
        if not self.is_whole:
            self.wake()

    @override
    async def wait_disconnect(self) -> None:
        await self.wire.wait_departure()

    # The response, from the route to the connection.

    def send(self, status: int, headers: HeaderPairs, body: bytes) -> None:
        """Send a whole response. Headers that frame a body are this method's own; `connection: close` is honoured."""
        if CLOSE_PAIR in headers:
            self.closes = True
        if status in BODILESS:
            self.send_bodiless(status, write_head(status, headers))
        else:
            self.send_head_and_body(status, write_head(status, headers), body)

    def send_head_and_body(self, status: int, head: bytes, body: bytes) -> None:
        """Send a whole response: `head` is the status line and header lines, without any that frames the body."""
        wire = self.wire
        size = len(body)
        if self.is_usual and wire.is_usual and self.is_whole and not self.closes and size < SHORT:
            self.status = status
            wire.write_soon(b"".join((head, wire.standing.lines, _LENGTH_LINES[size], body)))
            return
        ending = self.begin(status)
        wire.write_soon(
            b"%b%bcontent-length: %d\r\n%b\r\n%b"
            % (head, wire.standing.lines, size, ending, b"" if self.method == "HEAD" else body)
        )

    def send_bodiless(self, status: int, head: bytes) -> None:
        """Send a whole response whose status has no body; a 205 says that it is empty (RFC 9110, section 15.3.6)."""
        ending = self.begin(status)
        if status == _RESET_CONTENT:
            ending += b"content-length: 0\r\n"
        self.wire.write_soon(b"%b%b%b\r\n" % (head, self.wire.standing.lines, ending))

    def begin(self, status: int, *, reads_on: bool = False) -> bytes:
        """Begin a response: decide whether the connection is kept after it, and give the header line that says so.

        `reads_on` says that the rest of the body is read while the response flows.
        """
        self.status = status
        wire = self.wire
        if wire.log_access is not None:
            wire.log_access(self, status)
        if wire.keeps_alive and not self.closes and (self.is_whole or reads_on or self._can_be_drained()):
            return KEEP_ALIVE if self.head.http_version == b"1.0" else b""
        self.closes = True
        return CLOSE

    def begin_flow(self, status: int) -> bytes:
        """Begin a response that flows, as `begin` does."""
        ending = self.begin(status, reads_on=self.streams_body)
        self.status = -status
        return ending

    def finish_flow(self) -> None:
        """Take note that a response that flows has come to its end."""
        self.status = abs(self.status)

    def conclude(self) -> None:
        """End the exchange: the response has been sent, or there is to be none."""
        self.wire.conclude(self)

    def _can_be_drained(self) -> bool:
        """Say whether the rest of a body nobody has read is small, and on its way."""
        return 0 <= self.length <= MAX_DRAINED and not self._expects_continue


def _method(request: HTTPRequest) -> str:
    method = request.head.method
    return METHODS.get(method) or method.decode("latin-1")


_MADE_LATE: dict[str, Callable[[HTTPRequest], object]] = {
    "_expects_continue": lambda _request: False,
    "_pieces": lambda _request: [],
    "_size": lambda _request: 0,
    "_arrival": lambda _request: None,
    "endings": lambda _request: None,
    "method": _method,
    "path": lambda request: request.head.path.decode(),
    "query": lambda request: request.head.query,
    "root_path": lambda request: request.wire.root_path,
    "streams_body": lambda _request: False,
}
