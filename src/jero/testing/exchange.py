"""One ASGI request, driven from its first `receive()` to the end of the app's task."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jero.testing.conformance import ResponseConformance
from jero.testing.errors import (
    AppStillRunningError,
    ASGIViolationError,
    ClientDisconnectedError,
    IncompleteResponseError,
    NoResponseError,
)
from jero.testing.protocol import ASGIApp, Message, Report
from jero.testing.requests import Request
from jero.testing.responses import TestResponse
from jero.testing.upload import Upload

logger = logging.getLogger("jero.testing")

_SERVER_ERROR = b"Internal Server Error"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the client's side of every exchange behaves; the attributes are the client's parameters."""

    root_path: str
    raise_server_exceptions: bool
    send_raises_after_disconnect: bool
    exit_timeout: float


class Exchange:
    """One request and its response.

    The app runs in a task of its own. A streamed response is taken chunk by chunk, and `send` waits while a
    chunk is there that was not taken; a plain one is gathered whole. The head of a response is seen with
    the first body message, not before: ASGI (HTTP, Response Start) has servers wait for it.
    """

    def __init__(
        self,
        app: ASGIApp,
        request: Request,
        behaviour: Behaviour,
        state: dict[str, object],
        *,
        streamed: bool,
    ) -> None:
        """Start the app on the request, in the running loop."""
        self._app = app
        self._behaviour = behaviour
        self._streamed = streamed
        self._method = request.method
        self._report = Report()
        self._scope = request.scope(root_path=behaviour.root_path, state=state, reporter=self._report)
        self._upload = Upload(request.content, request.break_off)
        self._check = ResponseConformance(request.method)
        self._chunks: deque[bytes] = deque()
        self._news = asyncio.Event()  # for the reader: a chunk, or a change of what follows here
        self._room = asyncio.Event()  # for a waiting `send`: a chunk was taken, or the client left
        self._gone = asyncio.get_running_loop().create_future()  # complete, or the client left
        self._head_seen = False
        self._failed_first = False  # the app reported an exception before it started its response
        self._complete = False
        self._left = False
        self._ended = False
        self._judged = False
        self._violation: ASGIViolationError | None = None
        self._raised: BaseException | None = None
        self._task = asyncio.create_task(self._run())

    async def respond(self) -> TestResponse | None:
        """Gather the whole response; None if the client broke off in the body before it was complete.

        Raises:
            ASGIViolationError: the app broke the specification.
            NoResponseError: the app returned without sending anything.
            IncompleteResponseError: the app ended inside its response.
            AppStillRunningError: the app did not end after the response, or after the client left.

        """
        while not (self._complete or self._violation or self._ended or self._left):
            await self._next_news()
        await self.finish()
        if not self._complete:
            return None
        return TestResponse(self.status, self.header_pairs, b"".join(self._chunks))

    async def open(self) -> None:
        """Wait until the head of the response is seen, or the app has failed; raises as `respond` does."""
        while not (self._head_seen or self._violation or self._ended):
            await self._next_news()
        if not self._head_seen or (self._failed_first and self._behaviour.raise_server_exceptions):
            await self.finish()

    async def next_chunk(self) -> bytes | None:
        """Return the next chunk of a streamed body, None after the last; raises as `respond` does."""
        while not self._chunks:
            if self._complete or self._violation or self._ended:
                await self.finish()
                return None
            await self._next_news()
        self._room.set()
        return self._chunks.popleft()

    async def close(self) -> None:
        """Leave the response where it is and wait for the end of the app; raises as `respond` does."""
        self._leave()
        await self.finish()

    async def abandon(self) -> None:
        """Leave and wait for the end of the app, whatever it does: the test is being cancelled."""
        self._leave()
        self._judged = True
        await self._app_ends()
        await self._upload.close()

    @property
    def finished(self) -> bool:
        """Whether the app has ended and its failures were raised."""
        return self._judged

    @property
    def status(self) -> int:
        """The status of the response."""
        return self._check.status

    @property
    def header_pairs(self) -> list[tuple[bytes, bytes]]:
        """The headers of the response, as sent."""
        return self._check.headers

    async def _run(self) -> None:
        """Run the app; what it raises is kept, as a server outlives it."""
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - even SystemExit must not end the loop; `_judge` decides
            self._raised = error
        finally:
            self._ended = True
            self._news.set()

    async def _receive(self) -> Message:
        """Give the app the body, then `http.disconnect` once the response is complete or the client left."""
        if not self._gone.done():
            message = await self._upload.next_message(self._gone)
            if message is not None:
                return message
            if self._upload.broken_off:
                self._leave()
            else:
                await asyncio.wait((self._gone,))
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Take a message of the app, after the specification has been held against it."""
        try:
            chunk = self._check.take(message)
        except ASGIViolationError as violation:
            self._violation = self._violation or violation
            self._news.set()
            raise
        if self._left:
            await self._send_to_nobody()
        elif chunk is None:
            self._failed_first = self._report.request is not None
        else:
            await self._send_chunk(chunk, last=self._check.complete)

    async def _send_chunk(self, chunk: bytes, *, last: bool) -> None:
        """Hand a chunk to the reader, and wait while it has not taken the one before."""
        self._head_seen = True
        if chunk:
            self._chunks.append(chunk)
        if last:
            self._complete = True
            self._set_gone()
        if last or self._streamed:
            self._news.set()
        if self._streamed:
            while len(self._chunks) > 1 and not self._left:
                self._room.clear()
                await self._room.wait()
            if self._left and not last:
                await self._send_to_nobody()
        elif not last:
            await asyncio.sleep(0)  # a server's socket lets others run, too: time-outs, disconnects

    async def _send_to_nobody(self) -> None:
        """Do nothing, or raise, as the client's parameter says; others may run, so that nothing spins."""
        await asyncio.sleep(0)
        if self._behaviour.send_raises_after_disconnect:
            raise ClientDisconnectedError("the client has disconnected; stop sending")

    async def _next_news(self) -> None:
        """Wait for a change."""
        self._news.clear()
        await self._news.wait()

    def _leave(self) -> None:
        """Let the client go away and take no more of a stream; a complete response stays complete."""
        if not self._complete:
            self._left = True
            self._set_gone()
        if self._streamed:
            self._chunks.clear()
        self._room.set()
        self._news.set()

    def _set_gone(self) -> None:
        """Let `receive()` say `http.disconnect` from here on."""
        if not self._gone.done():
            self._gone.set_result(None)

    async def finish(self) -> None:
        """Wait for the end of the app, then raise what the test must know; does nothing the second time."""
        if self._judged:
            return
        self._judged = True
        if self._violation is not None:
            self._leave()
        ended = await self._app_ends()
        await self._upload.close()
        self._judge(ended=ended)

    async def _app_ends(self) -> bool:
        """Wait for the app's task; cancel it after `exit_timeout` seconds, and return False then."""
        if not self._task.done():
            await asyncio.wait((self._task,), timeout=self._behaviour.exit_timeout)
        if self._task.done():
            return True
        self._task.cancel()
        await asyncio.wait((self._task,), timeout=self._behaviour.exit_timeout)
        return False

    def _judge(self, *, ended: bool) -> None:
        """Raise the gravest thing that went wrong; an app that raised before it answered becomes a 500."""
        if self._violation is not None:
            raise self._violation
        if self._upload.failure is not None:
            raise self._upload.failure
        raised = None if isinstance(self._raised, ClientDisconnectedError) or not ended else self._raised
        failure = raised if self._report.request is None else self._report.request
        if failure is not None and (self._behaviour.raise_server_exceptions or isinstance(failure, KeyboardInterrupt)):
            raise failure
        if not ended:
            since = "the response was complete" if self._complete else "the client had left"
            raise AppStillRunningError(
                f"{self._method} {self._scope['path']}: the app's task was still running "
                f"{self._behaviour.exit_timeout} s after {since}; let it end, or give a longer exit_timeout"
            )
        if raised is not None:
            logger.error("%s %s: the app raised", self._method, self._scope["path"], exc_info=raised)
        if not self._complete and not self._left:
            self._answer_for_app(raised)

    def _answer_for_app(self, raised: BaseException | None) -> None:
        """Do what a server does for an app that ended before its response was complete."""
        where = f"{self._method} {self._scope['path']}"
        if self._check.started:
            raise IncompleteResponseError(
                f"{where}: the app ended inside its response, and sent no last part (more_body=False)",
                status_code=self.status,
                content=b"".join(self._chunks),
            ) from raised
        if raised is None:
            raise NoResponseError(f"{where}: the app returned without sending a response")
        length = b"%d" % len(_SERVER_ERROR)
        self._check.status = 500
        self._check.headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length)]
        if self._method != "HEAD":
            self._chunks.append(_SERVER_ERROR)
        self._head_seen = self._complete = True
