"""Requests as granian hands them over: paths decoded, headers with gaps, bodies whose end says little."""

import pytest
from msgspec import Struct
from rsgi_server import FakeHeaders, FakeProtocol, FakeScope, FakeWebSocket, ask

from jero import BaseApp, Endpoint, RawHeaders

_CHUNKED = FakeHeaders([("transfer-encoding", "chunked")])


class NamePath(Struct):
    name: str


class Names(Endpoint, path="/names/{name}"):
    async def get(self, path: NamePath) -> str:
        return path.name


class Contents(Endpoint, path="/contents"):
    def __init__(self) -> None:
        self.handled: list[bytes] = []

    async def post(self, content: bytes) -> bytes:
        self.handled.append(content)
        return content


class Echo(Endpoint, path="/headers"):
    async def get(self, raw_headers: RawHeaders) -> str:
        return " ".join(f"{name}={value}" for name, value in raw_headers)


class App(BaseApp):
    def __init__(self) -> None:
        super().__init__()
        self.contents = Contents()

    async def _wire(self) -> None:
        for endpoint in (Names(), self.contents, Echo()):
            self._include_endpoint(endpoint)


async def _post(pieces: list[bytes], headers: FakeHeaders, **scope: str) -> FakeProtocol:
    return await ask(App(), FakeScope("/contents", "POST", headers, **scope), FakeProtocol(pieces))


@pytest.mark.parametrize("name", ["plain", "%41", "a b", "caf\xe9", "%2e%2e"])
async def test_path_is_not_decoded_again(name: str) -> None:
    """A path comes decoded, and a slot holds what is in it."""
    protocol = await ask(App(), FakeScope(f"/names/{name}"))
    assert protocol.answers[0][2] == name.encode()


@pytest.mark.parametrize("name", ["\ufffd", "a\ufffdb", "", "..", "\0"])
async def test_slot_that_is_none(name: str) -> None:
    """A slot that was no UTF-8, for which granian puts U+FFFD, is answered 404, as are empty ones and dots."""
    protocol = await ask(App(), FakeScope(f"/names/{name}"))
    assert protocol.answers[0][0] == 404


async def test_header_whose_value_is_lost() -> None:
    """A header with bytes outside of ASCII does not seem absent: its value is the byte 255."""
    headers = FakeHeaders([("x-a", "1"), ("x-b", "2"), ("x-a", "3")], lost=["x-c"])
    protocol = await ask(App(), FakeScope("/headers", headers=headers))
    assert protocol.answers[0][2] == "x-a=1 x-b=2 x-a=3 x-c=\xff".encode()


@pytest.mark.parametrize("pieces", [[b"abc"], [b"a", b"bc"]])
async def test_declared_length(pieces: list[bytes]) -> None:
    """A body with a declared length has ended when so much has come, and no further piece is asked for."""
    protocol = await _post([*pieces, b"more"], FakeHeaders([("content-length", "3")]))
    assert protocol.answers[0][2] == b"abc"


@pytest.mark.parametrize("pieces", [[], [b"ab"], [b"ab", b""], [b"ab", b"", b"c"]])
async def test_declared_length_that_does_not_come(pieces: list[bytes]) -> None:
    """Fewer bytes than declared are a client that has left: nothing is answered."""
    protocol = await _post(pieces, FakeHeaders([("content-length", "3")]))
    assert not protocol.answers


async def test_chunks() -> None:
    """Chunks end with one empty piece, whatever length is declared beside them."""
    headers = FakeHeaders([("transfer-encoding", "chunked"), ("content-length", "1")])
    protocol = await _post([b"ab", b"c", b""], headers)
    assert protocol.answers[0][2] == b"abc"


@pytest.mark.parametrize("pieces", [[b"abc", b"", b""], [b"", b""]])
async def test_chunks_that_break_off(pieces: list[bytes]) -> None:
    """Two empty pieces are chunks that broke off: nothing is answered."""
    assert not (await _post(pieces, _CHUNKED)).answers


async def test_no_body() -> None:
    """Without a length and without chunks, a request of HTTP/1 has no body, and none is asked for."""
    protocol = await _post([b"abc"], FakeHeaders([]))
    assert protocol.answers[0][2] == b""


async def test_http2_without_a_length() -> None:
    """A body of HTTP/2 need not declare its length; two empty pieces are its end, too."""
    protocol = await _post([b"abc", b"", b""], FakeHeaders([]), http_version="2")
    assert protocol.answers[0][2] == b"abc"


@pytest.mark.parametrize(("has_left", "handled"), [(False, [b"abc"]), (True, [])])
async def test_http2_client_that_leaves(has_left: bool, handled: list[bytes]) -> None:
    """A client of HTTP/2 that turns out to have left at the end of its body has not sent it: nothing is handled."""
    app = App()
    scope = FakeScope("/contents", "POST", http_version="2")
    protocol = await ask(app, scope, FakeProtocol([b"abc", b"", b""], has_left=has_left))
    assert app.contents.handled == handled
    assert [body for _, _, body in protocol.answers] == handled


async def test_websocket() -> None:
    """A WebSocket is refused, by granian's own status: one that is no status of HTTP would end its worker."""
    protocol = FakeWebSocket()
    await App().__rsgi__(FakeScope(proto="ws"), protocol)
    assert protocol.is_closed


async def test_client_that_left_before_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    """A client that has left when it is to be answered is no error: nothing is raised, nothing warned of."""
    protocol = await ask(App(), FakeScope("/names/x"), FakeProtocol(has_left=True))
    assert not protocol.answers
    assert caplog.records == []
