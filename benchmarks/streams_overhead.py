"""What the pump costs: 100 NDJSON items through jero, against an ASGI function written by hand, in process.

Both are driven with the same `receive` and `send`, in interleaved rounds, so that a busy machine slows both alike.
The function by hand sends each item of the same generator, as a server's documentation shows it, and watches for no
disconnect, closes nothing and checks no types. jero joins what is ready, since this `send` never waits.

Run: python benchmarks/streams_overhead.py [--rounds 200] [--streams 20] [--items 100]
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

from jero import BaseApp, Endpoint, NDJSONStreamingResponse

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]
type ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

TARGET = 1.5


class Row(msgspec.Struct):
    """One item of the stream."""

    number: int
    name: str


async def rows(count: int) -> AsyncIterator[Row]:
    """Give so many rows; a fresh Struct each, as a cursor would."""
    for number in range(count):
        yield Row(number, "widget")


class Rows(Endpoint, path="/rows"):
    """Streams the rows."""

    def __init__(self, count: int) -> None:
        """Set how many rows a response has."""
        self._count = count

    async def get(self) -> NDJSONStreamingResponse[Row]:
        """Give them all."""
        return NDJSONStreamingResponse(stream=rows(self._count))


class App(BaseApp):
    """Serves the rows, and nothing else."""

    def __init__(self, count: int) -> None:
        """Set how many rows a response has."""
        super().__init__()
        self._count = count

    async def _wire(self) -> None:
        self._include_endpoint(Rows(self._count))


def by_hand(count: int) -> ASGIApp:
    """Make the function that does the same sends, and nothing else."""
    encode = msgspec.json.Encoder().encode

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for row in rows(count):
            await send({"type": "http.response.body", "body": encode(row) + b"\n", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


async def measure(app: ASGIApp, streams: int) -> float:
    """Serve so many responses one after the other; give the microseconds of one."""
    began = time.perf_counter()
    for _ in range(streams):
        await app(make_scope(), never, swallow)
    return (time.perf_counter() - began) / streams * 1e6


async def count_bytes(app: ASGIApp) -> int:
    """Give how many bytes one response has, to see that both send the same."""
    sent: list[int] = []

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(len(message.get("body", b"")))

    await app(make_scope(), never, send)
    return sum(sent)


def make_scope() -> Scope:
    """Make the scope of one request, as a server does."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/rows",
        "raw_path": b"/rows",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
    }


async def never() -> Message:
    """Wait for a disconnect that does not come."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


async def swallow(_message: Mapping[str, Any]) -> None:
    """Take a message, and forget it."""


async def start(app: ASGIApp) -> None:
    """Run the start-up of an app; its lifespan is left open."""
    started = asyncio.Event()
    calls = iter([{"type": "lifespan.startup"}])

    async def receive() -> Message:
        for message in calls:
            return message
        return await never()

    async def send(message: Mapping[str, Any]) -> None:
        assert message["type"] == "lifespan.startup.complete", message
        started.set()

    task = asyncio.create_task(_live(app, receive, send))
    await started.wait()
    _LIVES.add(task)


_LIVES: set[asyncio.Task[None]] = set()
"""Keeps the lifespans from being collected."""


async def _live(app: ASGIApp, receive: Receive, send: Send) -> None:
    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)


async def main(rounds: int, streams: int, items: int) -> None:
    """Measure both in turn and print the table."""
    apps: dict[str, ASGIApp] = {"by hand": by_hand(items), "jero": App(items)}
    await start(apps["jero"])
    assert await count_bytes(apps["jero"]) == await count_bytes(apps["by hand"])
    for app in apps.values():
        await measure(app, streams)
    times: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(rounds):
        for name, app in apps.items():
            times[name].append(await measure(app, streams))
    ratios = [mine / theirs for mine, theirs in zip(times["jero"], times["by hand"], strict=True)]
    print(f"{items} NDJSON items a response, {rounds} interleaved rounds of {streams} responses; µs a response")
    print(f"{'':10}{'median':>9}{'p10':>9}{'p90':>9}{'best':>9}")
    for name, values in times.items():
        low, high = statistics.quantiles(values, n=10)[0], statistics.quantiles(values, n=10)[-1]
        print(f"{name:10}{statistics.median(values):9.1f}{low:9.1f}{high:9.1f}{min(values):9.1f}")
    low, high = statistics.quantiles(ratios, n=10)[0], statistics.quantiles(ratios, n=10)[-1]
    print(f"ratio     {statistics.median(ratios):9.2f}{low:9.2f}{high:9.2f}   (target: {TARGET} at most)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--items", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(main(given.rounds, given.streams, given.items))
