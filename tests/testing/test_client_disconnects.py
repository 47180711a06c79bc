"""The client goes away: in its body, in a stream, and what the app sees of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from asgi_apps import Message, Receive, Scope, Send, Ticker, body, read, start, with_lifespan

from jero.testing import AppStillRunningError, ASGIViolationError, TestClient


class Uploads:
    """An app that keeps the messages of each body, answers a whole one, and drops one that breaks off."""

    def __init__(self) -> None:
        """Begin with nothing received."""
        self.messages: list[Message] = []
        self.app = with_lifespan(self._serve)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.messages, left = await read(receive)
        if not left:
            await send(start(201))
            await send(body(b"stored"))


def _piece(content: bytes) -> Message:
    return {"type": "http.request", "body": content, "more_body": True}


DISCONNECT: Message = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("after", "received"),
    [
        (3, [_piece(b"abc")]),
        (0, []),
        (6, [_piece(b"abcdef")]),
        (99, [_piece(b"abcdef")]),
        (None, [_piece(b"abcdef")]),
    ],
)
def test_the_client_breaks_off_after_so_many_bytes(after: int | None, received: list[Message]) -> None:
    """The app gets the bytes with a promise of more, then the disconnect; the test gets no response."""
    uploads = Uploads()
    with TestClient(uploads.app) as client:
        assert client.disconnect_in_body("POST", "/", content=b"abcdef", disconnect_after=after) is None
    assert uploads.messages == [*received, DISCONNECT]


@pytest.mark.parametrize(
    ("after", "received"),
    [
        (3, [_piece(b"ab"), _piece(b"c")]),
        (2, [_piece(b"ab")]),
        (0, []),
        (None, [_piece(b"ab"), _piece(b"cd")]),
        (99, [_piece(b"ab"), _piece(b"cd")]),
    ],
)
def test_an_iterable_body_breaks_off_within_its_pieces(after: int | None, received: list[Message]) -> None:
    """The pieces go as they are, the last one cut where the client leaves."""
    uploads = Uploads()
    with TestClient(uploads.app) as client:
        assert client.disconnect_in_body("POST", "/", content=[b"ab", b"cd"], disconnect_after=after) is None
    assert uploads.messages == [*received, DISCONNECT]


def test_a_broken_off_body_has_the_headers_of_the_whole() -> None:
    """The length that the client declared is that of the body it meant to send."""
    lengths: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        lengths.append(dict(scope["headers"])[b"content-length"])
        await read(receive)

    with TestClient(with_lifespan(app)) as client:
        client.disconnect_in_body("POST", "/", json="x" * 8, disconnect_after=1)
    assert lengths == [b"10"]


def test_an_answer_before_the_break_is_a_response() -> None:
    """An app that answers before it has read so far is answered to a client that is still there."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(start(413))
        await send(body(b"too large"))

    with TestClient(with_lifespan(app)) as client:
        response = client.disconnect_in_body("POST", "/", content=b"abcdef", disconnect_after=3)
    assert response is not None
    assert (response.status_code, response.content) == (413, b"too large")


def test_an_answer_after_the_break_reaches_nobody() -> None:
    """What the app sends after the disconnect does nothing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(receive)
        await send(start())
        await send(body(b"too late"))

    with TestClient(with_lifespan(app)) as client:
        assert client.disconnect_in_body("POST", "/", content=b"ab", disconnect_after=1) is None


def test_a_violation_after_the_break_fails_the_test() -> None:
    """A second start, say, is wrong even where nobody listens any more."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await read(receive)
        await send(start(500))

    with TestClient(with_lifespan(app)) as client, pytest.raises(ASGIViolationError, match="started already"):
        client.disconnect_in_body("POST", "/", content=b"ab", disconnect_after=1)


def test_a_negative_number_of_bytes_is_refused() -> None:
    """There is no such place in a body."""
    with TestClient(Uploads().app) as client, pytest.raises(ValueError, match="disconnect_after is -1; give"):
        client.disconnect_in_body("POST", "/", content=b"ab", disconnect_after=-1)


