"""What a test client gives back: status, headers, body, and what it raises where there is no response."""

import logging

import msgspec
import pytest
from asgi_apps import Receive, Scope, Send, answering, body, sending, start, with_lifespan

from jero.testing import IncompleteResponseError, NoResponseError, TestClient, TestResponse


class Movie(msgspec.Struct):
    title: str


class Show(msgspec.Struct, tag=True):
    title: str


class Film(msgspec.Struct, tag=True):
    title: str


def test_status_content_and_text() -> None:
    """A response has its status as an int, its body as bytes, and as text."""
    with TestClient(answering("é".encode(), status=418)) as client:
        response = client.get("/")
    assert (response.status_code, response.content, response.text) == (418, "é".encode(), "é")
    assert repr(response) == "<TestResponse 418, text/plain, 2 bytes>"


def test_headers_are_found_in_any_case_and_repeats_joined() -> None:
    """`headers` joins what was repeated; `multi_headers` and `get_list` keep each value, in order."""
    pairs = [(b"x-tag", b"a"), (b"content-length", b"0"), (b"x-tag", b"\xe9")]
    with TestClient(sending(start(200, pairs), body())) as client:
        response = client.get("/")
    assert response.headers["X-Tag"] == "a, é"
    assert "X-TAG" in response.headers
    assert "x-none" not in response.headers
    assert response.headers.get("x-none") is None
    assert list(response.headers) == ["x-tag", "content-length"]
    assert response.headers.get_list("X-Tag") == ["a", "é"]
    assert response.multi_headers == [("x-tag", "a"), ("content-length", "0"), ("x-tag", "é")]


@pytest.mark.parametrize(
    ("content_type", "content", "text"),
    [
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ('text/plain; charset="ISO-8859-1"; x=y', b"\xe9", "é"),
        ("text/plain", b"\xe9", "�"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
    ],
)
def test_text_is_decoded_by_the_charset(content_type: str, content: bytes, text: str) -> None:
    """The charset of the content type counts; without a known one it is UTF-8."""
    with TestClient(answering(content, content_type)) as client:
        assert client.get("/").text == text


def test_json_decodes_to_builtins_or_to_a_type() -> None:
    """`json()` gives builtins, `json(Movie)` a Movie, and unions of Structs work as well."""
    with TestClient(answering(b'{"title":"Alien","type":"Film"}', "application/json")) as client:
        response = client.get("/")
    assert response.json() == {"title": "Alien", "type": "Film"}
    assert response.json(Movie) == Movie("Alien")
    assert response.json(type=Film | Show) == Film("Alien")


def test_json_of_the_wrong_shape_raises_what_msgspec_raises() -> None:
    """A body that is not of the type fails the test with msgspec's own words."""
    with TestClient(answering(b'{"title":1}')) as client:
        response = client.get("/")
    with pytest.raises(msgspec.ValidationError, match=r"Expected `str`, got `int` - at `\$.title`"):
        response.json(Movie)


def test_a_body_in_parts_is_joined() -> None:
    """The parts of a body arrive as one."""
    with TestClient(sending(start(), body(b"a", more=True), body(b"", more=True), body(b"b"))) as client:
        assert client.get("/").content == b"ab"


def test_body_and_more_body_may_be_left_out() -> None:
    """ASGI has defaults for both: an empty body that is the last."""
    with TestClient(sending({"type": "http.response.start", "status": 204}, {"type": "http.response.body"})) as client:
        response = client.get("/")
    assert (response.status_code, response.content, len(response.headers)) == (204, b"", 0)


async def _fails_before(scope: Scope, receive: Receive, send: Send) -> None:
    raise LookupError("the app is at fault")


async def _fails_within(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start(201))
    await send(body(b"part", more=True))
    raise LookupError("the app is at fault")


async def _fails_after(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start())
    await send(body(b"whole"))
    raise LookupError("the app is at fault")


async def _exits(scope: Scope, receive: Receive, send: Send) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize("app", [_fails_before, _exits])
def test_an_app_that_raises_before_it_answers_gives_a_500(app: object, caplog: pytest.LogCaptureFixture) -> None:
    """As under a server: a plain 500 for the client, the traceback in the log, and it goes on serving."""
    with TestClient(with_lifespan(app)) as client:  # pyright: ignore[reportArgumentType]  # one of the apps above
        response = client.get("/x")
        assert client.head("/x").content == b""
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    record = caplog.records[0]
    assert (record.name, record.levelno, record.getMessage()) == (
        "jero.testing",
        logging.ERROR,
        "GET /x: the app raised",
    )
    assert record.exc_info is not None


def test_raise_server_exceptions_raises_what_the_app_let_out() -> None:
    """With the option, the exception itself reaches the test, wherever in the response it was raised."""
    for app in (_fails_before, _fails_within, _fails_after):
        with (
            TestClient(with_lifespan(app), raise_server_exceptions=True) as client,
            pytest.raises(LookupError, match="the app is at fault"),
        ):
            client.get("/")


def test_raise_server_exceptions_raises_even_system_exit() -> None:
    """An exit of the app ends neither the loop nor the client: it is raised in the test, and all goes on."""
    with TestClient(with_lifespan(_exits), raise_server_exceptions=True) as client:
        for _ in range(2):
            with pytest.raises(SystemExit):
                client.get("/")


def test_an_exception_after_the_response_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The client has its response; what came after it is told in the log."""
    with TestClient(with_lifespan(_fails_after)) as client:
        assert client.get("/").content == b"whole"
    assert [record.exc_text is not None for record in caplog.records] == [True]


def test_a_response_without_its_end_is_incomplete() -> None:
    """An app that ends inside its response raises in the test, with what was received and the cause."""
    with (
        TestClient(with_lifespan(_fails_within)) as client,
        pytest.raises(IncompleteResponseError, match="GET /x: the app ended inside its response") as caught,
    ):
        client.get("/x")
    assert (caught.value.status_code, caught.value.content) == (201, b"part")
    assert isinstance(caught.value.__cause__, LookupError)


def test_a_start_without_a_body_is_incomplete() -> None:
    """A start alone is no response."""
    with TestClient(sending(start())) as client, pytest.raises(IncompleteResponseError):
        client.get("/")


def test_an_app_that_sends_nothing_gives_no_response() -> None:
    """An app that returns without a word has dropped the request."""
    with (
        TestClient(sending()) as client,
        pytest.raises(NoResponseError, match="GET /x: the app returned without"),
    ):
        client.get("/x")


def test_a_reported_exception_is_raised_with_the_option_only() -> None:
    """An app that answers 500 itself hands the exception over through the reporter in its scope."""
    failure = LookupError("reported")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"]["jero.testing"].request_failed(failure)
        scope["extensions"]["jero.testing"].request_failed(ValueError("a second one does not count"))
        await send(start(500))
        await send(body(b"sorry"))

    with TestClient(with_lifespan(app)) as client:
        response = client.get("/")
    assert (response.status_code, response.content) == (500, b"sorry")
    with TestClient(with_lifespan(app), raise_server_exceptions=True) as client:
        with pytest.raises(LookupError) as caught:
            client.get("/")
        assert caught.value is failure
        with pytest.raises(LookupError) as caught:
            client.stream_get("/")
        assert caught.value is failure


def test_pytest_does_not_collect_the_classes() -> None:
    """Classes whose names begin with Test say that they are no tests."""
    assert TestClient.__test__ is False
    assert TestResponse.__test__ is False
