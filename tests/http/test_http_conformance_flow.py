"""What flows and when: pipelines, limits, back-pressure, time limits, upgrades, departures, shutdown."""

import pytest
from http_app import Calls, Seen
from raw_exchange import MemoryServer
from received import numbers, statuses
from wire_requests import chunked, get, head, post

_KIB = 1024
_PIECE = b"x" * 65_536


# Pipelines


def test_pipeline_behind_a_slow_one(server: MemoryServer, calls: Calls) -> None:
    """What is ready waits for what was asked before it: answers leave in the order of the requests."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2") + get("/streams?n=3"), get("/echo?n=4"))
    assert connection.written == b""
    connection.call(calls.gate(1).set)
    assert statuses(connection) == [200] * 4
    assert [answer.body.count(b'"n":%d,' % n) for n, answer in enumerate(connection.answers, start=1)] == [1] * 4
    connection.end()


def test_pipeline_is_joined(server: MemoryServer) -> None:
    """The answers to what came together leave together, in one write."""
    connection = server.exchange(b"".join(get(f"/echo?n={n}") for n in range(24)))
    assert numbers(connection) == list(range(24))
    assert len(connection.transport.writes) == 1
    connection.end()


def test_pipeline_is_bounded(server: MemoryServer, calls: Calls) -> None:
    """Behind a slow request only so much is taken in: then reading pauses, and nothing is lost by it."""
    padding = f"X-Padding: {'a' * 1_000}"
    requests = [get(f"/echo?n={n}", padding) for n in range(1, 1_001)]
    connection = server.exchange(get("/gated?n=0"), *requests)
    assert connection.transport.pauses
    assert connection.unread > 500 * _KIB
    assert len(calls.seen) <= 64
    connection.call(calls.gate(0).set)
    assert numbers(connection) == list(range(1_001))
    connection.end()


def test_pipeline_in_one_piece(server: MemoryServer) -> None:
    """A thousand requests in one piece are all answered, in order."""
    connection = server.exchange(b"".join(get(f"/echo?n={n}") for n in range(1_000)))
    assert numbers(connection) == list(range(1_000))
    connection.end()


def test_pipeline_to_a_slow_reader(server: MemoryServer) -> None:
    """A client that asks and does not read is not answered without bounds."""
    connection = server.connect()
    connection.stall()
    connection.send(*(get(f"/echo?n={n}") for n in range(3_000)))
    assert connection.transport.buffered < 256 * _KIB
    connection.flow()
    assert numbers(connection) == list(range(3_000))
    connection.end()


def test_bodies_in_a_pipeline(server: MemoryServer) -> None:
    """Bodies and requests in one piece are told apart, also behind one whose handler has to wait."""
    two = chunked("/echo?n=2", b"3\r\ntwo\r\n0\r\n\r\n")
    raw = post("/echo?n=1&turns=3", b"one") + two + post("/echo?n=3", b"three")
    for pieces in ([raw], [bytes([byte]) for byte in raw]):
        connection = server.exchange(*pieces)
        bodies = [answer.decode(Seen).body for answer in connection.answers]
        assert bodies == ["one", "two", "three"]
        connection.end()


def test_every_cut(server: MemoryServer) -> None:
    """Wherever a connection's bytes are cut in two, or in three with one byte between, the answers are the same."""
    requests = [
        get("/echo?n=1"),
        chunked("/echo?n=2", b"5;a\r\n\r\n\r\n0\r\n2\r\n\r\n\r\n0\r\nX-Trailer: a\r\n\r\n"),
        post("/echo?n=3", b"\r\n\r\n"),
        b"\r\n",
        chunked("/echo?n=4&turns=1", b"0\r\n\r\n"),
        get("/echo?n=5"),
    ]
    raw = b"".join(requests)
    for cut in range(1, len(raw)):
        for pieces in ([raw[:cut], raw[cut:]], [raw[:cut], raw[cut : cut + 1], raw[cut + 1 :]]):
            connection = server.exchange(*pieces)
            assert [(answer.decode(Seen).query.n, answer.decode(Seen).body) for answer in connection.answers] == [
                (1, ""),
                (2, "\r\n\r\n0\r\n"),
                (3, "\r\n\r\n"),
                (4, ""),
                (5, ""),
            ], pieces
            connection.end()


# Limits


def test_long_request_lines(server: MemoryServer) -> None:
    """A request line of 8,000 bytes passes; of more than 8 KiB it is answered 414."""
    for size, status in ((8_000, 404), (8_300, 414), (20_000, 414), (70_000, 414)):
        connection = server.exchange(get("/" + "a" * (size - 15)))
        assert statuses(connection) == [status]
        connection.linger()
        assert connection.is_open == (status == 404)
        connection.end()


def test_many_headers(server: MemoryServer) -> None:
    """A hundred headers pass; the next is answered 431."""
    for extra, status in ((99, 200), (100, 431), (1_000, 431)):
        connection = server.exchange(get("/echo", *(f"X-{at}: a" for at in range(extra))))
        assert statuses(connection) == [status]
        connection.end()


