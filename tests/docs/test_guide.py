"""The guide, docs/guide: each block of Python runs, and each answer, log record and message shown is what happens.

A page is played from top to bottom. Its blocks, by the language that they name:

- `python` is a whole module, `myapp.py` or what its first line says (`# shop.py`), which later ones may import; one
  named `test_*.py` is run by pytest. A block under `<!-- fragment -->` is not run.
- `console` is a `curl` of the app of the module above, with its answer; `granian`, `uvicorn` or `jero run` starts that
  app anew, with the variables that stand before it; another command of `jero` is run beside that module.
- `log` is what the logger `jero` has told since the console block before began; `json` is the last of it as a JSON
  line.
- `text` is the WiringError of the module above.

Run as a script, `python tests/docs/test_guide.py`, it writes what happens now into the pages; read what that changes
before you keep it.
"""

import json
import logging
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from curl_commands import perform

import jero
from jero import HTTPError, WiringError
from jero.limits import KIB, MIB, Limits
from jero.logging import JSONLinesFormatter
from jero.testing import TestClient

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "guide").glob("*.md"))
NAMES = [page.stem for page in PAGES]

BLOCK = re.compile(r"^(?P<mark><!-- fragment -->\n)?```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")
ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<second>[^|]+) \|", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_page(page: Path, tmp_path: Path) -> None:
    """A page says what happens when its code is run and its requests are sent."""
    assert replay(page.read_text(), tmp_path) == page.read_text()


def test_links() -> None:
    """What a page links to is there, down to the heading; the start page links to each page of the guide."""
    assert [
        f"{page.name}: {match[0]}"
        for page in [DOCS / "index.md", *PAGES]
        for match in LINK.finditer(BLOCK.sub("", page.read_text()))
        if not leads_somewhere(page, match["target"], match["anchor"])
    ] == []
    linked = {match["target"] for match in LINK.finditer((DOCS / "index.md").read_text())}
    assert {f"guide/{name}.md" for name in NAMES} - linked == set()


def test_limits() -> None:
    """The table of limits has every limit with its default, in the order of the source."""
    rows = [(row["name"], row["second"]) for row in ROW.finditer((DOCS / "guide" / "limits.md").read_text())]
    assert rows == [(field.name, in_words(field.name, field.default)) for field in fields(Limits)]


def test_errors() -> None:
    """The table of errors has every error that jero exports, with its status and type."""
    exported = [getattr(jero, name) for name in jero.__all__]
    known = {
        (cls.__name__, f"{cls.status} | `{cls.type}`")
        for cls in exported
        if isinstance(cls, type) and issubclass(cls, HTTPError) and "type" in vars(cls) and cls is not HTTPError
    }
    table = re.compile(r"^\| `(?P<name>\w+Error)` \| (?P<rest>\d+ \| `[^`]+`) \|", re.MULTILINE)
    text = (DOCS / "guide" / "errors.md").read_text()
    assert {(row["name"], row["rest"]) for row in table.finditer(text)} == known


