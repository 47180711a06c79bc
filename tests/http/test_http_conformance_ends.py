"""How connections end, and when: time limits, upgrades, shutdown, and what is left of them."""

import asyncio
import gc
import weakref
from typing import Any, ClassVar

import pytest
from http_app import Calls, Seen, WireApp
from raw_exchange import MemoryServer, serving
from received import numbers, statuses
from wire_requests import chunked, get, post

from jero._http.protocol import HTTPProtocol

_KIB = 1024
_PIECE = b"x" * 65_536


# Time limits


def test_idle_connection(server: MemoryServer) -> None:
    """A connection that has been answered is closed after 5 idle seconds, without a word."""
    connection = server.exchange(get("/echo?n=1"))
    connection.wait(4)
    assert connection.is_open
    connection.send(get("/echo?n=2"))
    connection.wait(4)
    assert connection.is_open
    connection.wait(3)
    assert connection.transport.is_lost
    assert numbers(connection) == [1, 2]


def test_configured_idle_time() -> None:
    """The idle time is uvicorn's `timeout_keep_alive`."""
    with serving(HTTPProtocol, WireApp(), timeout_keep_alive=20) as server:
        connection = server.exchange(get("/echo?n=1"))
        connection.wait(18)
        assert connection.is_open
        connection.wait(4)
        assert connection.transport.is_lost


def test_silent_connection(server: MemoryServer) -> None:
    """A connection on which nothing comes is closed after 10 seconds."""
    connection = server.connect()
    connection.wait(12)
    assert connection.transport.is_lost
    assert statuses(connection) in ([], [408])


def test_slow_head(server: MemoryServer) -> None:
    """A head that is not whole after 10 seconds is answered 408, even where a byte of it comes each second."""
    connection = server.exchange(b"GET /echo?n=1 HTTP/1.1\r\nHost: testserver\r\nX-A: ")
    for _ in range(12):
        connection.wait(1)
        if connection.is_open:
            connection.send(b"a")
    assert statuses(connection) == [408]
    assert connection.answers[0].closes
    assert connection.transport.is_lost


def test_slow_second_head(server: MemoryServer) -> None:
    """The same for a request that follows another."""
    connection = server.exchange(get("/echo?n=1"), b"GET /echo")
    connection.wait(8)
    assert connection.is_open
    connection.wait(4)
    assert statuses(connection) == [200, 408]
    assert connection.transport.is_lost


def test_empty_lines_keep_nothing_open(server: MemoryServer) -> None:
    """A client that sends nothing but empty lines is idle."""
    connection = server.exchange(get("/echo?n=1"))
    for _ in range(20):
        connection.wait(1)
        if connection.is_open:
            connection.send(b"\r\n")
    assert connection.transport.is_lost


def test_slow_handler(server: MemoryServer, calls: Calls) -> None:
    """A handler may take its time: no limit of the connection runs while it works."""
    connection = server.exchange(get("/gated?n=1"))
    connection.wait(100)
    assert connection.is_open
    connection.call(calls.gate(1).set)
    assert numbers(connection) == [1]
    connection.wait(4)
    assert connection.is_open
    connection.end()


def test_half_a_head_behind_a_slow_handler(server: MemoryServer, calls: Calls) -> None:
    """A request that waits its turn is not timed meanwhile."""
    connection = server.exchange(get("/gated?n=1") + b"GET /echo?n=2 HTTP/1.1\r\n")
    connection.wait(100)
    connection.call(calls.gate(1).set)
    connection.send(b"Host: a\r\n\r\n")
    assert numbers(connection) == [1, 2]
    connection.end()


def test_stalled_body(server: MemoryServer, calls: Calls) -> None:
    """A body without progress for 30 seconds is answered 408, and no handler is called."""
    connection = server.exchange(post("/echo?n=1", b"abc")[:-1])
    connection.wait(28)
    assert connection.is_open
    connection.wait(4)
    assert statuses(connection) == [408]
    connection.wait(10)
    assert connection.transport.is_lost
    assert not calls.seen


def test_slow_body(server: MemoryServer) -> None:
    """A body that makes progress may take long."""
    connection = server.exchange(post("/echo?n=1", b"abcde")[:-5])
    for at in range(5):
        connection.wait(20)
        connection.send(b"abcde"[at : at + 1])
    assert connection.final_answers[0].decode(Seen).body == "abcde"
    connection.end()


def test_slow_reader_is_not_idle(server: MemoryServer) -> None:
    """A client that takes its time over an answer is not idle; what it asks for is whole."""
    connection = server.connect()
    connection.stall()
    connection.send(get("/large?items=20"))
    connection.wait(20)
    connection.flow()
    assert len(connection.answers[0].body) == 20 * 65_536
    connection.end()


# Upgrades


