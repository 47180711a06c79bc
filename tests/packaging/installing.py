"""Environments that a wheel is installed into, with nothing else in them, and programs that run there."""

import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

APP = """
from msgspec import Struct

from jero import BaseApp, Endpoint
from jero.testing import TestClient


class Greeting(Struct):
    text: str


class Greetings(Endpoint, path="/greetings"):
    async def get(self) -> Greeting:
        return Greeting("hello")

    async def post(self, form: Greeting) -> Greeting:
        return form


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Greetings())


app = App()
"""

ASK = """
from shop import TestClient, app

with TestClient(app) as client:
    assert client.get("/greetings").json() == {"text": "hello"}
    posted = client.post("/greetings", data={"text": "read by python-multipart"}, files={"more": b""})
    assert posted.status_code == 200, posted.text
    assert posted.json() == {"text": "read by python-multipart"}
"""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment, and a folder in which its programs run, with the app `shop:app` in it."""

    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment to its end."""
        command = [str(self.program(program)), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=_clean(), capture_output=True, text=True, timeout=60, check=False
        )

    @contextmanager
    def started(self, program: str, *arguments: str) -> Generator[subprocess.Popen[str]]:
        """Start a program of the environment, which tells all in one pipe; kill what is left of it in the end."""
        with subprocess.Popen(
            [str(self.program(program)), *arguments],
            cwd=self.folder,
            env=_clean(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # the session is its own: nothing else is in the group

    def program(self, name: str) -> Path:
        """Give the path of a program of the environment."""
        return self.folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / name

    def packages(self) -> set[str]:
        """Give the names of what is installed."""
        code = "from importlib.metadata import distributions as all; print(*{each.name for each in all()})"
        return set(self.run("python", "-c", code).stdout.split())


def install(requirement: str, folder: Path, *options: str) -> Environment:
    """Install a requirement, such as `jero[cli] @ file://...`, into a new environment."""
    folder.mkdir(parents=True)
    environment = Environment(folder)
    (folder / "shop.py").write_text(APP)
    _uv("venv", "--python", sys.executable, str(folder / "venv"))
    _uv("pip", "install", "--python", str(environment.program("python")), *options, requirement)
    return environment


def pinned(folder: Path) -> Path:
    """Write the versions that pyproject.toml holds still, as constraints."""
    file = folder / "constraints.txt"
    tools = [each for each in PYPROJECT["dependency-groups"]["dev"] if "[" not in each]
    file.write_text("\n".join([*PYPROJECT["tool"]["uv"]["constraint-dependencies"], *tools]))
    return file


def find_uv() -> str | None:
    """Give the path of uv: `uv run` tells its own, which need not be on PATH."""
    return os.environ.get("UV") or shutil.which("uv")


def _uv(*arguments: str) -> None:
    command = [find_uv() or "uv", "--no-config", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _clean() -> dict[str, str]:
    """Give the environment's variables without those by which this process finds its own packages."""
    ours = ("PYTHON", "VIRTUAL_ENV", "PYTEST", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
