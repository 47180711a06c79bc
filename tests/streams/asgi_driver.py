"""One request driven by hand, message by message, for what no proper client and no proper server do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type ASGIApp = Callable[
    [Scope, Callable[[], Awaitable[Message]], Callable[[Mapping[str, Any]], Awaitable[None]]], Awaitable[None]
]


class Driver:
    """The server's side of one GET request. It notes what is sent, and how the app waits for messages."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path
        self.sent: list[Mapping[str, Any]] = []
        self.most_receives = 0
        self.most_sends = 0
        self.cancelled_after: int | None = None
        """How many messages had been sent when a `receive()` was cancelled."""
        self.before_send: Callable[[], Awaitable[None]] | None = None
        self.accepts: int | None = None
        """How many messages can be sent before the server says by an OSError that the client has left."""
        self._receives = 0
        self._sends = 0
        self._gone = asyncio.Event()
        self._has_begun = False

    def start(self) -> asyncio.Task[None]:
        """Run the app on the request."""
        return asyncio.ensure_future(self._run())

    def leave(self) -> None:
        """Let the client go away."""
        self._gone.set()

    @property
    def bodies(self) -> list[bytes]:
        """The pieces of body that were sent, empty ones left out."""
        bodies = (message.get("body", b"") for message in self.sent[1:])
        return [body for body in bodies if body]

    @property
    def is_whole(self) -> bool:
        """Whether the body was ended."""
        return self.sent[-1]["type"] == "http.response.body" and not self.sent[-1].get("more_body", False)

    async def _run(self) -> None:
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "method": "GET",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
        }
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        self._receives += 1
        self.most_receives = max(self.most_receives, self._receives)
        try:
            if not self._has_begun:
                self._has_begun = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._gone.wait()
        except asyncio.CancelledError:
            self.cancelled_after = len(self.sent)
            raise
        finally:
            self._receives -= 1
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        self._sends += 1
        self.most_sends = max(self.most_sends, self._sends)
        try:
            if self.before_send is not None:
                await self.before_send()
            if len(self.sent) == self.accepts:
                raise BrokenPipeError
            self.sent.append(message)
        finally:
            self._sends -= 1
