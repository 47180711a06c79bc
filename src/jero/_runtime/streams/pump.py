"""The pump: one stream to one client, from set-up to teardown, whatever the source or the client does.

The request's own task pulls and sends. Once the stream waits for the first time, one watcher task waits for
the client to leave; it is cancelled only after the last body was sent, since some servers take a cancelled
wait for a client that has left. Whoever ends a stream early cancels the request's task once: the stream sees
one `CancelledError` where it waits, and is then free to clean up.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import override

from jero._plan import OperationPlan
from jero._runtime.failures import Failures
from jero._runtime.reply import BufferedReply, Sink
from jero._runtime.request import Request
from jero._runtime.streams.attended import attend
from jero._runtime.streams.framings import Framing
from jero._runtime.streams.lifecycles import END, StreamLifecycle
from jero._runtime.streams.open_streams import SHUTDOWN, OpenStreams
from jero._runtime.streams.outlet import Outlet
from jero.errors import ClientDisconnectedError, HTTPError, ServiceUnavailableError

DEPARTURE = "the client left"


@dataclass(frozen=True, slots=True)
class StreamService:
    """What all streams of one operation share: how items are framed, and whom to tell of failures."""

    plan: OperationPlan
    framing: Framing
    failures: Failures
    open_streams: OpenStreams


class Pump(Outlet):
    """One stream on its way to one client."""

    __slots__ = (
        "_cancels",
        "_has_cancelled",
        "_helpers",
        "_host",
        "_is_pulling",
        "_is_started",
        "_lifecycle",
        "_request",
        "_service",
    )

    def __init__(self, stream: object, service: StreamService, request: Request, sink: Sink) -> None:
        super().__init__(sink, service.framing.end, service.open_streams)
        self._lifecycle = StreamLifecycle(stream)
        self._service = service
        self._request = request
        host = asyncio.current_task(self._loop)
        if host is None:
            raise RuntimeError("a stream is served outside of a task; serve each request in one")
        self._host = host
        self._cancels = host.cancelling()
        self._helpers: list[asyncio.Task[None]] = []
        self._has_cancelled = False
        self._is_pulling = False
        self._is_started = False

    async def serve(self) -> None:
        """Send the stream, or the error reply where it fails before anything was sent."""
        self._open_streams.add(self)
        try:
            await attend(self._serve(), self._before_wait)
        finally:
            self._open_streams.discard(self)
            if self._sending is not None:
                self._helpers.append(self._sending)
            for helper in self._helpers:
                helper.cancel()
        if self._helpers:
            await asyncio.wait(self._helpers)

    def end(self, reason: str) -> None:
        """End the stream early, at once: its source is cancelled where it waits, its teardown runs."""
        if self._ended_by is None:
            self._ended_by = reason
            self.limit = 0
            if self._is_pulling:
                self._has_cancelled = True
                self._host.cancel(reason)

    async def _serve(self) -> None:
        error = await self._pull()
        reason = self._ended_by
        if error is None and reason is not None:  # the source took the cancellation for its own end
            error = asyncio.CancelledError(reason)
        if error is not None:
            await self._break_off(error)
        error = await self._lifecycle.close(error, self._log_teardown)
        await self._conclude(error, reason)

    @override
    def _watch(self) -> None:
        if self._is_pulling:
            self._is_watched = True
            self._helpers.append(self._loop.create_task(self._await_departure()))

    async def _await_departure(self) -> None:
        with suppress(OSError):  # a server may say it so, too
            await self._request.wait_disconnect()
        self.end(DEPARTURE)

    @override
    def _depart(self) -> None:
        self.end(DEPARTURE)

    async def _pull(self) -> BaseException | None:
        """Open the stream and send its items; give what ended it, None where it came to its own end."""
        self._is_pulling = True
        try:
            self._check_end()
            first = await self._lifecycle.open(self._set_up)
            self._check_end()
            if first is not END:
                framing = self._service.framing
                piece = framing.frame(first)
                await self._start()
                await self._take_first(piece)
                await framing.run(self._lifecycle, self)
        except GeneratorExit:  # the loop is going away: nothing can be awaited any more
            raise
        except BaseException as error:  # noqa: BLE001 - each is an end of the stream; `_conclude` tells them apart
            return error
        finally:
            self._is_pulling = False
            if self._has_cancelled:
                self._host.uncancel()
        return None

    async def _break_off(self, error: BaseException) -> None:
        """Send what the source gave before its error, and no more of it; nothing where the client waits for nothing."""
        self._stop_helping()
        if self._ended_by is not None or self._is_cancelled or isinstance(error, ClientDisconnectedError):
            self.pieces.clear()
        elif self.pieces:
            with suppress(Exception):  # the first error is the one that is told
                await self._flush()

    async def _conclude(self, error: BaseException | None, reason: str | None) -> None:
        """Tell the client and the log how the stream ended; `reason` is why it was ended early, if it was."""
        is_cancelled = self._is_cancelled
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

    @property
    def _is_cancelled(self) -> bool:
        """Whether the server has cancelled the request's task, which it knows why."""
        return self._host.cancelling() > self._cancels

    async def _start(self) -> None:
        self._is_started = True
        try:
            waiting = self._sink.start()
            if waiting is not None:
                await waiting
        except OSError as error:
            raise ClientDisconnectedError from error

    async def _finish_or_depart(self) -> None:
        try:
            await self._settle()
            await self._finish()
        except (OSError, ClientDisconnectedError):
            self._service.failures.log_departure(self._request, self._service.plan)

    async def _finish(self) -> None:
        if not self._is_started:
            await Pump._start(self)
        waiting = self._finish_body()
        if waiting is not None:
            await waiting

    async def _set_up(self) -> None:
        """Be told that the set-up is done and the first item is to come."""

    def _stop_helping(self) -> None:
        """Be told that nothing more is to be sent beside the items."""

    def _log_teardown(self, failure: BaseException) -> None:
        self._service.failures.log_teardown(failure, self._request, self._service.plan)
