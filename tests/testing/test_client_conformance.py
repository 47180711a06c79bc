"""The ASGI 3 rules that a test client holds its app against, one by one."""

from http import HTTPStatus

import pytest
from asgi_apps import App, Receive, Scope, Send, body, sending, start, with_lifespan

from jero.testing import ASGIViolationError, TestClient


def _lengths(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", value) for value in values]


VIOLATIONS: list[tuple[str, list[object], str]] = [
    ("body first", [body(b"x")], "nothing was sent yet"),
    ("start twice", [start(), start()], "the response was started already"),
    ("start after the end", [start(), body(), start()], "the response was complete already"),
    ("body after the end", [start(), body(), body()], "the response was complete"),
    ("no dict", ["http.response.start"], "it is of type str"),
    ("no type", [{}], "its type is None"),
    ("unknown type", [{"type": "http.response.push"}], "no HTTP message has the type 'http.response.push'"),
    ("lifespan message", [{"type": "lifespan.startup.complete"}], "no HTTP message has the type"),
    ("status as text", [start("200")], "the status is '200'"),
    ("status as bool", [start(status=True)], "the status is True"),
    ("no status", [{"type": "http.response.start"}], "the status is None"),
    ("status too low", [start(99)], "the status is 99"),
    ("status too high", [start(600)], "the status is 600"),
    ("trailers", [start() | {"trailers": True}], "trailers are announced"),
    ("headers None", [start(200, None)], "the headers are of type NoneType"),
    ("header name as text", [start(200, [("x-a", b"1")])], "a header is ('x-a', b'1')"),
    ("header value as text", [start(200, [(b"x-a", "1")])], "a header is (b'x-a', '1')"),
    ("header of three", [start(200, [(b"x-a", b"1", b"2")])], "a header is (b'x-a', b'1', b'2')"),
    ("header no pair", [start(200, [b"ab"])], "a header is b'ab'"),
    ("header a number", [start(200, [1])], "a header is 1"),
    ("upper case", [start(200, [(b"X-A", b"1")])], "the header name b'X-A' has upper-case letters"),
    ("pseudo header", [start(200, [(b":status", b"1")])], "the header name b':status' is not a field name"),
    ("blank in name", [start(200, [(b"x a", b"1")])], "the header name b'x a' is not a field name"),
    ("CRLF in value", [start(200, [(b"x-a", b"1\r\nx-b: 2")])], "the value of b'x-a'"),
    ("NUL in value", [start(200, [(b"x-a", b"\0")])], "the value of b'x-a'"),
    ("length no number", [start(200, _lengths(b"+1"))], "content-length is not one number"),
    ("two lengths", [start(200, _lengths(b"1", b"2"))], "content-length is not one number"),
    ("length of a 204", [start(204, _lengths(b"0"))], "content-length goes with status 204"),
    ("length of a 1xx", [start(100, _lengths(b"0"))], "content-length goes with status 100"),
    ("body text", [start(), body("x")], "the body is of type str"),
    ("body bytearray", [start(), body(bytearray(b"x"))], "the body is of type bytearray"),
    ("more_body a number", [start(), body(b"", more=0)], "more_body is 0"),
    ("body of a 204", [start(204), body(b"x")], "a body goes with status 204"),
    ("body of a 205", [start(205), body(b"x")], "a body goes with status 205"),
    ("body of a 304", [start(304), body(b"x")], "a body goes with status 304"),
    ("body of a 1xx", [start(101), body(b"x")], "a body goes with status 101"),
    (
        "too long",
        [start(200, _lengths(b"1")), body(b"ab")],
        "the body has 2 bytes, where content-length said 1",
    ),
    (
        "too long in parts",
        [start(200, _lengths(b"1")), body(b"a", more=True), body(b"b", more=True)],
        "the body has 2 bytes, where content-length said 1",
    ),
    (
        "too short",
        [start(200, _lengths(b"3")), body(b"a", more=True), body(b"b")],
        "the body has 2 bytes, where content-length said 3",
    ),
]


@pytest.mark.parametrize(("messages", "fault"), [case[1:] for case in VIOLATIONS], ids=[case[0] for case in VIOLATIONS])
def test_a_violation_fails_the_test(messages: list[object], fault: str) -> None:
    """The client raises an AssertionError that says what was sent, and what is wrong with it."""
    with TestClient(sending(*messages)) as client:
        with pytest.raises(ASGIViolationError) as caught:
            client.get("/")
        with pytest.raises(ASGIViolationError), client.stream_get("/") as session:
            session.read()
    assert isinstance(caught.value, AssertionError)
    assert caught.value.fault.startswith(fault)
    assert caught.value.sent == messages[-1]


def test_the_message_says_what_was_sent_and_what_is_demanded() -> None:
    """Subject, fault, and the rule with its place in the specification."""
    with (
        TestClient(sending(start(200, [(b"X-A", b"1")]))) as client,
        pytest.raises(ASGIViolationError) as caught,
    ):
        client.get("/")
    assert str(caught.value) == (
        "the app sent {'headers': [(b'X-A', b'1')], 'status': 200, 'type': 'http.response.start'}: "
        "the header name b'X-A' has upper-case letters; "
        "ASGI 3 (HTTP, Response Start) demands lower-case header names"
    )


ACCEPTED: list[tuple[str, str, list[object]]] = [
    ("lists as pairs", "GET", [start(200, [[b"x-a", b"1"]]), body()]),
    ("a tuple of headers", "GET", [start(200, ((b"x-a", b"1"),)), body()]),
    ("an iterator of headers", "GET", [start(200, iter([(b"x-a", b"1")])), body()]),
    ("an IntEnum status", "GET", [start(HTTPStatus.OK), body()]),
    ("unknown keys", "GET", [start() | {"extra": 1}, body()]),
    ("the same length twice", "GET", [start(200, _lengths(b"1", b"1")), body(b"a")]),
    ("the length of what HEAD has not", "HEAD", [start(200, _lengths(b"5")), body()]),
    ("the length of what 304 has not", "GET", [start(304, _lengths(b"5")), body()]),
    ("205 with length 0", "GET", [start(205, _lengths(b"0")), body()]),
    ("a transfer-encoding", "GET", [start(200, [(b"transfer-encoding", b"chunked")]), body(b"a")]),
    ("trailers False", "GET", [start() | {"trailers": False}, body()]),
]


@pytest.mark.parametrize(("method", "messages"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_what_the_specification_allows_passes(method: str, messages: list[object]) -> None:
    """The client is no stricter than ASGI 3 and RFC 9110."""
    with TestClient(sending(*messages)) as client:
        assert client.request(method, "/").status_code == messages[0]["status"]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]  # a start, from above


def test_a_body_for_head_is_a_violation() -> None:
    """The answer to HEAD has no body."""
    with TestClient(sending(start(), body(b"x"))) as client:
        assert client.get("/").content == b"x"
        with pytest.raises(ASGIViolationError, match="a body goes with the answer to HEAD"):
            client.head("/")


def test_a_violation_that_the_app_swallows_still_fails_the_test() -> None:
    """`send` raises the violation into the app, and the client raises it whatever the app makes of it."""
    seen: list[BaseException] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send(start(99))
        except AssertionError as violation:
            seen.append(violation)
        await send(start(500))
        await send(body())

    with (
        TestClient(with_lifespan(app)) as client,
        pytest.raises(ASGIViolationError, match="the status is 99") as caught,
    ):
        client.get("/")
    assert seen == [caught.value]


def test_a_violation_in_a_stream_is_raised_where_it_is_read() -> None:
    """What came before the violation is handed out, then it is raised."""
    messages = [start(), body(b"a", more=True), start()]
    with TestClient(sending(*messages)) as client, client.stream_get("/") as session:
        assert next(session) == b"a"
        with pytest.raises(ASGIViolationError, match="started already"):
            next(session)


def test_a_violation_in_a_stream_is_raised_as_it_is_left() -> None:
    """A reader who leaves early learns of the violation as the session closes."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"a", more=True))
        while (await receive())["type"] != "http.disconnect":
            pass
        await send(start(500))

    with TestClient(with_lifespan(app)) as client:
        session = client.stream_get("/")
        with pytest.raises(ASGIViolationError, match="started already"):
            session.close()


def _lifespan(*messages: object, events: int = 1) -> App:
    """Return an app whose lifespan receives some events and then sends these messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(events):
            await receive()
            if events > 1:
                await send({"type": "lifespan.startup.complete"})
        for message in messages:
            await send(message)  # pyright: ignore[reportArgumentType]  # wrong messages are what the test is about

    return app


@pytest.mark.parametrize(
    ("app", "fault"),
    [
        (_lifespan({"type": "lifespan.startup.complete"}, events=0), "lifespan.startup is not waiting"),
        (_lifespan({"type": "lifespan.shutdown.complete"}), "lifespan.shutdown is not waiting"),
        (
            _lifespan({"type": "http.response.start"}),
            "no lifespan message has the type 'http.response.start'",
        ),
        (_lifespan("lifespan.startup.complete"), "it is of type str"),
        (_lifespan({"type": "lifespan.startup.failed", "message": b"x"}), "the message is of type bytes"),
        (_lifespan(), "it returned"),
    ],
)
def test_a_violation_in_startup_fails_the_client(app: App, fault: str) -> None:
    """No client is made of an app whose lifespan breaks the rules."""
    with pytest.raises(ASGIViolationError) as caught:
        TestClient(app)
    assert caught.value.fault.startswith(fault)


async def _answers_twice(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _returns_early(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})


async def _does_not_answer(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()


@pytest.mark.parametrize(
    ("app", "fault"),
    [
        (_answers_twice, "lifespan.shutdown is not waiting"),
        (_returns_early, "without an answer to lifespan.shutdown"),
        (_does_not_answer, "without an answer to lifespan.shutdown"),
    ],
)
def test_a_violation_in_shutdown_is_raised_by_close(app: App, fault: str) -> None:
    """A shutdown that breaks the rules fails the test that closes the client."""
    client = TestClient(app)
    with pytest.raises(ASGIViolationError, match=fault):
        client.close()
