"""The pump: one stream to one client, from set-up to teardown, whatever the source or the client does.

The request's own task pulls and sends. Once the stream waits for the first time, one watcher task waits for
the client to leave; it is cancelled only after the last body was sent, since some servers take a cancelled
wait for a client that has left. Whoever ends a stream early cancels the request's task once: the stream sees
one `CancelledError` where it waits, and is then free to clean up.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from jero._plan import OperationPlan
from jero._runtime.failures import Failures
from jero._runtime.reply import BufferedReply, Sink
from jero._runtime.request import Request
from jero._runtime.streams.framings import Frame
from jero._runtime.streams.lifecycles import END, StreamLifecycle
from jero._runtime.streams.open_streams import SHUTDOWN, OpenStreams
from jero.errors import ClientDisconnectedError, HTTPError, ServiceUnavailableError

DEPARTURE = "the client left"

_SLICE = 0.002
"""Seconds that all the sources which never wait may keep the event loop for themselves, together."""
_SLICE_ITEMS = 4
"""Items between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class StreamService:
    """What all streams of one operation share: how items are framed, and whom to tell of failures."""

    plan: OperationPlan
    frame: Frame
    failures: Failures
    open_streams: OpenStreams


class Pump:
    """One stream on its way to one client."""

    __slots__ = (
        "_cancels",
        "_ended_by",
        "_has_cancelled",
        "_helpers",
        "_host",
        "_is_pulling",
        "_is_started",
        "_lifecycle",
        "_loop",
        "_request",
        "_service",
        "_sink",
    )

    def __init__(self, stream: object, service: StreamService, request: Request, sink: Sink) -> None:
        self._lifecycle = StreamLifecycle(stream)
        self._service = service
        self._request = request
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        host = asyncio.current_task(self._loop)
        if host is None:
            raise RuntimeError("a stream is served outside of a task; serve each request in one")
        self._host = host
        self._cancels = host.cancelling()
        self._helpers: list[asyncio.Task[None]] = []
        self._ended_by: str | None = None
        self._has_cancelled = False
        self._is_pulling = False
        self._is_started = False

    async def serve(self) -> None:
        """Send the stream, or the error reply where it fails before anything was sent."""
        watch = self._loop.call_soon(self._watch)  # a stream that never waits is over before this is called
        self._service.open_streams.add(self)
        try:
            error = await self._pull()
            reason = self._ended_by
            if error is None and reason is not None:  # the source took the cancellation for its own end
                error = asyncio.CancelledError(reason)
            if error is not None:
                self._broke_off()
            error = await self._lifecycle.close(error, self._log_teardown)
            await self._conclude(error, reason)
        finally:
            watch.cancel()
            self._service.open_streams.discard(self)
            for helper in self._helpers:
                helper.cancel()
        if self._helpers:
            await asyncio.wait(self._helpers)

    def end(self, reason: str) -> None:
        """End the stream early, at once: its source is cancelled where it waits, its teardown runs."""
        if self._ended_by is None:
            self._ended_by = reason
            if self._is_pulling:
                self._has_cancelled = True
                self._host.cancel(reason)

    def _watch(self) -> None:
        self._helpers.append(self._loop.create_task(self._await_departure()))

    async def _await_departure(self) -> None:
        with suppress(OSError):  # a server may say it so, too
            await self._request.wait_disconnect()
        self.end(DEPARTURE)

    async def _pull(self) -> BaseException | None:
        """Open the stream and send its items; give what ended it, None where it came to its own end."""
        self._is_pulling = True
        try:
            self._check_end()
            first = await self._lifecycle.open(self._set_up)
            self._check_end()
            if first is not END:
                await self._send_items(first)
        except GeneratorExit:  # the loop is going away: nothing can be awaited any more
            raise
        except BaseException as error:  # noqa: BLE001 - each is an end of the stream; `_conclude` tells them apart
            return error
        finally:
            self._is_pulling = False
            if self._has_cancelled:
                self._host.uncancel()
        return None

    async def _send_items(self, first: object) -> None:
        frame, write, time = self._service.frame, self._writer(), self._loop.time
        chunk = frame(first)
        await self._start()
        if chunk:
            await self._send(write(chunk))
        span = _SLICE / self._service.open_streams.count
        left, slice_end = _SLICE_ITEMS, time() + span
        async for item in self._lifecycle:
            if self._ended_by is not None:
                self._check_end()
            chunk = frame(item)
            if chunk:
                try:
                    await write(chunk)
                except OSError as error:
                    raise ClientDisconnectedError from error
            left -= 1
            if not left:
                left = _SLICE_ITEMS
                if time() > slice_end:
                    await asyncio.sleep(0)
                    slice_end = time() + span
        # An end that comes while the last item is sent cancels this task, and needs no look here.

    def _check_end(self) -> None:
        """Stop pulling a stream that was ended while it did not wait, or that swallowed its cancellation."""
        if self._ended_by is not None:
            raise asyncio.CancelledError(self._ended_by)

    async def _conclude(self, error: BaseException | None, reason: str | None) -> None:
        """Tell the client and the log how the stream ended; `reason` is why it was ended early, if it was."""
        is_cancelled = self._host.cancelling() > self._cancels  # by the server, which knows why
        if error is None:
            await self._finish_or_depart()
        elif reason is not None:
            await self._conclude_early(error, reason)
        elif isinstance(error, ClientDisconnectedError):
            self._service.failures.log_departure(self._request, self._service.plan)
        elif not self._is_started:
            await self._answer(await self._service.failures.reply(error, self._request, self._service.plan))
        elif not (isinstance(error, asyncio.CancelledError) and is_cancelled):
            self._service.failures.log_broken_stream(error, self._request, self._service.plan)
        if is_cancelled:
            raise asyncio.CancelledError
        if isinstance(error, KeyboardInterrupt):
            raise error

    async def _conclude_early(self, error: BaseException, reason: str) -> None:
        failures, plan = self._service.failures, self._service.plan
        if not isinstance(error, asyncio.CancelledError | HTTPError | ClientDisconnectedError):
            self._log_teardown(error)
        failures.log_departure(self._request, plan, reason)
        if reason == SHUTDOWN and not self._is_started:
            await self._answer(await failures.answer(ServiceUnavailableError(SHUTDOWN), self._request, plan))

    async def _answer(self, reply: BufferedReply | None) -> None:
        if reply is not None:
            try:
                await self._sink.answer(reply)
            except OSError:
                self._service.failures.log_departure(self._request, self._service.plan)

    async def _start(self) -> None:
        self._is_started = True
        await self._send(self._sink.start())

    async def _finish_or_depart(self) -> None:
        try:
            await self._finish()
        except OSError:
            self._service.failures.log_departure(self._request, self._service.plan)

    async def _finish(self) -> None:
        if not self._is_started:
            self._is_started = True
            await self._sink.start()
        await self._sink.finish()

    def _writer(self) -> Callable[[bytes], Awaitable[None]]:
        """Give what sends a piece of the body."""
        return self._sink.write

    async def _set_up(self) -> None:
        """Be told that the set-up is done and the first item is to come."""

    def _broke_off(self) -> None:
        """Be told that nothing more is to be sent of the stream."""

    @staticmethod
    async def _send(sending: Awaitable[None]) -> None:
        try:
            await sending
        except OSError as error:
            raise ClientDisconnectedError from error

    def _log_teardown(self, failure: BaseException) -> None:
        self._service.failures.log_teardown(failure, self._request, self._service.plan)
