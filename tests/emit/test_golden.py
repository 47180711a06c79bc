"""The text of emitted routes, recorded in tests/emit/golden for each dialect: a change of it is seen where it is read.

Run as a script, `python tests/emit/test_golden.py`, it records the text of now; read what that changes before you keep
it.
"""

from pathlib import Path

import pytest
from emit_dialects import DIALECTS
from emit_operations import OPERATIONS

from jero._runtime.emit.operation import covers, emit_operation
from jero._runtime.services import Services

GOLDEN = Path(__file__).parent / "golden"
PLANS = {name: operation.plan() for name, operation in OPERATIONS.items()}
COVERED = [
    f"{dialect.name}/{name}" for dialect in DIALECTS.values() for name, plan in PLANS.items() if covers(plan, dialect)
]


@pytest.mark.parametrize("recorded", COVERED)
def test_text(recorded: str) -> None:
    """An operation's route in a dialect is written as it is recorded."""
    text, remedy = emit(recorded), "if the change is meant, run `python tests/emit/test_golden.py` and read the diff"
    assert text == (file_of(recorded).read_text() if file_of(recorded).exists() else ""), remedy


def test_files() -> None:
    """Every operation is recorded in each dialect that covers it, and nothing else is."""
    assert {f"{file.parent.name}/{file.name}" for file in GOLDEN.glob("*/*")} == {f"{name}.py.txt" for name in COVERED}


def test_plain_covers_all() -> None:
    """Every operation can be written in the plain dialect: what no edge's own covers is served by it."""
    assert [name for name in PLANS if f"plain/{name}" not in COVERED] == []


def emit(recorded: str) -> str:
    """Give the text of an operation's route in a dialect."""
    dialect, _, name = recorded.partition("/")
    return emit_operation(PLANS[name], Services(), DIALECTS[dialect]).source


def file_of(recorded: str) -> Path:
    """Give the file that a text is recorded in."""
    return GOLDEN / f"{recorded}.py.txt"


def record() -> None:
    """Write down every text as it is now, and remove what is covered no more."""
    for file in GOLDEN.glob("*/*"):
        file.unlink()
    for recorded in COVERED:
        file_of(recorded).parent.mkdir(parents=True, exist_ok=True)
        file_of(recorded).write_text(emit(recorded))


if __name__ == "__main__":
    record()
