"""What the connections of one server process share: the app, the settings, the standing headers, one coarse timer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary

from uvicorn import Config
from uvicorn.server import ServerState

from jero._http.access_log import make_access_log
from jero._http.applications import find_service, loaded_app
from jero._http.heads import StandingLines
from jero._http.outgoing import Flushes

type ASGIApp = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]  # Any: as ASGI has it
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]

_SWEEP = 0.5
"""Seconds between two looks at the deadlines; a connection may live so much longer."""


class Timed(Protocol):
    """A connection with a deadline, in the time of its loop."""

    deadline: float

    def expire(self) -> None:
        """End what took too long."""
        ...


class Worker:
    """One server process; made for its first connection."""

    __slots__ = (
        "_loop",
        "_timed",
        "_timer",
        "app",
        "app_state",
        "config",
        "connections",
        "flushes",
        "keep_alive_seconds",
        "limit",
        "log_access",
        "new_context",
        "now",
        "root_path",
        "service",
        "standing",
        "state",
        "ws_class",
    )

    def __init__(
        self, config: Config, state: ServerState, app_state: dict[str, object], loop: asyncio.AbstractEventLoop
    ) -> None:
        if not config.loaded:
            config.load()
        self.config = config
        self.state = state
        self.connections = cast("set[object]", state.connections)  # uvicorn's types name its own protocols only
        self.app = cast("ASGIApp", loaded_app(config))  # or it fails where it is called, as under uvicorn
        self.app_state = app_state
        self.service = find_service(config)
        """The app's, where it is served natively; None where the ASGI way is to be gone."""
        self.root_path = config.root_path
        self.keep_alive_seconds: float = config.timeout_keep_alive
        self.limit = config.limit_concurrency
        self.ws_class = cast("Callable[..., asyncio.Protocol] | None", config.ws_protocol_class)  # as its classes are
        self.log_access = make_access_log(config)
        self.new_context: Callable[[], Context | None] = Context if config.reset_contextvars else _copied_by_the_task
        others = [pair for pair in config.encoded_headers if pair[0].lower() != b"date"]
        self.standing = StandingLines(others, has_date=config.date_header)
        self.now = loop.time()
        """The loop's time at the last sweep: near enough for what may last some seconds."""
        self.flushes = Flushes(loop)
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._timed: set[Timed] = set()

    def is_full(self) -> bool:
        """Say whether there are more connections or tasks than the server is set to have."""
        return self.limit is not None and (len(self.connections) > self.limit or len(self.state.tasks) >= self.limit)

    def add(self, connection: Timed) -> None:
        """Count a connection in, and watch its deadline."""
        self.connections.add(connection)
        self._timed.add(connection)
        if self._timer is None:
            self.standing.refresh()
            self.now = self._loop.time()
            self._timer = self._loop.call_later(_SWEEP, self._sweep)

    def discard(self, connection: Timed) -> None:
        """Count a connection out."""
        self.connections.discard(connection)
        self._timed.discard(connection)

    def _sweep(self) -> None:
        self.standing.refresh()
        now = self.now = self._loop.time()
        for connection in [connection for connection in self._timed if connection.deadline <= now]:
            connection.expire()
        self._timer = self._loop.call_later(_SWEEP, self._sweep) if self._timed else None


def _copied_by_the_task() -> None:
    """Let the task copy the context that it is made in."""


_workers: WeakKeyDictionary[ServerState, Worker] = WeakKeyDictionary()


def find_worker(
    config: Config, state: ServerState, app_state: dict[str, object], loop: asyncio.AbstractEventLoop
) -> Worker:
    """Give the worker of a server; each server has a state of its own."""
    worker = _workers.get(state)
    if worker is None:
        worker = _workers[state] = Worker(config, state, app_state, loop)
    return worker
