"""Streams that never pause: readers who take nothing hold little, and readers who take all keep nobody waiting."""

import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event

import msgspec
import pytest
from apps.pulled import Count, Pulled
from serving.clients import SocketClient
from serving.servings import Serve

_READERS = 40
_MOST_EACH = 4 << 20
"""Bytes on the way to a reader who takes none: the system's buffers and the server's; ours is one chunk."""
_STILL = 50
_PINGS = 50


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the app that streams without pause over the edges that have a wire."""
    return serve_on_socket("apps.pulled")


def test_readers_who_take_nothing(wire: SocketClient) -> None:
    """What is pulled for readers who take nothing has an end; all is torn down once they go, others are served."""
    before, ended = _pulled(wire), _ended(wire, 0)
    with ExitStack() as stack:
        for _ in range(_READERS):
            stack.enter_context(_reader(wire.port))
        still, last = 0, before
        while still < _STILL:
            now = _pulled(wire)
            still = still + 1 if now == last else 0
            last = now
            assert now - before < _READERS * _MOST_EACH
    assert _ended(wire, ended + _READERS) == ended + _READERS


def test_reader_who_takes_all(wire: SocketClient) -> None:
    """While a reader takes all that a source without pauses gives, other requests are answered."""
    ended, enough = _ended(wire, 0), Event()

    def take() -> int:
        taken = 0
        with wire.stream("GET", "/endless") as flow:
            while not enough.is_set():
                taken += len(flow.read(100_000))
        return taken

    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(take)
        try:
            for _ in range(_PINGS):
                assert wire.get("/pulled").status == 200
        finally:
            enough.set()
        assert taking.result() > 0
    assert _ended(wire, ended + 1) == ended + 1


@contextmanager
def _reader(port: int) -> Generator[None]:
    """Ask for a stream and take nothing of it but its first byte, with a window as small as there is."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: testserver\r\n\r\n")
        assert connection.recv(1) == b"H"
        yield


def _pulled(wire: SocketClient) -> int:
    return msgspec.json.decode(wire.get("/pulled").body, type=Pulled).size


def _ended(wire: SocketClient, count: int) -> int:
    return msgspec.json.decode(wire.get(f"/ended?count={count}").body, type=Count).count
