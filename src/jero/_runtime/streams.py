"""The pump: one stream to one client, from set-up to teardown, whatever the source or the client does.

The request's own task pulls and sends. One watcher task waits for the client to leave; it is cancelled only after the
last body was sent, since some servers take a cancelled wait for a client that has left. Whoever ends a stream early
cancels the request's task once: the source sees one `CancelledError` where it waits, and is then free to clean up.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from jero._plan import OperationPlan
from jero._runtime.failures import Failures
from jero._runtime.framings import PING, Frame
from jero._runtime.open_streams import OpenStreams
from jero._runtime.reply import BufferedReply, Sink
from jero._runtime.request import Request
from jero._runtime.server_faults import ServerFaultError
from jero.errors import ClientDisconnectedError

logger = logging.getLogger("jero")

_END = object()
_SLICE = 0.005
"""Seconds that a source which never waits may keep the event loop."""
_SLICE_ITEMS = 16
_OPENING = 0.05
"""Seconds that an event stream's set-up may take before its headers leave without it."""


@dataclass(frozen=True, slots=True)
class StreamService:
    """What all streams of one operation share: how items are framed, and whom to tell of failures."""

    plan: OperationPlan
    frame: Frame
    opens_at_once: bool
    failures: Failures
    open_streams: OpenStreams


class StreamBody:
    """The body of a reply that flows; the edge calls `serve`, or `discard` for a HEAD request."""

    __slots__ = ("_keepalive", "_service", "_stream")

    def __init__(self, stream: object, keepalive: float | None, service: StreamService) -> None:
        self._stream = stream
        self._keepalive = keepalive
        self._service = service

    async def serve(self, request: Request, sink: Sink) -> BufferedReply | None:
        """Send the stream; gives the error reply to send instead where it fails before anything was sent."""
        return await _Run(self._stream, self._keepalive, self._service, request, sink).serve()

    async def discard(self) -> None:
        """Close the stream without iterating it."""
        aclose: Callable[[], Awaitable[None]] | None = getattr(self._stream, "aclose", None)
        if aclose is not None:
            await aclose()


