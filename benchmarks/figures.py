"""Results as Markdown: what each server reached, the figures that jero is to reach, and each scenario in detail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from contestants import CONTESTANTS, Contestant
from results import Cell, Results
from scenarios import SCENARIOS

_PIPELINED = {each.key for each in SCENARIOS if each.pipelined > 1}
"""wrk tells no latency where requests are pipelined."""
_QUIET = 0.9
_DISTURBED = ": **the machine did other work too; rates say little here, CPU times more**"
_PEERS_SHOWN = "abcd"
"""The scenarios of the README's table."""
_EDGES = {"jero-native": "native ÷", "jero-rsgi": "RSGI ÷", "jero-granian": "ASGI ÷"}


@dataclass(frozen=True, slots=True)
class Goal:
    """An edge is to be at least `ratio` times as fast as another server in a scenario."""

    scenario: str
    edge: str
    other: str
    ratio: float


def _asgi(scenario: str, ratio: float) -> tuple[Goal, Goal]:
    return (
        Goal(scenario, "jero-granian", "floor-granian", ratio),
        Goal(scenario, "jero-uvicorn", "floor-uvicorn", ratio),
    )


GOALS = [
    Goal("a", "jero-native", "django-bolt", 1.05),
    Goal("a", "jero-native", "gin", 1.25),
    Goal("a", "jero-native", "jero-0.1.9", 1.7),
    Goal("a", "jero-rsgi", "floor-rsgi", 0.95),
    *_asgi("a", 0.97),
    Goal("b", "jero-native", "django-bolt", 1.2),
    Goal("b", "jero-rsgi", "floor-rsgi", 0.93),
    *_asgi("b", 0.93),
    Goal("c", "jero-native", "django-bolt", 1.3),
    Goal("c", "jero-native", "gin", 1.5),
    Goal("c", "jero-native", "jero-0.1.9", 3.0),
    Goal("c", "jero-rsgi", "floor-rsgi", 0.95),
    Goal("c", "jero-rsgi", "jero-0.1.9", 1.5),
    *_asgi("c", 0.97),
    Goal("d", "jero-native", "django-bolt", 1.4),
    Goal("d", "jero-rsgi", "floor-rsgi", 0.95),
    *_asgi("d", 0.97),
    Goal("e", "jero-native", "floor-rsgi", 1.3),
    Goal("e", "jero-rsgi", "floor-rsgi", 0.85),
    *_asgi("e", 0.85),
    Goal("f", "jero-native", "django-bolt", 1.0),
    Goal("f", "jero-rsgi", "floor-rsgi", 0.9),
    *_asgi("f", 0.9),
    Goal("h24", "jero-native", "floor-rsgi", 3.0),
]


def report(results: Results) -> str:
    """Give the whole report."""
    return "\n\n".join(
        part
        for part in (conditions(results), rates(results), goals(results), details(results), _missing(results))
        if part
    )


def conditions(results: Results) -> str:
    """Give the machine, the date, the command and the versions."""
    machine = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    lines = [
        f"- **When**: {results.date}",
        f"- **How**: `{results.command}`, medians",
        f"- **Where**: {machine}",
        f"- **How busy**: servers had {results.share_of_core():.0%} of their core while they were loaded (median)"
        + ("" if results.share_of_core() > _QUIET else _DISTURBED),
        "- **What**: " + "; ".join(_versions(results)),
    ]
    return "\n".join(lines)


def rates(results: Results) -> str:
    """Give the medians of requests a second, a row for each server."""
    shown = [each for each in SCENARIOS if any(results.cell(name, each.key) for name in results.cells)]
    heads = ["Requests a second", *(f"{each.key}. {each.title}" for each in shown)]
    rows = [
        [_title(name), *(_cell(results, name, each.key, lambda cell: f"{cell.rate:,.0f}") for each in shown)]
        for name in results.cells
    ]
    return _table(heads, rows)


def peers(results: Results) -> str:
    """Give the README's table: the date, and the medians of the first scenarios of edges and peers, floors left out."""
    shown = [each for each in SCENARIOS if each.key in _PEERS_SHOWN and each.key in _measured(results)]
    asked = [each for each in CONTESTANTS if each.kind != "floor" and each.name in results.cells]
    rows = [
        [_titled_with_version(results, each), *(_cell(results, each.name, it.key, _show_rate) for it in shown)]
        for each in asked
    ]
    date = results.date.partition(" ")[0]
    words = f"Requests a second on one core ({results.machine.get('processor', 'unknown')}), medians, {date}:"
    return f"{words}\n\n{_table(['', *(each.title for each in shown)], rows)}"


def _measured(results: Results) -> set[str]:
    """Give the scenarios that some server has figures for."""
    return {each.key for each in SCENARIOS if any(results.cell(name, each.key) for name in results.cells)}


def _titled_with_version(results: Results, contestant: Contestant) -> str:
    """Give a peer with the version of its framework, which goes by the name of its environment."""
    versions = {name.lower(): version for name, version in results.versions.get(contestant.name, {}).items()}
    version = versions.get(contestant.environment, "")
    return (
        contestant.title
        if contestant.kind == "edge" or version in contestant.title
        else f"{contestant.title} {version}"
    )


def _show_rate(cell: Cell) -> str:
    return f"{cell.rate:,.0f}"


def goals(results: Results) -> str:
    """Give what jero is to reach, and what it reached in this run."""
    rows: list[list[str]] = []
    for goal in GOALS:
        if (reached := results.ratio(goal.edge, goal.other, goal.scenario)) is None:
            continue
        verdict = "reached" if reached >= goal.ratio else "**missed**"
        wanted = f"≥ {goal.ratio:g} times {_title(goal.other)}"
        by_cpu = results.ratio_of_cpu(goal.edge, goal.other, goal.scenario) or 0.0
        rows.append([goal.scenario, _title(goal.edge), wanted, f"{reached:.2f}", f"{by_cpu:.2f}", verdict])
    reached_count = sum(row[-1] == "reached" for row in rows)
    said = f"Reached: {reached_count}. Missed: {len(rows) - reached_count}. Not measured: {len(GOALS) - len(rows)}."
    heads = ["", "Edge", "Goal", "Ratio", "by CPU time", ""]
    return f"### Figures to reach\n\n{said}\n\n{_table(heads, rows, left=(1, 2, 5))}"


def details(results: Results) -> str:
    """Give a table for each scenario: spread, latency, CPU time, and how many times as fast the edges are."""
    parts: list[str] = []
    edges = [name for name in _EDGES if name in results.cells]
    for scenario in SCENARIOS:
        names = [name for name in results.cells if results.cell(name, scenario.key)]
        if not names:
            continue
        names.sort(key=lambda name: -_rate(results, name, scenario.key))
        heads = [
            f"{scenario.key}. {scenario.title}",
            "requests/s",
            "spread",
            "p99 ms",
            "CPU µs",
            *map(_EDGES.get, edges),
        ]
        rows = [[_title(name), *_figures(results, name, scenario.key, edges)] for name in names]
        parts.append(_table([head or "" for head in heads], rows))
    return "### In detail\n\n" + "\n\n".join(parts)


def _figures(results: Results, name: str, scenario: str, edges: Iterable[str]) -> list[str]:
    """Give the columns of a server in a scenario, from its rate on."""
    shown: list[Callable[[Cell], str]] = [
        lambda cell: f"{cell.rate:,.0f}",
        lambda cell: f"{cell.spread:.0%}",
        lambda cell: f"{cell.p99:.2f}" if scenario not in _PIPELINED else "-",
        lambda cell: f"{cell.cpu:.1f}",
    ]
    ratios = (results.ratio(edge, name, scenario) for edge in edges)
    return [
        *(_cell(results, name, scenario, show) for show in shown),
        *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
    ]


def _missing(results: Results) -> str:
    lines = [f"- {_title(name)}: not available: {reason}" for name, reason in results.absent.items()]
    lines += [
        f"- {_title(name)}, {scenario}: {fault}"
        for name, faults in results.faults.items()
        for scenario, fault in faults.items()
    ]
    return "### Not measured\n\n" + "\n".join(lines) if lines else ""


def _versions(results: Results) -> list[str]:
    texts: dict[str, None] = {}
    for name, versions in results.versions.items():
        texts[f"{_environment(name)} ({', '.join(f'{each} {version}' for each, version in versions.items())})"] = None
    return list(texts)


def _environment(name: str) -> str:
    return next(each.environment for each in CONTESTANTS if each.name == name)


def _title(name: str) -> str:
    return next(each.title for each in CONTESTANTS if each.name == name)


def _rate(results: Results, name: str, scenario: str) -> float:
    cell = results.cell(name, scenario)
    return cell.rate if cell is not None else 0.0


def _cell(results: Results, name: str, scenario: str, show: Callable[[Cell], str]) -> str:
    if scenario in results.faults.get(name, {}):
        return "failed"
    cell = results.cell(name, scenario)
    return "-" if cell is None else show(cell)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int] = ()) -> str:
    rule = ["---" if number == 0 or number in left else "--:" for number in range(len(heads))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rule, *rows))
