"""The README: its example runs and fails as shown, its requests give the answers shown, its tables are true."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from serving.listening import connect

from jero import WiringError
from jero.testing import TestClient

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_ENDLESS = "curl -N"


def blocks(kind: str) -> list[str]:
    """Give the blocks of a language."""
    return [match["text"] for match in _BLOCK.finditer(README) if match["kind"] == kind]


def start(source: str) -> TestClient:
    """Start the app of the example."""
    names: dict[str, object] = {"__name__": "shop"}
    exec(compile(source, "shop.py", "exec"), names)  # noqa: S102 - the README's own code
    return TestClient(names["app"])  # pyright: ignore[reportArgumentType] - an app by its name


def test_example() -> None:
    """The example is twenty lines or less, and serves what its comment says."""
    (source,) = blocks("python")
    assert len([line for line in source.splitlines() if line]) <= 20
    with start(source) as client:
        assert client.get("/widgets/w1").json() == {"id": "w1", "name": "gizmo"}


def test_mistake() -> None:
    """With `path` misspelled, the example fails to start in the words shown."""
    (source,), (message,) = blocks("python"), blocks("text")
    with pytest.raises(WiringError) as caught:
        start(source.replace("self, path: WidgetPath", "self, paht: WidgetPath"))
    assert [line for line in message.splitlines() if line not in str(caught.value)] == []


def test_installs() -> None:
    """The table of installs has every extra."""
    table = README.partition("| Install | For |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`jero\[(\w+)\]`", table)) == set(EXTRAS)


def test_commands_of_the_command_line() -> None:
    """Each command that is named has a help."""
    named = set(re.findall(r"`jero ([a-z]+)\b", README))
    assert named
    for name in named:
        done = subprocess.run([sys.executable, "-m", "jero", name, "--help"], capture_output=True, check=False)
        assert done.returncode == 0, name


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl, which the README asks with, is not installed")
def test_requests(port: int, tmp_path: Path) -> None:
    """Each request, sent by curl to the demo app in the order of the page, gives the answer that stands below it."""
    for block in blocks("bash"):
        for command, answer in requests_of(block):
            asked = command.replace("localhost:8000", f"localhost:{port}").replace("curl ", "curl -s ")
            if command.startswith(_ENDLESS):
                asked = f"{asked} | head -n {len(answer)}"
            shell = shutil.which("bash") or "bash"
            done = subprocess.run(
                [shell, "-c", asked], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
            )
            assert _TIME.sub("TIME", done.stdout).splitlines() == [_TIME.sub("TIME", line) for line in answer], command


def test_serving_command() -> None:
    """The command that serves the demo is the one that these tests run."""
    assert f"uv run {shlex.join(_SERVE)}\n" in "".join(blocks("bash"))


_SERVE = ["granian", "--interface", "asgi", "demo_app.app:app"]


@pytest.fixture
def port(tmp_path: Path, unused_tcp_port: int) -> Iterator[int]:
    """Serve the demo app as the README says, on a database of its own; give the port."""
    program = str(Path(sys.executable).parent / _SERVE[0])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DEMO_", "JERO_"))}
    database = {"DEMO_DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}"}
    with (tmp_path / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [program, *_SERVE[1:], "--port", str(unused_tcp_port)],
            cwd=ROOT,
            env=environment | database,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        connect(process, unused_tcp_port).close()
        yield unused_tcp_port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the session is its own: nothing else is in the group
        process.wait()


def requests_of(block: str) -> Iterator[tuple[str, list[str]]]:
    """Give each request of a block with the lines of its answer; what only prepares one gives no lines."""
    command: list[str] = []
    answer: list[str] = []
    for line in block.splitlines():
        if line.startswith("# "):
            answer.append(line.removeprefix("# "))
            continue
        if answer:
            yield "\n".join(command), answer
            command, answer = [], []
        command.append(line)
    if answer:
        yield "\n".join(command), answer
