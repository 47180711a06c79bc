"""What a run of `compare.py` found, as data: written to a file, and read again to make the tables and the chart."""

import datetime as dt
import os
import platform
import statistics
from pathlib import Path

from load import Measurement, wrk_version
from msgspec import Struct, field


class Cell(Struct):
    """One server in one scenario: the figures of each round."""

    rates: list[float] = field(default_factory=list[float])
    p99s: list[float] = field(default_factory=list[float])
    cpus: list[float] = field(default_factory=list[float])

    def add(self, measured: Measurement) -> None:
        """Take the figures of a round."""
        self.rates.append(measured.rate)
        self.p99s.append(measured.p99)
        self.cpus.append(measured.cpu)

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(self.rates)

    @property
    def p99(self) -> float:
        """The 99th percentile of latency, in ms: the median of the rounds."""
        return statistics.median(self.p99s)

    @property
    def cpu(self) -> float:
        """The CPU time of a request, in µs: the median of the rounds."""
        return statistics.median(self.cpus)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart: the largest less the smallest, as a part of the median."""
        return (max(self.rates) - min(self.rates)) / self.rate


class Results(Struct):
    """A run. `cells` and `faults` are by contestant, then by scenario; `absent` says why one was not there."""

    command: str
    rounds: int
    seconds: int
    date: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"))
    machine: dict[str, str] = field(default_factory=lambda: describe_machine())  # noqa: PLW0108 - defined below
    versions: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    cells: dict[str, dict[str, Cell]] = field(default_factory=dict[str, dict[str, Cell]])
    faults: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    absent: dict[str, str] = field(default_factory=dict[str, str])

    def cell(self, contestant: str, scenario: str) -> Cell | None:
        """Give the figures of a server in a scenario; None where it was not measured, or failed in a round."""
        if scenario in self.faults.get(contestant, {}):
            return None
        found = self.cells.get(contestant, {}).get(scenario)
        return found if found is not None and found.rates else None

    def ratio(self, contestant: str, other: str, scenario: str) -> float | None:
        """Give how many times as fast one server is as another."""
        one, two = self.cell(contestant, scenario), self.cell(other, scenario)
        return one.rate / two.rate if one is not None and two is not None else None

    def ratio_of_cpu(self, contestant: str, other: str, scenario: str) -> float | None:
        """Give how many times the CPU time of one server another takes: what a busy machine disturbs less."""
        one, two = self.cell(contestant, scenario), self.cell(other, scenario)
        return two.cpu / one.cpu if one is not None and two is not None and one.cpu else None

    def share_of_core(self) -> float:
        """Give how much of its core a server had while it was loaded: the median of all figures."""
        cells = [cell for cells in self.cells.values() for cell in cells.values() if cell.rates]
        return statistics.median(cell.rate * cell.cpu / 1e6 for cell in cells) if cells else 0.0


def describe_machine() -> dict[str, str]:
    """Give the processor, the cores, the memory, the system and the programs that every server shares."""
    return {
        "processor": _find("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{int((_find('/proc/meminfo', 'MemTotal') or '0 kB').split()[0]) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "wrk": wrk_version(),
    }


def _find(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
