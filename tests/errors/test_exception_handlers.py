"""Exception handlers and the error renderer: who answers for an error, and with what."""

import logging

import pytest
from msgspec import Struct

from jero import (
    BaseApp,
    BytesResponse,
    Endpoint,
    HTTPError,
    InternalServerError,
    JSONResponse,
    NotFoundError,
    RawHeaders,
    TestClient,
    ValidationFailedError,
    WiringError,
)

PLAIN_500 = {"type": "internal-server-error", "title": "Internal Server Error", "status": 500}


class Trouble(Exception):
    """An application's own exception."""


class BadTrouble(Trouble):
    """One below it."""


class Report(Struct):
    what: str


class Params(Struct):
    limit: int = 1


class Raising(Endpoint, path="/raising"):
    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def get(self, params: Params) -> None:
        _ = params
        raise self._error


def make_client(error: BaseException, *handlers: object, renderer: object = None) -> TestClient:
    """Serve a handler that raises `error`, with these exception handlers."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Raising(error))
            for handler in handlers:
                self._include_exception_handler(handler)  # pyright: ignore[reportArgumentType] - wrong ones are tested too
            if renderer is not None:
                self._include_error_renderer(renderer)

    return TestClient(App())


class TroubleHandler:
    async def handle_exception(self, exception: Trouble) -> JSONResponse[Report]:
        return JSONResponse(json=Report(type(exception).__name__), status_code=418)


class BadTroubleHandler:
    def handle_exception(self, exception: BadTrouble) -> HTTPError | None:
        return NotFoundError(str(exception)) if str(exception) else None


class AnyHandler:
    def handle_exception(self, exception: Exception) -> Report:
        return Report(f"any: {type(exception).__name__}")


class HTTPErrorHandler:
    def handle_exception(self, exception: HTTPError) -> JSONResponse[Report]:
        return JSONResponse(json=Report(f"{exception.status}"), status_code=exception.status)


class FailingHandler:
    def handle_exception(self, exception: Trouble) -> HTTPError | None:
        raise KeyError("inside the handler")


class LyingHandler:
    def handle_exception(self, exception: Trouble) -> HTTPError | None:
        return "text"  # pyright: ignore[reportReturnType] - the lie under test


def test_a_handler_answers_for_its_class_and_those_below() -> None:
    """A handler is asked for the exceptions that its annotation names, and its response is sent."""
    with make_client(BadTrouble("x"), TroubleHandler()) as client:
        response = client.get("/raising")
    assert (response.status_code, response.json()) == (418, {"what": "BadTrouble"})
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_nearest_class_wins_whatever_the_order() -> None:
    """Of two handlers, the one for the nearer class in the MRO is asked first, in either order of inclusion."""
    for handlers in ((TroubleHandler(), BadTroubleHandler()), (BadTroubleHandler(), TroubleHandler())):
        with make_client(BadTrouble("near"), *handlers) as client:
            assert client.get("/raising").json() == {
                "type": "not-found",
                "title": "Not Found",
                "status": 404,
                "detail": "near",
            }


def test_none_falls_through_to_the_next_class() -> None:
    """A handler that gives None leaves the exception to the handler of the next class above."""
    with make_client(BadTrouble(), BadTroubleHandler(), TroubleHandler()) as client:
        assert client.get("/raising").status_code == 418


def test_none_from_the_last_handler_leaves_the_plain_500(caplog: pytest.LogCaptureFixture) -> None:
    """Where no handler answers, the exception is logged and answered as ever."""
    with make_client(BadTrouble(), BadTroubleHandler()) as client:
        assert client.get("/raising").json() == PLAIN_500
    assert [record.message for record in caplog.records] == ["GET /raising: failed with BadTrouble"]


def test_a_bare_body_is_sent_as_500_and_the_exception_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A handler's answer of 500 and above does not hide the exception from the log."""
    with make_client(Trouble("lost"), AnyHandler()) as client:
        response = client.get("/raising")
    assert (response.status_code, response.json()) == (500, {"what": "any: Trouble"})
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], Trouble)


def test_a_handler_of_exception_leaves_http_errors_alone() -> None:
    """HTTPError has an answer of its own, which is nearer to it than a handler of Exception."""
    with make_client(NotFoundError("mine"), AnyHandler()) as client:
        assert client.get("/raising").json()["detail"] == "mine"


def test_a_handler_of_http_error_answers_for_the_framework_s_own() -> None:
    """Unrouted URLs, wrong methods and invalid input come to a handler of HTTPError too."""
    with make_client(Trouble(), HTTPErrorHandler()) as client:
        found = [client.get("/nowhere"), client.post("/raising"), client.get("/raising", params={"limit": "x"})]
    assert [response.json() for response in found] == [{"what": "404"}, {"what": "405"}, {"what": "400"}]


@pytest.mark.parametrize("handler", [FailingHandler(), LyingHandler()])
def test_a_handler_that_fails_gives_the_plain_500(handler: object, caplog: pytest.LogCaptureFixture) -> None:
    """A handler that raises, or gives what it does not declare, is logged once and answered as a plain 500."""
    with make_client(Trouble("first"), handler) as client:
        assert client.get("/raising").json() == PLAIN_500
    (record,) = caplog.records
    assert record.message.startswith("GET /raising: the exception handler of Trouble failed with ")
    assert record.exc_info is not None
    assert record.exc_info[1] is not None
    assert isinstance(record.exc_info[1].__context__, Trouble)


