"""HTTP/1.1 requests on the wire, rule by rule: malformed ones, `Expect`, header lines, targets, methods, tasks."""

import pytest
from http_app import Calls, Note, Seen
from malformed_requests import MALFORMED, Malformed
from raw_exchange import MemoryServer
from received import is_kept, numbers, only
from wire_requests import chunked, get, head, post

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda it: it.name)
def test_malformed(server: MemoryServer, calls: Calls, malformed: Malformed) -> None:
    """A malformed request is refused, the connection closed, and nothing that follows is served."""
    for pieces in ([malformed.raw + get("/echo?n=1")], [bytes([byte]) for byte in malformed.raw], [malformed.raw]):
        connection = server.connect()
        connection.play([(piece, 0) for piece in pieces])
        statuses = [answer.status for answer in connection.answers]
        assert statuses in [[status] for status in malformed.statuses] + ([[]] if malformed.may_be_silent else [])
        assert all(answer.closes for answer in connection.answers)
        connection.linger()
        assert not connection.is_open
        connection.end()
        assert calls.seen == []


def test_malformed_behind_a_slow_one(server: MemoryServer, calls: Calls) -> None:
    """What was asked before a malformed request is answered, in order; then comes the 400, and the end."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2") + b"\0\r\n\r\n" + get("/echo?n=3"))
    assert connection.written == b""
    connection.call(calls.gate(1).set)
    connection.linger()
    assert [answer.status for answer in connection.answers] == [200, 200, 400]
    assert not connection.is_open


# Expect: 100-continue (RFC 9110, 10.1.1)


def _expecting(target: str, size: int, *fields: str) -> bytes:
    return head(f"POST {target} HTTP/1.1", f"Content-Length: {size}", "Expect: 100-continue", *fields)


@pytest.mark.parametrize("word", ["100-continue", "100-Continue"])
def test_expect(server: MemoryServer, word: str) -> None:
    """A client that waits for a 100 gets it once its body is read, and one only."""
    raw = head("POST /echo?n=1 HTTP/1.1", "Content-Length: 3", f"Expect: {word}")
    connection = server.exchange(raw)
    assert connection.written == _CONTINUE
    connection.send(b"a", b"bc")
    assert [answer.status for answer in connection.answers] == [100, 200]
    assert connection.final_answers[0].decode(Seen).body == "abc"
    assert is_kept(connection)


def test_expect_chunked(server: MemoryServer) -> None:
    """The same for a chunked body."""
    connection = server.exchange(chunked("/echo?n=1", b"", "Expect: 100-continue"))
    assert connection.written == _CONTINUE
    connection.send(b"3\r\nabc\r\n0\r\n\r\n")
    assert [answer.status for answer in connection.answers] == [100, 200]
    assert is_kept(connection)


@pytest.mark.parametrize(
    ("target", "status"), [("/private?n=1", 401), ("/nothing", 404), ("/unread", 200), ("/small", 413)]
)
def test_expect_without_reading(server: MemoryServer, calls: Calls, target: str, status: int) -> None:
    """Where a body is not read, no 100 asks for it; the body may come or not, and is never taken for a request."""
    body = get("/echo?n=666")
    for is_sent in (True, False):
        connection = server.exchange(_expecting(target, len(body)))
        assert [answer.status for answer in connection.answers] == [status]
        connection.linger()
        assert connection.is_open != connection.answers[0].closes
        if connection.is_open and is_sent:
            connection.send(body)
            assert is_kept(connection)
        connection.end()
        assert 666 not in [call.query.n for call in calls.seen]
        assert connection.transport.is_lost


def test_expect_of_an_old_client(server: MemoryServer) -> None:
    """A 1.0 client is never sent a 100."""
    connection = server.exchange(head("POST /echo?n=1 HTTP/1.0", "Content-Length: 3", "Expect: 100-continue"))
    assert connection.written == b""
    connection.send(b"abc")
    assert [answer.status for answer in connection.answers] == [200]
    assert not is_kept(connection)


def test_expect_behind_a_slow_one(server: MemoryServer, calls: Calls) -> None:
    """A 100 waits its turn, as every answer does."""
    connection = server.exchange(get("/gated?n=1") + _expecting("/echo?n=2", 3))
    assert connection.written == b""
    connection.call(calls.gate(1).set)
    connection.send(b"abc")
    assert [answer.status for answer in connection.answers] == [200, 100, 200]
    assert is_kept(connection)


def test_unknown_expectation(server: MemoryServer) -> None:
    """An expectation that is unknown is ignored, or refused with 417."""
    connection = server.exchange(get("/echo?n=1", "Expect: wonders"))
    assert connection.final_answers[0].status in {200, 417}
    connection.end()


# Header lines and targets


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("X-A: b", "x-a", "b"),
        ("X-A:b", "x-a", "b"),
        ("X-A:  b", "x-a", "b"),
        ("X-A:\tb", "x-a", "b"),
        ("X-A: b  ", "x-a", "b"),
        ("X-A: b \t", "x-a", "b"),
        ("X-A:", "x-a", ""),
        ("X-A: ", "x-a", ""),
        ("X-A:   \t ", "x-a", ""),
        ("X-A: b c\td", "x-a", "b c\td"),
        ("X-A: b: c", "x-a", "b: c"),
        ("X-A: \xe9\xff\x80", "x-a", "\xe9\xff\x80"),
        ("x!#$%&'*+-.^_`|~9: b", "x!#$%&'*+-.^_`|~9", "b"),
        ("X_A: b", "x_a", "b"),
        ("9: b", "9", "b"),
        ("CoNtEnT-TyPe: text/x", "content-type", "text/x"),
    ],
)
def test_header_lines(server: MemoryServer, line: str, name: str, value: str) -> None:
    """A header is shown by its name in lower case, and its value without the white space around it (RFC 9112, 5.1)."""
    raw = get("/echo?n=1", line)
    for pieces in ([raw], [bytes([byte]) for byte in raw]):
        connection = server.exchange(*pieces)
        assert only(connection).decode(Seen).headers == [("host", "testserver"), (name, value)]
        connection.end()


def test_order_of_headers(server: MemoryServer) -> None:
    """Headers keep their order and their repeats."""
    connection = server.exchange(get("/echo?n=1", "X-B: 1", "X-A: 2", "x-b: 3", "Cookie: a=b", "Cookie: c=d"))
    seen = only(connection).decode(Seen)
    assert seen.headers[1:] == [("x-b", "1"), ("x-a", "2"), ("x-b", "3"), ("cookie", "a=b"), ("cookie", "c=d")]
    connection.end()


def test_empty_lines_before_a_request(server: MemoryServer) -> None:
    """Empty lines before a request are read over (RFC 9112, 2.2)."""
    raw = b"\r\n" + get("/echo?n=1") + b"\r\n" + post("/echo?n=2", b"abc") + b"\r\n\r\n" + get("/echo?n=3")
    for pieces in ([raw], [bytes([byte]) for byte in raw]):
        connection = server.exchange(*pieces)
        assert numbers(connection) == [1, 2, 3]
        connection.end()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/things/%2541/b", 200),
        ("/things/a%2Fb/c", 200),
        ("/things%2Fa/b", 404),
        ("/echo/", 404),
        ("//echo", 404),
        ("/./echo", 404),
        ("/things/../echo", 404),
        ("/echo;a=1", 404),
        ("/ECHO", 404),
        ("/things/%00/b", 404),
        ("/things/%ff/b", 404),
        ("/echo?text=%ff", 400),
        ("/echo?", 200),
        ("/echo??n=1", 200),
        ("*", 400),
    ],
)
def test_targets(server: MemoryServer, target: str, status: int) -> None:
    """Targets are matched as they were sent, their segments decoded once; none reaches another route."""
    connection = server.exchange(get(target))
    assert only(connection).status == status
    connection.end()


def test_decoded_once(server: MemoryServer) -> None:
    """A slot is decoded once, after splitting."""
    connection = server.exchange(get("/things/%2541/a%2Fb?n=1"))
    assert only(connection).decode(Seen).slots == ["%41", "a/b"]
    connection.end()


def test_options_of_the_whole(server: MemoryServer) -> None:
    """`OPTIONS *` tells what the app supports."""
    connection = server.exchange(get("*", method="OPTIONS"))
    answer = only(connection)
    assert (answer.status, answer.get("allow")) == (204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
    assert is_kept(connection)


@pytest.mark.parametrize("target", ["http://other/echo?n=1", "http://other:80/echo?n=1", "https://other/echo?n=1"])
def test_absolute_target(server: MemoryServer, target: str) -> None:
    """An absolute target is taken for its path and query (RFC 9112, 3.2.2)."""
    connection = server.exchange(get(target))
    assert only(connection).decode(Seen).query.n == 1
    connection.end()


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "LINK", "SEARCH", "BREW", "get", "Get", "CONNECT"])
def test_other_methods(server: MemoryServer, calls: Calls, method: str) -> None:
    """What is no method of the app is refused, by jero or by the parser, and never served."""
    connection = server.exchange(get("/echo?n=1" if method != "CONNECT" else "echo:80", method=method))
    assert only(connection).status in {400, 404, 405, 501}
    assert not calls.seen
    connection.end()


# Tasks


def test_tasks_and_contexts(server: MemoryServer) -> None:
    """A handler runs in a task that can be timed out, and no request sees what another set in its context."""
    connection = server.exchange(get("/tasks?n=1") + get("/tasks?n=2"), get("/tasks?n=3"))
    assert [answer.decode(Note).text for answer in connection.answers] == ["True '' timed out"] * 3
    connection.end()
