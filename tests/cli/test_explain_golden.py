"""What `jero explain` tells of every operation of the demo, recorded in tests/cli/golden.

Run as a script, `python tests/cli/test_explain_golden.py`, it records what is told now; read what that changes before
you keep it. The numbers of lines are left out: whatever is written above a handler would change them.
"""

import os
import re
import sys
from contextlib import chdir
from io import StringIO
from pathlib import Path

import pytest
from command_runs import ROOT, Command, isolated_imports
from rich.console import Console

from jero._cli.explanation import explain_plan
from jero._cli.loading import load_app
from jero._cli.rehearsal import rehearse, rehearsing
from jero._cli.show import print_explanation

GOLDEN = Path(__file__).parent / "golden"
RECORDED = sorted(file.stem for file in GOLDEN.glob("*.txt"))


def explain_demo() -> dict[str, str]:
    """Give what is told of each operation of the demo."""
    told: dict[str, str] = {}
    with chdir(ROOT), isolated_imports(), rehearsing():
        app = rehearse(load_app("demo_app.app:app", ROOT)[1]).plan
        assert app is not None
        for plan in app.operations:
            text = StringIO()
            console = Console(file=text, width=10_000, color_system=None, highlight=False)
            print_explanation(plan, explain_plan(plan, app), console)
            told[plan.subject] = without_lines(text.getvalue())
    return told


@pytest.fixture(scope="module")
def demo() -> dict[str, str]:
    """Give what is told of each operation, found out once."""
    return explain_demo()


def test_operations(demo: dict[str, str]) -> None:
    """Every operation of the demo is recorded, and nothing else."""
    assert sorted(demo) == RECORDED


@pytest.mark.parametrize("subject", RECORDED)
def test_golden(demo: dict[str, str], subject: str) -> None:
    """An operation of the demo is told as it is recorded."""
    assert demo[subject] == (GOLDEN / f"{subject}.txt").read_text()


def test_command(jero: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command prints what is recorded, of the app that this repository's pyproject.toml names."""
    monkeypatch.chdir(ROOT)
    assert without_lines(jero("explain", "POST", "/widgets").out) == (GOLDEN / "Widgets.create.txt").read_text()


def without_lines(text: str) -> str:
    """Leave out the numbers of lines."""
    return re.sub(r"\.py:\d+", ".py", text)


def record() -> None:
    """Record what is told now."""
    os.environ.pop("FORCE_COLOR", None)
    GOLDEN.mkdir(exist_ok=True)
    for file in GOLDEN.glob("*.txt"):
        file.unlink()
    for subject, text in explain_demo().items():
        (GOLDEN / f"{subject}.txt").write_text(text)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    record()
