"""What README, AGENTS, CONTRIBUTING, SECURITY and the style guide say holds: commands, rooms, links, examples.

The README's requests are tested by test_readme.py.
"""

import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "AGENTS.md", "CONTRIBUTING.md", "SECURITY.md", "style-guide.md", "docs/design.md"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TASKFILE = (ROOT / "Taskfile.yml").read_text()
CI = (ROOT / ".ci" / "run").read_text()
TASKS = set(re.findall(r"^  ([\w-]+):$", TASKFILE, re.MULTILINE)) - {"default"}

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#]+)(?:#[^)]*)?\)")
_PATH = re.compile(r"`(?P<path>(?:src|tests|docs|benchmarks|fuzz|demo_app|\.ci)/[\w./-]*)`")
_TASK = re.compile(r"(?:\buv run |`)task ([a-z][\w-]*)")
_PROGRAM = re.compile(r"\buv run (?!task\b|--)([\w./-]+)(?: ([\w./-]+))?")
_ROW = re.compile(r"^\| (?P<first>[^|]*) \| (?P<second>[^|]*) \|$", re.MULTILINE)
_RULE = re.compile(r"^### (?P<title>.+)\n(?P<text>(?:(?!^##).*\n)*)", re.MULTILINE)


def read(page: str) -> str:
    """Give a page's text."""
    return (ROOT / page).read_text()


