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
from floor_parts import RefusedError, encode, read_movie, read_search, read_upload
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Item

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
            self._sent.append(await self._respond(*request))
        self._flush()

    async def _respond(self, method: bytes, path: bytes, query: bytes, headers: Headers, body: bytes) -> bytes:
        try:
            handler = _ROUTES.get((method, path))
            if handler is not None:
                return await handler(self, headers, body)
            if path.startswith(b"/widgets/") and method == b"GET":
                return await _search(path, query)
        except RefusedError as error:
            return _REFUSED % error.status
        return _REFUSED % 404

    def send(self, data: bytes) -> None:
        """Send a part of a stream, together with the others of this turn of the loop."""
        if not self._sent:
            self._loop.call_soon(self._flush)
        self._sent.append(data)

    def _flush(self) -> None:
        if self._sent:
            self._transport.write(b"".join(self._sent))
            self._sent.clear()


async def _widget(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = connection, headers, body
    return _reply(_JSON, encode(WIDGET))


async def _search(path: bytes, query: bytes) -> bytes:
    search = read_search(path[len("/widgets/") :].decode("latin-1"), query.decode("latin-1"))
    return _reply(_JSON, encode(search))


async def _create(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = connection
    if headers.get(b"authorization") != _TOKEN:
        raise RefusedError(401)
    return _reply(_CREATED, encode(read_movie(body)))


async def _rows(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = connection, headers, body
    return _reply(_JSON, encode(ROWS))


async def _stream(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = headers, body
    connection.send(_NDJSON)
    async for item in _items():
        line = encode(item) + b"\n"
        connection.send(b"%x\r\n%b\r\n" % (len(line), line))
    return b"0\r\n\r\n"


async def _items() -> AsyncIterator[Item]:
    for item in ITEMS:
        yield item


async def _upload(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = connection
    return _reply(_JSON, encode(read_upload(headers.get(b"content-type", b""), body)))


async def _hello(connection: Protocol, headers: Headers, body: bytes) -> bytes:
    _ = connection, headers, body
    return _reply(_TEXT, _HELLO)


def _reply(head: bytes, body: bytes) -> bytes:
    return head % len(body) + body


_ROUTES: dict[tuple[bytes, bytes], Callable[[Protocol, Headers, bytes], Awaitable[bytes]]] = {
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
