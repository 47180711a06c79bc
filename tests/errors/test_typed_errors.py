"""HTTPError and its subclasses: what a class may declare, what an instance takes, what a client gets."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import Struct

import jero
from jero import BaseApp, Endpoint, HTTPError, NotFoundError, TestClient


class OutOfStock(HTTPError, status=409, type="out-of-stock", title="Out of stock"):
    """A typed error without fields."""


class Shelf(Struct):
    name: str
    level: int


@dataclass
class Misplaced(HTTPError, status=409, type="https://example.com/problems/misplaced", title="Misplaced"):
    """A typed error with extension members, one of them a Struct."""

    shelf: Shelf
    detail: str | None = None
    hints: list[str] = field(default_factory=list[str])


class Raising(Endpoint, path="/"):
    """Raises whatever the test gives it."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def get(self) -> None:
        raise self._error


def answer(error: BaseException) -> jero.TestResponse:
    """Give what a client gets where a handler raises `error`."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Raising(error))

    with TestClient(App()) as client:
        return client.get("/")


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (
            HTTPError(404, "widget not found"),
            404,
            {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "widget not found"},
        ),
        (HTTPError(599), 599, {"type": "about:blank", "title": "", "status": 599}),
        (OutOfStock(), 409, {"type": "out-of-stock", "title": "Out of stock", "status": 409}),
        (
            OutOfStock("only 3 left"),
            409,
            {"type": "out-of-stock", "title": "Out of stock", "status": 409, "detail": "only 3 left"},
        ),
        (
            OutOfStock(detail="none left"),
            409,
            {"type": "out-of-stock", "title": "Out of stock", "status": 409, "detail": "none left"},
        ),
        (
            Misplaced(Shelf("A", 3), hints=["look left"]),
            409,
            {
                "type": "https://example.com/problems/misplaced",
                "title": "Misplaced",
                "status": 409,
                "shelf": {"name": "A", "level": 3},
                "hints": ["look left"],
            },
        ),
        (
            Misplaced(Shelf("A", 3), "it moved"),
            409,
            {
                "type": "https://example.com/problems/misplaced",
                "title": "Misplaced",
                "status": 409,
                "detail": "it moved",
                "shelf": {"name": "A", "level": 3},
                "hints": [],
            },
        ),
        (NotFoundError("gone"), 404, {"type": "not-found", "title": "Not Found", "status": 404, "detail": "gone"}),
    ],
)
def test_an_error_answers_with_its_problem_body(error: HTTPError, status: int, body: dict[str, object]) -> None:
    """An error raised in a handler gives its status and exactly its RFC 9457 members, dataclass fields included."""
    response = answer(error)
    assert (response.status_code, response.json()) == (status, body)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_headers_are_added_to_the_answer() -> None:
    """`headers=` adds response headers, repeats kept."""
    error = HTTPError(429, headers=[("Retry-After", "7"), ("x-reason", "a"), ("x-reason", "b")])
    response = answer(error)
    assert [pair for pair in response.multi_headers if pair[0] in {"retry-after", "x-reason"}] == [
        ("retry-after", "7"),
        ("x-reason", "a"),
        ("x-reason", "b"),
    ]


def test_an_error_that_cannot_be_sent_is_a_plain_500(caplog: pytest.LogCaptureFixture) -> None:
    """A header that would break the response makes the answer a plain 500, and the log names the header."""
    response = answer(HTTPError(400, headers={"x-bad": "a\r\nset-cookie: stolen=1"}))
    assert response.status_code == 500
    assert response.json() == {
        "type": "internal-server-error",
        "title": "Internal Server Error",
        "status": 500,
    }
    assert "set-cookie" not in response.headers
    assert "the response header `x-bad` has a control character (such as CR, LF or NUL)" in caplog.text


@pytest.mark.parametrize(
    ("name", "status", "problem_type"),
    [
        ("BadRequestError", 400, "bad-request"),
        ("MalformedRequestError", 400, "malformed-request"),
        ("AuthenticationRequiredError", 401, "authentication-required"),
        ("ForbiddenError", 403, "forbidden"),
        ("NotFoundError", 404, "not-found"),
        ("MethodNotAllowedError", 405, "method-not-allowed"),
        ("RequestTimeoutError", 408, "request-timeout"),
        ("ConflictError", 409, "conflict"),
        ("GoneError", 410, "gone"),
        ("PreconditionFailedError", 412, "precondition-failed"),
        ("ContentTooLargeError", 413, "content-too-large"),
        ("URITooLongError", 414, "uri-too-long"),
        ("UnsupportedMediaTypeError", 415, "unsupported-media-type"),
        ("ValidationFailedError", 422, "validation-failed"),
        ("TooManyRequestsError", 429, "too-many-requests"),
        ("InternalServerError", 500, "internal-server-error"),
        ("ServiceUnavailableError", 503, "service-unavailable"),
    ],
)
def test_ready_made_errors_are_stable(name: str, status: int, problem_type: str) -> None:
    """The ready-made errors keep their status and type, which clients rely on."""
    error = getattr(jero, name)("why")
    assert (error.status, error.type, error.detail) == (status, problem_type, "why")


@pytest.mark.parametrize(
    ("keywords", "fields", "message"),
    [
        (
            {"status": "409"},
            {},
            "class Bad(HTTPError): status='409' is not an int; give a status from 400 to 599",
        ),
        ({"status": True}, {}, "class Bad(HTTPError): status=True is not an int; give a status from 400 to 599"),
        ({"status": 200}, {}, "class Bad(HTTPError): status=200 is not an error; give one from 400 to 599"),
        (
            {"status": 409, "type": "out of stock"},
            {},
            (
                "class Bad(HTTPError): type='out of stock' is not a URI reference;"
                ' give ASCII without spaces, such as type="out-of-stock"'
            ),
        ),
        (
            {"status": 409, "type": "x", "title": " "},
            {},
            "class Bad(HTTPError): title=' ' is not text; give a short summary of the problem type",
        ),
        (
            {"status": 409, "title": "Out of stock"},
            {},
            (
                'class Bad(HTTPError): title=\'Out of stock\' has no type; add type="..." ("about:blank" means the'
                " status phrase is the title, RFC 9457 section 4.2.1)"
            ),
        ),
        (
            {"status": 409, "type": "x"},
            {"status": int},
            "class Bad(HTTPError): the field `status` is a member of every problem body; choose another name",
        ),
    ],
)
def test_a_wrong_declaration_is_refused_where_it_is_written(
    keywords: dict[str, Any], fields: dict[str, type], message: str
) -> None:
    """A subclass with a wrong status, type, title or field name fails as the class is defined, with the whole words."""
    with pytest.raises((TypeError, ValueError)) as caught:
        type("Bad", (HTTPError,), {"__annotations__": fields}, **keywords)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: HTTPError(200), "HTTPError: status=200 is not an error; give one from 400 to 599"),
        (
            lambda: HTTPError("not found"),
            (
                "HTTPError(): the first argument must be a status from 400 to 599, got 'not found'; pass one, or"
                " declare it with `class ...(HTTPError, status=...)`"
            ),
        ),
        (
            lambda: OutOfStock(409, "none"),
            "OutOfStock(): its status is declared as 409; pass only a detail",
        ),
    ],
)
def test_a_wrong_instance_is_refused_on_the_spot(build: Any, message: str) -> None:
    """An error with a status that is none, or that its class declares already, fails as it is built."""
    with pytest.raises((TypeError, ValueError)) as caught:
        build()
    assert str(caught.value) == message


def test_a_subclass_inherits_what_it_does_not_declare() -> None:
    """A subclass of a typed error keeps its status, type and title."""

    class SoldOut(OutOfStock):
        pass

    assert (SoldOut().status, SoldOut().type, str(SoldOut("ever"))) == (
        409,
        "out-of-stock",
        "409 Out of stock: ever",
    )


def test_a_frozen_dataclass_is_refused() -> None:
    """An error that is a frozen dataclass fails as it is built: Python writes to exceptions that pass."""

    @dataclass(frozen=True)
    class Frozen(HTTPError, status=409, type="frozen"):
        what: str

    with pytest.raises(TypeError) as caught:
        Frozen("x")
    assert str(caught.value) == (
        "class Frozen(HTTPError): an exception cannot be frozen; write `@dataclass` without it"
    )
