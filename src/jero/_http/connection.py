"""One connection between its requests: exchanges begun, concluded, waited for, refused, and the end."""

import asyncio
import math
from abc import abstractmethod
from contextvars import copy_context

import zttp
from uvicorn import Config
from uvicorn.server import ServerState

from jero._http import refusals
from jero._http.answering import answer
from jero._http.asgi_way import answer_by_asgi
from jero._http.chunks import Chunks
from jero._http.outgoing import Outgoing
from jero._http.request import HTTPRequest
from jero._http.worker import find_worker
from jero.errors import HTTPError

HEAD_SECONDS = 10.0
"""How long a head may take, and the rest of a body that is drained."""
_LINGER_SECONDS = 1.0
"""How long what still comes is thrown away after a refusal: closing at once could take the answer with it."""


class Connection(Outgoing):
    """The exchanges of one client, strictly one after the other; what is parsed, and how, is `HTTPProtocol`'s."""

    __slots__ = (
        "_ahead",
        "_ahead_at",
        "_chunks",
        "_context",
        "_current",
        "_dropped",
        "_failure",
        "_has_line",
        "_head",
        "_incoming",
        "_is_held",
        "_left",
        "_parser",
        "_service",
        "_task",
        "_worker",
        "deadline",
        "is_usual",
        "keeps_alive",
        "log_access",
        "root_path",
        "standing",
    )

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        loop = _loop or asyncio.get_running_loop()
        worker = self._worker = find_worker(config, server_state, app_state, loop)
        super().__init__(loop, worker.flushes)
        self.standing = worker.standing
        self.log_access = worker.log_access
        self.deadline = math.inf
        self.keeps_alive = True
        self.is_usual = worker.log_access is None
        self.root_path = worker.root_path
        self._service = worker.service
        self._context = copy_context()
        self._parser = zttp.Connection(zttp.SERVER)
        self._chunks = Chunks()
        self._head = bytearray()
        """What there is of a head that is not whole."""
        self._has_line = False
        """Whether its request line is."""
        self._incoming: HTTPRequest | None = None
        """The request whose body is still coming, served or not."""
        self._left = 0
        """How many bytes of it; less than 0 where its chunks will tell."""
        self._dropped = 0
        """How many were thrown away, since nobody reads them."""
        self._current: HTTPRequest | None = None
        """The exchange that is being served."""
        self._task: asyncio.Task[None] | None = None
        self._failure: HTTPError | None = None
        """What is answered in place of a request whose body broke while it was read."""
        self._ahead = b""
        """What has come while it could not be taken up, from `_ahead_at` on."""
        self._ahead_at = 0
        self._is_held = False
        """Whether nothing is taken up until the client has read what waits for it."""

    def _start(self, request: HTTPRequest) -> None:
        """Serve a request: its task runs at once, as far as it comes."""
        worker = self._worker
        state = worker.state
        if worker.limit is not None and worker.is_full():
            self._refuse(refusals.too_many())
            return
        state.total_requests += 1
        self._current = request
        if not request.is_whole:
            request.is_started = True
        service = self._service
        work = answer_by_asgi(request, self, worker) if service is None else answer(request, service)
        task = asyncio.Task(work, loop=self.loop, eager_start=True, context=worker.new_context())
        if not task.done():
            self.deadline = math.inf
            self._task = task
            state.tasks.add(task)

    # Between two exchanges.

    def conclude(self, request: HTTPRequest) -> None:
        """End an exchange, and go on to the next, or close."""
        self._current = None
        if self._task is not None:
            self._worker.state.tasks.discard(self._task)
            self._task = None
        if self.is_lost:
            return
        if not request.status and self._failure is not None:
            self._refuse(self._failure)
        elif request.closes or not request.is_answered or not self.keeps_alive:
            has_open_end = request.status < 0 and request.head.http_version == b"1.0"
            self._close(lingers=request.is_coming, aborts=has_open_end)
        elif not self._is_corked:
            self._go_on()

    def _go_on(self) -> None:
        """Go on after an exchange that had to wait has ended; what follows runs in a context of its own."""
        if self._incoming is not None:
            self._rest()
        elif self.is_writing_paused:
            self._hold()
        else:
            self._parser.start_next_cycle()
            if self._ahead:
                self.loop.call_soon(self._take_up_ahead, context=self._context)
            else:
                self._rest()

    @abstractmethod
    def _take_up(self, data: bytes, at: int) -> None:
        """Take up what has come, from `at` on, until an exchange waits for something."""

    def _take_up_ahead(self) -> None:
        """Take up what has come meanwhile."""
        data, at = self._ahead, self._ahead_at
        self._ahead, self._ahead_at = b"", 0
        if self.is_lost:
            return
        self._is_corked = True
        try:
            self._take_up(data, at)
        finally:
            self._uncork()

    def _hold(self) -> None:
        """Take up nothing more until the client has taken what waits for it."""
        self._is_held = True
        self.deadline = math.inf

    def _rest(self) -> None:
        """Wait for what comes next: the rest of a body, or another request."""
        incoming = self._incoming
        if incoming is not None and not incoming.is_started:
            self._start(incoming)
        if self.is_lost or self._current is not None:
            return
        if self.has_left:
            self._end()
            return
        if self._is_reading_paused:
            self.resume_reading()
        if not self._head:
            worker = self._worker
            self.deadline = worker.now + (worker.keep_alive_seconds if self._incoming is None else HEAD_SECONDS)

    # Refusing and closing.

    def _fail(self, error: zttp.RemoteProtocolError) -> None:
        """Refuse what the parser has refused: a head, or a body on its way to a handler."""
        incoming = self._incoming
        if incoming is None:
            if str(error) != refusals.TOO_LARGE:
                self._refuse(refusals.malformed_head())
            elif self._has_line or len(self._head) <= refusals.MAX_REQUEST_LINE:
                self._refuse(refusals.large_headers(), lingers=True)
            else:
                self._refuse(refusals.long_request_line(), lingers=True)
        elif self._current is None:
            if incoming.is_started:
                self._close()
            else:
                self._refuse(refusals.malformed_body())
        else:
            self._failure = refusals.malformed_body()
            self.has_left = True
            incoming.closes = True
            incoming.leave()

    def _end(self) -> None:
        """Close, since the client sends no more; a head that it has left half is refused (RFC 9112, section 8)."""
        if self._head:
            self._refuse(refusals.malformed_head())
        else:
            self._close()

    def _refuse(self, error: HTTPError, *, lingers: bool = False) -> None:
        self.write(refusals.write_refusal(error, self.standing.lines))
        self._close(lingers=lingers)

    def _close(self, *, lingers: bool = False, aborts: bool = False) -> None:
        """Close, once what was answered has left."""
        self.flush()
        self.is_lost = True
        self._ahead, self._ahead_at = b"", 0
        if aborts:
            self._transport.abort()
        elif lingers and not self.has_left:
            if self._is_reading_paused:
                self._is_reading_paused = False
                self._transport.resume_reading()
            self.deadline = self.loop.time() + _LINGER_SECONDS
        else:
            self._transport.close()
