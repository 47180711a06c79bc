"""What a user installs: the wheel alone, each of its extras, and the oldest versions of what it requires."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from installing import ASK, PYPROJECT, Environment, find_uv, install, pinned
from serving.listening import connect

pytestmark = [pytest.mark.installs, pytest.mark.skipif(find_uv() is None, reason="uv, which installs, is not there")]

_SERVE = {
    "native": ("python", "-c", "import jero; jero.serve('shop:app', port={port})"),
    "uvicorn": ("uvicorn", "shop:app", "--port", "{port}"),
    "granian": ("granian", "--interface", "asgi", "--port", "{port}", "shop:app"),
}


def test_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """With nothing but its three requirements (and theirs), an app answers a request and reads a form."""
    environment = install(f"jero @ {wheel.as_uri()}", tmp_path / "alone", "-c", str(pinned(tmp_path)))
    of_anyio = {"idna", "typing_extensions"}
    assert environment.packages() - of_anyio == {"jero", "anyio", "msgspec", "python-multipart"}
    assert_answers(environment)


def test_command_without_its_extra(wheel: Path, tmp_path: Path) -> None:
    """Without the extra, the command is there and says in a line which install gives what it needs."""
    environment = install(f"jero @ {wheel.as_uri()}", tmp_path / "alone", "-c", str(pinned(tmp_path)))
    done = environment.run("jero", "check", "shop:app")
    assert done.returncode == 2
    assert "pip install 'jero[cli]'" in done.stderr


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the oldest versions are older than this Python")
def test_oldest_versions(wheel: Path, tmp_path: Path) -> None:
    """The oldest versions that the metadata allows are enough."""
    oldest = [each.replace(">=", "==") for each in PYPROJECT["project"]["dependencies"]]
    environment = install(f"jero @ {wheel.as_uri()}", tmp_path / "oldest", *oldest)
    assert_answers(environment)


def test_extra_cli(wheel: Path, tmp_path: Path) -> None:
    """`jero[cli]` brings the command: it checks an app, shows the page of a fault, and makes a project."""
    environment = install(f"jero[cli] @ {wheel.as_uri()}", tmp_path / "cli", "-c", str(pinned(tmp_path)))
    checked = environment.run("jero", "check", "shop:app")
    assert (checked.returncode, checked.stdout) == (0, "shop:app: 2 operations, no wiring faults\n"), checked.stderr
    assert "JERO-W101" in environment.run("jero", "explain", "JERO-W101").stdout
    assert environment.run("jero", "new", "kiosk").returncode == 0
    assert (environment.folder / "kiosk" / "kiosk" / "app.py").is_file()


@pytest.mark.parametrize("extra", _SERVE)
def test_extra_with_a_server(extra: str, wheel: Path, tmp_path: Path, unused_tcp_port: int) -> None:
    """`jero[native]`, `jero[uvicorn]` and `jero[granian]` each bring what serves an app; a signal ends it well."""
    environment = install(f"jero[{extra}] @ {wheel.as_uri()}", tmp_path / extra, "-c", str(pinned(tmp_path)))
    program, *arguments = (word.format(port=unused_tcp_port) for word in _SERVE[extra])
    with environment.started(program, *arguments) as process:
        assert ask(process, unused_tcp_port) == b'{"text":"hello"}'
        process.terminate()
        told, _ = process.communicate(timeout=20)
    assert process.returncode in {0, -signal.SIGTERM}, told


def test_every_extra_is_tried() -> None:
    """No extra of pyproject.toml is without a test here."""
    assert {"cli", *_SERVE} == set(PYPROJECT["project"]["optional-dependencies"])


def assert_answers(environment: Environment) -> None:
    """Ask the app by a test client, in the environment."""
    done = environment.run("python", "-W", "error", "-c", ASK)
    assert done.returncode == 0, done.stderr


def ask(process: subprocess.Popen[str], port: int) -> bytes:
    """Ask a server as soon as it listens; fail with all it told where it ends or never does."""
    try:
        connection = connect(process, port)
    except AssertionError as error:
        process.kill()
        raise AssertionError(f"{error}:\n{process.communicate()[0]}") from None
    with connection:
        connection.sendall(b"GET /greetings HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        return connection.makefile("rb").read().partition(b"\r\n\r\n")[2]
