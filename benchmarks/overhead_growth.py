"""What 100,000 requests leave behind in memory on each edge: prints one line of JSON, which `overhead.py` reads."""

import asyncio
import gc
import json

import uvloop
from overhead_edges import EDGES
from overhead_sizes import resident
from scenarios import select

_WARMING, _REQUESTS = 10_000, 100_000


def measure_growth(loop: asyncio.AbstractEventLoop) -> dict[str, float]:
    """Serve scenarios in turn, and give by how many MiB resident memory has grown then, for each edge."""
    grown: dict[str, float] = {}
    for edge in EDGES:
        with edge.measured(loop) as prepare:
            serves = [loop.run_until_complete(prepare(scenario)) for scenario in select("abc")]
            for serve in serves:
                loop.run_until_complete(serve(_WARMING // len(serves)))
            gc.collect()
            before = resident()
            for serve in serves:
                loop.run_until_complete(serve(_REQUESTS // len(serves)))
            gc.collect()
            grown[edge.name] = resident() - before
    return grown


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(measure_growth(runner.get_loop())))
