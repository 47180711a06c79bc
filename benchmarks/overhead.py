"""What jero costs by itself, in process: a request beside code written by hand, import, start-up, lookup, memory.

`uv run python benchmarks/overhead.py`: prints Markdown; `--write` puts it between its markers in docs/performance.md.
Rounds are interleaved and CPU time is counted, so that what else the machine does disturbs little and both sides alike;
each answer is verified before it is timed. There are no sockets and no peers here: `compare.py` has these.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import uvloop
from overhead_checks import Serve
from overhead_edges import EDGES, Edge
from pages import fill
from results import describe_machine
from scenarios import Scenario, select

_HERE = Path(__file__).parent
_PAGE = _HERE.parent / "docs" / "performance.md"
_MARKERS = "<!-- overhead:begin -->", "<!-- overhead:end -->"
_SIZES = (10, 500, 5000)
_IMPORTS = 20
_COLD = 4 * 1024 * 1024
"""Bytes that are more than what a core's own caches hold."""
_ASKED = {("ASGI", "a"): 1.25, ("ASGI", "b"): 1.6, ("ASGI", "c"): 1.4}
"""At most so many times what is written by hand, by edge and scenario."""


@dataclass(frozen=True, slots=True)
class Overhead:
    """One scenario on one edge, in µs of CPU time of a request: medians, and the ratios of the rounds."""

    edge: str
    scenario: Scenario
    measured: float
    floor: float
    ratios: tuple[float, ...]


def main() -> None:
    """Measure everything, print it, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=301, help="interleaved rounds of a scenario (301)")
    parser.add_argument("--requests", type=int, default=100, help="requests of a round (100)")
    parser.add_argument("--edge", choices=[edge.name for edge in EDGES], help="this edge only, and requests only")
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{_PAGE.name}")
    parser.add_argument("--cold", action="store_true", help="single requests, the caches emptied before each; no more")
    given = parser.parse_args()
    edges = [edge for edge in EDGES if given.edge in (None, edge.name)]
    if given.cold:
        print(_requests_table(_measure_all(edges, given.rounds, 1, _Eviction())))
        return
    parts = [_requests_table(_measure_all(edges, given.rounds, given.requests))]
    if given.edge is None:
        parts += [_sizes_table(), _import_words(), _growth_words()]
    text = "\n\n".join([_conditions(given.rounds, given.requests), *parts])
    print(text)
    if given.write:
        fill(_PAGE, _MARKERS, text)


class _Eviction:
    """Puts other things into the processor's caches, as the kernel and a server do between two requests."""

    def __init__(self) -> None:
        self._source, self._target = bytes(_COLD), bytearray(_COLD)

    def __call__(self) -> None:
        """Go through a few MiB of memory."""
        self._target[:] = self._source


def _measure_all(
    edges: Iterable[Edge], rounds: int, requests: int, before: Callable[[], object] = lambda: None
) -> list[Overhead]:
    """Measure on the loop that servers have: edges start and stop their applications while it does not run.

    `before` is called before each side of a round, and not timed.
    """
    found: list[Overhead] = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = runner.get_loop()
        for edge in edges:
            with ExitStack() as opened:
                prepares = [opened.enter_context(each(loop)) for each in (edge.measured, edge.floor)]
                for scenario in select("abcd"):
                    sides = [loop.run_until_complete(prepare(scenario)) for prepare in prepares]
                    measuring = _measure(sides, rounds, requests, before)
                    found.append(Overhead(edge.name, scenario, *loop.run_until_complete(measuring)))
    return found


