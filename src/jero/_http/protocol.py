"""One connection: bytes to exchanges, one after the other."""

import asyncio
import math
from typing import cast, override

import zttp

from jero._http import refusals
from jero._http.chunks import Chunks
from jero._http.connection import HEAD_SECONDS, Connection
from jero._http.request import MAX_DRAINED, HTTPRequest
from jero._http.request_heads import check_padding, check_size, is_usual, read_length, read_unusual_path
from jero._http.upgrades import hand_over
from jero.errors import HTTPError
from jero.limits import KIB

_MOST_AHEAD = 64 * KIB
"""Bytes of further requests that are taken in while one is served."""

_NEED_DATA, _Request, _Data, _EndOfMessage = zttp.NEED_DATA, zttp.Request, zttp.Data, zttp.EndOfMessage
_LINE_ENDS = b"\r\n"
_HEAD_END = b"\r\n\r\n"
_SHORTEST_HEAD = len(b"GET / HTTP/1.0\r\n\r\n")


class HTTPProtocol(Connection, asyncio.Protocol):
    """HTTP/1.1 (RFC 9112) for one client, as uvicorn's `http` protocol class.

    Exchanges are served strictly one after the other: the next request of a client that pipelines is parsed when the
    one before it has been answered. A whole request is served in the turn of the loop in which it came, by a task that
    begins at once, and all that is answered in one turn leaves in one write.
    """

    __slots__ = ()

    # What uvicorn and the loop call.

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a stream: the servers make no others
        self._worker.add(self)
        self.deadline = self.loop.time() + HEAD_SECONDS

    @override
    def data_received(self, data: bytes) -> None:
        if (
            self._current is None
            and self._incoming is None
            and not (self._head or self._ahead or self._is_held or self.is_lost)
            and len(data) <= refusals.MAX_REQUEST_LINE
        ):
            end = data.find(_HEAD_END) + 4
            if end >= _SHORTEST_HEAD and data[0] not in _LINE_ENDS:
                self._take_up_one(data, end)
                return
        if self.is_lost or self._failure is not None:  # it is closing, or will: what comes is thrown away
            return
        if self._incoming is None and (self._current is not None or self._ahead or self._is_held):
            self._ahead = self._ahead[self._ahead_at :] + data
            self._ahead_at = 0
            if len(self._ahead) > _MOST_AHEAD:
                self.pause_reading()
            return
        self._is_corked = True
        try:
            self._take_up(data, 0)
        finally:
            self._uncork()

    @override
    def eof_received(self) -> bool:
        """Take it for a departure: what is being answered may still be sent, but a stream ends (not under TLS)."""
        self.has_left = True
        if self._current is not None:
            self._current.leave()
        is_busy = self._current is not None or bool(self._ahead) or self._is_held
        if self._head and not is_busy and not self.is_lost:
            self._end()
        return is_busy and self._transport.get_extra_info("sslcontext") is None

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.has_left = self.is_lost = True
        self.deadline = math.inf
        self._worker.discard(self)
        self._joined.clear()
        if self._current is not None:
            self._current.leave()
        if self._writers:  # after whoever waits for the departure: it may cancel them
            self.loop.call_soon(self._wake_writers)

    @override
    def pause_writing(self) -> None:
        self.is_writing_paused = True

    @override
    def resume_writing(self) -> None:
        self.is_writing_paused = False
        self._wake_writers()
        if self._is_held and not self.is_lost:
            self._is_held = False
            self._go_on()

    def shutdown(self) -> None:
        """Close once what is being answered has been answered; at once where nothing is."""
        self.keeps_alive = self.is_usual = False
        if self._current is None and not self._ahead and not self._is_held and not self.is_lost:
            self._close()

    def expire(self) -> None:
        """End what took longer than it may."""
        self.deadline = math.inf
        if self.is_lost:
            self._transport.close()
        elif self._head:
            self._refuse(refusals.slow_head())
        else:
            self._close()

    # From bytes to exchanges.

    def _take_up_one(self, data: bytes, end: int) -> None:
        """Take up what mostly comes at once: one whole request, its head up to `end`."""
        parser = self._parser
        try:
            raw = data if end == len(data) else data[:end]
            head = parser.receive_event(raw)
            if type(head) is not _Request:
                self._refuse(refusals.malformed_head())
                return
            if is_usual(head) and (self._worker.ws_class is None or parser.upgrade() is None):
                if head.end_stream:
                    fields: zttp.HeaderBlock = head.headers  # pyright: ignore[reportAssignmentType] - of HTTP/1.1
                    if end == len(data) and len(fields.getall(b"content-length")) <= 1:
                        self._start(HTTPRequest(self, head, closes=parser.should_close()))
                        return
                elif read_length(head) == len(data) - end:
                    self._start_with_body(HTTPRequest(self, head, closes=parser.should_close()), data[end:])
                    return
        except zttp.RemoteProtocolError as error:
            self._fail(error)
            return
        except HTTPError as error:
            self._refuse(error, lingers=True)
            return
        self._is_corked = True
        try:
            self._begin(head, raw, data, end)
            if self._is_ready(data, end):
                self._take_up(data, end)
        finally:
            self._uncork()

    def _start_with_body(self, request: HTTPRequest, body: bytes) -> None:
        """Begin an exchange whose whole body is there."""
        event = self._parser.receive_event(body)
        request.take_whole(event.data if type(event) is _Data else b"")
        self._parser.next_event()
        self._start(request)

    @override
    def _take_up(self, data: bytes, at: int) -> None:
        """Take up what has come, from `at` on, until an exchange waits for something.

        The parser is given one message at a time: what follows its end stays here.
        """
        size = len(data)
        is_blank = at == 0
        try:
            while at < size:
                if data[at] in _LINE_ENDS and not self._head and self._incoming is None:
                    at += 1  # empty lines before a request are read over (RFC 9112, section 2.2)
                    continue
                is_blank = False
                at = self._feed_head(data, at) if self._incoming is None else self._feed_body(data, at)
                if not self._is_ready(data, at):
                    return
        except zttp.RemoteProtocolError as error:
            self._fail(error)
            return
        if not is_blank:
            self._rest()

    def _is_ready(self, data: bytes, at: int) -> bool:
        """Say whether what is behind a piece, from `at` on, can be taken up; keep it otherwise."""
        if self.is_lost:
            return False
        if self._head or self._incoming is not None:
            return True
        if self._current is not None or self.is_writing_paused:
            self._keep(data, at)
            return False
        self._parser.start_next_cycle()
        return True

    def _keep(self, data: bytes, at: int) -> None:
        """Keep what is behind a message until what it asks for has been answered, and read."""
        if at < len(data):
            self._ahead, self._ahead_at = data, at
        if self._current is None:
            self._hold()

    def _feed_head(self, data: bytes, at: int) -> int:
        """Give the parser a head, and begin its exchange; give where it ends."""
        end = data.find(b"\r\n\r\n", at) + 4
        if self._head or end < at + 4 or end - at > refusals.MAX_REQUEST_LINE:
            return self._feed_long_head(data, at)
        raw = data if end == len(data) and not at else data[at:end]
        event = self._parser.receive_event(raw)
        if type(event) is _Request:
            self._begin(event, raw, data, end)
        else:
            self._refuse(refusals.malformed_head())
        return end

    def _feed_long_head(self, data: bytes, at: int) -> int:
        """Give the parser a head that comes in pieces, or is long, or what there is of it; give where that ends."""
        head, before = self._head, len(self._head)
        head += data if at == 0 else data[at:]
        found = head.find(_HEAD_END, max(0, before - 3))
        end = len(data) if found < 0 else at + found + 4 - before
        piece = data if end == len(data) and not at else data[at:end]
        del head[before + len(piece) :]
        if len(head) > refusals.MAX_REQUEST_LINE and not self._has_line:
            self._has_line = 0 <= piece.find(b"\n") <= refusals.MAX_REQUEST_LINE
        event = self._parser.receive_event(piece)
        if type(event) is _Request:
            self._begin(event, head, data, end)
        elif found >= 0:
            self._refuse(refusals.malformed_head())
        else:
            self._has_line = self._has_line or b"\n" in piece
            if not before:
                self.deadline = self.loop.time() + HEAD_SECONDS
            if len(head) > refusals.MAX_REQUEST_LINE and not self._has_line:
                self._refuse(refusals.long_request_line(), lingers=True)
            elif len(head) > refusals.MAX_REQUEST_LINE + refusals.MAX_HEADERS:
                self._refuse(refusals.large_headers(), lingers=True)
        return end

    def _begin(self, head: zttp.Request, raw: bytes | bytearray, data: bytes, end: int) -> None:
        """Begin the exchange of a head, `raw` as it came: refuse it, hand it over, serve it, or wait for its body."""
        worker = self._worker
        try:
            path = read_unusual_path(head)
            if len(raw) > refusals.MAX_HEADERS:
                check_size(head)
            length = read_length(head)
            if length < 0:
                check_padding(raw)
                self._chunks = Chunks()
        except HTTPError as error:
            self._refuse(error, lingers=True)
            return
        if self._head:
            self._head.clear()
            self._has_line = False
        if worker.ws_class is not None and self._parser.upgrade() is not None:
            self.flush()
            if hand_over(self, head, worker, data[end:]):
                self.is_lost = True
                return
        request = HTTPRequest(self, head, closes=self._parser.should_close())
        if path is not None:
            request.path = path
        if request.is_whole:
            self._start(request)
        else:
            request.expect_body(length)
            self._left, self._dropped = length, 0
            self._incoming = request

    def _feed_body(self, data: bytes, at: int) -> int:
        """Give the parser what there is of a body, and its exchange what comes out; give where that ends."""
        parser, incoming = self._parser, self._incoming
        if self._left < 0:
            end = self._chunks.find_end(data, at)
        else:
            end = min(len(data), at + self._left)
            self._left -= end - at
        event = parser.receive_event(data[at:end])
        while event is not _NEED_DATA and incoming is not None:
            if type(event) is _Data:
                if not incoming.is_started or self._current is incoming:
                    incoming.feed(event.data)
                elif not self._drop(len(event.data)):
                    break
            elif type(event) is _EndOfMessage:
                self._incoming = None
                incoming.complete()
                if not incoming.is_started:
                    self._start(incoming)
                break
            event = parser.next_event()
        return end

    def _drop(self, size: int) -> bool:
        """Throw away a piece of a body that nobody reads; False, and the end of the connection, where it is enough."""
        self._dropped += size
        if self._dropped > MAX_DRAINED:
            self._close(lingers=True)
        return not self.is_lost
