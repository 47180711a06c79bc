"""Types are a feature: right uses pass and wrong uses fail, under pyright strict, mypy, ty and pyrefly alike."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {name: Path(__file__).parent / name / "apps.py" for name in ("right", "wrong")}
BIN = Path(sys.executable).parent
_MARK = re.compile(r"# error(?: except (?P<blind>\w+))?: ")
_CONCISE = re.compile(r"\.py:(?P<line>\d+):(?:\d+:)? error")
_SEVERITY_FIRST = re.compile(r"^ERROR \S+\.py:(?P<line>\d+):", re.MULTILINE)

type Found = dict[tuple[str, str], tuple[set[int], str]]


def pyright_lines(output: str) -> set[int]:
    """Read the lines with errors from pyright's JSON."""
    diagnostics = json.loads(output)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in diagnostics if each["severity"] == "error"}


def concise_lines(output: str) -> set[int]:
    """Read the lines with errors from a listing with one error a line."""
    return {int(match["line"]) for match in _CONCISE.finditer(output)}


def severity_first_lines(output: str) -> set[int]:
    """Read the lines with errors from a listing that says first how bad each is."""
    return {int(match["line"]) for match in _SEVERITY_FIRST.finditer(output)}


CHECKERS: dict[str, tuple[list[str], Callable[[str], set[int]]]] = {
    "pyright": (["pyright", "--outputjson", "--pythonpath", sys.executable, "-p"], pyright_lines),
    "mypy": (["mypy", "--strict", "--no-error-summary", "--cache-dir", "/dev/null"], concise_lines),
    "ty": (["ty", "check", "--output-format", "concise", "--python", sys.prefix], concise_lines),
    "pyrefly": (
        ["pyrefly", "check", "--preset", "strict", "--output-format", "min-text", "--python-interpreter-path"]
        + [sys.executable],
        severity_first_lines,
    ),
}


@pytest.fixture(scope="module")
def found() -> Found:
    """Run every checker on both files, side by side, once."""

    def run(key: tuple[str, str]) -> tuple[set[int], str]:
        (program, *options), read = CHECKERS[key[0]]
        file = FILES[key[1]]
        command = [str(BIN / program), *options, str(file.parent if program == "pyright" else file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
        return read(done.stdout), done.stdout + done.stderr

    keys = [(checker, name) for checker in CHECKERS for name in FILES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(keys, pool.map(run, keys), strict=True))


@pytest.mark.parametrize("checker", CHECKERS)
def test_right_uses_pass(checker: str, found: Found) -> None:
    """A checker accepts every right use, generics and streams included."""
    lines, output = found[checker, "right"]
    assert lines == set(), output


@pytest.mark.parametrize("checker", CHECKERS)
def test_wrong_uses_fail_where_they_are_written(checker: str, found: Found) -> None:
    """A checker reports every wrong use, on its own line, and nothing else in the file."""
    lines, output = found[checker, "wrong"]
    marks = {number: _MARK.search(line) for number, line in enumerate(FILES["wrong"].read_text().splitlines(), 1)}
    expected = {number for number, mark in marks.items() if mark is not None and mark["blind"] != checker}
    assert lines == expected, output
