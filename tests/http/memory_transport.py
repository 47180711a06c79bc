"""A real event loop whose clock a test moves, and a transport without a socket: what a protocol object lives on."""

import asyncio
from collections.abc import Callable, Iterable
from contextvars import Context
from typing import Any, cast, override

_PASSES = 200_000
"""After so many turns of the loop without rest, something runs in a circle."""
_HIGH_WATER = 65_536

type Data = bytes | bytearray | memoryview[Any]


class StepLoop(asyncio.SelectorEventLoop):
    """A loop whose clock stands still until it is moved, and that knows when nothing is left to do."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self.calls = 0
        self.faults: list[dict[str, Any]] = []
        super().__init__()
        self.set_exception_handler(lambda _loop, fault: self.faults.append(fault))

    @override
    def time(self) -> float:
        return self._now

    @override
    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        self.calls += 1
        return super().call_soon(callback, *args, context=context)

    async def rest(self) -> None:
        """Run until nothing happens any more unless something comes, or time passes."""
        for _ in range(_PASSES):
            calls = self.calls
            await asyncio.sleep(0)
            if self.calls == calls + 1:  # this one's own
                return
        raise AssertionError(f"the loop did not come to rest in {_PASSES} turns")

    async def pass_time(self, seconds: float) -> None:
        """Move the clock, a quarter of a second at a time, and run what is due."""
        end = self._now + seconds
        while self._now < end:
            self._now = min(end, self._now + 0.25)
            await asyncio.sleep(0)
            await self.rest()


class MemoryTransport(asyncio.Transport):
    """A connection to a client that reads all at once, or nothing while it is `stalled`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("127.0.0.1", 50_000), "sockname": ("127.0.0.1", 80)})
        self._loop = loop
        self._protocol = protocol
        self._buffer = bytearray()
        self._high = _HIGH_WATER
        self._is_closing = False
        self._is_reading = True
        self._is_writing_paused = False
        self.is_lost = False
        self.is_stalled = False
        self.sent = bytearray()
        """What has reached the client."""
        self.writes: list[bytes] = []
        """Each call of `write`, or of `writelines` as one."""
        self.late_writes: list[bytes] = []
        """What was written after the end: a fault of the protocol's."""
        self.pauses = 0
        """How often reading was paused."""

    @property
    def buffered(self) -> int:
        """How many bytes wait for a client that does not read."""
        return len(self._buffer)

    @override
    def write(self, data: Data) -> None:
        if self._is_closing:
            self.late_writes.append(bytes(data))
            return
        self.writes.append(bytes(data))
        if not self.is_stalled:
            self.sent += data
            return
        self._buffer += data
        if len(self._buffer) > self._high and not self._is_writing_paused:
            self._is_writing_paused = True
            self._protocol.pause_writing()

    @override
    def writelines(self, list_of_data: Iterable[Data]) -> None:
        self.write(b"".join(list_of_data))

    def stall(self) -> None:
        """Have the client read nothing more for now."""
        self.is_stalled = True

    def flow(self) -> None:
        """Have the client read all that waits, and go on."""
        self.is_stalled = False
        self.sent += self._buffer
        self._buffer.clear()
        if self._is_writing_paused:
            self._is_writing_paused = False
            self._protocol.resume_writing()
        if self._is_closing and not self.is_lost:
            self._loop.call_soon(self.lose, None)

    def lose(self, error: Exception | None) -> None:
        """Tell the protocol, once, that the connection has ended."""
        self._is_closing = True
        if not self.is_lost:
            self.is_lost = True
            self._protocol.connection_lost(error)

    @override
    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            if not self._buffer:
                self._loop.call_soon(self.lose, None)

    @override
    def abort(self) -> None:
        self._is_closing = True
        self._buffer.clear()
        self._loop.call_soon(self.lose, None)

    @override
    def is_closing(self) -> bool:
        return self._is_closing

    @override
    def pause_reading(self) -> None:
        self.pauses += self._is_reading
        self._is_reading = False

    @override
    def resume_reading(self) -> None:
        self._is_reading = True

    @override
    def is_reading(self) -> bool:
        return self._is_reading and not self._is_closing

    @override
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = _HIGH_WATER if high is None else high

    @override
    def get_write_buffer_size(self) -> int:
        return len(self._buffer)

    @override
    def can_write_eof(self) -> bool:
        return True

    @override
    def write_eof(self) -> None:
        raise AssertionError("an HTTP/1.1 server has no use for half a connection")

    @override
    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = cast("asyncio.Protocol", protocol)  # what takes bytes over is none that fills buffers

    @override
    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol
