"""Protocols of asyncio in process: connections in memory, whose bytes in and out are all that there is of a socket.

What is counted is all that a busy server does but its sockets: in one turn of the loop, each of some connections gets
one request by `data_received`; then the loop turns until each has written its answer, which both sides do in the next
turn. So parsing, tasks and the joining of writes are counted, and a share of the loop's own work, the same for both.
jero's protocol class is made as uvicorn makes it, for an app that uvicorn's lifespan has started.
"""

import asyncio
import io
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import override

from overhead_asgi import ASGIApp
from overhead_checks import Prepare, Serve, check_answers
from scenarios import Answer, Request, Scenario, read_answer
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn
from uvicorn.server import ServerState

from jero._http.protocol import HTTPProtocol

type Data = bytes | bytearray | memoryview

_CONNECTIONS = 16
_MOST_TURNS = 100
"""Of the loop, until an answer must be there."""
_IDLE_SECONDS = 3600
"""How long a connection may wait while others are timed."""


@contextmanager
def drive_native(app: ASGIApp, loop: asyncio.AbstractEventLoop) -> Generator[Prepare]:
    """Start an application as uvicorn does, for jero's protocol class; raises ValueError where it does not start."""
    config = Config(
        app, http=HTTPProtocol, lifespan="on", log_config=None, access_log=False, timeout_keep_alive=_IDLE_SECONDS
    )
    config.load()
    lifespan, state = LifespanOn(config), ServerState()
    loop.run_until_complete(lifespan.startup())
    if lifespan.should_exit:
        raise ValueError("the application did not start")
    with drive_protocol(partial(HTTPProtocol, config, state, lifespan.state), loop) as prepare:
        yield prepare
    loop.run_until_complete(lifespan.shutdown())


@contextmanager
def drive_protocol(make: Callable[[], asyncio.Protocol], loop: asyncio.AbstractEventLoop) -> Generator[Prepare]:
    """Drive a protocol that is made for each connection; all are lost after the block."""
    wires: list[_Wire] = []

    def connect() -> "_Wire":
        wires.append(_Wire(make()))
        return wires[-1]

    yield partial(_prepare, connect)
    for wire in wires:
        loop.call_soon(wire.lose)
    loop.run_until_complete(asyncio.sleep(0))


async def _prepare(connect: Callable[[], "_Wire"], scenario: Scenario) -> Serve:
    await check_answers(scenario, partial(_ask, connect))
    data = scenario.request.encode()
    written: list[Data] = []
    receivers = [connect().begin(written).data_received for _ in range(_CONNECTIONS)]

    async def serve(times: int) -> None:
        served = 0
        while served < times:
            turn = receivers[: times - served]
            for receive in turn:
                receive(data)
            await _wait(written, len(turn))
            written.clear()
            served += len(turn)

    return serve


async def _ask(connect: Callable[[], "_Wire"], request: Request) -> Answer:
    written: list[Data] = []
    connect().begin(written).data_received(request.encode())
    await _wait(written, 1)
    return read_answer(io.BytesIO(b"".join(written)), request.method)


async def _wait(written: list[Data], answers: int) -> None:
    """Let the loop turn until so many answers are written; each is one write."""
    for _ in range(_MOST_TURNS):
        await asyncio.sleep(0)
        if len(written) >= answers:
            return
    raise ValueError(f"only {len(written)} of {answers} requests were answered")


class _Wire(asyncio.Transport):
    """A connection to a client that reads all at once."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8000)})
        self._protocol = protocol
        self._is_lost = False
        self._written: list[Data] = []

    def begin(self, written: list[Data]) -> asyncio.Protocol:
        """Connect, and give the protocol; what it writes is added to the list, which connections may share."""
        self._written = written
        self._protocol.connection_made(self)
        return self._protocol

    def lose(self) -> None:
        """Tell the protocol that the client has left."""
        if not self._is_lost:
            self._is_lost = True
            self._protocol.connection_lost(None)

    @override
    def write(self, data: Data) -> None:
        self._written.append(data)

    @override
    def close(self) -> None:
        asyncio.get_running_loop().call_soon(self.lose)

    @override
    def abort(self) -> None:
        self.close()

    @override
    def is_closing(self) -> bool:
        return self._is_lost

    @override
    def pause_reading(self) -> None:
        pass

    @override
    def resume_reading(self) -> None:
        pass
