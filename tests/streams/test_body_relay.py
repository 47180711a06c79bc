"""Two who wait for the messages of one request: the one that reads the body, the one that looks for a departure."""

import asyncio

import pytest

from jero._asgi.body_relay import BodyRelay
from jero._asgi.messages import Message

_DISCONNECT: Message = {"type": "http.disconnect"}


class Messages:
    """What a server gives, one at a time; it notes who asks for more while somebody does."""

    def __init__(self) -> None:
        self.given = 0
        self._queue = asyncio.Queue[Message]()
        self._is_asked = False

    def put(self, *messages: Message) -> None:
        for message in messages:
            self._queue.put_nowait(message)

    async def receive(self) -> Message:
        assert not self._is_asked, "two wait for a message at the same time"
        self._is_asked = True
        try:
            message = await self._queue.get()
        finally:
            self._is_asked = False
        self.given += 1
        return message


def piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("watches_first", [True, False])
async def test_both_wait(watches_first: bool) -> None:
    """Whoever asks first, the body goes to its reader in order, and the departure is seen by both."""
    messages = Messages()
    relay = BodyRelay(messages.receive)
    taken: list[Message] = []

    async def read() -> None:
        while (message := await relay.take())["type"] == "http.request":
            taken.append(message)

    both = [relay.wait_disconnect(), read()]
    tasks = [asyncio.ensure_future(work) for work in (both if watches_first else reversed(both))]
    pieces = [piece(b"%d" % number) for number in range(20)]
    for number, message in enumerate(pieces):
        messages.put(message)
        if number % 3:
            await _settle()
    messages.put(_DISCONNECT)
    await asyncio.gather(*tasks)
    assert taken == pieces


async def test_a_piece_that_comes_while_the_reader_waits_for_its_turn() -> None:
    """A reader that finds the other one waiting gets what that one receives, at once."""
    messages = Messages()
    relay = BodyRelay(messages.receive)
    watcher = asyncio.ensure_future(relay.wait_disconnect())
    await _settle()
    reader = asyncio.ensure_future(relay.take())
    await _settle()
    messages.put(piece(b"a"))
    assert await reader == piece(b"a")
    messages.put(_DISCONNECT)
    await watcher


async def test_not_far_ahead() -> None:
    """No more than 64 KiB, and the piece that passes that, is received before it is asked for."""
    messages = Messages()
    relay = BodyRelay(messages.receive)
    messages.put(*(piece(b"x" * 30_000) for _ in range(10)), piece(b"", more=False), _DISCONNECT)
    watcher = asyncio.ensure_future(relay.wait_disconnect())
    await _settle()
    assert messages.given == 3
    assert await relay.take() == piece(b"x" * 30_000)
    await _settle()
    assert messages.given == 4
    for _ in range(10):
        await relay.take()
        await _settle()
    await watcher


async def test_departure_behind_a_body_that_nobody_reads() -> None:
    """A departure is seen behind a whole body that is not read; the body stays there for its reader."""
    messages = Messages()
    relay = BodyRelay(messages.receive)
    messages.put(piece(b"x" * 100_000, more=False), _DISCONNECT)
    await relay.wait_disconnect()
    assert await relay.take() == piece(b"x" * 100_000, more=False)
    assert await relay.take() == _DISCONNECT
    assert await relay.take() == _DISCONNECT


async def test_watcher_that_is_cancelled() -> None:
    """A watcher that is cancelled while it waits takes nothing from the reader."""
    messages = Messages()
    relay = BodyRelay(messages.receive)
    watcher = asyncio.ensure_future(relay.wait_disconnect())
    await _settle()
    watcher.cancel()
    await asyncio.wait([watcher])
    messages.put(piece(b"a", more=False))
    assert await relay.take() == piece(b"a", more=False)


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
