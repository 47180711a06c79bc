"""Drives an HTTP protocol object in memory: a server of one app, and connections to it. No socket, no sleep."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextlib import contextmanager
from typing import Any, Protocol, override

import uvicorn
from memory_transport import MemoryTransport, StepLoop
from uvicorn.lifespan.on import LifespanOn
from uvicorn.server import ServerState
from wire_answers import WireAnswer, read_answers

from jero.testing.protocol import ASGIApp

_BYTE = re.compile(rb"a{50,}|.", re.DOTALL)
"""A byte, or a filler, which would take its time."""
_LOGGER = logging.getLogger("uvicorn.error")


class HTTPProtocolClass(Protocol):
    """What uvicorn takes as its `http` protocol class."""

    def __call__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> asyncio.Protocol: ...


class MemoryServer:
    """One app under one protocol class, started, on a loop of its own, without a socket."""

    def __init__(self, protocol_class: HTTPProtocolClass, app: ASGIApp, **options: Any) -> None:
        self.loop = StepLoop()
        self.log: list[logging.LogRecord] = []
        """What was logged at ERROR, or above."""
        self._handler = _Keeping(self.log)
        logging.getLogger().addHandler(self._handler)
        self._level = _LOGGER.level
        _LOGGER.setLevel(logging.ERROR)  # each malformed request is a warning
        settings: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "on", "ws": "none"}
        self.config = uvicorn.Config(app, **(settings | options))
        self.config.load()
        self.state = ServerState()
        self._make = protocol_class
        self._lifespan = LifespanOn(self.config)
        self.run(self._lifespan.startup())
        assert not self._lifespan.should_exit, "the app did not start"
        self.resident = self.tasks()
        """The tasks that live as long as the app."""

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the server's loop to its end."""
        return self.loop.run_until_complete(work)

    def tasks(self) -> set[asyncio.Task[Any]]:
        """Give the tasks that are not done."""
        return asyncio.all_tasks(self.loop)

    def connect(self) -> "Exchange":
        """Open a connection."""
        protocol = self._make(self.config, self.state, self._lifespan.state, self.loop)
        return Exchange(self, protocol)

    def exchange(self, *pieces: bytes) -> "Exchange":
        """Open a connection, send the pieces, each by itself, and run until all is quiet."""
        connection = self.connect()
        connection.send(*pieces)
        return connection

    def forget(self) -> None:
        """Forget what a failed test has left: its tasks are cancelled, its connections and its log dropped."""
        left = self.tasks() - self.resident
        for task in left:
            task.cancel()
        self.run(self.loop.rest())
        self.state.connections.clear()
        self.log.clear()
        self.loop.faults.clear()

    def check(self) -> None:
        """Hold that nothing went wrong that no client can see."""
        faults, self.loop.faults = self.loop.faults, []
        log = [record.getMessage() + str(record.exc_info or "") for record in self.log]
        self.log.clear()
        assert not faults, faults
        assert not log, log

    def close(self) -> None:
        """Stop the app, and end the loop; nothing may be left."""
        self.run(self._lifespan.shutdown())
        logging.getLogger().removeHandler(self._handler)
        _LOGGER.setLevel(self._level)
        left = self.tasks()
        self.run(self.loop.shutdown_asyncgens())
        self.loop.close()
        assert not left, left


