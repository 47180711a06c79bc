"""Authenticators: who is let in, what the others are told, and that no body is read before."""

import pytest
from serving.clients import Client, SocketClient
from serving.raw_http import head
from serving.servings import Serve

_EVE = ("authorization", "Bearer eve")
_CHALLENGE = 'Bearer realm="notes"'
_NOT_FOUND = {"type": "not-found", "title": "Not Found", "status": 404}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app behind authenticators."""
    return serve("apps.gates")


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the same app over the edges that have a wire."""
    return serve_on_socket("apps.gates")


def test_user(app: Client) -> None:
    """A handler that declares `user` gets what the authenticator gave."""
    assert app.get("/notes", headers=[_EVE]).json() == [{"name": "eve"}]
    assert app.get("/notes/3", headers=[_EVE]).json() == {"name": "eve 3"}


def test_user_of_a_subclass(app: Client) -> None:
    """`user` may be declared as a base of what a sync authenticator gives; it stays what it is."""
    assert app.get("/keyed", headers=[("x-api-key", "key")]).json() == {"name": "admin Admin"}


def test_user_beside_other_sources(app: Client) -> None:
    """`user` stands beside a body and headers, in any order."""
    answer = app.post("/keyed", json={"text": "a"}, headers=[("x-api-key", "key"), ("x-level", "7")])
    assert answer.json() == {"name": "7 a key"}


@pytest.mark.parametrize("headers", [[], [("authorisation", "Bearer eve")], [("x-api-key", "key")]])
def test_no_credentials(app: Client, headers: list[tuple[str, str]]) -> None:
    """A request whose headers do not bind is answered 401, with the authenticator's challenge."""
    answer = app.get("/notes", headers=headers)
    assert answer.status == 401
    assert answer.problem == {
        "type": "authentication-required",
        "title": "Unauthorized",
        "status": 401,
        "detail": "the credentials are missing or malformed",
    }
    assert answer.headers["www-authenticate"] == _CHALLENGE


def test_no_challenge(app: Client) -> None:
    """An authenticator without a challenge sends none."""
    answer = app.get("/keyed")
    assert answer.status == 401
    assert "www-authenticate" not in answer.headers


def test_credentials_that_do_not_convert(app: Client) -> None:
    """Credentials that do not convert are none; the answer repeats nothing of them."""
    answer = app.get("/keyed", headers=[("x-api-key", "key"), ("x-level", "credential")])
    assert answer.status == 401
    assert 'credential"' not in answer.text
    assert "errors" not in answer.problem


