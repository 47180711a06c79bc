"""Context managers that write down what happens to them, and an app's raw ASGI messages."""

from collections.abc import AsyncGenerator, Generator, MutableMapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import Any

from jero._asgi.messages import Message
from jero.app import BaseApp
from jero.lifecycle import BaseFactory

type AnyApp = BaseApp[BaseFactory | None]


class Journal(list[str]):
    """What was opened and closed, in order."""

    def sync(self, name: str, *, fails: BaseException | None = None) -> AbstractContextManager[str]:
        """Give a sync context manager; its closing raises `fails`."""
        return _write_sync(self, name, fails)

    def async_(self, name: str, *, fails: BaseException | None = None) -> AbstractAsyncContextManager[str]:
        """Give an async context manager; its closing raises `fails`."""
        return _write_async(self, name, fails)

    @property
    def closed(self) -> list[str]:
        """The names of what was closed, in order."""
        return [entry.removeprefix("close ") for entry in self if entry.startswith("close ")]


@contextmanager
def _write_sync(journal: Journal, name: str, fails: BaseException | None) -> Generator[str]:
    journal.append(f"open {name}")
    try:
        yield name
    finally:
        journal.append(f"close {name}")
        if fails is not None:
            raise fails


@asynccontextmanager
async def _write_async(journal: Journal, name: str, fails: BaseException | None) -> AsyncGenerator[str]:
    journal.append(f"open {name}")
    try:
        yield name
    finally:
        journal.append(f"close {name}")
        if fails is not None:
            raise fails


class Exchange:
    """Sends one GET to an app as a server without lifespan does."""

    def __init__(self, path: str = "/") -> None:
        self.scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [],
        }
        self.sent: list[Message] = []

    async def run(self, app: AnyApp) -> int:
        """Run the request and give its status."""
        await app(self.scope, self._receive, self._send)
        return self.sent[0]["status"]

    async def _receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
