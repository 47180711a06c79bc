"""The connection of a request, found by its client's address: its pace, its end, and cutting it off."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from jero._rsgi.connection import Connection, find_connection


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give both ends of a TCP connection: the client's, and the server's."""
    with socket.socket(request.param) as listener:
        try:
            listener.bind(("localhost", 0))
        except OSError:
            pytest.skip("this machine has no such addresses")
        listener.listen()
        client = socket.create_connection(listener.getsockname()[:2])
        server, _ = listener.accept()
        server.settimeout(0)
        with client, server:
            yield client, server


def _find(client: socket.socket) -> Connection:
    host, port = client.getsockname()[:2]
    connection = find_connection(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    assert connection is not None
    return connection


def test_connection_is_found(ends: tuple[socket.socket, socket.socket]) -> None:
    """A connection is found by the address of its client, again and again."""
    for _ in range(3):
        _find(ends[0]).close()


def test_number_that_is_used_again() -> None:
    """A connection that has taken the descriptor of another is found, and the other no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        old_client = socket.create_connection(listener.getsockname())
        old_server = listener.accept()[0]
        host, port = old_client.getsockname()
        _find(old_client).close()
        old_server.close()
        old_client.close()
        with socket.create_connection(listener.getsockname()) as client, listener.accept()[0]:
            _find(client).close()
            assert find_connection(f"{host}:{port}") is None


@pytest.mark.parametrize("client", ["", "unix", "192.0.2.1:80", "192.0.2.1", "host:80", "[::1]:x"])
def test_no_connection(client: str) -> None:
    """What is no address, or nobody's, has no connection."""
    assert find_connection(client) is None


def test_cut(ends: tuple[socket.socket, socket.socket]) -> None:
    """A connection that is cut off ends after what was written to it."""
    client, server = ends
    server.send(b"abc")
    connection = _find(client)
    connection.cut()
    connection.close()
    assert client.recv(10) == b"abc"
    assert client.recv(10) == b""


@pytest.mark.parametrize("is_closed", [False, True])
def test_hanging_up(ends: tuple[socket.socket, socket.socket], is_closed: bool) -> None:
    """A client has hung up when nothing more will come, and not while something is to be read."""
    client, server = ends
    connection = _find(client)
    assert not connection.has_hung_up
    client.sendall(b"abc")
    if is_closed:
        client.close()
    else:
        client.shutdown(socket.SHUT_WR)
    assert not connection.has_hung_up
    server.recv(3)
    assert connection.has_hung_up
    connection.close()


async def test_pace_of_the_client(ends: tuple[socket.socket, socket.socket]) -> None:
    """What was sent counts as held until it is written; where more is held than may be, the wait is for the client."""
    client, server = ends
    connection = _find(client)
    written = _fill(server)
    await connection.wait_written(written, 0)
    wait = asyncio.ensure_future(connection.wait_written(written + 200_000, 100_000))
    sending = asyncio.ensure_future(asyncio.get_running_loop().sock_sendall(server, bytes(200_000)))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not wait.done()
    reading = asyncio.ensure_future(_read(client))
    await wait
    await sending
    reading.cancel()
    connection.close()


async def test_server_that_has_nothing_to_write(ends: tuple[socket.socket, socket.socket]) -> None:
    """Where the client keeps up and nothing is written, nothing is held, however much was sent to others."""
    connection = _find(ends[0])
    async with asyncio.timeout(10):
        await connection.wait_written(1_000_000, 100_000)
    connection.close()


async def _read(client: socket.socket) -> None:
    client.settimeout(0)
    while True:
        await asyncio.get_running_loop().sock_recv(client, 1 << 20)


def _fill(server: socket.socket) -> int:
    """Write until the system takes no more."""
    written = 0
    try:
        while True:
            written += server.send(b"x" * 65536)
    except BlockingIOError:
        return written
