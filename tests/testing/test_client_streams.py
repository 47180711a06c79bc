"""Streamed responses: when a session opens, what it is iterated by, back-pressure, and how it ends."""

import asyncio
import threading
from collections.abc import Iterable

import msgspec
import pytest
from asgi_apps import (
    Echo,
    Receive,
    Scope,
    Send,
    Ticker,
    answering,
    body,
    echo,
    sending,
    start,
    streaming,
    with_lifespan,
)

from jero.testing import IncompleteResponseError, NoResponseError, TestClient, TestSSEEvent


class Movie(msgspec.Struct):
    title: str


NDJSON = "application/x-ndjson"
SSE = "text/event-stream; charset=utf-8"


def test_a_session_has_status_and_headers_at_once() -> None:
    """The head is there while the body has not ended; the body can be left unread."""
    ticker = Ticker(NDJSON)
    with TestClient(ticker.app) as client, client.stream_get("/") as session:
        assert session.status_code == 200
        assert session.headers["Content-Type"] == NDJSON
        assert session.multi_headers == [("content-type", NDJSON)]
        assert not ticker.ended


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_each_method_can_be_streamed(method: str) -> None:
    """`stream_put` sends PUT with the arguments of any request, and so do the others."""
    with TestClient(echo) as client, getattr(client, f"stream_{method}")("/x", content=b"in") as session:
        seen = msgspec.json.decode(session.read(), type=Echo)
    assert (seen.method, seen.body) == (method.upper(), b"in")


def test_head_can_be_streamed() -> None:
    """A streamed HEAD has a head and no body."""
    with TestClient(sending(start(), body())) as client, client.stream_head("/") as session:
        assert list(session) == []


def test_the_session_opens_with_the_first_body_message() -> None:
    """ASGI servers hold the head back until a body message comes, even an empty one: so does the client."""
    trace: list[str] = []
    opened = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        for _ in range(10):
            await asyncio.sleep(0)
            trace.append("waiting")
        await send(body(b"", more=True))
        await asyncio.to_thread(opened.wait, 5)
        await send(body(b"later"))

    with TestClient(with_lifespan(app)) as client, client.stream_get("/") as session:
        assert len(trace) == 10
        opened.set()
        assert list(session) == [b"later"]


def test_bytes_are_iterated_by_chunk() -> None:
    """Without a framing of its own, a stream gives the chunks as they were sent; empty ones are no chunks."""
    with TestClient(streaming([b"a", b"", b"bc"], "text/csv")) as client, client.stream_get("/") as session:
        assert list(session) == [b"a", b"bc"]


def test_ndjson_is_iterated_by_decoded_line() -> None:
    """Lines are decoded whatever the chunks; empty lines count for nothing, the last may lack its newline."""
    chunks = [b'{"title":"A"}\n{"ti', b'tle":', b'"B"}\n\n', b'{"title":"C"}']
    with TestClient(streaming(chunks, NDJSON)) as client:
        with client.stream_get("/") as session:
            assert list(session) == [{"title": "A"}, {"title": "B"}, {"title": "C"}]
        with client.stream_get("/", type=Movie) as movies:
            assert list(movies) == [Movie("A"), Movie("B"), Movie("C")]


def test_a_line_of_the_wrong_shape_fails_with_the_words_of_msgspec() -> None:
    """A typed stream checks each line."""
    with (
        TestClient(streaming([b'{"title":1}\n'], NDJSON)) as client,
        client.stream_get("/", type=Movie) as session,
        pytest.raises(msgspec.ValidationError, match="Expected `str`"),
    ):
        next(session)


def test_events_are_iterated_and_comments_kept_apart() -> None:
    """Events of a stream are parsed; comments are skipped, and can be counted."""
    chunks = [
        b': ping\n\nevent: added\nid: 2\nretry: 10\ndata: {"title":',
        b'"A"}\n\n:\n\ndata: x\ndata: y\n\n',
    ]
    with TestClient(streaming(chunks, SSE)) as client, client.stream_get("/", type=TestSSEEvent) as session:
        first, second = session
        assert first == TestSSEEvent(event="added", data='{"title":"A"}', id="2", retry=10)
        assert first.json(Movie) == Movie("A")
        assert first.json() == {"title": "A"}
        assert second == TestSSEEvent(data="x\ny")
        assert session.comments == ["ping", ""]


@pytest.mark.parametrize(("content_type", "remedy"), [(SSE, r"event\.json\(type\)"), ("text/plain", r"read\(\)")])
def test_a_type_that_the_media_type_never_has_is_refused(content_type: str, remedy: str) -> None:
    """`type=` decodes NDJSON only; elsewhere the error says how to get at the data."""
    with (
        TestClient(answering(b"x", content_type, 404)) as client,
        client.stream_get("/", type=Movie) as session,
    ):
        assert session.status_code == 404
        with pytest.raises(TypeError, match=remedy):
            next(session)
        assert session.read() == b"x"