def test_send_can_raise_after_the_client_left() -> None:
    """With the option `send` raises an OSError into the app, as ASGI 2.4 servers may; the test sees none."""
    ticker = Ticker()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def silence() -> Message:
            return await asyncio.get_running_loop().create_future()

        await ticker.app(scope, receive if scope["type"] == "lifespan" else silence, send)

    with TestClient(app, send_raises_after_disconnect=True) as client:
        with client.stream_get("/") as session:
            assert next(session) == b"0\n"
        assert ticker.ended
        assert ticker.saw_oserror


def test_an_oserror_of_send_that_the_app_lets_out_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A server that raised it into the app catches it and logs nothing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        while True:
            await send(body(b"x", more=True))

    with (
        TestClient(with_lifespan(app), send_raises_after_disconnect=True) as client,
        client.stream_get("/") as session,
    ):
        assert next(session) == b"x"
    assert caplog.records == []


def test_receive_gives_disconnect_after_the_response_is_complete() -> None:
    """An app that waits for the end of the connection is told as soon as its response is complete."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])
        watcher = asyncio.create_task(_until_disconnect(receive, seen))
        await send(start())
        await send(body(b"x"))
        await watcher
        seen.append((await receive())["type"])

    with TestClient(with_lifespan(app)) as client:
        assert client.get("/").content == b"x"
    assert seen == ["http.request", "http.disconnect", "http.disconnect"]


async def _until_disconnect(receive: Receive, seen: list[str]) -> None:
    while seen[-1] != "http.disconnect":
        seen.append((await receive())["type"])


def test_a_cancelled_receive_loses_nothing() -> None:
    """An app may cancel `receive()`, for a time-out, and go on reading the body where it was."""
    go_on = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        await go_on.wait()
        yield b"b"

    received: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append((await receive())["body"])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0)
        go_on.set()
        received.append((await receive())["body"])
        received.append((await receive())["more_body"])
        await send(start())
        await send(body())

    with TestClient(with_lifespan(app)) as client:
        assert client.post("/", content=pieces()).status_code == 200
    assert received == [b"a", b"b", False]


def test_a_body_that_is_not_read_is_closed() -> None:
    """An app that answers without reading leaves no open generator behind, sync or async."""
    closed: list[str] = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append("sync")

    async def async_pieces() -> AsyncIterator[bytes]:
        try:
            yield b"a"
            await asyncio.get_running_loop().create_future()
        finally:
            closed.append("async")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        waiting = asyncio.create_task(_receive_one(receive))
        await asyncio.sleep(0)
        await send(start())
        await send(body())
        await waiting

    with TestClient(with_lifespan(app)) as client:
        client.post("/", content=pieces())
        client.post("/", content=async_pieces())
    assert closed == ["sync", "async"]


async def _receive_one(receive: Receive) -> None:
    await receive()


async def _ignores_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start())
    await send(body(b"x", more=True))
    await asyncio.get_running_loop().create_future()


async def _lingers(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start())
    await send(body(b"x"))
    await asyncio.get_running_loop().create_future()


async def _spins(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start())
    while True:
        await send(body(b"x", more=True))


@pytest.mark.parametrize("app", [_ignores_disconnect, _spins])
def test_an_app_that_goes_on_after_the_client_left_fails_the_test(app: object) -> None:
    """It is cancelled after `exit_timeout`, and the test fails instead of hanging."""
    with TestClient(with_lifespan(app), exit_timeout=0.01) as client:  # pyright: ignore[reportArgumentType]  # one of the apps above
        session = client.stream_get("/x")
        with pytest.raises(AppStillRunningError, match=r"GET /x: .* 0.01 s after the client had left; let it end"):
            session.close()


def test_an_app_that_goes_on_after_its_response_fails_the_test() -> None:
    """The response is not returned before the app has ended, and that is bounded."""
    with (
        TestClient(with_lifespan(_lingers), exit_timeout=0.01) as client,
        pytest.raises(AppStillRunningError, match=r"0.01 s after the response was complete"),
    ):
        client.get("/")
