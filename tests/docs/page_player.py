"""Plays a page of the documentation: its blocks of code run, and give what happens as their text.

A page is played from top to bottom, in a folder of its own. Its blocks, by the language that they name:

- `python` is a whole module, `myapp.py` or what its first line says (`# shop.py`, `# shop/models.py`), which others may
  import; one named `test_*.py` is run by pytest. A block under `<!-- fragment -->` is not run, nor is one of `bash`.
- `toml` is the file that its first line names.
- `console` is a `curl` of the app, with its answer; `granian`, `uvicorn` or `jero run` starts the app anew, with the
  variables that stand before it; another command of `jero` is run in the folder. The app is that of the last module
  that has one.
- `log` is what the logger `jero` has told since the console block before began; `json` is the last of it as a JSON
  line.
- `text` is the WiringError of the app.
"""

import importlib
import json
import logging
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from curl_commands import perform

from jero import WiringError
from jero.logging import JSONLinesFormatter
from jero.testing import TestClient

BLOCK = re.compile(r"^(?P<mark><!-- fragment -->\n)?```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)

_NAME = re.compile(r"# (?P<name>[\w/]+\.(?:py|toml))\n")
_PYTEST = (
    *("-q", "-W", "error", "-p", "pytest_asyncio", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."),
    *("-o", "asyncio_mode=strict", "-o", "asyncio_default_fixture_loop_scope=function"),
)


def replay(page: str, folder: Path, *, before: Sequence[str] = ()) -> str:
    """Give a page with what happens when it is played; it has the modules of the pages `before` it."""
    with ExitStack() as stack:
        records = stack.enter_context(_logged())
        stack.enter_context(_importing_from(folder))
        player = Player(folder, stack.enter_context(ExitStack()), records)
        for earlier in before:
            player.write_all(earlier)
        play = {
            "python": player.python,
            "toml": player.toml,
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


class Player:
    """Plays the blocks of one page; each method gives the block's text as it is to be."""

    def __init__(self, folder: Path, stack: ExitStack, records: list[logging.LogRecord]) -> None:
        self._folder = folder
        self._app = stack
        self._records = records
        self._file = folder
        self._client: TestClient | None = None
        self._tests: list[str] = []

    def write_all(self, page: str) -> None:
        """Write the files of a page, without running them."""
        for block in BLOCK.finditer(page):
            if not block["mark"] and block["kind"] in {"python", "toml"}:
                file = self._write(block["text"])
                self._file = file if file.name == "app.py" else self._file

    def python(self, text: str) -> str:
        """Run a module."""
        file = self._write(text)
        if file.name.startswith("test_"):
            self._tests.append(str(file.relative_to(self._folder)))
            return text
        self.run_tests()
        self._app.close()
        self._client = None
        if hasattr(self._load(file), "app"):
            self._file = file
        return text

    def toml(self, text: str) -> str:
        """Write a file of settings."""
        self._write(text)
        return text

    def console(self, text: str) -> str:
        """Send the requests of a session."""
        told: list[str] = []
        self._records.clear()
        for command in _commands_of(text):
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
        return f"{caught.value}\n".replace(f"{self._folder}{os.sep}", "")

    def run_tests(self) -> None:
        """Run the tests that are waiting, all at once: each start of pytest takes a second."""
        if self._tests:
            done = self._run("pytest", *_PYTEST, *self._tests, path=".")
            assert done.returncode == 0, done.stdout
            self._tests.clear()

    def _run_jero(self, command: str) -> str:
        return self._run(*shlex.split(command), path=os.pathsep.join(sys.path)).stdout

    def _run(self, *words: str, path: str) -> subprocess.CompletedProcess[str]:
        """Run a module of Python in the page's folder; both of its outputs come as one."""
        environment = {**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": path}
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _write(self, text: str) -> Path:
        name = _NAME.match(text)
        file = self._folder / (name["name"] if name else "myapp.py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def _load(self, file: Path) -> ModuleType:
        """Import a module, and those of the page that it imports, as they are now."""
        _forget_modules(self._folder)
        importlib.invalidate_caches()
        return importlib.import_module(".".join(file.relative_to(self._folder).with_suffix("").parts))

    def _serve(self, environment: dict[str, str], root_path: str) -> TestClient:
        self._app.close()
        with patch.dict(os.environ, environment):
            client = TestClient(self._load(self._file).app, root_path=root_path, base_url="http://localhost:8000")
        self._client = self._app.enter_context(client)
        return client


@contextmanager
def _importing_from(folder: Path) -> Generator[None]:
    """Let modules be imported from a page's folder, in which it is played, until it ends."""
    with (
        chdir(folder),
        patch.object(sys, "path", [str(folder), *sys.path]),
        patch.object(sys, "dont_write_bytecode", new=True),
    ):
        try:
            yield
        finally:
            _forget_modules(folder)


def _forget_modules(folder: Path) -> None:
    for name, module in list(sys.modules.items()):
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        if any(place and Path(place).is_relative_to(folder) for place in places):
            del sys.modules[name]


@contextmanager
def _logged() -> Generator[list[logging.LogRecord]]:
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


def _commands_of(text: str) -> Iterator[str]:
    """Give the commands of a console block: what follows `$ `, with the lines on which its quotes go on."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\") or command.count("'") % 2:
                command += f"\n{next(lines)}"
            yield command
