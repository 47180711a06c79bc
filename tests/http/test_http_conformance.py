"""HTTP/1.1 framing on the wire, rule by rule (RFC 9110, RFC 9112): heads, bodies, what is kept open and what closed."""

import re
from email.utils import parsedate_to_datetime

import pytest
from http_app import Calls, Seen, WireApp
from raw_exchange import Exchange, MemoryServer, serving
from received import is_kept, numbers, only
from wire_requests import chunked, get, head, post

from jero._http.protocol import HTTPProtocol

# What an answer's head says


def test_head_of_an_answer(server: MemoryServer) -> None:
    """An answer begins with its status and reason, then its own headers, in lower case, then those of the server."""
    connection = server.exchange(get("/echo?n=1"))
    answer = only(connection)
    assert answer.raw.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.own_headers == [("content-type", "application/json"), ("content-length", str(len(answer.body)))]
    assert is_kept(connection)


@pytest.mark.parametrize(
    ("status", "line"),
    [(200, "200 OK"), (202, "202 Accepted"), (418, "418 I'm a Teapot"), (404, "404 Not Found"), (299, "299")],
)
def test_reasons(server: MemoryServer, status: int, line: str) -> None:
    """A status comes with its registered reason (RFC 9110, section 15), an unregistered one with none."""
    connection = server.exchange(get(f"/statuses?status={status}"))
    first = only(connection).raw.partition(b"\r\n")[0].decode()
    assert first.rstrip().lower() == f"HTTP/1.1 {line}".lower()
    assert is_kept(connection)


def test_date() -> None:
    """An answer has one `Date`, as RFC 9110 (5.6.7) writes it, unless uvicorn is told to send none."""
    app = WireApp()
    with serving(HTTPProtocol, app, date_header=True) as server:
        connection = server.exchange(get("/echo?n=1"), get("/streams"), get("/nothing"))
        for answer in connection.answers:
            date = answer.get("date")
            assert date is not None
            assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date)
            assert parsedate_to_datetime(date)
        connection.end()
    with serving(HTTPProtocol, app, date_header=False, server_header=False) as server:
        connection = server.exchange(get("/echo?n=1"))
        assert only(connection).get("date") is None
        assert only(connection).get("server") is None
        connection.end()


def test_configured_headers() -> None:
    """The headers that uvicorn is configured to add (`--header`) are on every answer."""
    with serving(HTTPProtocol, WireApp(), headers=[("X-Added", "yes")]) as server:
        connection = server.exchange(get("/echo?n=1"), get("/streams"), get("/nothing"))
        assert [answer.get("x-added") for answer in connection.answers] == ["yes"] * 3
        connection.end()


@pytest.mark.parametrize("target", ["/echo?n=1", "/streams?items=3", "/nothing", "/private", "/statuses?status=204"])
def test_head_requests(server: MemoryServer, target: str) -> None:
    """HEAD is answered with the head that GET gets, and no body (RFC 9110, 9.3.2)."""
    by_get = server.exchange(get(target))
    by_head = server.exchange(get(target, method="HEAD"))
    answer = only(by_head, "HEAD")
    assert answer.body == b""
    framing = "transfer-encoding"  # may be left out (RFC 9110, 9.3.2): nothing tells the length but the body
    expected, given = only(by_get).own_headers, answer.own_headers
    assert [it for it in given if it[0] != framing] == [it for it in expected if it[0] != framing]
    assert is_kept(by_get)
    assert is_kept(by_head)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_statuses_without_body(server: MemoryServer, status: int) -> None:
    """204, 205 and 304 have no body, and 205 says so, where the others cannot have one (RFC 9112, 6.3)."""
    connection = server.exchange(get(f"/statuses?status={status}"))
    answer = only(connection)
    assert (answer.status, answer.body) == (status, b"")
    assert answer.get("content-type") is None
    assert answer.get("transfer-encoding") is None
    assert answer.get("content-length") == ("0" if status == 205 else None)
    assert is_kept(connection)


def test_stream_is_chunked(server: MemoryServer) -> None:
    """A stream is sent in chunks, ends with the empty one, and the connection goes on."""
    connection = server.exchange(get("/streams?n=1&items=3"))
    answer = only(connection)
    assert answer.get("transfer-encoding") == "chunked"
    assert answer.get("content-length") is None
    assert answer.raw.endswith(b"\r\n0\r\n\r\n")
    assert answer.body.count(b"\n") == 3
    assert is_kept(connection)


