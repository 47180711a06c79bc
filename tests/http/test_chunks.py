"""The walk over chunks, by itself: in any pieces the same, at one with the parser, and no wider than another one."""

import httptools
import pytest
import zttp
from hypothesis import given
from hypothesis import strategies as st

from jero._http.chunks import Chunks

_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
_BEHIND = b"GET / HTTP/1.1\r\n"
_LINE_PIECES = [
    b"3",
    b"0",
    b"a",
    b"=",
    b";",
    b'"',
    b"\\",
    b" ",
    b"\t",
    b"\x7f",
    b"\xff",
    b"[",
    b"@",
    b",",
    b";a=",
    b'="',
    b'"',
]
_LINES = st.one_of(
    st.lists(st.sampled_from(_LINE_PIECES), max_size=8).map(b"".join),
    st.lists(st.sampled_from(_LINE_PIECES), max_size=6).map(lambda pieces: b";a" + b"".join(pieces)),
    st.lists(st.sampled_from(_LINE_PIECES), max_size=6).map(lambda pieces: b';a="%b"' % b"".join(pieces)),
    st.binary(max_size=4).map(lambda end: b";a=" + end),
)


@st.composite
def _bodies(draw: st.DrawFn) -> bytes:
    pieces = draw(st.lists(st.sampled_from([b"a", b"\r\n", b"0\r\n\r\n", b"x" * 30, b";", b"3;\r\n"]), max_size=6))
    extension = draw(st.sampled_from([b"", b"", b";a", b";a=b;c", b';a="\\"\xff\t"', b';a=""']))
    trailers = draw(st.sampled_from([b"", b"", b"X: a\r\n", b"X: a\r\nY:\r\n"]))
    form = draw(st.sampled_from([b"%x", b"%X", b"%05x"]))
    return b"".join(
        form % len(piece) + extension + b"\r\n" + piece + b"\r\n" for piece in pieces
    ) + b"0%b\r\n%b\r\n" % (extension, trailers)


@given(_bodies(), st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_end_in_any_pieces(body: bytes, sizes: list[int]) -> None:
    """The end of a body is found where it is, in whatever pieces it comes, with whatever behind it."""
    assert _end(body + _BEHIND, [len(body + _BEHIND)]) == len(body)
    assert _end(body + _BEHIND, sizes) == len(body)
    assert _end(body[:-1], sizes) is None


@given(_bodies(), _LINES, st.integers(0, 200), st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_same_end_as_the_parser(body: bytes, more: bytes, at: int, sizes: list[int]) -> None:
    """The parser finds the same end of what the walk lets pass, damaged or not, or refuses it."""
    at %= len(body)
    damaged = body[:at] + more + body[at:] + _BEHIND
    walked = _end(damaged, sizes)
    assert walked == _end(damaged, [len(damaged)])
    if walked != -1:
        assert _parsed(damaged) in {walked, -1}


@given(_LINES)
def test_extensions_are_those_of_llhttp(line: bytes) -> None:
    """What passes as a chunk's size with extensions passes llhttp, too, which other servers parse by."""
    body = b"3" + line + b"\r\nabc\r\n0\r\n\r\n"
    if _end(body + _BEHIND, [1_000]) == len(body):
        complete = _Complete()
        httptools.HttpRequestParser(complete).feed_data(_HEAD + body)
        assert complete.is_complete


@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_endless_line(size: int) -> None:
    """A line that does not end is refused, in whatever pieces it comes."""
    for beginning in (b"", b"1;a=", b"0\r\nX: "):
        chunks = Chunks()
        with pytest.raises(zttp.RemoteProtocolError):
            _feed(chunks, [beginning, *([b"1" * size] * (20_000 // size + 1))])


def test_refused_is_refused() -> None:
    """What has been refused once is refused whatever follows."""
    for beginning in (b"g\r\n", b"1;\r\n"):
        chunks = Chunks()
        for piece in (beginning, b"0\r\n\r\n", b"\r\n"):
            with pytest.raises(zttp.RemoteProtocolError):
                chunks.find_end(piece, 0)


def test_overhead_of_extensions() -> None:
    """Extensions of chunks that hold as much are no burden; those of small ones are, over some kilobytes."""
    signature = b";signature=" + b"f" * 64
    chunk = b"400%b\r\n%b\r\n" % (signature, b"a" * 1_024)
    assert _end(chunk * 2_000, [50_000]) is None
    assert _end(b"1%b\r\na\r\n" % signature * 2_000, [50_000]) == -1
    assert _end(b"1;12345678\r\na\r\n" * 20_000, [50_000]) is None


class _Complete:
    def __init__(self) -> None:
        self.is_complete = False

    def on_message_complete(self) -> None:
        self.is_complete = True


def _feed(chunks: Chunks, pieces: list[bytes]) -> None:
    for piece in pieces:
        chunks.find_end(piece, 0)


def _end(data: bytes, sizes: list[int]) -> int | None:
    """Give where a body ends, in data that comes in pieces of these sizes, over and over; -1 if it is refused."""
    chunks, start, turn = Chunks(), 0, 0
    while start < len(data):
        size = sizes[turn % len(sizes)]
        piece = b"##" + data[start : start + size]
        try:
            end = chunks.find_end(piece, 2)
        except zttp.RemoteProtocolError:
            return -1
        if end < len(piece):
            return start + end - 2
        start, turn = start + size, turn + 1
    return None


def _parsed(data: bytes) -> int | None:
    """Give where the parser ends a body, fed byte by byte; -1 if it refuses it."""
    parser = zttp.Connection(zttp.SERVER)
    parser.receive_event(_HEAD)
    for at in range(len(data)):
        try:
            event = parser.receive_event(data[at : at + 1])
            while event is not zttp.NEED_DATA:
                if isinstance(event, zttp.EndOfMessage):
                    return at + 1
                event = parser.next_event()
        except zttp.RemoteProtocolError:
            return -1
    return None