class FakeWebSocket(asyncio.Protocol):
    """A WebSocket protocol class as uvicorn takes one; it notes what it is handed."""

    made: ClassVar[list["FakeWebSocket"]] = []

    def __init__(
        self, config: Any, server_state: Any, app_state: Any, _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self.received = b""
        self.transport: asyncio.BaseTransport | None = None
        self.is_lost = False
        self.made.append(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True


_UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: AAAA", "Sec-WebSocket-Version: 13")


@pytest.mark.parametrize("turns", [0, None])
def test_upgrade(turns: int | None) -> None:
    """A request for a WebSocket goes to uvicorn's WebSocket class, as it came, and what follows with it."""
    FakeWebSocket.made.clear()
    with serving(HTTPProtocol, WireApp(), ws=FakeWebSocket) as server:
        raw = get("/socket?a=b", *_UPGRADE)
        for pieces in ([raw], [raw[:30], raw[30:]], [bytes([byte]) for byte in raw]):
            connection = server.connect()
            connection.play([(piece, turns) for piece in pieces])
            websocket = FakeWebSocket.made.pop()
            assert websocket.transport is connection.transport
            line, *fields = websocket.received.lower().removesuffix(b"\r\n\r\n").split(b"\r\n")
            assert line == b"get /socket?a=b http/1.1"
            assert sorted(field.replace(b": ", b":") for field in fields) == sorted(
                field.replace(b": ", b":") for field in raw.lower().removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
            )
            before = len(websocket.received)
            connection.transport.get_protocol().data_received(b"frame")  # type: ignore[attr-defined] - is one of these
            assert websocket.received[before:] == b"frame"
            connection.wait(60)
            assert connection.is_open, "the connection is no longer this protocol's to close"
            connection.transport.close()
            connection.wait(1)
            assert websocket.is_lost
            assert connection.written == b""
        assert not server.state.connections


def test_upgrade_with_more() -> None:
    """What came in one piece with the request for a WebSocket is handed over behind it."""
    FakeWebSocket.made.clear()
    with serving(HTTPProtocol, WireApp(), ws=FakeWebSocket) as websockets:
        connection = websockets.exchange(get("/socket", *_UPGRADE) + b"frame")
        assert FakeWebSocket.made.pop().received.endswith(b"\r\n\r\nframe")
        connection.transport.close()
        connection.wait(1)


def test_upgrade_behind_a_slow_one() -> None:
    """A connection is handed over once all that was asked before is answered."""
    FakeWebSocket.made.clear()
    app = WireApp()
    with serving(HTTPProtocol, app, ws=FakeWebSocket) as server:
        connection = server.exchange(get("/gated?n=1") + get("/socket", *_UPGRADE))
        assert not FakeWebSocket.made
        connection.call(app.calls.gate(1).set)
        assert numbers(connection) == [1]
        assert len(FakeWebSocket.made) == 1
        connection.transport.close()
        connection.wait(1)


@pytest.mark.parametrize(
    "fields",
    [
        _UPGRADE,
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
        ("Upgrade: websocket",),
        ("Connection: Upgrade",),
        ("Connection: upgrade", "Upgrade: other"),
    ],
)
def test_upgrade_that_is_ignored(server: MemoryServer, fields: tuple[str, ...]) -> None:
    """An upgrade that nobody here serves is ignored: the request is answered, and the next (RFC 9110, 7.8)."""
    raw = get("/echo?n=1", *fields) + post("/echo?n=2", b"abc", *fields) + get("/echo?n=3")
    for pieces in ([raw], [bytes([byte]) for byte in raw]):
        connection = server.exchange(*pieces)
        assert numbers(connection) == [1, 2, 3]
        connection.end()


# Shutdown


def test_shutdown_of_an_idle_connection(server: MemoryServer) -> None:
    """At shutdown an idle connection closes at once."""
    fresh, idle = server.connect(), server.exchange(get("/echo?n=1"))
    for connection in (fresh, idle):
        connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - uvicorn's, beside asyncio's
        assert connection.transport.is_lost


def test_shutdown_of_a_busy_connection(server: MemoryServer, calls: Calls) -> None:
    """At shutdown a request in flight is finished, its answer says that the connection closes, and then it does."""
    connection = server.exchange(get("/gated?n=1"))
    connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - as above
    assert connection.is_open
    connection.call(calls.gate(1).set)
    assert numbers(connection) == [1]
    assert connection.answers[0].closes
    assert connection.transport.is_lost


def test_shutdown_in_a_stream(server: MemoryServer) -> None:
    """At shutdown a stream in flight comes to its end, and the connection closes."""
    connection = server.exchange(chunked("/streams", b"3\r\nabc\r\n"))
    connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - as above
    assert connection.is_open
    connection.send(b"3\r\ndef\r\n0\r\n\r\n")
    (answer,) = connection.answers
    assert answer.is_whole
    assert answer.body == b"abcdef"
    assert connection.transport.is_lost


def test_shutdown_in_a_body(server: MemoryServer) -> None:
    """At shutdown a request whose body is on its way is finished too."""
    connection = server.exchange(post("/echo?n=1", b"abc")[:-1])
    connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - as above
    connection.send(b"c")
    assert numbers(connection) == [1]
    assert connection.answers[0].closes
    assert connection.transport.is_lost


def test_shutdown_with_a_pipeline(server: MemoryServer, calls: Calls) -> None:
    """At shutdown nothing new is begun behind the request in flight, and what is answered is answered in order."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2") + get("/echo?n=3"))
    connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - as above
    connection.call(calls.gate(1).set)
    answered = numbers(connection)
    assert answered == [1, 2, 3][: len(answered)]
    assert answered
    assert [answer.closes for answer in connection.answers] == [False] * (len(answered) - 1) + [True]
    assert connection.transport.is_lost


def test_shutdown_in_a_head(server: MemoryServer) -> None:
    """At shutdown a connection with half a head does not hold the server up."""
    connection = server.exchange(b"GET /echo")
    connection.call(connection.protocol.shutdown)  # type: ignore[attr-defined] - as above
    connection.wait(12)
    assert connection.transport.is_lost


# What is left


def test_nothing_is_left() -> None:
    """A connection that has ended is gone from memory, and from the server's books."""
    with serving(HTTPProtocol, WireApp()) as server:
        before = server.state.total_requests
        connection = server.exchange(get("/echo?n=1"), get("/streams"), post("/echo?n=2", b"abc"))
        assert server.state.connections == {connection.protocol}
        gone = weakref.ref(connection.transport)
        connection.end()
        assert server.state.total_requests == before + 3
        assert not server.state.connections
        assert not server.state.tasks
        connection.wait(60)
        del connection
        gc.collect()
        assert gone() is None
