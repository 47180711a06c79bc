"""Streams in the thousands, over sockets: every one arrives whole, and clients that leave leave nothing behind.

1. `--streams` responses of 10,000 NDJSON lines (200), read whole, 8 at a time; each is compared byte by byte.
2. `--leaves` clients (1,000) that leave in the middle of a stream, 20 at a time. Each stream's teardown must have run
   within a second of its client's leaving; in the end tasks, descriptors and temporary files are counted.
3. 200 clients that ask for a stream without end and never read: the memory that each of them costs, and that all of
   them are torn down once they have gone.
4. How long a small request takes (99 of 100) while a client takes all that a source without pauses gives.

Run: python benchmarks/streams_soak.py [--server uvicorn] [--python PATH, for another version of a server]
Exits with 1 where something did not hold.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

import httpx
import msgspec
from server_processes import SERVERS, Server, serving

_LINES = 10_000
_READERS = 8
_LEAVERS = 20
_LIMIT = 1.0
_IDLERS = 200
_IDLE_LIMIT = 512
"""KiB: ours must be under 256, and a server has its own."""
_PINGS = 300
_PING_LIMIT = 0.02
_COUNT_TRIES = 100
_EXPECTED = b"".join(b'{"number":%d}\n' % number for number in range(_LINES))


class Left(msgspec.Struct, frozen=True):
    """What the server's process has open."""

    tasks: int
    descriptors: int
    generators: int


async def read_whole(server: Server, streams: int) -> bool:
    """Read so many streams; say how many were whole, and how fast they came."""
    limits = asyncio.Semaphore(_READERS)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:

        async def read() -> bool:
            async with limits:
                try:
                    return (await client.get("/rows", params={"count": _LINES})).content == _EXPECTED
                except httpx.HTTPError:
                    return False

        began = time.perf_counter()
        whole = sum(await asyncio.gather(*(read() for _ in range(streams))))
        took = time.perf_counter() - began
    print(f"{server.name}: {whole} of {streams} streams whole; {streams * _LINES / took:,.0f} lines a second")
    return whole == streams


async def leave(server: Server, leaves: int) -> bool:
    """Leave so many streams; say how soon they were torn down, and what is left of them."""
    limits = asyncio.Semaphore(_LEAVERS)
    temporary = len(list(Path("/tmp").iterdir()))  # noqa: ASYNC240, S108 - it is counted, nothing more
    before = await _count_left(server)
    async with httpx.AsyncClient(base_url=server.url, timeout=10, trust_env=False) as client:

        async def leave_one(number: int) -> float:
            async with limits:
                url = f"/{('ticks', 'waits', 'events', 'fast')[number % 4]}?key={number}"
                async with client.stream("GET", url) as response:
                    await anext(response.aiter_raw())
                left = time.perf_counter()
                (await client.get(f"/torn-down?key={number}")).raise_for_status()
                return time.perf_counter() - left

        waits = sorted(await asyncio.gather(*(leave_one(number) for number in range(leaves))))
    after = await _count_left_until(server, before)
    grown = len(list(Path("/tmp").iterdir())) - temporary  # noqa: ASYNC240, S108 - as above
    print(
        f"{server.name}: {leaves} clients left; torn down after {waits[len(waits) // 2] * 1e3:.1f} ms "
        f"(median), {waits[-1] * 1e3:.1f} ms (worst); before {before}, after {after}; "
        f"temporary files: {grown:+d}"
    )
    return waits[-1] < _LIMIT and after == before


async def never_read(server: Server) -> bool:
    """Ask for streams and take nothing of them; say what that costs the server."""
    before, resident = await _count_left(server), server.resident()
    connections = [await asyncio.open_connection("127.0.0.1", server.port, limit=1024) for _ in range(_IDLERS)]
    for number, (_, writer) in enumerate(connections):
        writer.write(b"GET /fast?key=idle-%d HTTP/1.1\r\nHost: benchmark\r\n\r\n" % number)
    for reader, _ in connections:
        await reader.read(1)
    await asyncio.sleep(1)
    each = (server.resident() - resident) * 1024 / _IDLERS
    for _, writer in connections:
        writer.transport.abort()
    after = await _count_left_until(server, before)
    print(f"{server.name}: {_IDLERS} clients that do not read: {each:.0f} KiB for each; {before}, then {after}")
    return each < _IDLE_LIMIT and after == before


async def answer_beside(server: Server) -> bool:
    """Take a stream as fast as it comes, and ask for something small meanwhile; say how long that takes."""
    async with httpx.AsyncClient(base_url=server.url, timeout=10, trust_env=False) as client:
        taker = await asyncio.create_subprocess_exec(
            "curl", "-sN", "-o", "/dev/null", f"{server.url}/fast?key=fair", stderr=asyncio.subprocess.DEVNULL
        )
        waits: list[float] = []
        for _ in range(_PINGS):
            began = time.perf_counter()
            await client.get("/ping")
            waits.append(time.perf_counter() - began)
        taker.kill()
        await taker.wait()
    waits.sort()
    slowest = waits[len(waits) * 99 // 100]
    print(
        f"{server.name}: a request beside a stream that never pauses takes {waits[len(waits) // 2] * 1e3:.1f} ms "
        f"(median), {slowest * 1e3:.1f} ms (99 of 100)"
    )
    return slowest < _PING_LIMIT


async def _count_left_until(server: Server, expected: Left) -> Left:
    """Count what is left once the server has seen that its clients are gone."""
    left = await _count_left(server)
    for _ in range(_COUNT_TRIES):
        if left == expected:
            break
        left = await _count_left(server)
    return left


async def _count_left(server: Server) -> Left:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        return msgspec.json.decode((await client.get("/left")).content, type=Left)


def main() -> int:
    """Try the servers in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--server", choices=[*SERVERS], action="append")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--leaves", type=int, default=1000)
    given = parser.parse_args()
    holds = True
    for name in given.server or SERVERS:
        with serving(name, "streams_app:app", given.python) as server:
            holds &= asyncio.run(read_whole(server, given.streams))
            holds &= asyncio.run(leave(server, given.leaves))
            holds &= asyncio.run(never_read(server))
            holds &= asyncio.run(answer_beside(server))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