class Page:
    def render_error(self, error: HTTPError, raw_headers: RawHeaders) -> BytesResponse:
        wants_html = "text/html" in (raw_headers.get("accept") or "")
        content = f"<h1>{error.status} {error.title}</h1>" if wants_html else f"{error.status}"
        return BytesResponse(
            content=content.encode(),
            raw_headers={"content-type": "text/html" if wants_html else "text/plain"},
            status_code=200,
        )


class Accept(Struct):
    accept: str = ""


class House(Struct):
    code: str
    places: list[str]


class HouseFormat:
    async def render_error(self, error: HTTPError, headers: Accept) -> JSONResponse[House]:
        places = [each.pointer for each in error.errors] if isinstance(error, ValidationFailedError) else []
        return JSONResponse(json=House(f"{error.type} {headers.accept}", places))


class FailingRenderer:
    def render_error(self, error: HTTPError) -> JSONResponse[House]:
        raise KeyError("inside the renderer")


def test_the_renderer_writes_the_body_of_every_error() -> None:
    """A renderer's body is sent with the error's own status and headers, for unrouted URLs and 405 too."""
    with make_client(Trouble(), renderer=Page()) as client:
        missing = client.get("/nowhere", headers={"accept": "text/html"})
        wrong = client.post("/raising", headers={"accept": "*/*"})
        failed = client.get("/raising", headers={"accept": "text/html"})
    assert (missing.status_code, missing.text) == (404, "<h1>404 Not Found</h1>")
    assert missing.headers["content-type"] == "text/html"
    assert (wrong.status_code, wrong.text, wrong.headers["allow"]) == (405, "405", "GET, HEAD, OPTIONS")
    assert (failed.status_code, failed.text) == (500, "<h1>500 Internal Server Error</h1>")


def test_the_renderer_sees_every_validation_error() -> None:
    """A renderer reads the places of invalid input from the error, and typed headers of the request."""
    with make_client(Trouble(), renderer=HouseFormat()) as client:
        response = client.get("/raising", params={"limit": "x"}, headers={"accept": "a/b"})
    assert (response.status_code, response.json()) == (
        400,
        {"code": "validation-failed a/b", "places": ["#/limit"]},
    )


def test_a_renderer_that_fails_is_logged_and_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """Where the renderer raises, the client gets the plain 500 and the log the renderer's error."""
    with make_client(Trouble(), renderer=FailingRenderer()) as client:
        assert client.get("/nowhere").json() == PLAIN_500
    assert "the error 404 cannot be sent: KeyError" in caplog.text


@pytest.mark.parametrize(
    "headers", [[("authorization", "a"), ("authorization", "b")], [("x-page", "no number"), ("authorization", "a")]]
)
def test_headers_that_do_not_bind_leave_the_renderer_its_defaults(headers: list[tuple[str, str]]) -> None:
    """A client cannot turn an error into a 500 by headers that the renderer's Struct refuses."""

    class Paged(Struct):
        authorization: str = "none"
        x_page: int = 0

    class Renderer:
        def render_error(self, error: HTTPError, headers: Paged) -> JSONResponse[House]:
            return JSONResponse(json=House(f"{error.status} {headers.authorization} {headers.x_page}", []))

    with make_client(Trouble(), renderer=Renderer()) as client:
        assert client.get("/nowhere", headers=headers).json()["code"] == "404 none 0"


def test_internals_never_reach_a_handler_s_client() -> None:
    """The renderer is given a 500 without the exception's words."""

    class Showing:
        def render_error(self, error: HTTPError) -> JSONResponse[House]:
            return JSONResponse(json=House(repr([error.detail, type(error) is InternalServerError]), []))

    with make_client(Trouble("a secret"), renderer=Showing()) as client:
        assert client.get("/raising").json()["code"] == "[None, True]"


class NoMethod:
    pass


class NoAnnotation:
    def handle_exception(self, exception):  # noqa: ANN001, ANN201  # pyright: ignore[reportUnknownParameterType, reportMissingParameterType] - the fault under test
        return None


class NotAnException:
    def handle_exception(self, exception: Report) -> None:
        return None


class Streaming:
    def handle_exception(self, exception: Trouble) -> dict[str, str]:
        return {}


class StrictHeaders(Struct):
    x_needed: str


class NeedyRenderer:
    def render_error(self, error: HTTPError, headers: StrictHeaders) -> JSONResponse[House]:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("handlers", "renderer", "code", "problem"),
    [
        ((NoMethod(),), None, "JERO-W607", "`NoMethod` has no method `handle_exception`"),
        ((TroubleHandler,), None, "JERO-W607", "`TroubleHandler` is a class, and an object of it is included"),
        ((NoAnnotation(),), None, "JERO-W607", "it does not take exactly one argument, or lacks an annotation"),
        (
            (NotAnException(),),
            None,
            "JERO-W607",
            "its argument is `Report`, which is not an Exception class or a union of them",
        ),
        ((Streaming(),), None, "JERO-W202", "`dict[str, str]` is not a return type"),
        ((TroubleHandler(), FailingHandler()), None, "JERO-W608", "`Trouble` is already handled by TroubleHandler"),
        ((), NoMethod(), "JERO-W609", "`NoMethod` has no method `render_error`"),
        (
            (),
            NeedyRenderer(),
            "JERO-W609",
            "the field `x_needed` of its `headers` has no default, and an error must be answered",
        ),
    ],
)
def test_wrong_hooks_are_wiring_faults(handlers: tuple[object, ...], renderer: object, code: str, problem: str) -> None:
    """A handler or renderer of the wrong shape is refused at startup, with its code and its fault."""
    with pytest.raises(WiringError) as caught:
        make_client(Trouble(), *handlers, renderer=renderer)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert problem in fault.problem
