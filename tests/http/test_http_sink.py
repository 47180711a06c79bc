"""How streams leave the native edge: in as few writes as can be, and never later than the turn they are ready in."""

from collections.abc import Iterator

import pytest
from http_app import WireApp
from raw_exchange import MemoryServer, serving
from wire_requests import get

from jero._http.protocol import HTTPProtocol


@pytest.fixture(scope="module")
def server() -> Iterator[MemoryServer]:
    """Serve the app natively."""
    with serving(HTTPProtocol, WireApp()) as server:
        yield server


def test_ready_items_leave_together(server: MemoryServer) -> None:
    """Items that are all ready leave in one write, with the head before them and the end behind."""
    connection = server.exchange(get("/streams?items=50"))
    assert len(connection.transport.writes) == 1
    (answer,) = connection.answers
    assert answer.is_whole
    assert answer.body.count(b"\n") == 50
    connection.end()


def test_items_are_not_held_back(server: MemoryServer) -> None:
    """An item leaves before the source is asked for one that is not ready."""
    connection = server.exchange(get("/streams?items=5&turns=3"))
    assert len(connection.transport.writes) >= 5
    assert connection.answers[0].body.count(b"\n") == 5
    connection.end()


def test_much_leaves_in_pieces(server: MemoryServer) -> None:
    """What is more than 16 KiB does not wait for the rest, so that a slow client is noticed in time."""
    connection = server.exchange(get("/streams?items=5000"))
    writes = connection.transport.writes
    assert len(writes) > 5
    assert max(map(len, writes)) < 66 * 1024
    assert connection.answers[0].body.count(b"\n") == 5000
    connection.end()


def test_empty_stream(server: MemoryServer) -> None:
    """A stream of nothing is a head and an end, in one write."""
    connection = server.exchange(get("/streams?items=0"))
    assert len(connection.transport.writes) == 1
    (answer,) = connection.answers
    assert (answer.status, answer.body, answer.is_whole) == (200, b"", True)
    connection.end()
