"""Routes are compiled as the app starts, for the edge that will serve it: uvicorn tells of the start over ASGI."""

import asyncio
import pickle
from collections.abc import Callable
from typing import Any, NoReturn

import process_app
import pytest
import uvicorn
from http_app import WireApp
from raw_exchange import serving
from uvicorn.lifespan.on import LifespanOn

from jero._asgi.dialect import ASGI
from jero._http.applications import find_service
from jero._http.dialect import HTTP
from jero._http.native_config import NativeConfig
from jero._http.protocol import HTTPProtocol
from jero._runtime.emit.dialect import Dialect
from jero._service import Service
from jero.testing import TestClient


def started_in(config: uvicorn.Config) -> Dialect | None:
    """Start and stop the app of some settings as uvicorn does; give what its routes were written in between."""
    config.load()
    service = find_service(config)
    assert service is not None
    return asyncio.run(_start_and_stop(config, service))


async def _start_and_stop(config: uvicorn.Config, service: Service) -> Dialect | None:
    lifespan = LifespanOn(config)
    await lifespan.startup()
    dialect = None if service.table is None else service.table.dialect
    await lifespan.shutdown()
    return dialect


def test_start_under_the_native_server() -> None:
    """The native server's settings have the start compile the native routes, before there is a connection."""
    assert started_in(NativeConfig(WireApp(), log_config=None)) is HTTP


def test_start_under_another_server() -> None:
    """The settings of uvicorn itself leave it to the edge that is told of the start."""
    assert started_in(uvicorn.Config(WireApp(), log_config=None)) is ASGI


def test_settings_go_to_other_processes() -> None:
    """The settings reach a worker by pickle, and do the same there."""
    config = NativeConfig("process_app:app", http=HTTPProtocol, workers=2, log_config=None)
    assert started_in(pickle.loads(pickle.dumps(config))) is HTTP  # noqa: S301 - what this test has pickled


def test_asgi_beside_the_native_edge() -> None:
    """An app that was expected to be served natively answers over ASGI, too, at each start."""
    app = WireApp()
    NativeConfig(app, log_config=None).load()
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/things/a%20b/2", params={"n": 3}).json()["slots"] == ["a b", "2"]
            assert client.get("/nowhere").status_code == 404


def test_native_edge_by_hand() -> None:
    """Where the protocol class is given to uvicorn by hand, the first request finds that the native edge serves."""
    with serving(HTTPProtocol, WireApp()) as server:
        service = find_service(server.config)
        assert service is not None
        assert service.table is not None
        assert service.table.dialect is ASGI
        server.exchange(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").end()
        assert service.table.dialect is HTTP


@pytest.mark.parametrize("error", [RuntimeError("no licence"), SystemExit(1)])
@pytest.mark.parametrize("settings", [{}, {"workers": 2, "reload": True}])
def test_app_that_cannot_be_loaded(
    error: BaseException, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no supervisor would start another process at once, what loading raises goes through."""
    monkeypatch.setattr(process_app, "make_app", _failing_with(error))
    with pytest.raises(type(error)) as raised:
        NativeConfig("process_app:make_app", factory=True, log_config=None, **settings).load()
    assert raised.value is error


@pytest.mark.parametrize("error", [RuntimeError("no licence"), SystemExit(1)])
def test_worker_that_cannot_load(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One of several workers ends with the code that keeps uvicorn from starting another; a fault is logged."""
    monkeypatch.setattr(process_app, "make_app", _failing_with(error))
    with pytest.raises(SystemExit) as raised:
        NativeConfig("process_app:make_app", factory=True, workers=2, log_config=None).load()
    assert raised.value.code == 3
    assert ("no licence" in caplog.text) == isinstance(error, RuntimeError)


def _failing_with(error: BaseException) -> Callable[[], NoReturn]:
    def make_app() -> NoReturn:
        raise error

    return make_app
