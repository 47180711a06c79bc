"""The scenarios as one ASGI function, written by hand: what a framework on ASGI can at best reach."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from floor_parts import RefusedError, encode, read_movie, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

_HELLO = HELLO.encode()
_TOKEN = TOKEN.encode()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request, or run the lifespan."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    path: str = scope["path"]
    handler = _ROUTES.get((scope["method"], path))
    if handler is None:
        handler = _search if path.startswith("/widgets/") and scope["method"] == "GET" else _not_found
    try:
        await handler(scope, receive, send)
    except RefusedError as error:
        await _answer(send, error.status, b"text/plain", b"")


async def _widget(scope: Scope, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await _answer(send, 200, b"application/json", encode(WIDGET))


async def _search(scope: Scope, receive: Receive, send: Send) -> None:
    _ = receive
    search = read_search(scope["path"][len("/widgets/") :], scope["query_string"].decode("latin-1"))
    await _answer(send, 200, b"application/json", encode(search))


async def _create(scope: Scope, receive: Receive, send: Send) -> None:
    if _header(scope, b"authorization") != _TOKEN:
        raise RefusedError(401)
    movie = read_movie(await _read(receive))
    await _answer(send, 201, b"application/json", encode(movie))


async def _rows(scope: Scope, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await _answer(send, 200, b"application/json", encode(ROWS))


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    _ = scope, receive
    headers = [(b"content-type", b"application/x-ndjson")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for item in _items():
        await send({"type": "http.response.body", "body": encode(item) + b"\n", "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _items() -> AsyncIterator[Item]:
    for item in ITEMS:
        yield item


async def _upload(scope: Scope, receive: Receive, send: Send) -> None:
    uploaded = read_upload(_header(scope, b"content-type"), await _read(receive))
    await _answer(send, 200, b"application/json", encode(uploaded))


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await _answer(send, 200, b"text/plain", _HELLO)


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    _ = scope, receive, send
    raise RefusedError(404)


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/widget"): _widget,
    ("POST", "/movies"): _create,
    ("GET", "/rows"): _rows,
    ("GET", "/stream"): _stream,
    ("POST", "/upload"): _upload,
    ("GET", "/hello"): _hello,
}


def _header(scope: Scope, wanted: bytes) -> bytes:
    for name, value in scope["headers"]:
        if name == wanted:
            return value
    return b""


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    if not message["more_body"]:
        return body
    chunks = [body]
    while message["more_body"]:
        message = await receive()
        chunks.append(message["body"])
    return b"".join(chunks)


async def _answer(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