class Player:
    """Plays the blocks of one page; each method gives the block's text as it is to be."""

    def __init__(self, folder: Path, stack: ExitStack, records: list[logging.LogRecord]) -> None:
        self._folder = folder
        self._page = stack
        self._app = stack.enter_context(ExitStack())
        self._records = records
        self._file = folder
        self._client: TestClient | None = None
        self._tests: list[str] = []

    def python(self, text: str) -> str:
        """Run a module."""
        name = re.match(r"# (\w+)\.py\n", text)
        file = self._folder / f"{name[1] if name else 'myapp'}.py"
        if file.name.startswith("test_"):
            self._tests.append(file.name)
            file.write_text(text)
        else:
            self.run_tests()
            self._app.close()
            self._client = None
            self._file = file
            file.write_text(text)
            self._load()
        return text

    def console(self, text: str) -> str:
        """Send the requests of a session."""
        told: list[str] = []
        self._records.clear()
        for command in commands_of(text):
            answer = ""
            if command.startswith("curl "):
                answer = perform(command, self._client or self._serve({}, ""))
            elif re.match(r"jero (?!run)", command):
                answer = self._run_jero(command)
            else:
                words = shlex.split(command)
                environment = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
                root = words[words.index("--root-path") + 1] if "--root-path" in words else ""
                self._serve(environment, root)
            told.append(f"$ {command}\n{answer}".rstrip() + "\n")
        return "\n".join(told)

    def log(self, _text: str) -> str:
        """Tell what was logged."""
        return "".join(f"{record.levelname} {record.name}: {record.getMessage()}\n" for record in self._records)

    def json(self, _text: str) -> str:
        """Give the last record as the preset writes it, on several lines, its traceback cut."""
        line = json.loads(JSONLinesFormatter().format(self._records[-1]))
        line["time"] = "2026-11-21T09:54:54.648Z"
        if "exception" in line:
            first, *_, last = line["exception"].splitlines()
            line["exception"] = f"{first}\n  ...\n{last}"
        return json.dumps(line, indent=2, ensure_ascii=False) + "\n"

    def text(self, _text: str) -> str:
        """Start the app, which has faults."""
        with pytest.raises(WiringError) as caught:
            self._serve({}, "")
        return f"{caught.value}\n".replace(str(self._file), self._file.name)

    def run_tests(self) -> None:
        """Run the tests that are waiting, all at once: each start of pytest takes a second."""
        if not self._tests:
            return
        options = [
            "-q",
            "-W",
            "error",
            "-p",
            "pytest_asyncio",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir",
            ".",
        ]
        options += ["-o", "asyncio_mode=strict", "-o", "asyncio_default_fixture_loop_scope=function"]
        command = [sys.executable, "-m", "pytest", *options, *self._tests]
        environment = {**os.environ, "PYTHONPATH": "."}
        done = subprocess.run(command, cwd=self._folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        self._tests.clear()

    def _run_jero(self, command: str) -> str:
        """Run a command of `jero` in the page's folder; give what it prints."""
        environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout

    def _load(self) -> object:
        """Import the module, under its own name until the page ends; give its app, if it has one."""
        spec = spec_from_file_location(self._file.stem, self._file)
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        self._page.enter_context(patch.dict(sys.modules, {self._file.stem: module}))
        spec.loader.exec_module(module)
        return getattr(module, "app", None)

    def _serve(self, environment: dict[str, str], root_path: str) -> TestClient:
        self._app.close()
        with patch.dict(os.environ, environment):
            app = self._load()
        assert app is not None, f"{self._file.name} has no app to send requests to"
        client = TestClient(app, root_path=root_path, base_url="http://localhost:8000")  # pyright: ignore[reportArgumentType] - an app by its name
        self._client = self._app.enter_context(client)
        return client


def replay(page: str, folder: Path) -> str:
    """Give a page with what happens when it is played."""
    with ExitStack() as stack:
        records = stack.enter_context(logged())
        player = Player(folder, stack, records)
        play = {
            "python": player.python,
            "console": player.console,
            "log": player.log,
            "json": player.json,
            "text": player.text,
        }

        def played(block: re.Match[str]) -> str:
            mark, kind, text = block["mark"] or "", block["kind"], block["text"]
            if mark or kind == "bash":
                return block[0]
            return f"```{kind}\n{play[kind](text)}```"

        replayed = BLOCK.sub(played, page)
        player.run_tests()
        return replayed


@contextmanager
def logged() -> Generator[list[logging.LogRecord]]:
    """Gather what the logger `jero` tells; how logging was set up before is set up again."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.addFilter(lambda record: records.append(record) is not None)
    root, logger = logging.getLogger(), logging.getLogger("jero")
    level, handlers = root.level, list(root.handlers)
    logger.addHandler(handler)
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        root.setLevel(level)
        root.handlers[:] = handlers


def commands_of(text: str) -> Iterator[str]:
    """Give the commands of a console block: what follows `$ `, with the lines on which its quotes go on."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\") or command.count("'") % 2:
                command += f"\n{next(lines)}"
            yield command


def leads_somewhere(page: Path, target: str, anchor: str | None) -> bool:
    """Say whether a link's file is there, and has the heading."""
    file = page.parent / target if target else page
    if not file.exists() or anchor is None:
        return file.exists()
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", file.read_text()), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def in_words(name: str, value: object) -> str:
    """Give a limit as the table has it."""
    if not isinstance(value, int | float):
        return "none"
    if name == "body_timeout":
        return f"{value:g} s"
    for unit, size in (("MiB", MIB), ("KiB", KIB)):
        if value % size == 0:
            return f"{value // size} {unit}"
    return f"{value:,}"


def update_pages() -> None:
    """Write what happens now into each page, or into those that are named."""
    for page in PAGES:
        if not sys.argv[1:] or page.stem in sys.argv[1:]:
            with TemporaryDirectory() as folder:
                page.write_text(replay(page.read_text(), Path(folder)))


if __name__ == "__main__":
    update_pages()
