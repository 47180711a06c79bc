"""How much of a body is read, and for how long: beyond, the answer is 413 or 408, and the connection ends."""

import pytest
from serving.clients import Client, SocketClient
from serving.raw_http import head
from serving.servings import Serve

_MIB = 1024 * 1024


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads bodies."""
    return serve("apps.bodies")


def test_body_at_the_limit(app: Client) -> None:
    """A body of exactly the limit is read."""
    assert app.post("/small-contents", content=b"x" * 100).body == b"x" * 100


def test_declared_length_over_the_limit(app: Client) -> None:
    """A declared length over the limit is answered 413 with the limit, and the connection is closed."""
    answer = app.post("/small-contents", content=b"x" * 101)
    assert answer.status == 413
    assert answer.problem == {
        "type": "content-too-large",
        "title": "Content Too Large",
        "status": 413,
        "detail": "the body is over 100 bytes, the most that is read here",
    }
    assert answer.headers["connection"] == "close"


def test_undeclared_length_over_the_limit(app: Client) -> None:
    """A body that declares no length is answered 413 as soon as more than the limit has come."""
    answer = app.post("/small-contents", content=[b"x" * 60, b"x" * 41])
    assert answer.status == 413
    assert answer.headers["connection"] == "close"


def test_pieces_within_the_limit(app: Client) -> None:
    """A body in pieces is read up to the limit."""
    assert app.post("/small-contents", content=[b"x" * 60, b"", b"x" * 40]).body == b"x" * 100


def test_limit_of_a_json_body(app: Client) -> None:
    """The limit holds for `json` as for `content`; the handler of a refused body is not called."""
    handled = app.get("/handled/small-widgets").json()
    assert app.post("/small-widgets", json={"name": "x" * 100}).status == 413
    assert app.get("/handled/small-widgets").json() == handled


def test_default_limit(app: Client) -> None:
    """Without a limit of its own, an operation reads bodies of up to 10 MiB."""
    assert app.post("/sizes", content=b"x" * (10 * _MIB)).json() == {"size": 10 * _MIB}
    answer = app.post("/sizes", content=[b"x" * _MIB] * 10 + [b"x"])
    assert answer.status == 413


def test_no_limit(app: Client) -> None:
    """With `max_body=None` a body may be of any size."""
    size = 10 * _MIB + 1
    assert app.post("/any-size", content=b"x" * size).json() == {"size": size}


def test_many_small_chunks(app: Client) -> None:
    """A body in thousands of one-byte chunks is read, and refused, as any other."""
    assert app.post("/sizes", content=[b"x"] * 5000).json() == {"size": 5000}
    assert app.post("/small-contents", content=[b"x"] * 101).status == 413


def test_body_that_stops_coming(app: Client) -> None:
    """A body that makes no progress within `body_timeout` is answered 408, and the connection is closed."""
    answer = app.stall_in_body("/impatient", sent=b"abc", declared=10)
    assert answer.status == 408
    assert answer.problem == {
        "type": "request-timeout",
        "title": "Request Timeout",
        "status": 408,
        "detail": "the body made no progress for 0.1 s",
    }
    assert answer.headers["connection"] == "close"


def test_body_that_never_comes(app: Client) -> None:
    """The same holds for a body of which nothing comes."""
    assert app.stall_in_body("/impatient", sent=b"", declared=10).status == 408


def test_unread_body(app: Client) -> None:
    """An operation without a body source does not read the body; the next request is not disturbed by it."""
    answer = app.post("/unread", content=b"GET /x HTTP/1.1\r\n\r\n" * 10)
    assert answer.status == 200
    assert app.get("/handled/unread").status == 200


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the same app over the edges that have a wire."""
    return serve_on_socket("apps.bodies")


def test_declared_length_is_refused_before_the_body_comes(wire: SocketClient) -> None:
    """A declared length over the limit is refused before the body is sent; then the connection ends."""
    with wire.connect() as connection:
        connection.send(head("POST", "/widgets", "Content-Length: 99999999"))
        assert connection.read_answer().status == 413
        assert connection.read_to_end() == b""


def test_endless_body_is_refused(wire: SocketClient) -> None:
    """A chunked body over the limit is refused though its end never comes; then the connection ends."""
    with wire.connect() as connection:
        connection.send(head("POST", "/small-contents", "Transfer-Encoding: chunked"), b"65\r\n", b"x" * 101)
        assert connection.read_answer().status == 413
        assert connection.read_to_end() == b""


def test_connection_ends_after_a_timeout(wire: SocketClient) -> None:
    """After a 408 the connection ends: what might follow on it is the rest of the body."""
    with wire.connect() as connection:
        connection.send(head("POST", "/impatient", "Content-Length: 10"), b"abc")
        assert connection.read_answer().status == 408
        assert connection.read_to_end() == b""


def test_expectation_of_a_body_that_is_refused(wire: SocketClient) -> None:
    """A client that waits for `100 Continue` gets a 413 or a 415 instead: the body need not be sent."""
    for line in ("Content-Length: 99999999", "Content-Type: text/plain\r\nContent-Length: 2"):
        with wire.connect() as connection:
            connection.send(head("POST", "/widgets", line, "Expect: 100-continue"))
            assert connection.read_head_line() in {
                "HTTP/1.1 413 Request Entity Too Large",
                "HTTP/1.1 413 Payload Too Large",
                "HTTP/1.1 413 Content Too Large",
                "HTTP/1.1 415 Unsupported Media Type",
            }


def test_expectation_of_a_body_that_is_read(wire: SocketClient) -> None:
    """A client that waits for `100 Continue` gets it once the body is read."""
    with wire.connect() as connection:
        connection.send(head("POST", "/widgets", "Content-Length: 15", "Expect: 100-continue"))
        assert connection.read_head_line().startswith("HTTP/1.1 100")
        connection.send(b'{"name": "nut"}')
        assert connection.read_answer().status == 201
