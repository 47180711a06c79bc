"""Long streams arrive whole over a socket, many at a time, and clients that leave them leave nothing behind.

The counts are small enough for every run; `task soak` has the full ones, and so has CI. `benchmarks/streams_soak.py`
does the same with figures.
"""

import asyncio
import os

import httpx
import pytest
from serving.clients import SocketClient
from serving.leftovers import count_left, count_left_until
from serving.servings import Serve

_READS = int(os.environ.get("STREAM_READS", "5"))
_LEAVES = int(os.environ.get("STREAM_LEAVES", "60"))
_AT_A_TIME = 20


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve the app that streams over the edges that have a wire."""
    return serve_on_socket("apps.streams")


async def test_long_streams_arrive_whole(wire: SocketClient) -> None:
    """Streams of 10,000 lines, read by many clients at a time, have every line, and an end."""
    expected = b"".join(b'{"number":%d}\n' % number for number in range(10_000))
    turns = asyncio.Semaphore(_AT_A_TIME)
    url = f"http://127.0.0.1:{wire.port}"
    # Nothing is encrypted here, and making a TLS context takes long.
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=60) as client:  # noqa: S501

        async def read() -> None:
            async with turns:
                response = await client.get("/lines?play=scoped+many")
            assert (response.status_code, response.content == expected) == (200, True)

        await asyncio.gather(*(read() for _ in range(_READS)))


def test_clients_that_leave_leave_nothing_behind(wire: SocketClient) -> None:
    """After clients have left streams wherever these were, no task and no descriptor is left."""
    before = count_left(wire)
    keys: list[str] = []
    for number in range(_LEAVES):
        framing, play = ("bytes", "lines", "events")[number % 3], ("ticks", "waits_later")[number % 2]
        keys.append(os.urandom(8).hex())
        with wire.stream("GET", f"/{framing}?play=scoped+{play}&trace={keys[-1]}") as flow:
            flow.read(1)
    for key in keys:
        answer = wire.get(f"/traces/{key}?until=rolled+back:+CancelledError")
        assert answer.status == 200
    assert count_left_until(wire, before) == before
