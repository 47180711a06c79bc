"""The ASGI 3 edge: its messages to requests, replies to its messages, lifespan. Nothing else knows ASGI."""

import logging
from collections.abc import Awaitable

from jero._asgi.messages import Receive, Scope, Send, report
from jero._asgi.request import ASGIRequest
from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs
from jero._runtime.request_log import log_request
from jero._service import Service


class ASGIEdge:
    """Serves one app over ASGI 3 (https://asgi.readthedocs.io/en/latest/specs/www.html)."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope: an HTTP request, the app's lifespan, or a WebSocket, which is refused."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            raise RuntimeError(
                f"the ASGI scope {scope['type']!r} is none that jero serves; it serves http and lifespan"
            )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = ASGIRequest(scope, receive)
        try:
            table = self._service.table or await self._service.start_itself()
            if table is None:
                reply = await self._service.refuse(request)
            else:
                reply = await table.dispatch(request, is_encoded=request.is_encoded)
            if reply is None:
                return
            status, headers, body = reply
            if not isinstance(body, bytes):
                if request.method != "HEAD":
                    await body.serve(request, _ASGISink(send, status, headers))
                    return
                await body.discard(request)
                body = b""
            elif request.method == "HEAD":
                body = b""
            try:
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": body})
            except OSError:  # ASGI 2.4: how a server says that the client has left
                log_request(logging.DEBUG, "the client left while it was answered", request, None)
        finally:
            if request.endings is not None:
                await request.end()

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._service.start()
        except BaseException as error:  # noqa: BLE001 - also SystemExit: the server is told, and ends itself
            report(scope, "startup_failed", error)
            await send({"type": "lifespan.startup.failed", "message": _first_line(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        try:
            await self._service.stop()
        except BaseException as error:  # noqa: BLE001 - as above
            report(scope, "shutdown_failed", error)
            await send({"type": "lifespan.shutdown.failed", "message": _first_line(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def _first_line(error: BaseException) -> str:
    """Say in one line what servers print: the whole of it is in the log of `jero` already."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]


class _ASGISink:
    """Sends a response that flows as ASGI messages."""

    __slots__ = ("_headers", "_send", "_status")

    def __init__(self, send: Send, status: int, headers: HeaderPairs) -> None:
        self._send = send
        self._status = status
        self._headers = headers

    def start(self) -> Awaitable[None]:
        return self._send({"type": "http.response.start", "status": self._status, "headers": self._headers})

    def write(self, chunk: bytes) -> Awaitable[None]:
        return self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    def finish(self) -> Awaitable[None]:
        return self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def answer(self, reply: BufferedReply) -> None:
        status, headers, body = reply
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
