"""Response heads as bytes: status lines, header lines, and the lines that stand in every head."""

import time
from email.utils import formatdate
from http import HTTPStatus

from jero._runtime.request import HeaderPairs

FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
"""Headers that say how a message ends: the connection writes its own."""

CLOSE_PAIR = (b"connection", b"close")
CLOSE = b"connection: close\r\n"
KEEP_ALIVE = b"connection: keep-alive\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
_STATUS_LINES = {status: b"HTTP/1.1 %d %b\r\n" % (status, _PHRASES.get(status, b"")) for status in range(100, 1000)}


def write_head(status: int, headers: HeaderPairs) -> bytes:
    """Give the status line and the header lines, without those that frame a body, and without the empty line."""
    return _STATUS_LINES[status] + b"".join([b"%b: %b\r\n" % pair for pair in headers if pair[0] not in FRAMING])


class StandingLines:
    """The header lines of every response: `date`, written anew each second, and what the server is set to add."""

    __slots__ = ("_has_date", "_others", "_second", "lines")

    def __init__(self, others: HeaderPairs, *, has_date: bool) -> None:
        self._others = b"".join([b"%b: %b\r\n" % pair for pair in others])
        self._has_date = has_date
        self._second: int = 0
        self.lines = self._others
        self.refresh()

    def refresh(self) -> None:
        """Write the date of now (RFC 9110, section 6.6.1)."""
        second = int(time.time())
        if self._has_date and second != self._second:
            self._second = second
            self.lines = b"date: %b\r\n%b" % (formatdate(second, usegmt=True).encode(), self._others)
