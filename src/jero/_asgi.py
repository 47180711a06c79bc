"""The ASGI 3 edge: its messages to requests, replies to its messages, lifespan. Nothing else knows ASGI."""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from jero._runtime.request import Request
from jero._service import Service
from jero.errors import ClientDisconnectedError

logger = logging.getLogger("jero")

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]


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
        table = self._service.table or await self._service.start_itself()
        if table is None:
            reply = await self._service.refuse(request)
        else:
            reply = await table.dispatch(request, is_encoded=request.is_encoded)
        if reply is None:
            return
        status, headers, body = reply
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._service.start()
        except BaseException as error:  # noqa: BLE001 - also SystemExit: the server is told, and ends itself
            report(scope, "startup_failed", error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        try:
            await self._service.stop()
        except BaseException as error:  # noqa: BLE001 - as above
            report(scope, "shutdown_failed", error)
            await send({"type": "lifespan.shutdown.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


class ASGIRequest(Request):
    """A request of an ASGI server. It matches on `raw_path` where the server gives it, else on `path` as decoded."""

    __slots__ = ("_receive", "is_encoded")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        raw_path: bytes | None = scope.get("raw_path")
        self.is_encoded = raw_path is not None
        path: str = scope["path"] if raw_path is None else raw_path.decode("latin-1")
        root: str = scope.get("root_path", "")
        if root and path.startswith(root):
            path = path[len(root) :] or "/" if path[len(root) : len(root) + 1] in {"", "/"} else path
        self.root_path = root
        self.path = path
        self.method: str = scope["method"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self._receive = receive

    async def receive_body(self) -> tuple[bytes, bool]:
        """Give the next piece of the body and whether more is to come."""
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientDisconnectedError("the client left while its request was read")
        return message.get("body", b""), message.get("more_body", False)


def report(scope: Scope, event: str, error: BaseException) -> None:
    """Give an error to the test client, where one is driving the app, so that a test sees the original."""
    reporter = scope.get("extensions", {}).get("jero.testing")
    if reporter is not None:
        getattr(reporter, event)(error)