class Exchange:
    """One connection: what a client sends on it, and what it has received."""

    def __init__(self, server: MemoryServer, protocol: asyncio.Protocol) -> None:
        self.server = server
        self.protocol = protocol
        self.transport = MemoryTransport(server.loop, protocol)
        self._inbox = deque[bytes]()
        self._has_ended = False
        server.run(self._open())

    def send(self, *pieces: bytes) -> None:
        """Send the pieces one after the other, running until all is quiet after each."""
        self.server.run(self._send(pieces))

    def play(self, pieces: Iterable[tuple[bytes, int | None]]) -> None:
        """Send the pieces, with so many turns of the loop after each; None for until all is quiet."""
        self.server.run(self._play(pieces))

    def trickle(self, data: bytes) -> int:
        """Send byte by byte, running until all is quiet after each; give how many were read before it closed."""
        return self.server.run(self._trickle(data))

    def end(self) -> None:
        """Send no more, as a client does that closes its side."""
        self.server.run(self._end())

    def reset(self) -> None:
        """Break the connection off."""
        self.server.run(self._reset())

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.server.run(self._wait(seconds))

    def linger(self) -> None:
        """Let so much time pass as a server waits for the rest of what it has refused before it closes."""
        self.wait(2)

    def stall(self) -> None:
        """Read nothing more for now."""
        self.transport.stall()

    def flow(self) -> None:
        """Read all there is, and go on."""
        self.server.run(self._call(self.transport.flow))

    def call(self, work: Callable[[], object]) -> None:
        """Call something on the loop, and run until all is quiet."""
        self.server.run(self._call(work))

    @property
    def written(self) -> bytes:
        """All that the client has received."""
        return bytes(self.transport.sent)

    @property
    def answers(self) -> list[WireAnswer]:
        """The answers that the client has received, interim ones included."""
        return read_answers(self.written)

    @property
    def final_answers(self) -> list[WireAnswer]:
        """The answers that the client has received, but for interim ones (1xx)."""
        return [answer for answer in self.answers if answer.status >= 200]

    @property
    def is_open(self) -> bool:
        """Whether the server has neither closed the connection, nor begun to."""
        return not self.transport.is_closing()

    @property
    def unread(self) -> int:
        """How many bytes wait since the server has paused reading."""
        return sum(len(piece) for piece in self._inbox)

    async def _open(self) -> None:
        self.protocol.connection_made(self.transport)

    async def _send(self, pieces: Iterable[bytes]) -> None:
        for piece in filter(None, pieces):  # a transport never hands over nothing
            self._inbox.append(piece)
            await self._rest()

    async def _play(self, pieces: Iterable[tuple[bytes, int | None]]) -> None:
        for piece, turns in pieces:
            self._inbox.append(piece)
            self._deliver()
            if turns is None:
                await self._rest()
            else:
                for _ in range(turns):
                    await asyncio.sleep(0)
                    self._deliver()
        await self._rest()

    async def _trickle(self, data: bytes) -> int:
        loop, transport, protocol = self.server.loop, self.transport, self.protocol
        for match in _BYTE.finditer(data):
            if transport.is_closing():
                return match.start()
            if not transport.is_reading():
                self._inbox.append(match[0])
                await self._rest()
                continue
            calls = loop.calls
            protocol.data_received(match[0])
            if loop.calls != calls:
                await self._rest()
        await self._rest()
        return len(data)

    async def _end(self) -> None:
        self._has_ended = True
        await self._rest()

    async def _reset(self) -> None:
        self.transport.lose(ConnectionResetError("the client has gone"))
        await self._rest()

    async def _wait(self, seconds: float) -> None:
        await self.server.loop.pass_time(seconds)
        await self._rest()

    async def _call(self, work: Callable[[], object]) -> None:
        work()
        await self._rest()

    async def _rest(self) -> None:
        """Run until quiet, handing over what waits whenever the protocol reads."""
        self._deliver()
        await self.server.loop.rest()
        while self._deliver():
            await self.server.loop.rest()

    def _deliver(self) -> bool:
        """Hand over what waits, as far as the protocol reads; False where it was nothing."""
        transport = self.transport
        any_delivered = False
        while self._inbox and transport.is_reading():
            self.protocol.data_received(self._inbox.popleft())
            any_delivered = True
        if self._has_ended and not self._inbox and transport.is_reading():
            self._has_ended = False
            if not self.protocol.eof_received():
                transport.close()
            any_delivered = True
        return any_delivered


@contextmanager
def serving(protocol_class: HTTPProtocolClass, app: ASGIApp, **options: Any) -> Generator[MemoryServer]:
    """Serve an app for as long as the context lasts."""
    server = MemoryServer(protocol_class, app, **options)
    try:
        yield server
    finally:
        server.close()


class _Keeping(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self._records = records

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)
