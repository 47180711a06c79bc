"""Apps that are no bare `BaseApp`: one exchange as ASGI 3 messages, for whatever uvicorn has loaded."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any
from urllib.parse import unquote

from jero._http.joining_sink import JoiningSink
from jero._http.request import HTTPRequest
from jero._http.wire import Wire
from jero._http.worker import Worker
from jero._runtime.problems import problem_reply
from jero._runtime.request import HeaderPairs
from jero._runtime.writers import BODILESS
from jero.errors import ClientDisconnectedError, InternalServerError

logger = logging.getLogger("jero")

type Message = dict[str, Any]  # as ASGI hands it over

_DISCONNECT: Message = {"type": "http.disconnect"}


async def answer_by_asgi(request: HTTPRequest, wire: Wire, worker: Worker) -> None:
    """Serve one exchange to its end by the app that uvicorn has loaded, with all that stands in front of it."""
    messages = _Messages(request, wire)
    try:
        await worker.app(_make_scope(request, worker), messages.receive, messages.send)
        if not request.is_answered and not wire.has_left:
            logger.error("the ASGI app returned without a whole response")
    except Exception:
        logger.exception("the ASGI app failed")
    finally:
        if not request.status and not wire.has_left:
            request.closes = True
            request.send(*problem_reply(InternalServerError()))
        messages.cut_off()
        request.conclude()


def _make_scope(request: HTTPRequest, worker: Worker) -> Message:
    head = request.head
    return {
        "type": "http",
        "asgi": {"version": worker.config.asgi_version, "spec_version": "2.4"},
        "http_version": head.http_version.decode(),
        "server": request.wire.server,
        "client": request.wire.client,
        "scheme": request.wire.scheme,
        "method": request.method,
        "root_path": request.root_path,
        "path": request.root_path + unquote(request.path),
        "raw_path": request.root_path.encode() + request.path.encode(),
        "query_string": request.query,
        "headers": request.headers,
        "state": worker.app_state.copy(),
    }


class _Messages:
    """The messages of one exchange, as the ASGI specification (HTTP, version 2.4) has them."""

    def __init__(self, request: HTTPRequest, wire: Wire) -> None:
        self._request = request
        self._wire = wire
        self._turn = asyncio.Lock()
        self._is_read = False
        self._start: tuple[int, HeaderPairs] | None = None
        self._sink: JoiningSink | None = None
        self._length: int | None = None
        self._sent = 0

    async def receive(self) -> Message:
        async with self._turn:
            if not self._is_read:
                try:
                    body, more = await self._request.receive_body()
                except ClientDisconnectedError:
                    return _DISCONNECT
                self._is_read = not more
                return {"type": "http.request", "body": body, "more_body": more}
            if not self._request.is_answered:
                await self._request.wait_disconnect()
            return _DISCONNECT

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._start is not None:
                raise RuntimeError("http.response.start was sent twice; an exchange has one response")
            pairs = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
            self._start = message["status"], pairs
        elif message["type"] == "http.response.body":
            if self._start is None or self._request.is_answered:
                raise RuntimeError("http.response.body was sent outside of a response; send http.response.start first")
            await self._send_body(*self._start, message.get("body", b""), more=message.get("more_body", False))
        else:
            raise RuntimeError(f"the message {message['type']!r} is none of an HTTP response")

    def cut_off(self) -> None:
        """Send what is still here of a response that has not come to its end."""
        if self._sink is not None and not self._request.is_answered:
            self._sink.cut_off()

    async def _send_body(self, status: int, headers: HeaderPairs, body: bytes, *, more: bool) -> None:
        request = self._request
        if self._sink is None:
            if not more and (request.method != "HEAD" or status in BODILESS):
                request.send(status, headers, body)
                request.leave()
                return
            declared = next((value for name, value in headers if name == b"content-length"), None)
            # An answer to HEAD without a body and a declared length tells nothing about the length.
            self._length = int(declared) if declared is not None else len(body) if body and not more else None
            self._sink = JoiningSink(self._wire, request, status, headers, self._length)
            if request.method != "HEAD":
                await _done(self._sink.start())
        if request.method == "HEAD":
            if not more:
                self._sink.send_head()
                request.leave()
            return
        self._sent += len(body)
        if self._length is not None and (self._sent > self._length or (not more and self._sent < self._length)):
            raise RuntimeError(f"the body has another length than the {self._length} bytes that its headers declare")
        if more:
            await _done(self._sink.write(body))
        else:
            await _done(self._sink.finish(body))
            request.leave()


async def _done(waiting: Awaitable[None] | None) -> None:
    if waiting is not None:
        await waiting
