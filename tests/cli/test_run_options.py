"""`jero run`: what the options of the command line become at each server, for which a fake stands."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from command_runs import Command

from jero._cli import served
from jero.logging import json_lines

ALL = (
    *("--host", "0.0.0.0", "--port", "0", "--workers", "3", "--root-path", "/api", "--forwarded-allow-ips", "10.0.0.1"),  # noqa: S104 - nothing listens
    *("--timeout-graceful-shutdown", "30", "--timeout-keep-alive", "75", "--limit-concurrency", "1000"),
    *("--limit-max-requests", "5000", "--log-level", "warning", "--access-log"),
)
GRANIAN = (
    *("--host", "0.0.0.0", "--port", "0", "--workers", "3", "--root-path", "/api", "--timeout-graceful-shutdown", "30"),  # noqa: S104 - the same
    *("--limit-concurrency", "1000", "--log-level", "warning", "--access-log"),
)


@pytest.fixture
def options(jero: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Give what the server is called with, whichever it is; it serves nothing."""
    called: dict[str, Any] = {}

    def run(_app: str, **options: Any) -> None:  # as each server's
        called.update(options)

    def make_granian(_app: str, **options: Any) -> SimpleNamespace:  # the same
        return SimpleNamespace(serve=lambda: called.update(options))

    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv(served.SETTINGS, "{}")
    monkeypatch.setattr("jero.serving.serve", run)
    monkeypatch.setattr("granian.Granian", make_granian)
    monkeypatch.setitem(sys.modules, "uvicorn", SimpleNamespace(__spec__=object(), run=run))
    jero.write("shop.py")
    yield called
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.parametrize("server", ["native", "uvicorn"])
def test_every_option(jero: Command, options: dict[str, Any], server: str) -> None:
    """Jero's server and uvicorn have the option of the same name for each."""
    assert jero("run", "shop:app", "--server", server, *ALL).code == 0
    assert options == {
        "host": "0.0.0.0",  # noqa: S104 - nothing listens
        "port": 0,
        "workers": 3,
        "reload": False,
        "root_path": "/api",
        "forwarded_allow_ips": "10.0.0.1",
        "timeout_graceful_shutdown": 30,
        "timeout_keep_alive": 75,
        "limit_concurrency": 1000,
        "limit_max_requests": 5000,
        "log_level": "warning",
        "access_log": True,
    }


@pytest.mark.parametrize("server", ["native", "uvicorn"])
def test_no_option(jero: Command, options: dict[str, Any], server: str) -> None:
    """Of what the command line does not say, the server's own default holds."""
    assert jero("run", "shop:app", "--server", server, "--port", "0", "--no-access-log").code == 0
    assert options == {
        "host": "127.0.0.1",
        "port": 0,
        "workers": 1,
        "reload": False,
        "root_path": "",
        "log_level": "info",
        "access_log": False,
    }


def test_granian(jero: Command, options: dict[str, Any]) -> None:
    """Granian has names of its own for what it has."""
    assert jero("run", "shop:app", "--server", "granian", *GRANIAN).code == 0
    said = {name: options[name] for name in ("address", "workers", "url_path_prefix", "log_access")}
    assert said == {"address": "0.0.0.0", "workers": 3, "url_path_prefix": "/api", "log_access": True}  # noqa: S104 - nothing listens
    assert (options["workers_kill_timeout"], options["backpressure"]) == (30, 1000)
    assert (options["log_level"], options["log_dictconfig"]) == ("warning", None)


@pytest.mark.parametrize("server", ["native", "uvicorn", "granian"])
def test_log_config(jero: Command, options: dict[str, Any], server: str, tmp_path: Path) -> None:
    """A file says what is logged, and at which level: each server is handed it, in the form that it takes."""
    file = tmp_path / "log.json"
    file.write_bytes(msgspec.json.encode(json_lines()))
    assert jero("run", "shop:app", "--server", server, "--port", "0", "--log-config", str(file)).code == 0
    if server == "granian":
        assert options["log_dictconfig"] == json_lines()
    else:
        assert options["log_config"] == str(file)
        assert "log_level" not in options
