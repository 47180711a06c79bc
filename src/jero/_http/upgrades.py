"""Requests that ask for a WebSocket: handed over, with their connection, to the protocol class that uvicorn has."""

import asyncio
from typing import Protocol

import zttp

from jero._http.worker import Timed, Worker


class Connection(Timed, Protocol):
    """A connection that is handed over."""

    @property
    def transport(self) -> asyncio.Transport:
        """Its transport."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it lives on."""
        ...


def hand_over(connection: Connection, head: zttp.Request, worker: Worker, rest: bytes) -> bool:
    """Hand over a connection, with a head and the bytes behind it; False where the head asks for no WebSocket."""
    fields = head.headers if isinstance(head.headers, list) else head.headers.to_list()
    asked = [value.strip().lower() for name, value in fields if name.lower() == b"upgrade"]
    if worker.ws_class is None or asked != [b"websocket"] or head.method != b"GET" or not head.end_stream:
        return False
    successor = worker.ws_class(
        config=worker.config, server_state=worker.state, app_state=worker.app_state, _loop=connection.loop
    )
    transport = connection.transport
    worker.discard(connection)
    lines = [b"%b: %b\r\n" % pair for pair in fields]
    successor.connection_made(transport)
    request_line = b"%b %b HTTP/%b\r\n" % (head.method, head.target, head.http_version)
    successor.data_received(b"%b%b\r\n%b" % (request_line, b"".join(lines), rest))
    transport.set_protocol(successor)
    return True
