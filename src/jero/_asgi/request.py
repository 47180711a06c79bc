"""A request as an ASGI server hands it over."""

from collections.abc import Iterable
from typing import override

from jero._asgi.body_relay import BodyRelay
from jero._asgi.messages import Receive, Scope, report
from jero._runtime.request import Request, left_early


class ASGIRequest(Request):
    """A request of an ASGI server. It matches on `raw_path` where there is one, else on `path` as decoded."""

    __slots__ = ("_receive", "_relay", "_scope", "is_encoded")

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
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self.headers = headers if type(headers) is list else [*headers]  # an iterable may be read only once
        self.streams_body = False
        self.endings = None
        self._scope = scope
        self._receive = receive
        self._relay: BodyRelay | None = None

    @override
    async def receive_body(self) -> tuple[bytes, bool]:
        message = await (self._shared_relay().take() if self.streams_body else self._receive())
        if message["type"] != "http.request":
            raise left_early()
        return message.get("body", b""), message.get("more_body", False)

    @override
    async def wait_disconnect(self) -> None:
        """Wait for `http.disconnect`, beside a handler that reads the body where it does."""
        if self.streams_body:
            await self._shared_relay().wait_disconnect()
            return
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _shared_relay(self) -> BodyRelay:
        if self._relay is None:
            self._relay = BodyRelay(self._receive)
        return self._relay

    @override
    def failed(self, error: BaseException) -> None:
        report(self._scope, "request_failed", error)


def _below(root: str, path: str) -> str:
    """Give the path below the prefix that the app is mounted under; not every server includes it."""
    if path == root:
        return "/"
    return path[len(root) :] if path.startswith(root + "/") else path