def test_large_headers(server: MemoryServer) -> None:
    """Headers of 31 KiB pass; more than 32 KiB are answered 431, however they come."""
    for size, status in ((31 * _KIB, 200), (34 * _KIB, 431), (300 * _KIB, 431)):
        count = size // 1_000
        raw = get("/echo", *(f"X-{at}: {'a' * 990}" for at in range(count)))
        for pieces in ([raw], [raw[at : at + 700] for at in range(0, len(raw), 700)]):
            connection = server.exchange(*pieces)
            assert statuses(connection) == [status]
            connection.end()


@pytest.mark.parametrize(
    ("beginning", "more", "expected"),
    [
        (b"GET /", b"a" * _KIB, [414]),
        (b"A", b"A" * _KIB, [414]),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b"a" * _KIB, [431]),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX", b"a" * _KIB, [431]),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b" " * _KIB, [431]),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n", [431]),
    ],
)
def test_endless_heads(server: MemoryServer, beginning: bytes, more: bytes, expected: list[int]) -> None:
    """A head without an end is refused long before it is large: no more than 40 KiB of it are taken."""
    connection = server.exchange(beginning)
    connection.send(*[more] * (40 * _KIB // len(more)))
    connection.linger()
    assert not connection.is_open
    assert statuses(connection) in (expected, [400])
    connection.end()


@pytest.mark.parametrize(
    ("beginning", "more"),
    [
        (b"1;", b"a" * _KIB),
        (b"", b"0" * _KIB),
        (b"0\r\nX-A: ", b"a" * _KIB),
        (b"0\r\n", b"X: a\r\n"),
        (b"1;a=", b'"' * _KIB),
    ],
)
def test_endless_framing(server: MemoryServer, beginning: bytes, more: bytes) -> None:
    """What frames a body is no way around its limit: endless extensions, sizes and trailers are refused."""
    connection = server.exchange(chunked("/echo", beginning))
    connection.send(*[more] * (256 * _KIB // len(more)))
    connection.linger()
    assert not connection.is_open
    connection.end()
    assert statuses(connection) in ([], [400], [413], [431])


def test_small_chunks(server: MemoryServer) -> None:
    """A body in chunks of a byte, each with an extension, is a body like another."""
    connection = server.exchange(chunked("/echo?n=1", b"1;abcdefgh\r\na\r\n" * 5_000 + b"0\r\n\r\n"))
    assert connection.final_answers[0].decode(Seen).body == "a" * 5_000
    connection.end()


def test_declared_body_over_its_limit(server: MemoryServer) -> None:
    """A declared length over the limit is answered 413 before anything is read, and the connection closed."""
    connection = server.exchange(head("POST /small HTTP/1.1", "Content-Length: 11"))
    assert statuses(connection) == [413]
    assert connection.answers[0].closes
    connection.send(b"x" * 11)
    connection.end()


def test_chunks_over_the_limit(server: MemoryServer) -> None:
    """A chunked body is answered 413 as soon as it passes the limit, and the connection closed."""
    connection = server.exchange(chunked("/small", b""))
    connection.send(b"5\r\nabcde\r\n", b"5\r\nabcde\r\n")
    assert connection.written == b""
    connection.send(b"1\r\na\r\n")
    assert statuses(connection) == [413]
    assert connection.answers[0].closes
    connection.end()


@pytest.mark.parametrize("target", ["/small", "/private"])
def test_refused_while_the_client_sends(server: MemoryServer, target: str) -> None:
    """A client that goes on sending what was refused gets the answer, and is not read for ever."""
    connection = server.exchange(head(f"POST {target} HTTP/1.1", f"Content-Length: {100 * len(_PIECE)}"))
    connection.send(*[_PIECE] * 50)
    assert statuses(connection) in ([413], [401])
    connection.wait(60)
    assert connection.transport.is_lost


# Back-pressure


def test_slow_reader_of_a_stream(server: MemoryServer, calls: Calls) -> None:
    """A stream waits for a client that does not read: little is pulled, little is held; then all of it arrives."""
    connection = server.connect()
    connection.stall()
    connection.send(get("/large?items=100"))
    assert connection.transport.buffered < 256 * _KIB
    assert len(calls.seen) <= 4
    connection.flow()
    (answer,) = connection.answers
    assert len(answer.body) == 100 * 65_536
    connection.end()


def test_slow_reader_leaves(server: MemoryServer, calls: Calls) -> None:
    """A client that leaves while a stream waits for it ends the stream, and nothing of it stays."""
    connection = server.connect()
    connection.stall()
    connection.send(get("/large?items=100"))
    connection.reset()
    assert len(calls.seen) <= 4
    assert server.tasks() == server.resident


def test_reader_leaves_a_stream(server: MemoryServer) -> None:
    """A client that leaves while the source of a stream waits ends it too."""
    connection = server.exchange(post("/streams", b"abc")[:-1])
    connection.reset()
    assert server.tasks() == server.resident


@pytest.mark.parametrize("is_chunked", [False, True])
def test_upload_to_a_slow_handler(server: MemoryServer, calls: Calls, is_chunked: bool) -> None:
    """A body whose handler does not read waits at the client: reading pauses; then all of it arrives."""
    pieces = [_PIECE] * 100
    if is_chunked:
        pieces = [b"10000\r\n" + piece + b"\r\n" for piece in pieces] + [b"0\r\n\r\n"]
        connection = server.exchange(chunked("/gated?n=1", b""), *pieces)
    else:
        connection = server.exchange(head("POST /gated?n=1 HTTP/1.1", f"Content-Length: {100 * 65_536}"), *pieces)
    assert connection.transport.pauses
    assert connection.unread > 90 * 65_536
    connection.call(calls.gate(1).set)
    assert len(connection.final_answers[0].decode(Seen).body) == 100 * 65_536
    assert connection.is_open
    connection.end()


def test_upload_behind_a_stream(server: MemoryServer) -> None:
    """Of a body that a stream has not read only so much is read over; then the connection closes."""
    raw = head("PUT /streams HTTP/1.1", f"Content-Length: {100 * 65_536}")
    connection = server.exchange(raw, *[_PIECE] * 50, get("/echo?n=666"))
    (answer,) = connection.answers
    assert (answer.status, answer.body, answer.is_whole) == (200, b"item", True)
    connection.linger()
    assert connection.transport.is_lost


def test_upload_from_one_that_leaves(server: MemoryServer, calls: Calls) -> None:
    """A client that leaves while its upload waits leaves nothing behind."""
    connection = server.exchange(head("POST /gated?n=1 HTTP/1.1", f"Content-Length: {100 * 65_536}"), *[_PIECE] * 10)
    connection.reset()
    calls.gate(1).set()
    connection.wait(1)
    assert connection.written == b""
    assert server.tasks() == server.resident


def test_echoed_upload(server: MemoryServer) -> None:
    """A body that is streamed back as it comes flows both ways at once."""
    connection = server.exchange(chunked("/streams", b""))
    for at in range(5):
        connection.send(b"3\r\nab%d\r\n" % at)
        assert b"ab%d" % at in connection.written
    connection.send(b"0\r\n\r\n")
    assert connection.answers[0].body == b"ab0ab1ab2ab3ab4"
    assert connection.is_open != connection.answers[0].closes
    connection.end()


@pytest.mark.parametrize("broken", [b"g\r\n", b"3\r\nabcd", b"-1\r\n"])
def test_upload_that_breaks(server: MemoryServer, broken: bytes) -> None:
    """Where the framing of a body breaks while it is streamed back, the answer is cut off, not ended as if whole."""
    connection = server.exchange(chunked("/streams", b"3\r\nabc\r\n"), broken, get("/echo?n=666"))
    (answer,) = connection.answers
    assert (answer.status, answer.body in {b"abc", b"abcabc"}, answer.is_whole) == (200, True, False)
    connection.linger()
    assert connection.transport.is_lost


def test_unread_upload_that_breaks(server: MemoryServer, calls: Calls) -> None:
    """A handler that does not read may still answer where the framing of the body breaks; nothing follows it."""
    connection = server.connect()
    raw = chunked("/unread?n=1&turns=9", b"3\r\nabc\r\n")
    connection.play([(raw, 0), (b"g\r\n" + get("/echo?n=666"), None)])
    assert [answer.status for answer in connection.answers] in ([200], [])
    assert all(answer.closes for answer in connection.answers)
    connection.linger()
    assert connection.transport.is_lost
    assert [call.query.n for call in calls.seen] == [1]


@pytest.mark.parametrize("broken", [b"g\r\n", b"1;\r\n", b"1\r\naa\r\n", b"\0\r\n"])
@pytest.mark.parametrize("turns", [0, 1, None])
def test_body_that_breaks_and_goes_on(server: MemoryServer, broken: bytes, turns: int | None) -> None:
    """What follows malformed chunks is never taken for the rest of the body, nor for a request."""
    beginning = chunked("/echo?n=1", b"1\r\na\r\n")
    rest = b"1\r\nb\r\n0\r\n\r\n" + get("/echo?n=2")
    for pieces in (
        [beginning, broken, rest],
        [beginning + broken, rest],
        [beginning[:-5], beginning[-5:] + broken, rest],
    ):
        connection = server.connect()
        connection.play([(piece, turns) for piece in pieces])
        connection.linger()
        assert statuses(connection) == [400]
        assert not connection.is_open


def test_client_that_sends_no_more(server: MemoryServer, calls: Calls) -> None:
    """A client that has closed its side for sending is still answered, all that it asked for; then it is the end."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2"))
    connection.end()
    connection.call(calls.gate(1).set)
    assert numbers(connection) == [1, 2]
    assert connection.transport.is_lost


def test_client_that_leaves_a_pipeline(server: MemoryServer, calls: Calls) -> None:
    """Where a connection breaks, what waits behind the request in flight is never begun."""
    connection = server.exchange(get("/gated?n=1") + get("/echo?n=2"))
    connection.reset()
    connection.call(calls.gate(1).set)
    assert [call.query.n for call in calls.seen] == [1]
    assert connection.written == b""
