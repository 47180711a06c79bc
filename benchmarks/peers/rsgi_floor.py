"""The scenarios as one RSGI application, written by hand: what a framework on granian can at best reach."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from floor_parts import RefusedError, encode, read_movie, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item

# granian's scope and protocol are Rust objects without public types.
type Scope = Any
type Protocol = Any
type Handler = Callable[[Scope, Protocol], Awaitable[None]]

_HELLO = HELLO.encode()
_JSON = [("content-type", "application/json")]
_NDJSON = [("content-type", "application/x-ndjson")]
_TEXT = [("content-type", "text/plain")]


class _App:
    """The RSGI application."""

    async def __rsgi__(self, scope: Scope, protocol: Protocol) -> None:
        path: str = scope.path
        handler = _ROUTES.get((scope.method, path))
        if handler is None:
            handler = _search if path.startswith("/widgets/") and scope.method == "GET" else _not_found
        try:
            await handler(scope, protocol)
        except RefusedError as error:
            protocol.response_empty(error.status, [])


async def _widget(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_bytes(200, _JSON, encode(WIDGET))


async def _search(scope: Scope, protocol: Protocol) -> None:
    search = read_search(scope.path[len("/widgets/") :], scope.query_string)
    protocol.response_bytes(200, _JSON, encode(search))


async def _create(scope: Scope, protocol: Protocol) -> None:
    if scope.headers.get("authorization") != TOKEN:
        raise RefusedError(401)
    protocol.response_bytes(201, _JSON, encode(read_movie(await protocol())))


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
    uploaded = read_upload(content_type.encode("latin-1"), await protocol())
    protocol.response_bytes(200, _JSON, encode(uploaded))


async def _hello(scope: Scope, protocol: Protocol) -> None:
    _ = scope
    protocol.response_bytes(200, _TEXT, _HELLO)


async def _not_found(scope: Scope, protocol: Protocol) -> None:
    _ = scope, protocol
    raise RefusedError(404)


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/widget"): _widget,
    ("POST", "/movies"): _create,
    ("GET", "/rows"): _rows,
    ("GET", "/stream"): _stream,
    ("POST", "/upload"): _upload,
    ("GET", "/hello"): _hello,
}

app = _App()
