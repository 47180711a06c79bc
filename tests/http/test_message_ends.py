"""Where messages end: the search for empty lines, by itself."""

from hypothesis import given
from hypothesis import strategies as st

from jero._http.message_ends import MessageEnds

_PIECES = st.lists(st.sampled_from([b"\r\n\r\n", b"\r\n", b"\r", b"\n", b"a", b"0", b": "]), max_size=20)


@given(_PIECES, st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_ends_in_any_pieces(parts: list[bytes], sizes: list[int]) -> None:
    """The same ends are found in whatever pieces the bytes come, those that begin with CR or LF after an end aside."""
    data = b"x".join(parts)
    assert _ends(data, sizes) == _ends(data, [len(data) or 1])


def test_search_goes_on_behind_an_end() -> None:
    """Each search begins where it is told to, and gives where the empty line ends."""
    ends = MessageEnds()
    assert ends.find(b"a\r\n\r\nb\r\n\r\n", 0) == 5
    assert not ends.is_open
    assert ends.find(b"a\r\n\r\nb\r\n\r\n", 5) == 10


def test_reset() -> None:
    """After a reset, nothing that came before counts."""
    ends = MessageEnds()
    assert ends.find(b"a\r\n\r", 0) == 4
    assert ends.is_open
    ends.reset()
    assert ends.find(b"\nb", 0) == 2


def _ends(data: bytes, sizes: list[int]) -> list[int]:
    """Give all the ends in data that comes in pieces of these sizes, over and over."""
    ends, found, start = MessageEnds(), list[int](), 0
    while start < len(data):
        size = sizes[len(found) % len(sizes)]
        piece, at = data[start : start + size], 0
        while at < len(piece):
            at = ends.find(piece, at)
            if not ends.is_open:
                found.append(start + at)
        start += size
    return found
