"""Scenarios a to d as an ASGI application written by hand, flat, with nothing made twice: the floor for one request.

`peers/asgi_floor.py` is the floor for servers, and written to be read. Here a call more or less shows, so every
handler is one coroutine, and the wrong cases that `jero_app` refuses are refused with a bare status.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from models import ROWS, TOKEN, WIDGET, Movie, Search

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

_encode = msgspec.json.Encoder().encode
_decode_movie = msgspec.json.Decoder(Movie).decode
_TYPE = (b"content-type", b"application/json")
_TOKEN = TOKEN.encode()
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


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
    body = _encode(WIDGET)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [_TYPE, (b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


async def _search(scope: Message, receive: Receive, send: Send) -> None:
    _ = receive
    q, page, in_stock = "", 1, False
    try:
        widget_id = int(scope["path"][9:])
    except ValueError:
        return await _refuse(send, 404)
    query: str = scope["query_string"].decode()
    try:
        for pair in query.split("&") if query else ():
            name, _, value = pair.partition("=")
            if "%" in value or "+" in value:
                value = unquote_plus(value, errors="strict")
            if name == "q":
                q = value
            elif name == "page":
                page = int(value)
            elif name == "in_stock":
                in_stock = _BOOLEANS[value.lower()]
    except (ValueError, KeyError):
        return await _refuse(send, 400)
    body = _encode(Search(widget_id, q, page, in_stock))
    await send(
        {"type": "http.response.start", "status": 200, "headers": [_TYPE, (b"content-length", b"%d" % len(body))]}
    )
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
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    try:
        movie = _decode_movie(body)
    except msgspec.ValidationError:
        return await _refuse(send, 422)
    except msgspec.DecodeError:
        return await _refuse(send, 400)
    body = _encode(movie)
    await send(
        {"type": "http.response.start", "status": 201, "headers": [_TYPE, (b"content-length", b"%d" % len(body))]}
    )
    return await send({"type": "http.response.body", "body": body})


async def _rows(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    body = _encode(ROWS)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [_TYPE, (b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


async def _not_found(scope: Message, receive: Receive, send: Send) -> None:
    _ = scope, receive
    await _refuse(send, 404)


_ROUTES = {("GET", "/widget"): _widget, ("POST", "/movies"): _create, ("GET", "/rows"): _rows}


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
