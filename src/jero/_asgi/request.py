"""A request as an ASGI server hands it over, and the one place that waits for its messages."""

import asyncio
from collections.abc import Iterable
from typing import override

from jero._asgi.messages import Message, Receive, Scope, report
from jero._runtime.request import Request
from jero.errors import ClientDisconnectedError


class ASGIRequest(Request):
    """A request of an ASGI server. It matches on `raw_path` where the server gives it, else on `path` as decoded."""

    __slots__ = ("_ahead", "_receive", "_scope", "_taken", "_turn", "is_encoded")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        raw_path: bytes | None = scope.get("raw_path")
        self.is_encoded = raw_path is not None
        path: str = scope["path"] if raw_path is None else raw_path.decode("latin-1")
        root: str = scope.get("root_path", "")
        if root:
            path = _below(root, path)
        self.root_path = root
        self.path = path
        self.method: str = scope["method"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self.streams_body = False
        self._scope = scope
        self._receive = receive
        self._turn: asyncio.Lock | None = None
        self._taken: asyncio.Event | None = None
        self._ahead: Message | None = None

    @override
    async def receive_body(self) -> tuple[bytes, bool]:
        if self._turn is None:
            message = await self._receive()
        else:
            message = await self._next_in_turn(self._turn)
        if message["type"] != "http.request":
            raise ClientDisconnectedError("the client left while its request was read")
        return message.get("body", b""), message.get("more_body", False)

    @override
    async def wait_disconnect(self) -> None:
        """Wait for `http.disconnect`. Where the handler reads the body meanwhile, take one message ahead of it."""
        if not self.streams_body:
            while (await self._receive())["type"] != "http.disconnect":
                pass
            return
        self._turn, self._taken = asyncio.Lock(), asyncio.Event()
        while True:
            async with self._turn:
                if self._ahead is None:
                    self._ahead = await self._receive()
                    if self._ahead["type"] == "http.disconnect":
                        return
            self._taken.clear()
            await self._taken.wait()

    async def _next_in_turn(self, turn: asyncio.Lock) -> Message:
        async with turn:
            message, self._ahead = self._ahead, None
            if message is None:
                message = await self._receive()
            elif message["type"] == "http.disconnect":
                self._ahead = message
        if self._taken is not None:
            self._taken.set()
        return message

    @override
    def failed(self, error: BaseException) -> None:
        report(self._scope, "request_failed", error)


def _below(root: str, path: str) -> str:
    """Give the path below the prefix that the app is mounted under; servers differ in whether they include it."""
    if path == root:
        return "/"
    return path[len(root) :] if path.startswith(root + "/") else path