def test_iter_bytes_and_read_give_what_was_not_read() -> None:
    """The raw bytes of any stream are at hand, from where reading stands."""
    with (
        TestClient(streaming([b"1\n", b"2\n", b"3\n", b"4\n"], NDJSON)) as client,
        client.stream_get("/") as session,
    ):
        assert next(session) == 1
        assert next(session.iter_bytes()) == b"2\n"
        assert session.read() == b"3\n4\n"
        assert session.read() == b""
        assert list(session) == []


def test_send_waits_until_the_chunk_before_was_taken() -> None:
    """The app is one chunk ahead at most: `send` of the next one waits for the reader."""
    ticker = Ticker()
    with TestClient(ticker.app) as client, client.stream_get("/") as session:
        for number in range(20):
            assert next(session) == b"%d\n" % number
            assert ticker.sent <= number + 2
    assert ticker.ended


def test_an_endless_stream_is_left_by_disconnecting() -> None:
    """Leaving the context gives the app `http.disconnect`, and its task has ended when the test goes on."""
    ticker = Ticker()
    with TestClient(ticker.app) as client:
        with client.stream_get("/") as session:
            assert [next(session), next(session)] == [b"0\n", b"1\n"]
        assert ticker.ended
        assert not ticker.saw_oserror
        with pytest.raises(RuntimeError, match="stream session is closed"):
            next(session)
        with pytest.raises(RuntimeError, match="stream session is closed"):
            session.read()
        session.close()


def test_a_session_without_a_context_is_closed_by_close() -> None:
    """`close()` does what leaving the context does."""
    ticker = Ticker()
    with TestClient(ticker.app) as client:
        session = client.stream_get("/")
        assert next(session) == b"0\n"
        session.close()
        assert ticker.ended


def _cut(chunks: Iterable[bytes], error: Exception | None, content_type: str = "text/plain") -> TestClient:
    """Return a client of an app that ends its stream without a last part."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(200, [(b"content-type", content_type.encode())]))
        for chunk in chunks:
            await send(body(chunk, more=True))
        if error is not None:
            raise error

    return TestClient(with_lifespan(app))


@pytest.mark.parametrize("error", [None, LookupError("row 3")])
def test_a_stream_that_is_cut_off_raises_when_it_is_read_past(error: Exception | None) -> None:
    """What was whole is handed out first; then the cut is told, once, and a begun line never is an item."""
    with _cut([b"1\n2\n", b"3"], error, NDJSON) as client, client.stream_get("/") as session:
        assert [next(session), next(session)] == [1, 2]
        with pytest.raises(IncompleteResponseError, match="GET /: the app ended inside its response") as caught:
            next(session)
        assert caught.value.__cause__ is error
        assert list(session) == []


def test_leaving_a_stream_before_its_cut_is_no_failure() -> None:
    """A reader who does not read to the end does not learn of it."""
    with _cut([b"1", b"2"], None) as client, client.stream_get("/") as session:
        assert next(session) == b"1"


def test_raise_server_exceptions_raises_what_cut_the_stream() -> None:
    """With the option the exception itself is raised, once the chunks before it were read."""
    failure = LookupError("row 2")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"1", more=True))
        scope["extensions"]["jero.testing"].request_failed(failure)

    with (
        TestClient(with_lifespan(app), raise_server_exceptions=True) as client,
        client.stream_get("/") as session,
    ):
        assert next(session) == b"1"
        with pytest.raises(LookupError) as caught:
            next(session)
        assert caught.value is failure


def test_an_app_that_raises_before_a_stream_gives_a_500() -> None:
    """As for a plain request: the client sees the server's own answer."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("no stream")

    with TestClient(with_lifespan(app)) as client, client.stream_get("/") as session:
        assert (session.status_code, session.read()) == (500, b"Internal Server Error")


def test_a_stream_without_any_response_raises_as_it_opens() -> None:
    """An app that drops the request opens no session."""
    with TestClient(sending()) as client, pytest.raises(NoResponseError):
        client.stream_get("/")


def test_a_failing_test_keeps_its_own_exception() -> None:
    """A violation that shows as the session closes is a note on what the test raised."""
    messages = [start(), body(b"a", more=True), body("text")]
    with TestClient(sending(*messages)) as client:
        with pytest.raises(LookupError) as caught, client.stream_get("/"):
            raise LookupError("the test failed")
        assert "the stream failed as it was closed: ASGIViolationError" in caught.value.__notes__[0]


def test_a_plain_request_may_be_made_while_a_stream_is_open() -> None:
    """Sessions and requests of one client do not stand in each other's way."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/stream":
            await send(start())
            await send(body(b"a", more=True))
            await send(body(b"b"))
        else:
            await send(start())
            await send(body(b"plain"))

    with TestClient(with_lifespan(app)) as client, client.stream_get("/stream") as session:
        assert client.get("/").content == b"plain"
        assert list(session) == [b"a", b"b"]
