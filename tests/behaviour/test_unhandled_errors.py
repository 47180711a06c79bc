"""What handlers raise without meaning it: a plain 500, one traceback in the log, a worker that lives on."""

import pytest
from serving.clients import Client
from serving.decisions import LOSES_NON_ASCII_HEADERS
from serving.records import Record
from serving.servings import Serve

_PLAIN_500 = {"type": "internal-server-error", "title": "Internal Server Error", "status": 500}
_INTERNAL = "s3cr3t-of-the-server"


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app whose handlers raise."""
    return serve("apps.calls")


def _check(app: Client, target: str) -> Record:
    """Check that a GET is answered with the plain 500 and that the next is served; give the record."""
    answer = app.get(target)
    assert answer.status == 500
    assert answer.problem == _PLAIN_500
    assert sorted(answer.headers.own) == [
        ("content-length", str(len(answer.body))),
        ("content-type", "application/problem+json"),
        ("x-content-type-options", "nosniff"),
    ]
    record = app.log.one_error()
    assert (record.level, record.logger, record.method) == ("ERROR", "jero", "GET")
    assert app.get("/runs").status == 200
    return record


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("ValueError", "ValueError"),
        ("CancelledError", "CancelledError"),
        ("CancelledError of a child", "CancelledError"),
        ("ExceptionGroup", "ExceptionGroup"),
        ("BaseExceptionGroup", "BaseExceptionGroup"),
        ("SystemExit", "SystemExit"),
        ("StopAsyncIteration", "StopAsyncIteration"),
        ("ValidationError", "ValidationError"),
        ("UnicodeDecodeError", "UnicodeDecodeError"),
        ("RecursionError", "RecursionError"),
        ("HTTPError in a group", "ExceptionGroup"),
        ("TimeoutError", "TimeoutError"),
        ("unprintable", "UnprintableError"),
    ],
)
def test_exception(app: Client, what: str, name: str) -> None:
    """Whatever a handler raises is a 500 and one record with method, template, exception and traceback."""
    record = _check(app, f"/raises/{what.replace(' ', '%20')}")
    assert record.message == f"GET /raises/{{text}}: failed with {name}"
    assert (record.template, record.operation, record.status) == ("/raises/{text}", "Raises.get", 500)
    assert "Traceback (most recent call last):" in str(record.exception)
    assert "apps/calls.py" in str(record.exception)


@pytest.mark.parametrize("what", ["ValueError", "SystemExit", "StopIteration"])
def test_exception_of_a_threaded_handler(app: Client, what: str) -> None:
    """The same holds on a worker thread."""
    record = _check(app, f"/raises-in-thread/{what}")
    assert record.operation == "RaisesInThread.get"
    assert _INTERNAL in str(record.exception)


@pytest.mark.parametrize("what", ["ValueError", "StopIteration"])
def test_exception_of_a_plain_handler(app: Client, what: str) -> None:
    """And for a handler that is a plain function."""
    record = _check(app, f"/raises-plainly/{what}")
    assert record.operation == "RaisesPlainly.get"
    assert _INTERNAL in str(record.exception)


def test_head_of_what_fails(app: Client) -> None:
    """HEAD of what fails is a 500 without a body, logged as HEAD."""
    answer = app.request("HEAD", "/raises/ValueError")
    assert (answer.status, answer.body) == (500, b"")
    assert app.log.one_error().method == "HEAD"


def test_nothing_of_a_request_is_logged(app: Client) -> None:
    """A record holds neither query nor headers of the request, where credentials may be; nor does another."""
    headers = [
        ("authorization", "Bearer credential"),
        ("cookie", "session=credential"),
        ("x-a", "credential"),
    ]
    assert app.get("/raises/ValueError?token=credential", headers=headers).status == 500
    app.log.one_error()
    assert not [record for record in app.log.records() if "credential" in str(record)]


def test_request_id(app: Client) -> None:
    """A record has the request's `X-Request-ID`, escaped and cut."""
    app.get("/raises/ValueError", headers=[("x-request-id", "abc-123")])
    assert app.log.one_error().request_id == "abc-123"
    app.get("/raises/ValueError", headers=[("x-request-id", "a\x85b" + "c" * 500)])
    request_id = str(app.log.one_error().request_id)
    assert request_id.startswith("\xff" if app.edge in LOSES_NON_ASCII_HEADERS else "a\\x85bccc")
    assert len(request_id) < 100


def test_unknown_path_cannot_forge_a_record(app: Client) -> None:
    """What is logged of a path is escaped: a line break in it begins no new line."""
    assert app.get("/no%0ACRITICAL%20jero").status == 404
    assert not [record for record in app.log.records() if "\n" in record.message]
