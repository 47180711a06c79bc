"""The scenarios as one RSGI application, written by hand: what a framework on granian can at best reach.

A call more or less shows where there is no socket, so each handler is one flat coroutine, as far as the answer.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from floor_parts import RefusedError, decode_movie, decoding_status, encode, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item
from msgspec import DecodeError

# granian's scope and protocol are Rust objects without public types.
type Scope = Any
type Protocol = Any
type Handler = Callable[[Scope, Protocol], Coroutine[Any, Any, None]]

_HELLO = HELLO.encode()
_JSON = [("content-type", "application/json")]
_NDJSON = [("content-type", "application/x-ndjson")]
_TEXT = [("content-type", "text/plain")]


class _App:
    """The RSGI application."""

    @inspect.markcoroutinefunction
    def __rsgi__(self, scope: Scope, protocol: Protocol) -> Coroutine[Any, Any, None]:
        path: str = scope.path
        method: str = scope.method
        handler = _ROUTES.get((method, path))
        if handler is None:
            handler = _search if path.startswith("/widgets/") and method == "GET" else _not_found
        return handler(scope, protocol)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        pass

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        pass


async def _widget(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_bytes(200, _JSON, encode(WIDGET))


async def _search(scope: Scope, protocol: Protocol) -> None:
    try:
        search = read_search(scope.path[9:], scope.query_string)
    except RefusedError as error:
        protocol.response_empty(error.status, [])
    else:
        protocol.response_bytes(200, _JSON, encode(search))


async def _create(scope: Scope, protocol: Protocol) -> None:
    if scope.headers.get("authorization") != TOKEN:
        protocol.response_empty(401, [])
        return
    try:
        movie = decode_movie(await protocol())
    except DecodeError as error:
        protocol.response_empty(decoding_status(error), [])
    else:
        protocol.response_bytes(201, _JSON, encode(movie))


async def _rows(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_bytes(200, _JSON, encode(ROWS))


async def _stream(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    transport = protocol.response_stream(200, _NDJSON)
    async for item in _items():
        await transport.send_bytes(encode(item) + b"\n")


async def _items() -> AsyncIterator[Item]:
    for item in ITEMS:
        yield item


async def _upload(scope: Scope, protocol: Protocol) -> None:
    content_type = scope.headers.get("content-type") or ""
    try:
        uploaded = read_upload(content_type.encode("latin-1"), await protocol())
    except RefusedError as error:
        protocol.response_empty(error.status, [])
    else:
        protocol.response_bytes(200, _JSON, encode(uploaded))


async def _hello(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_bytes(200, _TEXT, _HELLO)


async def _not_found(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_empty(404, [])


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/widget"): _widget,
    ("POST", "/movies"): _create,
    ("GET", "/rows"): _rows,
    ("GET", "/stream"): _stream,
    ("POST", "/upload"): _upload,
    ("GET", "/hello"): _hello,
}

app = _App()
