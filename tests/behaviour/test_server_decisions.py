"""What a server decides itself, before or after jero: the same requests, and what each server makes of them.

The tables of docs/security.md say the same in words. What reaches jero is answered by its own rules, held
elsewhere; here stands who answers. An edge that is missing from a table fails the test.
"""

import pytest
from serving.clients import SocketClient
from serving.decisions import STATUSES, TARGET_OVER_64_KIB
from serving.raw_http import head
from serving.servings import Serve

_BY_SERVER = "HTTP/1.1 400 Bad Request"


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the app that reads text, over the edges that have a wire."""
    return serve_on_socket("apps.texts")


@pytest.fixture
def bodies(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the app that reads bodies, over the edges that have a wire."""
    return serve_on_socket("apps.bodies")


def _first_line(app: SocketClient, request: bytes) -> str:
    with app.connect() as connection:
        connection.send(request)
        return connection.read_head_line()


def _status(app: SocketClient, request: bytes) -> int:
    with app.connect() as connection:
        connection.send(request)
        return connection.read_answer().status


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x00\x01\x02\r\n\r\n", id="garbage"),
        pytest.param(b"GET  HTTP/1.1\r\nHost: a\r\n\r\n", id="no target"),
        pytest.param(b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", id="space in the target"),
        pytest.param(b"GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", id="raw bytes in the path"),
        pytest.param(b"GET /scalars?text=\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", id="raw bytes in the query"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", id="space before the colon"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n", id="space in a header's name"),
    ],
)
def test_what_no_server_hands_over(wire: SocketClient, request_bytes: bytes) -> None:
    """Each server refuses with a 400 of its own what is no HTTP."""
    assert _first_line(wire, request_bytes) == _BY_SERVER


@pytest.mark.parametrize(
    "framing",
    [
        pytest.param("Content-Length: 3\r\nContent-Length: 4", id="two lengths"),
        pytest.param("Content-Length: -1", id="negative length"),
        pytest.param("Content-Length: +3", id="signed length"),
        pytest.param("Content-Length: 99999999999999999999999", id="endless length"),
        pytest.param("Content-Length: 3, 4", id="list of lengths"),
        pytest.param("Transfer-Encoding: chunked, gzip", id="chunked not last"),
    ],
)
def test_framing_that_no_server_hands_over(bodies: SocketClient, framing: str) -> None:
    """Each server refuses with a 400 of its own a body whose end nobody can know."""
    assert _first_line(bodies, head("POST", "/contents", framing) + b"abcd") == _BY_SERVER


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("no host", ()),
        ("two hosts", ("Host: a", "Host: b")),
        ("folded header", ("Host: a", "X-A: b\r\n c")),
        ("101 headers", ("Host: a", *(f"X-{at}: b" for at in range(100)))),
    ],
)
def test_heads(wire: SocketClient, what: str, lines: tuple[str, ...]) -> None:
    """Servers differ in which heads they hand over; jero takes no decision by `Host`."""
    request = "\r\n".join(["GET /widgets HTTP/1.1", *lines, "", ""]).encode()
    assert _status(wire, request) == STATUSES[what][wire.edge]


def test_two_hosts_where_one_is_read(wire: SocketClient) -> None:
    """Where an operation reads `Host`, two of them are answered 400, by the server or by jero."""
    with wire.connect() as connection:
        connection.send(b"GET /host HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert connection.read_answer().status == 400


@pytest.mark.parametrize(
    ("what", "target"),
    [
        ("absolute target", "http://other/widgets"),
        ("target without a slash", "widgets/new"),
        ("target with a fragment", "/widgets#new"),
    ],
)
def test_targets(wire: SocketClient, what: str, target: str) -> None:
    """Servers differ in what they make of targets that are not plain paths; none reaches another route."""
    assert _status(wire, head("GET", target)) == STATUSES[what][wire.edge]


def test_long_target(wire: SocketClient) -> None:
    """A target of more than 64 KiB is refused; by uvicorn not always, as its head comes in one piece or several."""
    assert _status(wire, head("GET", "/" + "a" * 70_000)) in TARGET_OVER_64_KIB[wire.edge]


@pytest.mark.parametrize(
    ("what", "method", "target"),
    [
        ("CONNECT", "CONNECT", "other:80"),
        ("unknown method", "BREW", "/widgets"),
        ("method in lower case", "get", "/widgets"),
        ("method in lower case", "Get", "/widgets"),
    ],
)
def test_methods(wire: SocketClient, what: str, method: str, target: str) -> None:
    """CONNECT, unknown methods and methods in lower case are never served, whoever refuses them."""
    assert _status(wire, head(method, target)) == STATUSES[what][wire.edge]


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        pytest.param("Content-Length: 3\r\nContent-Length: 3", b"abc", id="the same length twice"),
        pytest.param(
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            b"3\r\nabc\r\n0\r\n\r\n",
            id="a length beside chunks",
        ),
    ],
)
def test_doubtful_framing(bodies: SocketClient, framing: str, body: bytes) -> None:
    """Doubtful framing is read as RFC 9112 (6.3) says, or refused; the connection is never out of step."""
    with bodies.connect() as connection:
        connection.send(head("POST", "/contents", framing, "Connection: close") + body)
        answer = connection.read_answer()
        assert answer.status == 400 or answer.body == b"abc"
        assert connection.read_to_end() == b""


def test_transfer_coding(bodies: SocketClient) -> None:
    """A transfer coding besides `chunked` is refused by some servers, and passed on encoded by others."""
    request = head("POST", "/contents", "Transfer-Encoding: gzip, chunked") + b"3\r\nabc\r\n0\r\n\r\n"
    assert _status(bodies, request) == STATUSES["further transfer coding"][bodies.edge]