def rows_of(page: str, heading: str) -> list[tuple[list[str], str]]:
    """Give the rows of the table under a heading: the words in code in its first column, and its second."""
    section = re.split(rf"^#+ {re.escape(heading)}$", read(page), flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    return [(re.findall(r"`([^`]+)`", row["first"]), row["second"]) for row in _ROW.finditer(section)]


@pytest.mark.parametrize("page", [*PAGES, ".ci/run", ".pre-commit-config.yaml"])
def test_commands(page: str) -> None:
    """Every task that is named is one of the Taskfile; every program is installed, every script is a file."""
    text = read(page)
    assert set(_TASK.findall(text)) - TASKS - {"default"} == set()
    programs = {second if first == "python" and second.endswith(".py") else first for first, second in found(text)}
    assert [name for name in programs if not is_there(name)] == []


def found(text: str) -> list[tuple[str, str]]:
    """Give the programs of a text that `uv run` is to start, with the word after each."""
    return [(match[1].rstrip("."), match[2] or "") for match in _PROGRAM.finditer(text)]


def is_there(name: str) -> bool:
    """Say whether `uv run` finds a program of this name, or a file."""
    return (Path(sys.executable).parent / name).exists() or ((ROOT / name).is_file() and "/" in name)


def test_tasks_are_told() -> None:
    """AGENTS lists every task; what it says of the coverage is what the task demands."""
    told = {task for command, _ in rows_of("AGENTS.md", "Commands") for task in _TASK.findall(" ".join(command))}
    assert told == TASKS
    demanded = re.findall(r"--cov-fail-under=(\d+)", TASKFILE)
    assert demanded == re.findall(r"fails under (\d+) %", " ".join(second for _, second in commands_told()))
    assert f"under {demanded[0]} %" in CI


def commands_told() -> list[tuple[list[str], str]]:
    """Give the rows of the table of commands."""
    return rows_of("AGENTS.md", "Commands")


def test_hooks_and_ci_check_the_same() -> None:
    """What `task check` runs is what the hooks before a commit run, and CI runs it, too."""
    section = re.split(r"^  check:$", TASKFILE, flags=re.MULTILINE)[1]
    checks = re.findall(r"^      - (uv run .+)$", re.split(r"^  \w", section, flags=re.MULTILINE)[0], re.MULTILINE)
    hooks = re.findall(r"entry: (uv run .+)", read(".pre-commit-config.yaml"))
    assert sorted(hooks) == sorted(checks)
    assert [
        check for check in checks if f'"{check}"' not in CI and f" {check}\n" not in CI and f" {check} #" not in CI
    ] == []


def test_rooms_of_the_package() -> None:
    """AGENTS names every room of src/jero, and no other, in the order in which pyproject lets them import."""
    table = [names for names, _ in rows_of("AGENTS.md", "The hourglass") if names != ["src/jero"]]
    rows = [[name.rstrip("/") for name in names] for names in table]
    rooms = [name for names in rows for name in names]
    package = ROOT / "src" / "jero"
    there = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert sorted(rooms) == sorted(there - {"__init__"})
    levels = {room: level for level, layer in enumerate(reversed(layers())) for room in layer}
    assert [levels[room] for room in rooms] == sorted(levels[room] for room in rooms)
    assert [names for names in rows if len({levels[name] for name in names}) > 1] == []


def layers() -> list[list[str]]:
    """Give the layers of the import contract, the outermost first."""
    (contract,) = PYPROJECT["tool"]["importlinter"]["contracts"]
    return [re.findall(r"\((\w+)\)", layer) for layer in contract["layers"]]


def test_rooms_beside_the_package() -> None:
    """AGENTS names every folder of tests, and every other folder that holds Python or pages."""
    named = {name.rstrip("/") for names, _ in rows_of("AGENTS.md", "Beside the package") for name in names}
    tests = {f"tests/{folder.name}" for folder in (ROOT / "tests").iterdir() if any(folder.glob("test_*.py"))}
    beside = {folder.name for folder in ROOT.iterdir() if folder.name[0] != "." and any(folder.glob("*.py"))} - {
        "tests"
    }
    rooms = {name for name in named if "." not in name and not name.startswith("task ")}
    assert rooms == tests | beside | {"docs"}


@pytest.mark.parametrize("page", PAGES)
def test_paths_and_links(page: str) -> None:
    """What a page links to, and each file or folder that it names, is there."""
    text = read(page)
    named = {ROOT / match["path"] for match in _PATH.finditer(text) if "NAME" not in match["path"]}
    linked = {ROOT / page / ".." / match["target"] for match in _LINK.finditer(_FENCE.sub("", text))}
    if "To be measured." in read("README.md"):
        linked -= {ROOT / "README.md" / ".." / "docs/assets/performance.svg"}
    assert [str(path) for path in named | linked if not path.resolve().exists()] == []


def test_rooms_inside() -> None:
    """The modules that AGENTS and design.md name without their folder, as `_runtime/table`, are there."""
    for page in ("AGENTS.md", "docs/design.md"):
        names = set(re.findall(r"`(_\w+(?:/\w+)+)(?:\.py|/)?`", read(page)))
        package = ROOT / "src" / "jero"
        missing = [name for name in names if not (package / name).is_dir() and not (package / f"{name}.py").is_file()]
        assert missing == [], page


def test_rules_have_examples() -> None:
    """Each rule of the style guide has a good and a bad example."""
    rules = {match["title"]: match["text"] for match in _RULE.finditer(_unfence(read("style-guide.md")))}
    assert len(rules) >= 20
    assert [title for title, text in rules.items() if not re.search(r"\bgood\b", text)] == []
    assert [title for title, text in rules.items() if not re.search(r"\bbad\b", text)] == []


def _unfence(text: str) -> str:
    """Indent what stands in fences, so that a comment is no heading."""
    return _FENCE.sub(lambda match: match[0].replace("\n", "\n "), text)


def test_versions_of_python() -> None:
    """The pages name the oldest Python that pyproject requires, and CI tries each that the classifiers name."""
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert f"Python {oldest}" in read("README.md")
    assert f"Python {oldest}" in read("CONTRIBUTING.md")
    assert read(".python-version").strip() == oldest
    named = [each.rpartition(" ")[2] for each in PYPROJECT["project"]["classifiers"] if re.search(r"3\.\d+$", each)]
    assert [version for version in named if version not in CI] == []
