"""granian as the RSGI edge sees it, in process: what a test hands over, and what comes back."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass, field

from jero import BaseApp
from jero._rsgi.protocol import TextPairs


class FakeHeaders:
    """Headers of a request; those named in `lost` have a value that granian does not hand over."""

    def __init__(self, pairs: TextPairs, lost: Iterable[str] = ()) -> None:
        self._pairs = pairs
        self._names = list(dict.fromkeys([*(name for name, _ in pairs), *lost]))

    def get(self, name: str) -> str | None:
        return next((value for key, value in self._pairs if key == name), None)

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def items(self) -> TextPairs:
        return self._pairs

    def keys(self) -> list[str]:
        return self._names

    def __len__(self) -> int:
        return len(self._names)


@dataclass
class FakeScope:
    """A scope; no connection has its client's address."""

    path: str = "/"
    method: str = "GET"
    headers: FakeHeaders = field(default_factory=lambda: FakeHeaders([]))
    query_string: str = ""
    http_version: str = "1.1"
    client: str = "192.0.2.1:80"
    proto: str = "http"


class ClosedError(RuntimeError):
    """What granian raises where the client has left."""


class FakeTransport:
    """A response that flows; after `accepts` pieces the client has left."""

    def __init__(self, accepts: int | None = None) -> None:
        self.sent: list[bytes] = []
        self._accepts = accepts

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        if len(self.sent) == self._accepts:
            raise ClosedError
        self.sent.append(data)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class FakeProtocol:
    """A protocol: it gives `pieces` of a body, as granian does, and keeps how it was answered."""

    def __init__(self, pieces: Iterable[bytes] = (), *, accepts: int | None = None, has_left: bool = False) -> None:
        self._pieces = deque(pieces)
        self._has_left = has_left
        self.transport = FakeTransport(accepts)
        self.answers: list[tuple[int, TextPairs, bytes | None]] = []

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.popleft()

    async def client_disconnect(self) -> None:
        if not self._has_left:
            await asyncio.Event().wait()

    def response_empty(self, status: int, headers: TextPairs) -> None:
        self._answer(status, headers, b"")

    def response_bytes(self, status: int, headers: TextPairs, body: bytes) -> None:
        self._answer(status, headers, body)

    def response_stream(self, status: int, headers: TextPairs) -> FakeTransport:
        self._answer(status, headers, None)
        return self.transport

    def _answer(self, status: int, headers: TextPairs, body: bytes | None) -> None:
        if self._has_left:
            raise ClosedError
        self.answers.append((status, headers, body))


class FakeWebSocket:
    """A WebSocket that waits to be accepted."""

    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


async def ask(app: BaseApp, scope: FakeScope, protocol: FakeProtocol | None = None) -> FakeProtocol:
    """Send a request to an app, which starts itself where it has not been started."""
    protocol = protocol or FakeProtocol()
    await app.__rsgi__(scope, protocol)
    return protocol