def test_broken_stream(server: MemoryServer) -> None:
    """A stream that breaks has no last chunk: the connection closes, so that a client can tell."""
    connection = server.exchange(get("/broken?items=2"))
    (answer,) = connection.answers
    assert (answer.status, answer.body, answer.is_whole) == (200, b"itemitem", False)
    assert not connection.is_open
    assert len([record for record in server.log if record.exc_info]) == 1
    server.log.clear()


def test_failure_before_the_first_item(server: MemoryServer) -> None:
    """A stream that breaks before its first item is an ordinary 500, after which the connection goes on."""
    connection = server.exchange(get("/broken?items=0"))
    assert only(connection).status == 500
    server.log.clear()
    assert is_kept(connection)


# What is kept open


@pytest.mark.parametrize(
    ("version", "field", "kept"),
    [
        ("1.1", None, True),
        ("1.1", "keep-alive", True),
        ("1.1", "TE", True),
        ("1.1", "closed", True),
        ("1.1", "close", False),
        ("1.1", "CLOSE", False),
        ("1.1", "keep-alive, close", False),
        ("1.1", "x ,\tclose", False),
        ("1.0", None, False),
        ("1.0", "close", False),
    ],
)
def test_persistence(server: MemoryServer, version: str, field: str | None, kept: bool) -> None:
    """A connection goes on unless either side said `close`, or the client speaks 1.0 (RFC 9112, 9.3)."""
    fields = [] if field is None else [f"Connection: {field}"]
    connection = server.exchange(head(f"GET /echo?n=1 HTTP/{version}", *fields))
    answer = only(connection)
    assert answer.raw.startswith(b"HTTP/1.1 200 OK\r\n")
    if version == "1.1":
        assert answer.closes == (not kept)
    assert is_kept(connection) == kept


def test_persistence_of_old_clients(server: MemoryServer) -> None:
    """A 1.0 client that asks for `keep-alive` is told so where the connection goes on (RFC 9112, 9.3)."""
    connection = server.exchange(head("GET /echo?n=1 HTTP/1.0", "Connection: keep-alive"))
    said = only(connection).get("connection")
    assert is_kept(connection) == (said == "keep-alive")


def test_close_in_two_headers(server: MemoryServer) -> None:
    """`Connection` given twice is one list."""
    connection = server.exchange(get("/echo?n=1", "Connection: keep-alive", "Connection: close"))
    assert only(connection).closes
    assert not is_kept(connection)


def test_coding_from_an_old_client(server: MemoryServer) -> None:
    """A 1.0 request with a transfer coding may be served as it is framed; then the connection ends (RFC 9112, 6.1)."""
    fields = ["Connection: keep-alive", "Transfer-Encoding: chunked"]
    connection = server.exchange(head("POST /echo?n=1 HTTP/1.0", *fields) + b"3\r\nabc\r\n0\r\n\r\n")
    assert only(connection).status in {200, 400}
    assert not is_kept(connection)


def test_stream_to_an_old_client(server: MemoryServer) -> None:
    """A 1.0 client knows no chunks: its stream ends with the connection, even where it asked to keep it."""
    for fields in ([], ["Connection: keep-alive"]):
        connection = server.exchange(head("GET /streams?items=2 HTTP/1.0", *fields))
        answer = only(connection)
        assert answer.get("transfer-encoding") is None
        assert answer.body.count(b"\n") == 2
        assert not is_kept(connection)


def test_after_close(server: MemoryServer, calls: Calls) -> None:
    """What follows a request that closes the connection is not served, whether it comes with it or later."""
    connection = server.exchange(get("/echo?n=1", "Connection: close") + get("/echo?n=2"))
    assert numbers(connection) == [1]
    connection = server.exchange(get("/gated?n=1", "Connection: close") + get("/echo?n=2"), get("/echo?n=3"))
    connection.call(calls.gate(1).set)
    assert numbers(connection) == [1]
    assert not connection.is_open
    assert {call.query.n for call in calls.seen} == {1}


# Bodies


@pytest.mark.parametrize(
    "chunks",
    [
        b"3\r\nabc\r\n0\r\n\r\n",
        b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        b"3;name\r\nabc\r\n0;last\r\n\r\n",
        b'3;name="a;\\"b"\r\nabc\r\n0\r\n\r\n',
        b"00000003\r\nabc\r\n000\r\n\r\n",
        b"3\r\nabc\r\n0\r\nX-Trailer: b\r\nX-Other: c\r\n\r\n",
    ],
)
def test_chunks(server: MemoryServer, calls: Calls, chunks: bytes) -> None:
    """A chunked body is put together; its extensions are ignored, its trailers are no headers (RFC 9112, 7.1)."""
    for pieces in ([chunked("/echo?n=1", chunks)], [bytes([byte]) for byte in chunked("/echo?n=1", chunks)]):
        calls.clear()
        connection = server.exchange(*pieces)
        assert only(connection).decode(Seen).body == "abc"
        assert calls.seen[0].headers == [("host", "testserver"), ("transfer-encoding", "chunked")]
        assert is_kept(connection)


