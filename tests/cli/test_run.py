"""`jero run`: an app on each server, in processes of their own."""

import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from threading import Timer

import httpx
import msgspec
import pytest
from command_runs import APP, FAULTY_APP, Command

from jero.logging import json_lines

SERVERS = ("native", "uvicorn", "granian")
_TOO_LONG = 30.0


@pytest.mark.parametrize("server", SERVERS)
def test_serving(jero: Command, server: str) -> None:
    """The app is served where the banner says, with its server and how many operations; a signal ends it with 0."""
    jero.write("shop.py")
    port = free_port()
    with running(jero.folder, "shop:app", "--server", server, "--port", str(port)) as process:
        told = read_until(process, "wired in process")
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            answer = client.get(f"http://127.0.0.1:{port}/widgets/7")
        process.terminate()
        process.communicate()
    assert process.returncode == 0
    assert answer.json() == {"id": 7, "name": "gizmo"}
    assert answer.headers["server"] == {"native": "jero"}.get(server, server)
    assert f"jero serves shop:app\n  at   http://127.0.0.1:{port}\n" in told
    assert f"  with {server} server, 1 worker; Ctrl+C ends it\n" in told
    assert "  has  2 operations, wired in process " in told


@pytest.mark.parametrize(("server", "workers"), [("native", "1"), ("native", "2"), ("uvicorn", "2"), ("granian", "1")])
def test_wiring_faults(jero: Command, server: str, workers: str) -> None:
    """An app with wiring faults is not served: its faults are told, each once, without a traceback; exit code 1."""
    jero.write("shop.py", FAULTY_APP)
    port = str(free_port())
    with running(jero.folder, "shop:app", "--server", server, "--workers", workers, "--port", port) as process:
        told, _ = process.communicate()
    assert process.returncode == 1
    assert told.count("JERO-W101 Health.get, argument `widget`\n  at shop.py:5\n") == 1
    assert told.count("page:   jero explain JERO-W101") == 1
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("server", "workers"),
    [("native", "1"), ("native", "2"), ("uvicorn", "1"), ("uvicorn", "2"), ("granian", "1"), ("granian", "2")],
)
def test_failing_import(jero: Command, server: str, workers: str) -> None:
    """An app that cannot be imported is not served; only the frames of its own code are told, once; exit code 1."""
    jero.write("shop.py", "import missing_package\n")
    arguments = ["shop:app", "--server", server, "--workers", workers, "--port", str(free_port())]
    with running(jero.folder, *arguments) as process:
        told, _ = process.communicate()
    assert process.returncode == 1
    assert told.count("error: the module `shop`\n") == 1
    assert "error: the module `shop`\n  fault:  it cannot be imported: ModuleNotFoundError" in told
    assert "_cli" not in told


@pytest.mark.parametrize("server", ["native", "uvicorn"])
def test_failing_wire(jero: Command, server: str) -> None:
    """An app whose `_wire` raises is not served by any worker; exit code 1."""
    app = dedent(APP).replace("self._include_resource(Widgets())", "raise OSError('no database')")
    jero.write("shop.py", app)
    arguments = ["shop:app", "--server", server, "--workers", "2", "--port", str(free_port())]
    with running(jero.folder, *arguments) as process:
        told, _ = process.communicate()
    assert process.returncode == 1
    assert "OSError: no database" in told


def test_workers(jero: Command) -> None:
    """Several workers each wire the app."""
    jero.write("shop.py")
    port = str(free_port())
    with running(jero.folder, "shop:app", "--server", "uvicorn", "--workers", "2", "--port", port) as process:
        told = read_until(process, "wired in process", times=2)
        process.terminate()
        process.communicate()
    assert "uvicorn server, 2 workers" in told


def test_found_app(jero: Command) -> None:
    """An app that is found by itself is served as one that is named."""
    jero.write("app.py")
    with running(jero.folder, "--server", "uvicorn", "--port", str(free_port())) as process:
        told = read_until(process, "wired in process")
        process.terminate()
        process.communicate()
    assert "jero serves app:app\n" in told


def test_root_path(jero: Command) -> None:
    """The prefix of a proxy is part of the URL that is told."""
    jero.write("shop.py")
    port = free_port()
    arguments = ["shop:app", "--server", "uvicorn", "--root-path", "/api", "--port", str(port)]
    with running(jero.folder, *arguments) as process:
        told = read_until(process, "wired in process")
        process.terminate()
        process.communicate()
    assert f"  at   http://127.0.0.1:{port}/api\n" in told


