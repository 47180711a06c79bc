"""A soak: a million good requests, a million bad ones and ten thousand streams that clients leave, for each edge.

`python benchmarks/soak.py [--edge uvicorn] [--requests 1000000] [--leaves 10000] [--write]`. The memory, tasks and
descriptors of the server are noted as it goes, and what is in its folder for temporary files at the end. Memory is
compared under the same load: at the end, good requests are sent again, a tenth as many, and the least that is in use
meanwhile may be 2 MiB more than the least from the first tenth of the good ones on. (granian's allocator gives back
late what broken uploads took: single readings are up to 8 MiB apart.) Tasks and descriptors must come back to what they
were before. As many edges are soaked at a time as there are cores. Prints a table, and with `--write` puts it and a
chart into docs/security.md. Exits with 1 where something did not hold.
"""

import argparse
import asyncio
import math
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import msgspec
from server_processes import EDGES, Server, serving
from soak_client import Unexpected, leave_all, send_all
from soak_report import table, write
from soak_requests import BAD, GOOD

_STEPS = 20
_CONNECTIONS = 16
_MOST_GROWTH = 2.0
"""MiB."""
_TRIES = 200
_SAME = 20

type Load = Callable[[int, int], Coroutine[object, object, None]]


class Left(msgspec.Struct, frozen=True):
    """What the server's process has open."""

    tasks: int
    descriptors: int
    generators: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The server after so many requests: its memory in MiB, and what it has open."""

    phase: str
    requests: int
    memory: float
    left: Left


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of one edge."""

    edge: str
    samples: list[Sample]
    seconds: float
    files: int
    fault: str

    @property
    def growth(self) -> float:
        """How much more memory good requests keep at the end than from their first tenth on, in MiB."""
        first = [sample.memory for sample in self.samples if sample.phase == "good"][_STEPS // 10 :]
        again = [sample.memory for sample in self.samples if sample.phase == "again"]
        return min(again) - min(first) if again else math.nan

    @property
    def is_clean(self) -> bool:
        """Whether everything held."""
        return (
            not self.fault
            and self.growth <= _MOST_GROWTH
            and _is_back(self.samples[-1].left, self.samples[0].left)
            and self.files == 0
        )


def main() -> int:
    """Soak the edges in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--edge", choices=[*EDGES], action="append")
    parser.add_argument("--requests", type=int, default=1_000_000, help="of each kind, good and bad")
    parser.add_argument("--leaves", type=int, default=0, help="streams that clients leave; a hundredth of the requests")
    parser.add_argument("--write", action="store_true", help="put table and chart into docs/security.md")
    given = parser.parse_args()
    leaves = given.leaves or given.requests // 100
    results: list[Soaked] = []
    with ProcessPoolExecutor() as pool:
        for result in pool.map(soak, edges := given.edge or [*EDGES], repeat(given.requests), repeat(leaves)):
            results.append(result)
            print(f"{len(results)} of {len(edges)}", table([result]), sep="\n", flush=True)
    conditions = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, CPython "
        f"{platform.python_version()}: {given.requests:,} good and {given.requests:,} bad requests, {leaves:,} streams "
        f"left, over {_CONNECTIONS} connections"
    )
    print(conditions)
    if given.write:
        write(results, conditions)
    return 0 if all(it.is_clean for it in results) else 1


def soak(edge: str, requests: int, leaves: int) -> Soaked:
    """Soak one edge with a server of its own."""
    phases: dict[str, tuple[int, Load]] = {
        "good": (requests, lambda port, count: send_all(port, GOOD, count, _CONNECTIONS)),
        "bad": (requests, lambda port, count: send_all(port, BAD, count, _CONNECTIONS)),
        "left": (leaves, lambda port, count: leave_all(port, count, _CONNECTIONS)),
        "again": (requests // 10, lambda port, count: send_all(port, GOOD, count, _CONNECTIONS)),
    }
    samples: list[Sample] = []
    fault, done, began = "", 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        with serving(edge, "soak_app:app") as server:
            for each in (GOOD, BAD):  # what is loaded at first need
                asyncio.run(send_all(server.port, each, len(each), 1))
            base = asyncio.run(_count_settled(server))
            samples.append(Sample("good", 0, server.resident(), base))
            try:
                for phase, (count, load) in phases.items():
                    for step in range(_STEPS):
                        size = count * (step + 1) // _STEPS - count * step // _STEPS
                        asyncio.run(load(server.port, size))
                        done += size
                        left = asyncio.run(_count_left_until(server, base))
                        samples.append(Sample(phase, done, server.resident(), left))
            except (Unexpected, OSError, EOFError, ExceptionGroup) as error:
                fault = _describe(error)
        files = len(list(Path(folder).iterdir()))
    return Soaked(edge, samples, time.perf_counter() - began, files, fault)


def _describe(error: Exception) -> str:
    """Give the first line of each error, also of those that came together."""
    lines = "".join(traceback.format_exception_only(error, show_group=True)).splitlines()
    return "; ".join(line.strip() for line in lines if ": " in line)


async def _count_left_until(server: Server, expected: Left) -> Left:
    """Count what is left once the server has seen that its clients are gone."""
    left = await _count_left(server)
    for _ in range(_TRIES):
        if _is_back(left, expected):
            break
        left = await _count_left(server)
    return left


async def _count_settled(server: Server) -> Left:
    """Count what is left once that does not change any more."""
    left, same = await _count_left(server), 0
    while same < _SAME:
        now = await _count_left(server)
        same = same + 1 if now == left else 0
        left = now
    return left


def _is_back(left: Left, expected: Left) -> bool:
    return (
        left.tasks <= expected.tasks
        and left.descriptors <= expected.descriptors
        and left.generators <= expected.generators
    )


async def _count_left(server: Server) -> Left:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /left HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return msgspec.json.decode(answer.partition(b"\r\n\r\n")[2], type=Left)


if __name__ == "__main__":
    sys.exit(main())
