"""`jero.serve`: what it hands to uvicorn, and what it refuses."""

import logging
import sys
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from http_app import WireApp

import jero
from jero import serving
from jero._http import processes
from jero._http.native_config import NativeConfig
from jero._http.protocol import HTTPProtocol


class Kept:
    """Takes the place of what runs the processes: it keeps the settings."""

    config: uvicorn.Config

    def run(self, config: uvicorn.Config) -> None:
        """Serve nothing."""
        self.config = config


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Have nothing served, and give what would have been."""
    kept = Kept()
    monkeypatch.setattr(processes, "run_processes", kept.run)
    return kept


def test_one_door(kept: Kept) -> None:
    """`jero.serve` hands the app, the native protocol and the settings over."""
    app = WireApp()
    jero.serve(app, port=9000, root_path="/api", access_log=False, log_config=None)
    config = kept.config
    assert isinstance(config, NativeConfig)
    assert (config.app, config.http) == (app, HTTPProtocol)
    assert (config.port, config.root_path, config.access_log) == (9000, "/api", False)


def test_settings_are_uvicorns() -> None:
    """Each keyword of `serve` is one of uvicorn's `run`."""
    keywords = set(uvicorn.run.__annotations__)
    assert set(serving.ServeOptions.__annotations__) <= keywords


def test_folder_of_the_app(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`app_dir` is looked at first for modules."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    jero.serve("shop:app", app_dir=str(tmp_path), log_config=None)
    assert sys.path[0] == str(tmp_path)


SERVER_HEADERS: dict[str, tuple[dict[str, Any], list[tuple[bytes, bytes]]]] = {
    "by default": ({}, [(b"server", b"jero")]),
    "beside others": ({"headers": (("x-a", "b"),)}, [(b"server", b"jero"), (b"x-a", b"b")]),
    "given": ({"headers": [("Server", "shop")]}, [(b"server", b"shop")]),
    "left out": ({"server_header": False, "headers": [("x-a", "b")]}, [(b"x-a", b"b")]),
}


@pytest.mark.parametrize("name", SERVER_HEADERS)
def test_server_header(kept: Kept, name: str) -> None:
    """Answers say that jero gave them, unless the header is given, or not wanted."""
    options, expected = SERVER_HEADERS[name]
    jero.serve(WireApp(), log_config=None, **options)
    kept.config.load()
    assert kept.config.encoded_headers == expected


@pytest.mark.parametrize("options", [{"workers": 2}, {"reload": True}])
def test_processes_need_a_name(kept: Kept, options: dict[str, Any]) -> None:
    """Processes of their own import the app: with an object, `workers` and `reload` are refused at once."""
    with pytest.raises(TypeError, match="module:app"):
        jero.serve(WireApp(), log_config=None, **options)
    jero.serve("process_app:app", log_config=None, **options)
    assert kept.config.use_subprocess


def test_workers_of_the_environment(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """`WEB_CONCURRENCY`, which uvicorn reads, asks for workers, too."""
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    with pytest.raises(TypeError, match="module:app"):
        jero.serve(WireApp(), log_config=None)
    jero.serve("process_app:app", log_config=None)
    assert kept.config.workers == 2


def test_one_worker_takes_an_object(kept: Kept) -> None:
    """One worker is this process."""
    jero.serve(WireApp(), workers=1, log_config=None)
    assert kept.config.workers == 1


def test_extra_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what it needs, `serve` says how to install it."""

    def find_nothing(_name: str) -> None:
        return None

    monkeypatch.setattr(serving, "find_spec", find_nothing)
    with pytest.raises(ModuleNotFoundError, match=r"uvicorn and zttp.*pip install 'jero\[native\]'"):
        jero.serve(WireApp())


def test_windows(kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """On Windows, uvicorn's own HTTP serves the app, in its own name, and the log says so."""
    monkeypatch.setattr(sys, "platform", "win32")
    with caplog.at_level(logging.INFO, "jero"):
        jero.serve(WireApp(), port=9000, log_config=None)
    assert (kept.config.port, kept.config.http, kept.config.headers) == (9000, "auto", [])
    assert "Windows" in caplog.text
