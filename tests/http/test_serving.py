"""`jero.serve`: what it hands to uvicorn, and what it refuses."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import uvicorn
from http_app import WireApp

import jero
from jero import serving
from jero._http.protocol import HTTPProtocol


class FakeUvicorn:
    """Takes the place of `uvicorn.run`: it keeps what it was called with."""

    def __init__(self) -> None:
        self.app: object = None
        self.options: Mapping[str, object] = {}

    def run(self, app: object, **options: Any) -> None:  # as uvicorn's
        """Serve nothing."""
        self.app, self.options = app, options


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeUvicorn:
    """Put a fake in the place of uvicorn's `run`."""
    fake = FakeUvicorn()
    monkeypatch.setattr(uvicorn, "run", fake.run)
    return fake


def test_one_door(fake: FakeUvicorn) -> None:
    """`jero.serve` hands the app, the native protocol and the settings over, and nothing that was not set."""
    app = WireApp()
    jero.serve(app, port=9000, root_path="/api", access_log=False, headers=(("x-a", "b"),))
    assert fake.app is app
    assert fake.options == {
        "http": HTTPProtocol,
        "port": 9000,
        "root_path": "/api",
        "access_log": False,
        "headers": [("x-a", "b")],
    }


def test_settings_are_uvicorns() -> None:
    """Each keyword of `serve` is one of uvicorn's `run`."""
    keywords = set(uvicorn.run.__annotations__)
    assert set(serving.ServeOptions.__annotations__) <= keywords


@pytest.mark.parametrize("options", [{"workers": 2}, {"reload": True}])
def test_processes_need_a_name(fake: FakeUvicorn, options: dict[str, Any]) -> None:
    """Processes of their own import the app: with an object, `workers` and `reload` are refused at once."""
    with pytest.raises(TypeError, match="module:app"):
        jero.serve(WireApp(), **options)
    jero.serve("http_app:app", **options)
    assert fake.options == {"http": HTTPProtocol, **options}


def test_one_worker_takes_an_object(fake: FakeUvicorn) -> None:
    """One worker is this process."""
    jero.serve(WireApp(), workers=1)
    assert fake.options["workers"] == 1


def test_extra_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what it needs, `serve` says how to install it."""

    def find_nothing(_name: str) -> None:
        return None

    monkeypatch.setattr(serving, "find_spec", find_nothing)
    with pytest.raises(ModuleNotFoundError, match=r"uvicorn and zttp.*pip install 'jero\[native\]'"):
        jero.serve(WireApp())


def test_windows(fake: FakeUvicorn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """On Windows, uvicorn's own HTTP serves the app, and the log says so."""
    monkeypatch.setattr(sys, "platform", "win32")
    with caplog.at_level(logging.INFO, "jero"):
        jero.serve(WireApp(), port=9000)
    assert fake.options == {"port": 9000}
    assert "Windows" in caplog.text
