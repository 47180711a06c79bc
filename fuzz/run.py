"""Long runs against hostile input: every target under atheris, then the property tests with many examples.

`FUZZ_SECONDS=3600 task fuzz`: so many seconds in all (600), on one core, split over the targets and the properties.
Prints how often each was tried and what was found; exits with 1 where something was. An input that breaks a target is
kept in `.fuzz/findings/TARGET`, those that reached new code in `.fuzz/corpus/TARGET`, where the next run begins.
Where atheris cannot be installed, hypothesis makes the bytes.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from targets import TARGETS

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / ".fuzz"
PROPERTIES = (
    "tests/behaviour/test_request_properties.py",
    "tests/emit/test_agreement.py",
    "tests/emit/test_served_agreement.py",
    "tests/forms/test_multipart_reference.py",
    "tests/forms/test_usual_multipart.py",
    "tests/http/test_chunks.py",
    "tests/http/test_http_fuzz.py",
    "tests/links/test_link_properties.py",
    "tests/streams/test_framings.py",
    "tests/streams/test_split_lines.py",
    "tests/violations/test_violations_properties.py",
)
PROPERTY_SHARE = 0.4
"""Of the time."""
EXAMPLES = 500
"""Of each property in one round: it is begun again, with other examples, as long as there is time."""
GRACE = 30.0
"""Seconds that a target may take beyond its time: starting, and its last input."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one target or one file of properties."""

    name: str
    tried: int
    finding: str


def main() -> int:
    """Run all within the time; print a line for each."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "600"))
    fuzz_one = fuzz_with_atheris if find_spec("atheris") else fuzz_with_hypothesis
    print(f"{seconds:g} s in all; the targets by {'atheris' if find_spec('atheris') else 'hypothesis'}", flush=True)
    outcomes = [report(fuzz_one(name, seconds * (1 - PROPERTY_SHARE) / len(TARGETS))) for name in sorted(TARGETS)]
    outcomes += [report(try_properties(path, seconds * PROPERTY_SHARE / len(PROPERTIES))) for path in PROPERTIES]
    findings = sum(bool(outcome.finding) for outcome in outcomes)
    print(f"{sum(outcome.tried for outcome in outcomes):,} tries, {findings} findings")
    return 1 if findings else 0


def report(outcome: Outcome) -> Outcome:
    """Print what came of one."""
    print(f"{outcome.name:50} {outcome.tried:12,}   {'FOUND' if outcome.finding else 'nothing found'}", flush=True)
    if outcome.finding:
        print(outcome.finding, flush=True)
    return outcome


def fuzz_with_atheris(name: str, seconds: float) -> Outcome:
    """Feed a target with what leads to new code."""
    findings, corpus = KEPT / "findings" / name, KEPT / "corpus" / name
    for folder in (findings, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    command = (
        *(sys.executable, str(HERE / "under_atheris.py"), name),
        *(f"-max_total_time={max(1, round(seconds))}", "-max_len=400", "-timeout=10", "-print_final_stats=1"),
        *(f"-artifact_prefix={findings}/", f"-dict={HERE / 'words.dict'}", str(corpus)),
    )
    code, output = run(command, seconds + GRACE)
    tried = re.search(r"number_of_executed_units:\s*(\d+)", output)
    return Outcome(name, int(tried[1]) if tried else 0, "" if code == 0 else output[-3000:])


def fuzz_with_hypothesis(name: str, seconds: float) -> Outcome:
    """Feed a target with bytes that hypothesis makes, of the same words."""
    return try_properties(f"tests/hardening/test_fuzz_targets.py::test_any_bytes[{name}]", seconds)


def try_properties(path: str, seconds: float) -> Outcome:
    """Run a file of properties again and again."""
    tried, end = 0, time.monotonic() + seconds
    command = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--hypothesis-show-statistics", path)
    while time.monotonic() < end:
        code, output = run(command, GRACE + 20 * seconds, HYPOTHESIS_EXAMPLES=str(EXAMPLES))
        tried += sum(map(int, re.findall(r"(\d+) passing", output)))
        if code != 0:
            return Outcome(path, tried, output[-6000:])
    return Outcome(path, tried, "")


def run(command: Sequence[str], timeout: float, **variables: str) -> tuple[int, str]:
    """Run a command in the repository; give its exit code and what it said. It is killed after `timeout` seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - a command of this file's own
            command,
            cwd=HERE.parent,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return -1, f"it did not end within {timeout:g} s\n{(error.stdout or b'').decode(errors='replace')}"
    return done.returncode, done.stdout.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
