"""What `receive()` hands to the app of a request's body, piece by piece, and where the client breaks off."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator
from contextlib import aclosing

from jero.testing.bodies import WireContent
from jero.testing.protocol import Message
from jero.testing.requests import BreakOff


class Upload:
    """One body on its way to the app. After the last message `broken_off` says whether the client left there.

    `failure` keeps the exception with which a body given as an iterable failed; the client leaves then too.
    """

    __slots__ = ("_content", "_pull", "_ready", "_source", "broken_off", "failure")

    def __init__(self, content: WireContent, break_off: BreakOff | None) -> None:
        """Prepare the messages; an iterable is not touched before the app asks for the body."""
        self._content = content
        self._pull: asyncio.Task[Message | None] | None = None
        self._ready: deque[Message] = deque()
        self._source: AsyncGenerator[Message] | None = None
        self.broken_off = break_off is not None
        self.failure: BaseException | None = None
        if not isinstance(content, bytes):
            self._source = _messages(content, break_off)
        elif break_off is None:
            self._ready.append(_body_message(content, more_body=False))
        elif begun := content[: break_off.after]:
            self._ready.append(_body_message(begun, more_body=True))

    async def next_message(self, gone: asyncio.Future[None]) -> Message | None:
        """Return the next message; None after the last one, or as soon as `gone` is done.

        Cancelling this call loses nothing: the next one goes on waiting for the same piece.
        """
        if self._ready:
            return self._ready.popleft()
        if self._source is None:
            return None
        if self._pull is None:
            self._pull = asyncio.create_task(_next(self._source))
        await asyncio.wait((self._pull, gone), return_when=asyncio.FIRST_COMPLETED)
        if not self._pull.done():
            return None
        pull, self._pull = self._pull, None
        try:
            message = pull.result()
        except BaseException as error:  # noqa: BLE001 - whatever the test's own iterable raised is raised in the test
            self.failure = error
            self.broken_off = True
            message = None
        if message is None:
            self._source = None
        return message

    async def close(self) -> None:
        """Stop a pull that is under way and close the iterable that the body came from."""
        if self._pull is not None:
            self._pull.cancel()
            await asyncio.wait((self._pull,))
        if self._source is not None:
            await self._source.aclose()
        match self._content:
            case AsyncGenerator() as generator:
                await generator.aclose()
            case Generator() as generator:
                generator.close()
            case _:
                pass


async def _next(source: AsyncIterator[Message]) -> Message | None:
    """Return the next message, None at the end."""
    return await anext(source, None)


async def _messages(content: WireContent, break_off: BreakOff | None) -> AsyncGenerator[Message]:
    """Yield a message for each piece that is not empty, and the last one unless the client leaves."""
    left = None if break_off is None else break_off.after
    if left == 0:
        return
    async with aclosing(_pieces(content)) as pieces:
        async for piece in pieces:
            sent = piece[:left]
            if sent:
                yield _body_message(sent, more_body=True)
            if left is not None:
                left -= len(sent)
                if left == 0:
                    return
    if break_off is None:
        yield _body_message(b"", more_body=False)


async def _pieces(content: WireContent) -> AsyncGenerator[bytes]:
    """Yield the pieces of a sync or async iterable."""
    if isinstance(content, AsyncIterable):
        async for piece in content:
            yield _checked(piece)
    else:
        for piece in content:
            yield _checked(piece)


def _checked(piece: object) -> bytes:
    """Return the piece if it is bytes."""
    if not isinstance(piece, bytes):
        raise TypeError(f"content yielded {type(piece).__name__}; yield bytes")
    return piece


def _body_message(body: bytes, *, more_body: bool) -> Message:
    """Return an `http.request` message."""
    return {"type": "http.request", "body": body, "more_body": more_body}
