"""The edge under test with its app, started once a module; each test is held to leave nothing behind."""

from collections.abc import Iterator

import pytest
from http_app import Calls, WireApp
from raw_exchange import MemoryServer, serving

from jero._http.applications import find_service
from jero._http.protocol import HTTPProtocol
from jero.testing.protocol import ASGIApp, Receive, Scope, Send


@pytest.fixture(scope="module")
def wire_app() -> WireApp:
    """Give the app that the tests of one module share."""
    return WireApp()


@pytest.fixture(scope="module", params=["native", "asgi"])
def running(request: pytest.FixtureRequest, wire_app: WireApp) -> Iterator[MemoryServer]:
    """Serve the app for all the tests of a module: as it is, and behind a middleware, which makes it any ASGI app."""
    is_native = request.param == "native"
    with serving(HTTPProtocol, wire_app if is_native else behind_a_middleware(wire_app)) as server:
        assert (find_service(server.config) is not None) == is_native
        yield server


@pytest.fixture
def calls(wire_app: WireApp) -> Calls:
    """Give what the handlers were called with in this test."""
    return wire_app.calls


@pytest.fixture
def server(running: MemoryServer, calls: Calls) -> Iterator[MemoryServer]:
    """Hold that a test leaves no connection and no task, and that nothing was logged."""
    running.forget()
    calls.clear()
    yield running
    running.check()
    assert not running.state.connections
    assert running.tasks() == running.resident


def behind_a_middleware(app: ASGIApp) -> ASGIApp:
    """Give an app that hands everything through to another."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return serve