def test_refusal(app: Client) -> None:
    """What an authenticator raises is the answer, with its own headers."""
    answer = app.get("/notes", headers=[("authorization", "Bearer mallory")])
    assert (answer.status, answer.problem["detail"]) == (401, "unknown token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    answer = app.get("/notes", headers=[("authorization", "Bearer banned")])
    assert (answer.status, answer.problem["detail"]) == (403, "you are banned")
    answer = app.get("/keyed", headers=[("x-api-key", "x")])
    assert (answer.status, answer.problem["detail"]) == (401, "unknown key")


def test_two_credentials(app: Client) -> None:
    """Two `Authorization` headers are answered 400: neither of them counts."""
    answer = app.get("/notes", headers=[_EVE, ("authorization", "Bearer mallory")])
    assert answer.status == 400
    assert answer.problem["detail"] == "the header `authorization` is given twice; send it once"


def test_two_keys(app: Client) -> None:
    """Two headers of any other name join, so that a valid one cannot stand beside a forged one."""
    assert app.get("/keyed", headers=[("x-api-key", "key"), ("x-api-key", "x")]).status == 401


def test_underscore_is_no_credential(app: Client) -> None:
    """A header with underscores is no credential."""
    assert app.get("/keyed", headers=[("x_api_key", "key")]).status == 401


def test_authenticator_that_fails(app: Client) -> None:
    """An authenticator that fails lets nobody in: a plain 500, with a record of the operation."""
    answer = app.get("/notes", headers=[("authorization", "Bearer broken")])
    assert answer.status == 500
    assert answer.problem == {
        "type": "internal-server-error",
        "title": "Internal Server Error",
        "status": 500,
    }
    record = app.log.one_error()
    assert (record.template, record.operation) == ("/notes", "Notes.read_many")
    assert "s3cr3t-of-the-server" in str(record.exception)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("what", ["none", "other", "text"])
def test_authenticator_that_gives_no_user(app: Client, method: str, what: str) -> None:
    """An authenticator that gives what it does not declare lets nobody in, `user` asked for or not."""
    answer = app.request(method, "/careless", headers=[("x-api-key", what)])
    assert answer.status == 500
    assert "Careless" in str(app.log.one_error().exception)


def test_operation_that_does_not_ask(app: Client) -> None:
    """Every operation of a gated mount is gated, one that does not declare `user`, too."""
    assert app.request("DELETE", "/notes/3").status == 401
    assert app.request("DELETE", "/notes/3", headers=[_EVE]).status == 204


def test_head_is_gated(app: Client) -> None:
    """HEAD is gated as GET is."""
    answer = app.request("HEAD", "/notes")
    assert (answer.status, answer.body, answer.headers["www-authenticate"]) == (401, b"", _CHALLENGE)
    assert app.request("HEAD", "/notes", headers=[_EVE]).status == 200


def test_what_is_not_gated(app: Client) -> None:
    """OPTIONS, 404 and 405 are answered without authentication; so is a mount without an authenticator."""
    answer = app.request("OPTIONS", "/notes")
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert app.request("PUT", "/notes").status == 405
    assert app.get("/notes/3/4").problem == _NOT_FOUND
    assert app.get("/open").status == 200


def test_slot_that_does_not_convert(app: Client) -> None:
    """A slot that does not convert is a URL that does not exist, for a stranger, too."""
    assert app.get("/notes/x").problem == _NOT_FOUND


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(b"{", [("content-type", "application/json")], id="malformed"),
        pytest.param(b"", [("content-type", "application/json")], id="empty"),
        pytest.param(b"{}", [("content-type", "text/plain")], id="wrong type"),
        pytest.param(b"{}", [("content-encoding", "gzip")], id="wrong encoding"),
    ],
)
def test_authentication_comes_first(app: Client, content: bytes, headers: list[tuple[str, str]]) -> None:
    """A stranger is answered 401, whatever is wrong with the body."""
    assert app.post("/notes", content=content, headers=headers).status == 401
    assert app.post("/notes", content=content, headers=[*headers, _EVE]).status in {400, 415, 422}


def test_large_body_of_a_stranger(app: Client) -> None:
    """A stranger is answered 401, not 413."""
    assert app.post("/uploads", content=b"x" * 1001).status == 401
    assert app.post("/uploads", content=b"x" * 1001, headers=[_EVE]).status == 413


def test_body_is_not_read_before(app: Client) -> None:
    """A stranger is answered though the body never comes."""
    assert app.stall_in_body("/notes", sent=b"", declared=10).status == 401


def test_expectation_of_a_stranger(wire: SocketClient) -> None:
    """A stranger that waits for `100 Continue` gets the 401 instead, and never sends the body."""
    with wire.connect() as connection:
        connection.send(head("POST", "/notes", "Content-Length: 15", "Expect: 100-continue"))
        assert connection.read_head_line() == "HTTP/1.1 401 Unauthorized"


def test_expectation_of_a_user(wire: SocketClient) -> None:
    """A user that waits gets `100 Continue` once authenticated."""
    with wire.connect() as connection:
        lines = ("Content-Length: 13", "Expect: 100-continue", "Authorization: Bearer eve")
        connection.send(head("POST", "/notes", *lines))
        assert connection.read_head_line().startswith("HTTP/1.1 100")
        connection.send(b'{"text": "a"}')
        assert connection.read_answer().status == 201
