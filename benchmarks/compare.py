"""jero's edges against its peers and against hand-written floors, over sockets: requests a second, latency, CPU time.

`uv run benchmarks/compare.py` needs wrk (it says how to get it) and brings the rest: each peer gets an environment of
its own, outside of the repository, with pinned versions. Every server is pinned to one core, wrk to another; rounds
are interleaved over all servers, so that a machine that slows down slows all of them; every answer is compared whole
before it is timed. What cannot be had here is named and left out.

The tables go to standard output, the results to a file; `--write` puts tables and chart into docs/performance.md, the
peers into README.md. `--seconds 1 --rounds 1` is a try.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
from chart import TITLE, draw
from contestants import CONTESTANTS, Contestant, Running, running
from environments import HERE, HOME, AbsentError, provide
from figures import peers, report
from load import measure, wrk_version
from pages import fill
from results import Cell, Results
from scenarios import Scenario, select, verify

_PAGE = HERE.parent / "docs" / "performance.md"
_README = HERE.parent / "README.md"
_CHART = HERE.parent / "docs" / "assets" / "performance.svg"
_LETTERS = "abcdefgh"
_MEASURED = "<!-- measured: begin -->", "<!-- measured: end -->"
_PEERS = "<!-- peers:begin -->", "<!-- peers:end -->"


def main() -> None:
    """Measure, or show what was measured."""
    given = _arguments()
    if given.show:
        results = msgspec.json.decode(given.show.read_bytes(), type=Results)
    else:
        wrk_version()
        results = Results(_command(given), given.rounds, given.seconds)
        _compare(results, [each for each in CONTESTANTS if each.name in given.only], select(given.scenarios))
        given.results.parent.mkdir(parents=True, exist_ok=True)
        given.results.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1))
        _say(f"results: {given.results}")
    print(report(results))
    if given.write:
        _write(results)


def _arguments() -> argparse.Namespace:
    names = [each.name for each in CONTESTANTS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=_names, default=names, help=f"servers, with commas: {', '.join(names)}")
    parser.add_argument("--scenarios", default=_LETTERS, help=f"letters: some of {_LETTERS}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement, in whole seconds")
    parser.add_argument("--results", type=Path, default=HOME / "results.json", help="where the results go, as JSON")
    parser.add_argument("--show", type=Path, help="measure nothing: show the results of this file")
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md, its chart, and the peers into README.md"
    )
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - {each.name for each in CONTESTANTS}:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}; --help lists the servers")
    return names


def _command(given: argparse.Namespace) -> str:
    """Give the command that measures the same again."""
    words = ["uv run benchmarks/compare.py"]
    if len(given.only) < len(CONTESTANTS):
        words.append(f"--only {','.join(given.only)}")
    if given.scenarios != _LETTERS:
        words.append(f"--scenarios {given.scenarios}")
    return " ".join([*words, f"--rounds {given.rounds} --seconds {given.seconds}"])


def _compare(results: Results, contestants: Sequence[Contestant], scenarios: Sequence[Scenario]) -> None:
    """Start all servers, ask each once, and time them in turn."""
    with ExitStack() as stack:
        servers: list[Running] = []
        for contestant in contestants:
            try:
                environment = provide(contestant.environment)
                server = stack.enter_context(running(contestant, environment))
            except AbsentError as error:
                results.absent[contestant.name] = str(error)
                _say(f"{contestant.name}: not available: {error}")
                continue
            results.versions[contestant.name] = environment.versions
            results.cells[contestant.name] = {}
            results.faults[contestant.name] = {}
            _say(f"{contestant.name}: {', '.join(' '.join(pair) for pair in environment.versions.items())}")
            servers.append(server)
            for scenario in scenarios:
                if fault := verify(server.port, scenario):
                    results.faults[contestant.name][scenario.key] = fault
                    _say(f"{contestant.name}, {scenario.key}: {fault}")
        for number in range(results.rounds):
            for scenario in scenarios:
                for server in servers[:: -1 if number % 2 else 1]:
                    _measure(results, server, scenario, warm=number == 0 and results.rounds > 1)
            _say(f"round {number + 1} of {results.rounds} is done")


def _measure(results: Results, server: Running, scenario: Scenario, *, warm: bool) -> None:
    name = server.contestant.name
    if scenario.key in results.faults[name]:
        return
    try:
        if warm:
            measure(server.port, server.pid, scenario, 1, HOME / "requests")
        measured = measure(server.port, server.pid, scenario, results.seconds, HOME / "requests")
    except RuntimeError as error:
        results.faults[name][scenario.key] = str(error)
        _say(f"{name}, {scenario.key}: {error}")
        return
    results.cells[name].setdefault(scenario.key, Cell()).add(measured)
    _say(f"{name}, {scenario.key}: {measured.rate:,.0f}/s, p99 {measured.p99:.2f} ms, {measured.cpu:.1f} µs CPU")


def _write(results: Results) -> None:
    """Put the report between the page's markers and the peers between the README's, and draw the chart."""
    _CHART.parent.mkdir(exist_ok=True)
    _CHART.write_text(draw(results))
    shown = f"![{TITLE}, of jero and its peers](assets/{_CHART.name})"
    fill(_PAGE, _MEASURED, f"{shown}\n\n{report(results)}")
    fill(_README, _PEERS, peers(results))
    _say(f"written: {_PAGE}, {_README} and {_CHART}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
