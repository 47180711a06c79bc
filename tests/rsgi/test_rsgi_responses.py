"""Responses over RSGI: headers as text, HEAD, pieces of a stream joined by the turn."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from rsgi_server import FakeProtocol, FakeScope, ask

from jero import BaseApp, BytesResponse, Endpoint, StreamingResponse


class Named(Endpoint, path="/named"):
    async def get(self) -> BytesResponse:
        return BytesResponse(
            content=b"abc", raw_headers={"x-a": "caf\xe9", "x-b": "caf\xe9".encode().decode("latin-1")}
        )


class Pieces(Endpoint, path="/pieces"):
    """Streams pieces; an empty one stands for a wait."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.is_closed = False

    async def get(self) -> StreamingResponse:
        return StreamingResponse(stream=self._stream())

    async def _stream(self) -> AsyncIterator[bytes]:
        try:
            for piece in self._pieces:
                if piece:
                    yield piece
                else:
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
        finally:
            self.is_closed = True


class App(BaseApp):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint

    async def _wire(self) -> None:
        self._include_endpoint(self._endpoint)


async def _stream(*pieces: bytes) -> list[bytes]:
    return (await ask(App(Pieces(list(pieces))), FakeScope("/pieces"))).transport.sent


async def test_headers() -> None:
    """Headers are text of UTF-8: bytes that are some keep their form, others are latin-1."""
    protocol = await ask(App(Named()), FakeScope("/named"))
    [(status, headers, body)] = protocol.answers
    assert (status, body) == (200, b"abc")
    assert ("content-length", "3") in headers
    assert ("x-a", "caf\xe9") in headers
    assert ("x-b", "caf\xe9") in headers


async def test_head() -> None:
    """HEAD is answered with the headers of GET, and without a body."""
    protocol = await ask(App(Named()), FakeScope("/named", "HEAD"))
    [(status, headers, body)] = protocol.answers
    assert (status, body) == (200, b"")
    assert ("content-length", "3") in headers


async def test_head_of_a_stream() -> None:
    """HEAD of a stream begins no response that flows."""
    protocol = await ask(App(Pieces([b"a"])), FakeScope("/pieces", "HEAD"))
    assert [body for _, _, body in protocol.answers] == [b""]


async def test_pieces_of_one_turn() -> None:
    """What a stream gives without a wait leaves in one piece."""
    assert await _stream(b"a", b"b", b"c") == [b"abc"]


async def test_pieces_before_a_wait() -> None:
    """What a stream gave leaves before it goes on after a wait."""
    assert await _stream(b"a", b"b", b"", b"c", b"", b"", b"d", b"e") == [b"ab", b"c", b"de"]


async def test_large_pieces() -> None:
    """Pieces are joined to no more than is needed: a large one leaves at once."""
    large = b"x" * 20_000
    assert await _stream(b"a", large, b"b", large) == [b"a" + large, b"b" + large]


async def test_empty_stream() -> None:
    """A stream without items is a response without a body."""
    protocol = await ask(App(Pieces([])), FakeScope("/pieces"))
    assert [body for _, _, body in protocol.answers] == [None]
    assert protocol.transport.sent == []


@pytest.mark.parametrize("accepts", [0, 1])
async def test_client_that_leaves_a_stream(accepts: int) -> None:
    """A client that has left ends the stream where its next piece is to be sent; it is closed."""
    endpoint = Pieces([b"a", b"", b"b", b"", b"c", b"", b"d"])
    protocol = FakeProtocol(accepts=accepts)
    await ask(App(endpoint), FakeScope("/pieces"), protocol)
    assert protocol.transport.sent == [b"a", b"b", b"c", b"d"][:accepts]
    assert endpoint.is_closed
