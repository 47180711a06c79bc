"""Fixtures of the command line's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_runs import Command, isolated_imports


@pytest.fixture
def jero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Give the command, run in this process and in an empty folder; what it imports is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with isolated_imports(tmp_path):
        yield Command(tmp_path, capsys)