class _Run:
    """One stream on its way to one client."""

    __slots__ = (
        "_attendant",
        "_ended_by",
        "_host",
        "_is_pulling",
        "_is_started",
        "_items",
        "_keepalive",
        "_last_write",
        "_lifecycle",
        "_lock",
        "_loop",
        "_request",
        "_service",
        "_sink",
        "_stream",
    )

    def __init__(
        self, stream: object, keepalive: float | None, service: StreamService, request: Request, sink: Sink
    ) -> None:
        self._stream = stream
        self._keepalive = keepalive
        self._service = service
        self._request = request
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._host = asyncio.current_task(self._loop)
        self._items: AsyncIterator[object] | None = None
        self._lifecycle: AsyncGenerator[object] | None = None
        self._attendant: asyncio.Task[None] | None = None
        self._lock: asyncio.Lock | None = None
        self._ended_by: str | None = None
        self._is_pulling = False
        self._is_started = False
        self._last_write = 0.0

    async def serve(self) -> BufferedReply | None:
        watcher = self._loop.create_task(self._watch())
        self._service.open_streams.add(self)
        error: BaseException | None = None
        try:
            error = await self._pull()
            await self._tear_down(error)
            return await self._conclude(error)
        finally:
            self._service.open_streams.discard(self)
            watcher.cancel()
            await asyncio.wait([watcher] if self._attendant is None else [watcher, self._attendant])

    def end(self, reason: str) -> None:
        """End the stream early, at once: its source is cancelled where it waits, its teardown runs."""
        if self._ended_by is None:
            self._ended_by = reason
            if self._is_pulling and self._host is not None:
                self._host.cancel(reason)

    async def _watch(self) -> None:
        try:
            await self._request.wait_disconnect()
        except OSError:
            pass  # a server may say it so, too
        self.end("the client left")

    async def _pull(self) -> BaseException | None:
        """Open the source and send its items; give what ended it, None where it came to its own end."""
        self._is_pulling = True
        try:
            if self._ended_by is not None:
                raise asyncio.CancelledError(self._ended_by)
            if self._service.opens_at_once:
                self._lock = asyncio.Lock()
                self._attendant = self._loop.create_task(self._attend())
            await self._send_items(await self._open())
        except GeneratorExit:  # the loop is going away: nothing can be awaited any more
            raise
        except BaseException as error:  # noqa: BLE001 - each is the end of the stream; `_conclude` tells them apart
            return error
        finally:
            self._is_pulling = False
            if self._attendant is not None:
                self._attendant.cancel()
        return None

    async def _open(self) -> object:
        """Run the set-up and pull the first item; the first pull tells which of the two shapes `stream=` is."""
        if not isinstance(self._stream, AsyncIterable):
            given = self._stream.__class__.__name__
            raise ServerFaultError(f"`stream=` is a `{given}`, which is no async iterable")
        iterator = aiter(cast("AsyncIterable[object]", self._stream))
        first = await anext(iterator, _END)
        if not isinstance(first, AsyncIterable):
            self._items = iterator
            return first
        if not isinstance(iterator, AsyncGenerator):
            raise ServerFaultError(
                "`stream=` gives a stream and is no lifecycle generator: write it with one `yield`"
            )
        self._lifecycle = cast("AsyncGenerator[object]", iterator)
        self._items = aiter(cast("AsyncIterable[object]", first))
        if self._service.opens_at_once:
            await self._start()
        return await anext(self._items, _END)

    async def _send_items(self, first: object) -> None:
        if first is _END:
            return
        frame = self._service.frame
        chunk = frame(first)
        await self._start()
        if chunk:
            await self._write(chunk)
        items = cast("AsyncIterator[object]", self._items)  # `_open` has set it
        write = self._sink.write if self._attendant is None else self._write
        time = self._loop.time
        count, slice_end = 0, time() + _SLICE
        async for item in items:
            chunk = frame(item)
            if chunk:
                try:
                    await write(chunk)
                except OSError as error:
                    raise ClientDisconnectedError from error
            if self._ended_by is not None:
                raise asyncio.CancelledError(self._ended_by)
            count += 1
            if count % _SLICE_ITEMS == 0 and time() > slice_end:
                await asyncio.sleep(0)
                slice_end = time() + _SLICE

    async def _attend(self) -> None:
        """Beside an event stream: send its headers where the first item is long in coming, and the keepalive."""
        try:
            await asyncio.sleep(_OPENING)
            await self._start()
            while self._keepalive is not None:
                idle = self._loop.time() - self._last_write
                if idle < self._keepalive:
                    await asyncio.sleep(self._keepalive - idle)
                else:
                    await self._write(PING)
        except ClientDisconnectedError:
            self.end("the client left")

    async def _start(self) -> None:
        if self._lock is None:
            await self._send(self._first_start())
            return
        async with self._lock:
            await self._send(self._first_start())

    async def _first_start(self) -> None:
        if not self._is_started:
            self._is_started = True
            self._last_write = self._loop.time()
            await self._sink.start()

    async def _write(self, chunk: bytes) -> None:
        if self._lock is None:
            await self._send(self._sink.write(chunk))
            return
        async with self._lock:
            await self._send(self._sink.write(chunk))
            self._last_write = self._loop.time()

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except OSError as error:
            raise ClientDisconnectedError from error

    async def _tear_down(self, error: BaseException | None) -> None:
        """Close the items, then run what follows the lifecycle's `yield`; what fails here is logged and no more."""
        aclose: Callable[[], Awaitable[None]] | None = getattr(self._items, "aclose", None)
        if aclose is not None:
            try:
                await aclose()
            except BaseException as failure:  # noqa: BLE001 - a teardown's failure never replaces what came before
                self._log_teardown(failure)
        if self._lifecycle is None:
            return
        try:
            if error is None:
                again = await anext(self._lifecycle, _END)
            else:
                again = await self._lifecycle.athrow(error)
            if again is not _END:
                self._log_teardown(
                    ServerFaultError("the lifecycle generator yields twice; a stream has one `yield`")
                )
                await self._lifecycle.aclose()
        except StopAsyncIteration:
            pass
        except BaseException as failure:  # noqa: BLE001 - as above
            is_same = failure is error or (
                isinstance(failure, asyncio.CancelledError) and self._ended_by is not None
            )
            if not is_same:
                self._log_teardown(failure)

    async def _conclude(self, error: BaseException | None) -> BufferedReply | None:
        """Say to the client and to the log how the stream ended."""
        failures, plan = self._service.failures, self._service.plan
        if error is None:
            try:
                await self._start()
                await self._sink.finish()
            except (OSError, ClientDisconnectedError):
                failures.log_departure(self._request, plan)
            return None
        if self._ended_by is not None:
            if isinstance(error, asyncio.CancelledError) and self._host is not None:
                self._host.uncancel()
            failures.log_departure(self._request, plan, self._ended_by)
            return None
        if isinstance(error, ClientDisconnectedError):
            failures.log_departure(self._request, plan)
            return None
        if not self._is_started:
            return await failures.reply(error, self._request, plan)
        if isinstance(error, asyncio.CancelledError) and self._host is not None and self._host.cancelling():
            raise error  # the server ends the request: it knows why
        failures.log_broken_stream(error, self._request, plan)
        return None

    def _log_teardown(self, failure: BaseException) -> None:
        self._service.failures.log_teardown(failure, self._request, self._service.plan)
