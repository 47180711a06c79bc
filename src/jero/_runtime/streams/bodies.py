"""The bodies of replies that flow, as an edge sees them."""

from collections.abc import Awaitable, Callable
from typing import override

from jero._runtime.reply import BufferedReply, Sink, StreamingBody
from jero._runtime.request import Request
from jero._runtime.streams.event_pump import EventPump
from jero._runtime.streams.pump import Pump, StreamService


class StreamBody(StreamingBody):
    """A stream of bytes or lines."""

    __slots__ = ("_service", "_stream")

    def __init__(self, stream: object, service: StreamService) -> None:
        self._stream = stream
        self._service = service

    @override
    def serve(self, request: Request, sink: Sink) -> Awaitable[None]:
        return Pump(self._stream, self._service, request, sink).serve()

    @override
    async def discard(self, request: Request) -> None:
        aclose: Callable[[], Awaitable[None]] | None = getattr(self._stream, "aclose", None)
        if aclose is not None:
            try:
                await aclose()
            except Exception as failure:  # noqa: BLE001 - a teardown's failure is logged, and no more
                self._service.failures.log_teardown(failure, request, self._service.plan)


class EventStreamBody(StreamBody):
    """A stream of server-sent events; `keepalive` in seconds, None for never."""

    __slots__ = ("_keepalive",)

    def __init__(self, stream: object, service: StreamService, keepalive: float | None) -> None:
        super().__init__(stream, service)
        self._keepalive = keepalive

    @override
    def serve(self, request: Request, sink: Sink) -> Awaitable[None]:
        return EventPump(self._stream, self._service, request, sink, self._keepalive).serve()


class UnsentBody(StreamBody):
    """A stream that comes with a status which has no body: it is closed, and the rest of the reply sent."""

    __slots__ = ("_reply",)

    def __init__(self, stream: object, service: StreamService, reply: BufferedReply) -> None:
        super().__init__(stream, service)
        self._reply = reply

    @override
    async def serve(self, request: Request, sink: Sink) -> None:
        await self.discard(request)
        await sink.answer(self._reply)
