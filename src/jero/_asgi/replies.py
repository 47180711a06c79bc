"""A reply, whole or flowing, to the ASGI messages that send it."""

from collections.abc import Awaitable

from jero._asgi.messages import Send
from jero._runtime.reply import BufferedReply, Reply
from jero._runtime.request import HeaderPairs, Request
from jero._runtime.request_log import log_unsent


async def send_reply(reply: Reply | None, request: Request, send: Send) -> None:
    """Send what a request is answered with, without its body where it is HEAD; None is nothing."""
    if reply is None:
        return
    status, headers, body = reply
    if not isinstance(body, bytes):
        if request.method != "HEAD":
            await body.serve(request, _ASGISink(send, status, headers))
            return
        await body.discard(request)
        body = b""
    elif request.method == "HEAD":
        body = b""
    try:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    except OSError:  # ASGI 2.4: how a server says that the client has left
        log_unsent(request)


class _ASGISink:
    """Sends a response that flows as ASGI messages."""

    __slots__ = ("_flows", "_headers", "_send", "_status")

    is_immediate = False

    def __init__(self, send: Send, status: int, headers: HeaderPairs) -> None:
        self._send = send
        self._status = status
        self._headers = headers
        self._flows = False
        """Whether a piece was sent: servers take a body of one message for one whose length is known."""

    def start(self) -> Awaitable[None]:
        return self._send({"type": "http.response.start", "status": self._status, "headers": self._headers})

    def write(self, piece: bytes) -> Awaitable[None]:
        self._flows = True
        return self._send({"type": "http.response.body", "body": piece, "more_body": True})

    def finish(self, piece: bytes) -> Awaitable[None]:
        if piece and not self._flows:
            return self._finish_after(piece)
        return self._send({"type": "http.response.body", "body": piece, "more_body": False})

    async def _finish_after(self, piece: bytes) -> None:
        await self.write(piece)
        await self.finish(b"")

    async def answer(self, reply: BufferedReply) -> None:
        status, headers, body = reply
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
