"""Clients that leave, and bodies that do not end as they began: the handler is never called with a part."""

import pytest
from serving.clients import Client, SocketClient
from serving.decisions import BODY_THAT_ENDS_EARLY, BROKEN_CHUNKS
from serving.raw_http import head
from serving.records import Record
from serving.servings import Serve

_JSON = "Content-Type: application/json"


def _has_left(record: Record) -> bool:
    return record.message == "POST /widgets: the client left"


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads bodies."""
    return serve("apps.bodies")


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the same app over the edges that have a wire."""
    return serve_on_socket("apps.bodies")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="before the body"),
        pytest.param(b'{"name": "nut"', id="in the body"),
        pytest.param(b'{"name": "nut"}', id="after what is JSON by itself"),
    ],
)
def test_client_leaves_in_the_body(app: Client, sent: bytes) -> None:
    """The request of a client that leaves before the end of its body is dropped, with a record at debug."""
    handled = app.get("/handled/widgets").json()
    app.leave_in_body("/widgets", sent=sent, declared=100)
    record = app.log.wait_for(_has_left)
    assert (record.level, record.logger, record.template) == ("DEBUG", "jero", "/widgets")
    assert record.exception is None
    assert app.get("/handled/widgets").json() == handled


def test_connection_is_reset(wire: SocketClient) -> None:
    """A connection that breaks off is a client that leaves."""
    handled = wire.get("/handled/widgets").json()
    with wire.connect() as connection:
        connection.send(head("POST", "/widgets", _JSON, "Content-Length: 100") + b'{"name": "nut"}')
        connection.reset()
    assert wire.log.wait_for(_has_left).level == "DEBUG"
    assert wire.get("/handled/widgets").json() == handled


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        pytest.param("Content-Length: 30", b'{"name": "nut"}', id="fewer bytes than declared"),
        pytest.param("Transfer-Encoding: chunked", b'f\r\n{"name": "nut"}\r\n', id="no last chunk"),
        pytest.param("Transfer-Encoding: chunked", b'ff\r\n{"name": "nut"}', id="chunk cut short"),
    ],
)
def test_body_that_is_not_whole(wire: SocketClient, framing: str, body: bytes) -> None:
    """A client that sends less than it announced, and waits, is answered nothing that looks like success."""
    handled = wire.get("/handled/widgets").json()
    with wire.connect() as connection:
        connection.send(head("POST", "/widgets", _JSON, framing) + body)
        connection.end_sending()
        assert connection.read_first_line() == BODY_THAT_ENDS_EARLY[wire.edge]
    assert wire.log.wait_for(_has_left).level == "DEBUG"
    assert wire.get("/handled/widgets").json() == handled


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(b'f\r\n{"name": "nut"}\r\nzz\r\n', id="size that is no number"),
        pytest.param(b'e\r\n{"name": "nut"}\r\n0\r\n\r\n', id="more bytes than the size says"),
        pytest.param(b'-f\r\n{"name": "nut"}\r\n0\r\n\r\n', id="negative size"),
        pytest.param(b'f\r\n{"name": "nut"}\r\n' + b"f" * 30 + b"\r\n", id="endless size"),
    ],
)
def test_broken_chunks(wire: SocketClient, chunks: bytes) -> None:
    """A body whose framing breaks never reaches the handler; what the client is told is the server's."""
    handled = wire.get("/handled/widgets").json()
    with wire.connect() as connection:
        connection.send(head("POST", "/widgets", _JSON, "Transfer-Encoding: chunked") + chunks)
        assert connection.read_first_line() == BROKEN_CHUNKS[wire.edge]
    assert wire.get("/handled/widgets").json() == handled
