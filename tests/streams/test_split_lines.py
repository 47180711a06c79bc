"""Bodies cut into pieces anywhere: the same lines, the same documents, the same limits."""

from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jero import ContentStream, ContentTooLargeError
from jero._runtime.bodies.streams import ReceiveChunk, split_lines

_BYTES = st.lists(st.sampled_from([b"\n", b"a", b"bc", b"\r", b" ", b"\xff"]), max_size=60).map(b"".join)


def receiving(body: bytes, cuts: Sequence[int]) -> ReceiveChunk:
    """Give a body in pieces that end where it is cut, empty ones among them."""
    ends = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(ends)]

    async def receive() -> tuple[bytes, bool]:
        return pieces.pop(0), bool(pieces)

    return receive


async def all_lines(lists: AsyncIterator[list[bytes]]) -> list[bytes]:
    """Read to the end."""
    return [line async for lines in lists for line in lines]


@given(_BYTES, st.lists(st.integers(0, 60), max_size=20))
async def test_cut_anywhere(body: bytes, cuts: list[int]) -> None:
    """The lines of a body are those between its line feeds, wherever it was cut; an empty last one is none."""
    expected = body.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert await all_lines(split_lines(receiving(body, cuts), None)) == expected


@given(_BYTES, st.lists(st.integers(0, 60), max_size=20), st.integers(0, 10))
async def test_limit(body: bytes, cuts: list[int], limit: int) -> None:
    """A line over the limit is refused wherever the body was cut; one of just the limit is not."""
    reading = all_lines(split_lines(receiving(body, cuts), limit))
    if max(len(line) for line in body.split(b"\n")) > limit:
        with pytest.raises(ContentTooLargeError, match=f"a line is over {limit} bytes"):
            await reading
    else:
        assert b"\n".join(await reading) == body.removesuffix(b"\n")


async def test_open_line_is_refused_early() -> None:
    """A line without an end is refused once it is over the limit, and not read on."""
    received: list[bytes] = []

    async def receive() -> tuple[bytes, bool]:
        received.append(b"x" * 10)
        return received[-1], True

    with pytest.raises(ContentTooLargeError):
        await all_lines(split_lines(receive, 25))
    assert len(received) == 3


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=20), st.integers(1, 70))
async def test_iter_chunks(body: bytes, cuts: list[int], size: int) -> None:
    """`iter_chunks` gives the body in pieces of the size asked for, the last one shorter, wherever it was cut."""
    pieces = [piece async for piece in ContentStream(receiving(body, cuts)).iter_chunks(size)]
    assert pieces == [body[at : at + size] for at in range(0, len(body), size)]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=20))
async def test_content(body: bytes, cuts: list[int]) -> None:
    """Iterating gives the pieces as they came, empty ones left out."""
    pieces = [piece async for piece in ContentStream(receiving(body, cuts))]
    assert b"".join(pieces) == body
    assert all(pieces)
