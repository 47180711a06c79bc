"""The scenarios as one ASGI function, written by hand: what a framework on ASGI can at best reach.

A call more or less shows where there is no socket, so each handler is one flat coroutine, as far as the answer.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from floor_parts import RefusedError, decode_movie, decoding_status, encode, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item
from msgspec import DecodeError

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Handler = Callable[[Message, Receive, Send], Awaitable[None]]

_HELLO = HELLO.encode()
_TOKEN = TOKEN.encode()
_JSON = (b"content-type", b"application/json")
_NDJSON = (b"content-type", b"application/x-ndjson")
_TEXT = (b"content-type", b"text/plain")


@inspect.markcoroutinefunction  # by this, uvicorn tells ASGI 3 from ASGI 2
def app(scope: Message, receive: Receive, send: Send) -> Awaitable[None]:
    """Serve one request, or run the lifespan."""
    if scope["type"] == "lifespan":
        return _live(receive, send)
    path: str = scope["path"]
    handler = _ROUTES.get((scope["method"], path))
    if handler is None:
        handler = _search if path.startswith("/widgets/") and scope["method"] == "GET" else _not_found
    return handler(scope, receive, send)


async def _widget(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    body = encode(WIDGET)
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _search(scope: Message, receive: Receive, send: Send) -> None:
    _ = receive
    try:
        body = encode(read_search(scope["path"][9:], scope["query_string"].decode("latin-1")))
    except RefusedError as error:
        return await _refuse(send, error.status)
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    return await send({"type": "http.response.body", "body": body})


async def _create(scope: Message, receive: Receive, send: Send) -> None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            if value != _TOKEN:
                return await _refuse(send, 401)
            break
    else:
        return await _refuse(send, 401)
    message = await receive()
    body: bytes = message["body"]
    if message["more_body"]:
        body += await _read_rest(receive)
    try:
        body = encode(decode_movie(body))
    except DecodeError as error:
        return await _refuse(send, decoding_status(error))
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    return await send({"type": "http.response.body", "body": body})


async def _rows(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    body = encode(ROWS)
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": [_NDJSON]})
    async for item in _items():
        await send({"type": "http.response.body", "body": encode(item) + b"\n", "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _items() -> AsyncIterator[Item]:
    for item in ITEMS:
        yield item


async def _upload(scope: Message, receive: Receive, send: Send) -> None:
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    message = await receive()
    body: bytes = message["body"]
    if message["more_body"]:
        body += await _read_rest(receive)
    try:
        body = encode(read_upload(content_type, body))
    except RefusedError as error:
        return await _refuse(send, error.status)
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    return await send({"type": "http.response.body", "body": body})


async def _hello(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    headers = [_TEXT, (b"content-length", b"%d" % len(_HELLO))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _HELLO})


async def _not_found(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await _refuse(send, 404)


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/widget"): _widget,
    ("POST", "/movies"): _create,
    ("GET", "/rows"): _rows,
    ("GET", "/stream"): _stream,
    ("POST", "/upload"): _upload,
    ("GET", "/hello"): _hello,
}


async def _read_rest(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    is_coming = True
    while is_coming:
        message = await receive()
        chunks.append(message["body"])
        is_coming = message["more_body"]
    return b"".join(chunks)


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
