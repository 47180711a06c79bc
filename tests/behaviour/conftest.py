"""The fixtures by which every behaviour is tried over every edge: an app is started once a session and edge."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from serving.clients import Client, SocketClient
from serving.edges import EDGES, SOCKET_EDGES, Edge, OverSocket, Serving


class Serve[C: Client](Protocol):
    """Gives a client to the `app` of a module: `serve("apps.bodies")`."""

    def __call__(self, module: str, *, root_path: str = "") -> C: ...


class Servings:
    """What is served in this session, by edge, module and root path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, str, str], Serving] = {}

    def get(self, edge: Edge, module: str, root_path: str) -> Client:
        """Give a client to an app, which is started where this is the first to ask for it."""
        key = (edge.name, module, root_path)
        if key not in self._opened:
            folder = self._folder / f"{len(self._opened)}-{edge.name}"
            self._opened[key] = edge.open(module, root_path, folder)
        return self._opened[key].client

    def close(self) -> None:
        """End everything."""
        with ExitStack() as stack:
            for serving in self._opened.values():
                stack.callback(serving.close)


@pytest.fixture(scope="session")
def servings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servings]:
    """The apps that are served in this session; ended with it."""
    opened = Servings(tmp_path_factory.mktemp("servings"))
    yield opened
    opened.close()


@pytest.fixture(params=EDGES, ids=[edge.name for edge in EDGES])
def serve(request: pytest.FixtureRequest, servings: Servings) -> Iterator[Serve[Client]]:
    """Serve an app over every edge in turn. Trouble in its log that the test does not ask for fails the test."""
    edge: Edge = request.param
    with ExitStack() as stack:

        def serve_module(module: str, *, root_path: str = "") -> Client:
            client = servings.get(edge, module, root_path)
            stack.enter_context(edge.watched(client.log))
            return client

        yield serve_module


@pytest.fixture(params=SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def serve_on_socket(request: pytest.FixtureRequest, servings: Servings) -> Iterator[Serve[SocketClient]]:
    """Serve an app over the edges that have a wire, for what only exists there: heads, framing, connections."""
    edge: OverSocket = request.param
    with ExitStack() as stack:

        def serve_module(module: str, *, root_path: str = "") -> SocketClient:
            client = servings.get(edge, module, root_path)
            assert isinstance(client, SocketClient)
            stack.enter_context(edge.watched(client.log))
            return client

        yield serve_module
