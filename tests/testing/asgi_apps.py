"""Small hand-written ASGI 3 apps that the tests of the test clients drive."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec

type Scope = dict[str, Any]
type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_lifespan(serve: App) -> App:
    """Return an app that serves with `serve` and has a lifespan that just agrees."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
        else:
            await serve(scope, receive, send)

    return app


def sending(*messages: object) -> App:
    """Return an app that sends these messages to every request, right or wrong."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)  # pyright: ignore[reportArgumentType]  # wrong messages are what the tests are about

    return with_lifespan(serve)


def start(status: object = 200, headers: object = ()) -> Message:
    """Return a start of a response."""
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(content: object = b"", *, more: object = False) -> Message:
    """Return a part of a body."""
    return {"type": "http.response.body", "body": content, "more_body": more}


def answering(content: bytes, content_type: str = "text/plain", status: int = 200) -> App:
    """Return an app that answers every request with this response."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(content))]
    return sending(start(status, headers), body(content))


def streaming(chunks: Iterable[bytes], content_type: str) -> App:
    """Return an app that streams these chunks, whole."""
    parts = [body(chunk, more=True) for chunk in chunks]
    return sending(start(200, [(b"content-type", content_type.encode())]), *parts, body())


async def read(receive: Receive) -> tuple[list[Message], bool]:
    """Receive until the end of the body: the messages, and whether the client left before it."""
    messages: list[Message] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] == "http.disconnect":
            return messages, True
        if not message["more_body"]:
            return messages, False


class Echo(msgspec.Struct):
    """What `echo` answers: the request as the app saw it."""

    method: str
    scheme: str
    path: str
    raw_path: str
    query: str
    root_path: str
    server: tuple[str, int | None]
    headers: list[tuple[str, str]]
    body: bytes
    pieces: int

    def header(self, name: str) -> str:
        """Return the one value of a header."""
        (value,) = [value for key, value in self.headers if key == name]
        return value


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    messages, _ = await read(receive)
    seen = Echo(
        method=scope["method"],
        scheme=scope["scheme"],
        path=scope["path"],
        raw_path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        root_path=scope["root_path"],
        server=scope["server"],
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        body=b"".join(message.get("body", b"") for message in messages),
        pieces=len(messages),
    )
    await send(start(200, [(b"content-type", b"application/json")]))
    await send(body(msgspec.json.encode(seen)))


echo = with_lifespan(_echo)


class Ticker:
    """An endless stream of numbered lines; `sent` counts what `send` has accepted, `ended` says it is over.

    It stops where a watching task sees `http.disconnect`, or where `send` raises an `OSError`.
    """

    def __init__(self, content_type: str = "text/plain") -> None:
        """Begin with nothing sent."""
        self.content_type = content_type
        self.sent = 0
        self.ended = False
        self.saw_oserror = False
        self.app = with_lifespan(self._serve)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        watcher = asyncio.create_task(read(receive))
        try:
            await send(start(200, [(b"content-type", self.content_type.encode())]))
            while not (watcher.done() and watcher.result()[1]):
                await send(body(b"%d\n" % self.sent, more=True))
                self.sent += 1
                if watcher.done() and not watcher.result()[1]:
                    watcher = asyncio.create_task(read(receive))
        except OSError:
            self.saw_oserror = True
        finally:
            watcher.cancel()
            self.ended = True