@pytest.mark.parametrize("server", SERVERS)
def test_log_config(jero: Command, server: str) -> None:
    """What is logged where is what a file says: jero's records and the server's go there, and nowhere else."""
    jero.write("shop.py")
    (jero.folder / "log.json").write_bytes(msgspec.json.encode(json_lines(stream="ext://sys.stdout")))
    arguments = ["shop:app", "--server", server, "--log-config", "log.json", "--port", str(free_port())]
    with running(jero.folder, *arguments) as process:
        told = read_until(process, "wired in process")
        process.terminate()
        told += process.communicate()[0]
    assert process.returncode == 0
    lines = [line for line in told.splitlines() if line.startswith("{")]
    assert {msgspec.json.decode(line)["level"] for line in lines} == {"INFO"}
    assert len(told.splitlines()) == len(lines) + 4, told  # the banner, and what has been wired


def test_taken_port(jero: Command) -> None:
    """A port that is taken is told before anything is started; exit code 1."""
    jero.write("shop.py")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        outcome = jero("run", "shop:app", "--port", str(port))
    assert outcome.code == 1
    assert f"error: http://127.0.0.1:{port}\n  fault:  cannot be listened at: Address already in use" in outcome.err


WRONG = {
    "no workers": (["--workers", "0"], "error: --workers 0\n  fault:  is too little\n  remedy: give 1 or more\n"),
    "no time": (["--timeout-graceful-shutdown", "0"], "error: --timeout-graceful-shutdown 0\n"),
    "less than no time": (["--timeout-keep-alive", "-1"], "remedy: give 0 or more\n"),
    "no connection": (["--limit-concurrency", "0"], "error: --limit-concurrency 0\n"),
    "no request": (["--limit-max-requests", "0"], "error: --limit-max-requests 0\n"),
    "no such file": (["--log-config", "log.json"], "error: --log-config log.json\n  fault:  is no file\n"),
    "no JSON": (["--log-config", "shop.json"], "is not JSON as it is needed"),
    "no dictionary": (["--log-config", "list.json"], "is not JSON as it is needed"),
    "not of granian": (["--server", "granian", "--timeout-keep-alive", "9"], "cannot be had from granian"),
    "workers that reload": (["--workers", "2", "--reload"], "cannot be had together"),
    "no port": (["--port", "70000"], "is no port"),
    "no prefix": (["--root-path", "api"], "is no prefix"),
    "an ending slash": (["--root-path", "/api/"], "is no prefix"),
    "no module": (["shop:app"], "there is no module `shop`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_usage_errors(jero: Command, name: str) -> None:
    """What cannot be served is told before anything is started; exit code 2."""
    jero.write("shop.json", "{")
    jero.write("list.json", "[]")
    words, told = WRONG[name]
    outcome = jero("run", *words)
    assert outcome.code == 2
    assert told in outcome.err


@pytest.mark.parametrize(("server", "module"), [("granian", "granian"), ("uvicorn", "uvicorn"), ("native", "uvicorn")])
def test_missing_server(jero: Command, monkeypatch: pytest.MonkeyPatch, server: str, module: str) -> None:
    """A server that is not installed is told with the install that brings it; exit code 2."""
    monkeypatch.setitem(sys.modules, module, None)
    outcome = jero("run", "shop:app", "--server", server)
    assert outcome.code == 2
    assert f"needs {module}, which is not installed\n  remedy: pip install 'jero[{server}]'" in outcome.err


@contextmanager
def running(folder: Path, *arguments: str) -> Generator[subprocess.Popen[str]]:
    """Run `jero run` in a folder, its two outputs in one; it is killed at the end, and where it takes too long."""
    with subprocess.Popen(
        [sys.executable, "-m", "jero", "run", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        timer = Timer(_TOO_LONG, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()


def read_until(process: subprocess.Popen[str], words: str, times: int = 1) -> str:
    """Read what a process tells until it has told some words so often; fail with all of it where it ends before."""
    assert process.stdout
    told = ""
    for line in process.stdout:
        told += line
        if told.count(words) == times:
            return told
    raise AssertionError(f"it ended without telling `{words}`:\n{told}")


def free_port() -> int:
    """Give a port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