async def _measure(
    sides: Sequence[Serve], rounds: int, requests: int, before: Callable[[], object]
) -> tuple[float, float, tuple[float, ...]]:
    """Time both sides in turn, the one that goes first changing with each round; give medians and the ratios."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-2, rounds):  # the first two warm up
        for side in (0, 1) if number % 2 else (1, 0):
            before()
            begin = time.thread_time()
            await sides[side](requests)
            if number >= 0:
                times[side].append((time.thread_time() - begin) / requests * 1e6)
    ratios = tuple(ours / least for ours, least in zip(*times, strict=True))
    return statistics.median(times[0]), statistics.median(times[1]), ratios


def _requests_table(found: Iterable[Overhead]) -> str:
    rows: list[Sequence[str]] = []
    for one in found:
        tenths = statistics.quantiles(one.ratios, n=10)
        asked = _ASKED.get((one.edge, one.scenario.key))
        rows.append(
            (
                f"{one.scenario.key}. {one.scenario.title}",
                one.edge,
                f"{one.measured:.2f}",
                f"{one.floor:.2f}",
                f"{one.measured / one.floor:.2f}",
                f"{tenths[0]:.2f} to {tenths[-1]:.2f}",
                "" if asked is None else f"≤ {asked}",
            )
        )
    heads = ("Request", "Edge", "jero, µs", "by hand, µs", "Ratio", "10th to 90th percentile", "Goal")
    return _table(heads, rows)


def _sizes_table() -> str:
    found = {size: _ask_process("overhead_sizes.py", str(size)) for size in _SIZES}
    least = found[_SIZES[0]]
    rows = [
        (
            f"{size:,}",
            f"{one['start']:.3f}",
            *(f"{one[name]:.0f} ({one[name] / least[name]:.2f})" for name in ("static", "slot", "tree")),
            f"{one['resident']:.1f}",
            f"{one['grown']:.1f}",
        )
        for size, one in found.items()
    ]
    heads = (
        "Routes",
        "Start-up, s",
        f"Last static path, ns (to {_SIZES[0]} routes)",
        "Last path that ends in a slot, ns",
        "The same, percent-encoded, ns",
        "Resident, MiB",
        "of it through start-up",
    )
    return _table(heads, rows)


def _import_words() -> str:
    """Time interpreters that import, with the bytecode that any installed package has from its second start on."""
    codes = {"nothing": "pass", "msgspec": "import msgspec", "asyncio": "import asyncio", "jero": "import jero"}
    codes["app"] = "import asyncio\nfrom jero_app import app"
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": str(_HERE / "peers")}
        times: dict[str, list[float]] = {name: [] for name in codes}
        for number in range(_IMPORTS + 1):
            for name, code in codes.items():
                begin = time.perf_counter()
                subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603 - code of this file
                if number:  # the first one wrote the bytecode
                    times[name].append((time.perf_counter() - begin) * 1000)
    bare = (min(times["nothing"]), statistics.median(times["nothing"]))
    took = {
        name: f"{min(values) - bare[0]:.0f} ms (median {statistics.median(values) - bare[1]:.0f})"
        for name, values in times.items()
    }
    return (
        f"`import jero` takes {took['jero']}; `import msgspec`, which is part of it, takes {took['msgspec']}. What"
        f" serves is imported once an app is constructed: with `import asyncio`, {took['asyncio']}, which every server"
        f" has imported already, the app of these scenarios is there after {took['app']}. The fastest of {_IMPORTS}"
        " processes, less an interpreter that imports nothing."
    )


def _growth_words() -> str:
    left = _ask_process("overhead_growth.py")
    each = ", ".join(f"{name} {grown:+.2f} MiB" for name, grown in left.items())
    return f"Resident memory after 100,000 more requests (a, b and c in turn): {each}."


def _ask_process(*words: str) -> dict[str, float]:
    command = [sys.executable, str(_HERE / words[0]), *words[1:]]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - a file of this folder
    return json.loads(ran.stdout)


def _conditions(rounds: int, requests: int) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in describe_machine().items())
    return (
        f"`python benchmarks/overhead.py`, {time.strftime('%Y-%m-%d')}: {machine}, msgspec {version('msgspec')}."
        f" Medians of {rounds} interleaved rounds of {requests} requests."
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
