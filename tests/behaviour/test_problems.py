"""Errors on purpose: `HTTPError` and its subclasses as problem documents (RFC 9457)."""

import pytest
from serving.clients import Client
from serving.servings import Serve

_PLAIN_500 = {"type": "internal-server-error", "title": "Internal Server Error", "status": 500}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app whose handlers raise."""
    return serve("apps.calls")


def _target(what: str) -> str:
    return f"/http-errors/{what.replace(' ', '%20')}"


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("bare", {"type": "about:blank", "title": "Not Found", "status": 404}),
        (
            "detail",
            {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "widget not found"},
        ),
        ("odd status", {"type": "about:blank", "title": "", "status": 499, "detail": "odd"}),
        ("teapot", {"type": "about:blank", "title": "I'm a Teapot", "status": 418}),
        ("typed", {"type": "out-of-stock", "title": "Out of stock", "status": 409}),
        (
            "typed with detail",
            {"type": "out-of-stock", "title": "Out of stock", "status": 409, "detail": "only 3 left"},
        ),
        (
            "members",
            {"type": "low-stock", "title": "Low stock", "status": 409, "left": 3, "sizes": ["s", "m"]},
        ),
        ("bad request", {"type": "bad-request", "title": "Bad Request", "status": 400, "detail": "no"}),
        ("forbidden", {"type": "forbidden", "title": "Forbidden", "status": 403}),
        ("not found", {"type": "not-found", "title": "Not Found", "status": 404, "detail": "gone fishing"}),
        ("conflict", {"type": "conflict", "title": "Conflict", "status": 409}),
        ("gone", {"type": "gone", "title": "Gone", "status": 410}),
        ("precondition", {"type": "precondition-failed", "title": "Precondition Failed", "status": 412}),
        ("too many", {"type": "too-many-requests", "title": "Too Many Requests", "status": 429}),
    ],
)
def test_problem(app: Client, what: str, problem: dict[str, object]) -> None:
    """An HTTPError answers with its problem document, and nothing is logged."""
    answer = app.get(_target(what))
    assert (answer.status, answer.problem) == (problem["status"], problem)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.body))


def test_headers(app: Client) -> None:
    """An error's headers are added to the response."""
    answer = app.get(_target("headers"))
    assert answer.status == 429
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-a"] == "é"


def test_repeated_headers(app: Client) -> None:
    """An error's headers may be pairs, repeats among them."""
    answer = app.get(_target("header pairs"))
    assert answer.headers.get_all("www-authenticate") == ["Basic", "Bearer"]


def test_headers_that_belong_to_the_body(app: Client) -> None:
    """The type and the length of a problem document are its own, whatever headers the error has."""
    answer = app.get(_target("content type"))
    assert answer.status == 400
    assert answer.problem["detail"] == "x"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["x-a"] == "1"


@pytest.mark.parametrize(
    ("what", "status"),
    [("unnamed status", 599), ("unavailable", 503)],
)
def test_error_of_the_server(app: Client, what: str, status: int) -> None:
    """An HTTPError from 500 up is answered as any other, and logged with its traceback."""
    answer = app.get(_target(what))
    assert answer.status == answer.problem["status"] == status
    record = app.log.one_error()
    assert (record.status, record.template) == (status, "/http-errors/{text}")
    assert "Traceback" in str(record.exception)


@pytest.mark.parametrize("what", ["bad header", "unencodable member", "surrogate"])
def test_error_that_cannot_be_sent(app: Client, what: str) -> None:
    """An error whose headers or members cannot be sent is a plain 500, with a record."""
    answer = app.get(_target(what))
    assert (answer.status, answer.problem) == (500, _PLAIN_500)
    assert app.log.one_error().template == "/http-errors/{text}"


@pytest.mark.parametrize("what", ["long detail", "long members"])
def test_long_error(app: Client, what: str) -> None:
    """The body of an error has at most 64 KiB, and says so where it is cut."""
    answer = app.get(_target(what))
    assert answer.status in {400, 409}
    assert len(answer.body) <= 64 * 1024
    assert answer.problem["truncated"] is True
    assert answer.problem["status"] == answer.status


def test_long_entry(app: Client) -> None:
    """The detail of one entry in a list of errors has at most 4 KiB; the answer says that it is cut."""
    answer = app.get(_target("long entry"))
    assert answer.status == 422
    [(_, pointer, detail)] = answer.errors
    assert (pointer, detail[:3], detail[-1]) == ("#/a", "ééé", "…")
    assert len(detail.encode()) <= 4 * 1024
    assert answer.problem["truncated"] is True


def test_long_list_of_errors(app: Client) -> None:
    """A list of errors is cut, entry by entry, so that the body has at most 64 KiB."""
    answer = app.get(_target("long entries"))
    assert answer.problem["detail"] == "many"
    assert 60 <= len(answer.errors) < 65
    assert all(len(detail) == 1000 for _, _, detail in answer.errors)
    assert answer.problem["truncated"] is True
    assert len(answer.body) <= 64 * 1024
