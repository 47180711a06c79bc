"""What a route answers with: status, header pairs, body. The edge puts it on the wire."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Protocol

from jero._runtime.request import HeaderPairs, Request


class Sink(Protocol):
    """Where an edge puts a response that flows. OSError from any of these means that the client has left.

    What they give is to be awaited before the next call; None means that it is done.
    """

    @property
    def is_immediate(self) -> bool:
        """Whether `write` passes everything on at once, and waits only after that, for a client that is slow."""
        ...

    def start(self) -> Awaitable[None] | None:
        """Send the status and the headers, at the latest with the first piece, be it empty."""
        ...

    def write(self, piece: bytes) -> Awaitable[None] | None:
        """Send a piece of the body; waits while the client is slow."""
        ...

    def finish(self, piece: bytes) -> Awaitable[None] | None:
        """Send the last piece, and end the body: without it, the client can tell that the response is not whole."""
        ...

    def answer(self, reply: "BufferedReply") -> Awaitable[None]:
        """Send another reply instead; possible until `start`."""
        ...


class StreamingBody(Protocol):
    """A body that flows: the edge calls `serve`, or `discard` for a HEAD request."""

    def serve(self, request: Request, sink: Sink) -> Awaitable[None]:
        """Send it; an error reply instead, where it fails before anything was sent."""
        ...

    async def discard(self, request: Request) -> None:
        """Close it without sending anything."""
        ...


type BufferedReply = tuple[int, HeaderPairs, bytes]
type Reply = tuple[int, HeaderPairs, bytes | StreamingBody]
"""A plain tuple: it is made once a request, and a tuple is what Python makes fastest."""

type Route = Callable[[Request], Coroutine[object, object, Reply | None]]
"""A plan that can be served. None means that nothing is to be answered: the client has left."""
