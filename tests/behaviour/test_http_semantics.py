"""HEAD, OPTIONS, methods that are not served, unknown URLs, and an app mounted under a prefix."""

import pytest
from serving.clients import Client, SocketClient
from serving.raw_http import head
from serving.servings import Serve

_NOT_ALLOWED = {"type": "method-not-allowed", "title": "Method Not Allowed", "status": 405}
_NOT_FOUND = {"type": "not-found", "title": "Not Found", "status": 404}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that answers."""
    return serve("apps.answers")


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the same app over the edges that have a wire."""
    return serve_on_socket("apps.answers")


@pytest.mark.parametrize(
    "target",
    ["/widgets", "/widgets/nut", "/texts", "/empty-texts", "/bytes", "/typed", "/pictures", "/nothing"]
    + [f"/statuses?status={status}" for status in (200, 204, 304, 418)],
)
def test_head(app: Client, target: str) -> None:
    """HEAD is answered as GET is, with the same status and headers, the length among them, and no body."""
    get, head = app.get(target), app.request("HEAD", target)
    assert head.body == b""
    assert head.status == get.status
    assert sorted(head.headers.own) == sorted(get.headers.own)


def test_head_of_205(app: Client) -> None:
    """So is 205; but servers frame its empty body in different ways (docs/security.md)."""
    get, head = app.get("/statuses?status=205"), app.request("HEAD", "/statuses?status=205")
    assert (head.status, head.body) == (205, b"")
    framing = {("content-length", "0"), ("transfer-encoding", "chunked")}
    assert set(get.headers.own) ^ set(head.headers.own) <= framing


@pytest.mark.parametrize("target", ["/nowhere", "/post-only"])
def test_head_of_an_error(app: Client, target: str) -> None:
    """HEAD of what GET is refused is refused in the same way, without the body."""
    get, head = app.get(target), app.request("HEAD", target)
    assert (head.status, head.body) == (get.status, b"")
    assert sorted(head.headers.own) == sorted(get.headers.own)


@pytest.mark.parametrize(
    ("target", "allow"),
    [
        ("/widgets", "GET, HEAD, POST, OPTIONS"),
        ("/widgets/nut", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/verbs", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("/post-only", "POST, OPTIONS"),
        ("/texts", "GET, HEAD, OPTIONS"),
    ],
)
def test_options(app: Client, target: str, allow: str) -> None:
    """OPTIONS is answered 204 with what the URL serves, in a fixed order; HEAD is where GET is."""
    answer = app.request("OPTIONS", target)
    assert (answer.status, answer.body, answer.headers.own) == (204, b"", [("allow", allow)])


def test_options_of_the_server(app: Client) -> None:
    """`OPTIONS *` is answered 204 with all that the app serves anywhere."""
    answer = app.request("OPTIONS", "*")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"


def test_options_of_nothing(app: Client) -> None:
    """OPTIONS of an unknown URL is answered 404."""
    assert app.request("OPTIONS", "/nowhere").problem == _NOT_FOUND


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("DELETE", "/widgets", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/widgets/nut", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("GET", "/post-only", "POST, OPTIONS"),
        ("TRACE", "/widgets", "GET, HEAD, POST, OPTIONS"),
        ("PROPFIND", "/widgets", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_method_that_is_not_served(app: Client, method: str, target: str, allow: str) -> None:
    """A method that a URL does not serve is answered 405, with those that it does."""
    answer = app.request(method, target)
    assert (answer.status, answer.problem) == (405, _NOT_ALLOWED)
    assert answer.headers["allow"] == allow
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "TRACE"])
def test_unknown_url(app: Client, method: str) -> None:
    """An unknown URL is answered 404 with a problem document, whatever the method."""
    answer = app.request(method, "/nowhere")
    assert (answer.status, answer.problem) == (404, _NOT_FOUND)
    assert sorted(answer.headers.own) == [
        ("content-length", str(len(answer.body))),
        ("content-type", "application/problem+json"),
        ("x-content-type-options", "nosniff"),
    ]


def test_several_requests_on_a_connection(wire: SocketClient) -> None:
    """After an answer, an error among them, the connection serves the next request."""
    with wire.connect() as connection:
        for target, status in (("/widgets", 200), ("/nowhere", 404), ("/nothing", 204), ("/texts", 200)):
            connection.send(head("GET", target))
            assert connection.read_answer().status == status
        connection.send(head("HEAD", "/widgets"), head("GET", "/texts"))
        assert connection.read_answer(is_head=True).headers["content-length"] == "64"
        assert connection.read_answer().text == "café ☕"


def test_http_1_0(wire: SocketClient) -> None:
    """A client of HTTP/1.0 is answered, and its connection ends."""
    with wire.connect() as connection:
        connection.send(b"GET /widgets/nut HTTP/1.0\r\n\r\n")
        answer = connection.read_answer()
        assert (answer.status, answer.json()) == (200, {"name": "nut", "unitPrice": 0.5})
        assert connection.read_to_end() == b""
