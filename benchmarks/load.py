"""One measurement: wrk against a server for some seconds, and the CPU time that the server took meanwhile."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scenarios import Scenario

_SCRIPT = """\
local file = io.open("{request}", "rb")
local sent = file:read("*a")
file:close()
request = function() return sent end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.stderr:write(string.format('{{"requests": %d, "microseconds": %d, "p99": %.1f, "failed": %d}}\\n',
    summary.requests, summary.duration, latency:percentile(99.0), failed))
end
"""
_WRK_CORE = "1"
_GRACE_SECONDS = 20
_NO_WRK = (
    "wrk is missing: install it with the system's package manager (apt-get install wrk, brew install wrk, "
    "dnf install wrk), or build it from github.com/wg/wrk"
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one run of wrk gave: requests a second, the 99th percentile of latency in ms, CPU µs of a request."""

    rate: float
    p99: float
    cpu: float


def wrk_version() -> str:
    """Give wrk's version; raises SystemExit, which says how to get it, where it is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit(_NO_WRK)
    said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)  # noqa: S607 - from PATH
    return said.stdout.partition("[")[0].removeprefix("wrk").strip()


def pin(core: str) -> list[str]:
    """Give the words that hold a command to a core, where the system has taskset and two cores."""
    return ["taskset", "-c", core] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


def measure(port: int, pid: int, scenario: Scenario, seconds: int, folder: Path) -> Measurement:
    """Load a server; raises RuntimeError where a request failed, since then the figure says nothing."""
    script = _write_script(scenario, folder)
    command = [
        *pin(_WRK_CORE),
        "wrk",
        "-t",
        "1",
        "-c",
        str(scenario.connections),
        "-d",
        f"{seconds}s",
        "--timeout",
        "8s",
    ]
    before = cpu_seconds(pid)
    try:
        ran = subprocess.run(  # noqa: S603 - a command of this file's own
            [*command, "-s", str(script), f"http://127.0.0.1:{port}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + _GRACE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError("wrk did not come to its end") from None
    spent = cpu_seconds(pid) - before
    told = ran.stderr.strip().splitlines()
    if ran.returncode or not told:
        raise RuntimeError(f"wrk failed: {ran.stderr or ran.stdout}")
    summary: dict[str, float] = json.loads(told[-1])
    if summary["failed"] or not summary["requests"]:
        raise RuntimeError(f"{summary['failed']:.0f} of {summary['requests']:.0f} requests failed under load")
    return Measurement(
        rate=summary["requests"] / summary["microseconds"] * 1e6,
        p99=summary["p99"] / 1000,
        cpu=spent / summary["requests"] * 1e6,
    )


def cpu_seconds(pid: int) -> float:
    """Give the CPU time of a process and its children so far, from proc(5); 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(int(child)) for child in children)


def _write_script(scenario: Scenario, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    request, script = folder / f"{scenario.key}.request", folder / f"{scenario.key}.lua"
    request.write_bytes(scenario.request.encode() * scenario.pipelined)
    script.write_text(_SCRIPT.format(request=request))
    return script
