"""`jero new`: a project that is complete, passes its own tests and is fine."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_runs import Command

FILES = [
    ".dockerignore",
    ".github/workflows/ci.yml",
    ".gitignore",
    "Dockerfile",
    "README.md",
    "my_notes/__init__.py",
    "my_notes/app.py",
    "my_notes/factory.py",
    "my_notes/health.py",
    "my_notes/note_store.py",
    "my_notes/notes.py",
    "pyproject.toml",
    "tests/test_notes.py",
]


@pytest.fixture
def project(jero: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a new project, which is the current folder."""
    outcome = jero("new", "my-notes")
    assert (outcome.code, outcome.err) == (0, "")
    monkeypatch.chdir("my-notes")
    return jero.folder / "my-notes"


def test_files(project: Path) -> None:
    """It has an app with factory and resource, tests, a Dockerfile and a CI workflow, and no placeholder is left."""
    files = sorted(str(file.relative_to(project)) for file in project.rglob("*") if file.is_file())
    assert files == FILES
    placeholders = ("@name@", "@package@", "@version@", "@extras@")
    assert [file for file in files if any(word in (project / file).read_text() for word in placeholders)] == []


def test_told(jero: Command) -> None:
    """It is told which files were made, and what to do next."""
    outcome = jero("new", "my-notes")
    assert outcome.out.startswith(f"my-notes: {len(FILES)} files\n  .dockerignore\n")
    assert "\n  cd my-notes\n  jero run --reload\n" in outcome.out


def test_tests(project: Path) -> None:
    """Its own tests pass."""
    run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error"], project)


def test_style(project: Path) -> None:
    """It passes the linter, the formatter and the type checker that it is set up with."""
    run([sys.executable, "-m", "ruff", "check", "--no-cache", "."], project)
    run([sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "."], project)
    run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable], project)


@pytest.mark.usefixtures("project")
def test_commands(jero: Command) -> None:
    """`check`, `routes` and `explain` find its app without being told."""
    assert jero("check").out == "my_notes.app:app: 5 operations, no wiring faults\n"
    assert len(jero("routes").out.splitlines()) == 6
    assert jero("explain", "POST", "/notes").out.startswith("POST /notes\n  Keep a note.\n")


def test_pyproject(project: Path) -> None:
    """Its pyproject.toml depends on jero with its command line and server, and names its app."""
    table = tomllib.loads((project / "pyproject.toml").read_text())
    assert table["project"]["name"] == "my-notes"
    assert table["project"]["dependencies"][0].startswith("jero[cli,native]>=")
    assert table["tool"]["jero"] == {"app": "my_notes.app:app"}


def test_empty_folder(jero: Command) -> None:
    """A folder that is there and empty is used."""
    (jero.folder / "shop").mkdir()
    assert jero("new", "shop").code == 0


def test_path(jero: Command) -> None:
    """A path makes its folders; the last of them gives the name."""
    assert jero("new", "work/shop").code == 0
    assert (jero.folder / "work" / "shop" / "shop" / "app.py").is_file()


def test_full_folder(jero: Command) -> None:
    """A folder with anything in it is refused, and stays as it is."""
    kept = jero.write("shop/kept.txt", "mine")
    outcome = jero("new", "shop")
    assert outcome.code == 2
    assert "is not empty, and nothing is written over" in outcome.err
    assert [*kept.parent.iterdir()] == [kept]


def test_file(jero: Command) -> None:
    """A file is refused."""
    jero.write("shop", "mine")
    assert "is a file" in jero("new", "shop").err


@pytest.mark.parametrize("name", ["1shop", "shop!", "import", "json", "jero", "tests", "Žluť"])
def test_names(jero: Command, name: str) -> None:
    """What cannot be the name of a package is refused before anything is made."""
    outcome = jero("new", name)
    assert outcome.code == 2
    assert "  remedy: " in outcome.err
    assert not (jero.folder / name).exists()


def run(command: list[str], folder: Path) -> None:
    """Run a program in a folder; it has to succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
