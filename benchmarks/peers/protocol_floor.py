"""The scenarios on a bare `asyncio.Protocol`, uvloop and httptools: what no gateway costs.

Not a server: no limits, no timeouts, no back-pressure, no `Date`, and order only because no handler waits.
`python protocol_floor.py PORT` serves.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import httptools
import uvloop
from floor_parts import RefusedError, decode_movie, decoding_status, encode, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item
from msgspec import DecodeError

type Headers = dict[bytes, bytes]
type Request = tuple[bytes, bytes, bytes, Headers, bytes]
"""Method, path, query, headers and body."""

_HELLO = HELLO.encode()
_TOKEN = TOKEN.encode()
_JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_CREATED = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_TEXT = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n"
_REFUSED = b"HTTP/1.1 %d Refused\r\ncontent-length: 0\r\n\r\n"
_NDJSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n"


class Protocol(asyncio.Protocol):
    """One connection. The requests that come together are answered by one task, and in one system call."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's class does not derive from it
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._requests: list[Request] = []
        self._sent: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and answer what is complete."""
        self._parser.feed_data(data)
        if self._requests:
            self._loop.create_task(self._answer(self._requests))
            self._requests = []

    def on_message_begin(self) -> None:
        """Forget the last request."""
        self._url = b""
        self._headers: Headers = {}
        self._chunks: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """Take the request."""
        path, _, query = self._url.partition(b"?")
        self._requests.append((self._parser.get_method(), path, query, self._headers, b"".join(self._chunks)))

    async def _answer(self, requests: list[Request]) -> None:
        for request in requests:
            method, path, *_ = request
            handler = _ROUTES.get((method, path))
            if handler is None:
                handler = _search if path.startswith(b"/widgets/") and method == b"GET" else _not_found
            try:
                self._sent.append(await handler(self, request))
            except RefusedError as error:
                self._sent.append(_REFUSED % error.status)
        self._flush()

    def send(self, data: bytes) -> None:
        """Send a part of a stream, together with the others of this turn of the loop."""
        if not self._sent:
            self._loop.call_soon(self._flush)
        self._sent.append(data)

    def _flush(self) -> None:
        if self._sent:
            self._transport.write(b"".join(self._sent))
            self._sent.clear()


async def _widget(connection: Protocol, request: Request) -> bytes:
    _ = connection, request
    body = encode(WIDGET)
    return _JSON % len(body) + body


async def _search(connection: Protocol, request: Request) -> bytes:
    _ = connection
    body = encode(read_search(request[1][9:].decode("latin-1"), request[2].decode("latin-1")))
    return _JSON % len(body) + body


async def _create(connection: Protocol, request: Request) -> bytes:
    _ = connection
    if request[3].get(b"authorization") != _TOKEN:
        raise RefusedError(401)
    try:
        body = encode(decode_movie(request[4]))
    except DecodeError as error:
        raise RefusedError(decoding_status(error)) from None
    return _CREATED % len(body) + body


async def _rows(connection: Protocol, request: Request) -> bytes:
    _ = connection, request
    body = encode(ROWS)
    return _JSON % len(body) + body


async def _stream(connection: Protocol, request: Request) -> bytes:
    _ = request
    connection.send(_NDJSON)
    async for item in _items():
        line = encode(item) + b"\n"
        connection.send(b"%x\r\n%b\r\n" % (len(line), line))
    return b"0\r\n\r\n"


async def _items() -> AsyncIterator[Item]:
    for item in ITEMS:
        yield item


async def _upload(connection: Protocol, request: Request) -> bytes:
    _ = connection
    body = encode(read_upload(request[3].get(b"content-type", b""), request[4]))
    return _JSON % len(body) + body


async def _hello(connection: Protocol, request: Request) -> bytes:
    _ = connection, request
    return _TEXT % len(_HELLO) + _HELLO


async def _not_found(connection: Protocol, request: Request) -> bytes:
    _ = connection, request
    raise RefusedError(404)


_ROUTES: dict[tuple[bytes, bytes], Callable[[Protocol, Request], Awaitable[bytes]]] = {
    (b"GET", b"/widget"): _widget,
    (b"POST", b"/movies"): _create,
    (b"GET", b"/rows"): _rows,
    (b"GET", b"/stream"): _stream,
    (b"POST", b"/upload"): _upload,
    (b"GET", b"/hello"): _hello,
}


async def main(port: int) -> None:
    """Serve on a port of 127.0.0.1."""
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
