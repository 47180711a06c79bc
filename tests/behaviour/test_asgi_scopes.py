"""Scopes and messages that ASGI allows and the servers of this suite do not send; in process, by nature."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import pytest
from apps.bodies import App as BodyApp
from apps.texts import App as TextApp

# ASGI hands over open dictionaries: their values are of any type (https://asgi.readthedocs.io).
type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_MINIMAL: Message = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "headers": [],
}
_EMPTY_BODY: Message = {"type": "http.request"}
_DISCONNECT: Message = {"type": "http.disconnect"}


class Exchange:
    """One request to an app without a server: the messages that it is given, and those that it sends."""

    def __init__(self, incoming: Iterable[Message] = (_EMPTY_BODY,), send_error: Exception | None = None) -> None:
        self._incoming = iter(incoming)
        self._send_error = send_error
        self.sent: list[Mapping[str, Any]] = []

    async def receive(self) -> Message:
        """Give the next message, then `http.disconnect` for ever."""
        return next(self._incoming, _DISCONNECT)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take a message, or fail as a server does whose client has left."""
        if self._send_error is not None:
            raise self._send_error
        self.sent.append(message)

    @property
    def status(self) -> int:
        """The status that was sent, once and first."""
        start, *rest = self.sent
        assert start["type"] == "http.response.start"
        assert all(message["type"] == "http.response.body" for message in rest)
        status: int = start["status"]
        return status

    @property
    def body(self) -> bytes:
        """The body that was sent."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])


async def _ask(app: TextApp | BodyApp, exchange: Exchange, **scope: object) -> Exchange:
    await app({**_MINIMAL, **scope}, exchange.receive, exchange.send)
    return exchange


@pytest.fixture
async def texts() -> TextApp:
    """Make the app that reads text; it starts itself, as no lifespan is run."""
    return TextApp()


@pytest.fixture
async def bodies() -> BodyApp:
    """Serve the app that reads bodies."""
    return BodyApp()


async def test_scope_with_nothing_optional(texts: TextApp) -> None:
    """A scope needs no raw path, query, root path, client, server, state or extensions."""
    assert (await _ask(texts, Exchange(), path="/widgets")).body == b'{"value":"widgets"}'


async def test_scope_with_nothing_known(texts: TextApp) -> None:
    """What is optional in a scope may be None."""
    nothing = {"client": None, "server": None, "extensions": None, "state": None, "raw_path": None}
    assert (await _ask(texts, Exchange(), path="/widgets", **nothing)).status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/strings/%41", b'{"value":"%41"}'),
        ("/strings/a b", b'{"value":"a b"}'),
        ("/café", '{"value":"café"}'.encode()),
        ("/widgets/new", b'{"value":"new"}'),
    ],
)
async def test_path_without_raw_path(texts: TextApp, path: str, body: bytes) -> None:
    """Without a raw path, the path counts as decoded, and is not decoded again."""
    assert (await _ask(texts, Exchange(), path=path)).body == body


@pytest.mark.parametrize("path", ["/strings/", "/strings/..", "/strings/.", "/strings/a\0b", "//widgets", "x"])
async def test_no_path_without_raw_path(texts: TextApp, path: str) -> None:
    """What is no URL is none without a raw path either."""
    assert (await _ask(texts, Exchange(), path=path)).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(lambda: ((b"x-limit", b"3"), (b"x-name", b"a")), id="tuple"),
        pytest.param(lambda: iter([(b"x-limit", b"3"), (b"x-name", b"a")]), id="iterator"),
        pytest.param(lambda: [[b"x-limit", b"3"], [b"x-name", b"a"]], id="pairs as lists"),
    ],
)
async def test_headers_of_any_iterable(texts: TextApp, headers: Callable[[], object]) -> None:
    """Headers may be any iterable of pairs, one that can be read only once, too."""
    exchange = await _ask(
        texts,
        Exchange([{"type": "http.request", "body": b'{"name": "x"}'}]),
        method="PUT",
        path="/everything/7",
        query_string=b"pageSize=5",
        headers=headers(),
    )
    assert exchange.status == 200
    assert b'"x_limit":3,"header_count":2' in exchange.body


async def test_body_messages_without_body(bodies: BodyApp) -> None:
    """A message may leave out `body` and `more_body`."""
    incoming: list[Message] = [
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request"},
    ]
    exchange = await _ask(bodies, Exchange(incoming), method="POST", path="/contents")
    assert (exchange.status, exchange.body) == (200, b"abc")


async def test_disconnect_instead_of_a_body(bodies: BodyApp) -> None:
    """Nothing is sent to a client that has left."""
    exchange = await _ask(bodies, Exchange([]), method="POST", path="/contents")
    assert exchange.sent == []


async def test_cancelled_while_a_body_times_out(bodies: BodyApp) -> None:
    """A server that cancels the request just as its body times out has its way."""
    exchange = Exchange()

    async def receive() -> Message:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            raise
        return _DISCONNECT

    scope = {**_MINIMAL, "method": "POST", "path": "/impatient"}
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(_run(bodies, scope, receive, exchange.send))
    assert exchange.sent == []


async def _run(app: BodyApp, scope: Message, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
async def test_send_that_fails(texts: TextApp, method: str) -> None:
    """A server may raise OSError from `send` once the client has left (ASGI 2.4): it ends quietly."""
    exchange = Exchange(send_error=OSError("gone"))
    await _ask(texts, exchange, path="/widgets", method=method)
    assert exchange.sent == []


async def test_unknown_scope(texts: TextApp) -> None:
    """A scope of an unknown type is refused with an exception, as ASGI asks."""
    with pytest.raises(RuntimeError, match="the ASGI scope 'smtp' is none that jero serves"):
        await _ask(texts, Exchange(), type="smtp")


async def test_websocket(texts: TextApp) -> None:
    """A WebSocket is refused before it is accepted."""
    exchange = Exchange([{"type": "websocket.connect"}])
    await _ask(texts, exchange, type="websocket", path="/widgets")
    assert [message["type"] for message in exchange.sent] == ["websocket.close"]


async def test_memory_of_a_body_in_small_pieces(bodies: BodyApp) -> None:
    """Reading a body takes at most 2.5 times its size, however small its pieces are."""
    await _ask(bodies, Exchange(), path="/handled/none")
    size = 100_000
    pieces: Iterable[Message] = (
        {"type": "http.request", "body": b"%02d" % (at % 100), "more_body": at < size // 2 - 1}
        for at in range(size // 2)
    )
    tracemalloc.start()
    try:
        exchange = await _ask(bodies, Exchange(pieces), method="POST", path="/sizes")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert exchange.body == b'{"size":100000}'
    assert peak < 2.5 * size