def test_trailers_authenticate_nobody(server: MemoryServer) -> None:
    """A credential in a trailer is none: it is ignored, or the request refused (RFC 9110, 6.5.1)."""
    chunks = b"0\r\nAuthorization: Bearer good\r\n\r\n"
    connection = server.exchange(chunked("/private?n=1", chunks))
    assert only(connection).status in {400, 401}
    connection.end()


@pytest.mark.parametrize("body", [b"", b"a", b"GET /echo?n=666 HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_sized_body(server: MemoryServer, body: bytes) -> None:
    """A sized body ends where its length says, whatever is in it."""
    connection = server.exchange(post("/echo?n=1", body) + get("/echo?n=2"))
    assert numbers(connection) == [1, 2]
    assert connection.final_answers[0].decode(Seen).body == body.decode()
    assert is_kept(connection)


def test_body_of_get(server: MemoryServer) -> None:
    """A body that GET has no use for is read over: it is never taken for a request (RFC 9110, 9.3.1)."""
    inner = get("/echo?n=666")
    for raw in (
        head("GET /echo?n=1 HTTP/1.1", f"Content-Length: {len(inner)}") + inner,
        head("GET /echo?n=1 HTTP/1.1", "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner),
    ):
        connection = server.exchange(raw + get("/echo?n=2"))
        assert numbers(connection) == [1, 2]
        assert is_kept(connection)


@pytest.mark.parametrize("target", ["/unread?n=1", "/nothing?n=1", "/things/a/b?n=1", "/private?n=1"])
@pytest.mark.parametrize("size", [10, 200_000])
def test_unread_body(server: MemoryServer, calls: Calls, target: str, size: int) -> None:
    """A body that nobody reads is read over, or the connection closed and said so; it is never taken for a request."""
    inner = get("/echo?n=666")
    body = inner * (size // len(inner) + 1)
    whole = post(target, body)
    for pieces in ([whole], [whole[: -len(body)], body], [whole[:200], whole[200:]]):
        calls.clear()
        connection = server.exchange(*pieces)
        (answer,) = connection.final_answers
        assert answer.status in {200, 404, 405, 401}
        assert 666 not in [call.query.n for call in calls.seen]
        assert answer.closes == (not is_kept(connection))


@pytest.mark.parametrize(
    "raw",
    [
        post("/echo?n=1", b"abcdef")[:-1],
        chunked("/echo?n=1", b"3\r\nabc\r\n"),
        chunked("/echo?n=1", b"3\r\nabc\r\n0\r\n"),
        chunked("/echo?n=1", b"3\r\nab"),
    ],
)
def test_request_that_ends_early(server: MemoryServer, calls: Calls, raw: bytes) -> None:
    """Where the client leaves before the end of a body, no handler is called, and nothing is answered."""
    for way in (Exchange.end, Exchange.reset):
        connection = server.exchange(raw)
        way(connection)
        assert connection.final_answers == []
        assert connection.transport.is_lost
        assert not calls.seen


@pytest.mark.parametrize("raw", [post("/unknown", b"abcdef")[:-20], get("/echo?n=1")[:-1], b"G"])
def test_head_that_ends_early(server: MemoryServer, calls: Calls, raw: bytes) -> None:
    """Where the client sends no more before the end of a head, it is told that this is none; not where it has gone."""
    connection = server.exchange(raw)
    connection.end()
    (answer,) = connection.final_answers
    assert (answer.status, answer.closes) == (400, True)
    assert connection.transport.is_lost
    connection = server.exchange(raw)
    connection.reset()
    assert connection.final_answers == []
    assert not calls.seen


def test_head_that_ends_early_behind_a_slow_one(server: MemoryServer, calls: Calls) -> None:
    """The same where the client sends no more while one of its requests is served, which is answered first."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2") + get("/echo?n=3")[:-1])
    connection.end()
    connection.call(calls.gate(1).set)
    assert [answer.status for answer in connection.answers] == [200, 200, 400]
    assert connection.transport.is_lost


def test_end_between_requests(server: MemoryServer) -> None:
    """A client that sends no more behind a whole request, or behind empty lines, is told nothing."""
    for raw in (b"", b"\r\n", b"\r", get("/echo?n=1"), get("/echo?n=1") + b"\r\n\r\n"):
        connection = server.exchange(raw)
        connection.end()
        assert [answer.status for answer in connection.answers] == [200] * raw.count(b"GET")
        assert connection.transport.is_lost
