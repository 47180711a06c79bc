"""One request's messages for two who wait: the handler for the body, the pump for the client's departure."""

import asyncio
from collections import deque

from jero._asgi.messages import Message, Receive

_AHEAD = 65536
"""Bytes of body that are received before the handler asks for them, to see whether the client leaves."""
_DISCONNECT: Message = {"type": "http.disconnect"}


class BodyRelay:
    """Asks the server for one message at a time, whoever waits, and keeps what came before it was asked for.

    A departure shows only behind the body that was sent before it. Where the handler leaves more than 64 KiB
    of that unread, it shows once it reads on.
    """

    __slots__ = ("_ahead", "_has_left", "_is_whole", "_receive", "_size", "_taken", "_turn")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._turn = asyncio.Lock()
        self._taken = asyncio.Event()
        self._ahead: deque[Message] = deque()
        self._size = 0
        self._is_whole = False
        self._has_left = False

    async def take(self) -> Message:
        """Give the next message of the body, or the disconnect that came instead."""
        if not self._ahead and not self._has_left:
            async with self._turn:
                if not self._ahead and not self._has_left:  # while it waited for its turn, the other got one
                    await self._receive_one()
        if not self._ahead:
            return _DISCONNECT
        message = self._ahead.popleft()
        self._size -= len(message.get("body", b""))
        self._taken.set()
        return message

    async def wait_disconnect(self) -> None:
        """Return once the client has left."""
        while not self._has_left:
            if self._is_whole or self._size < _AHEAD:
                async with self._turn:
                    await self._receive_one()
            else:
                self._taken.clear()
                await self._taken.wait()

    async def _receive_one(self) -> None:
        message = await self._receive()
        if message["type"] != "http.request":
            self._has_left = True
        elif not self._is_whole:
            self._ahead.append(message)
            self._size += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
