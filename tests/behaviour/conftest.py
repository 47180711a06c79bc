"""The fixtures by which a behaviour is tried over every edge: an app is started once a session and edge."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from serving.clients import Client, SocketClient
from serving.edges import EDGES, SOCKET_EDGES, Edge, OverSocket
from serving.servings import Serve, Servings


@pytest.fixture(scope="session")
def servings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servings]:
    """Hold the apps that are served in this session; they end with it."""
    opened = Servings(tmp_path_factory.mktemp("servings"))
    yield opened
    opened.close()


@pytest.fixture(params=EDGES, ids=[edge.name for edge in EDGES])
def serve(request: pytest.FixtureRequest, servings: Servings) -> Iterator[Serve[Client]]:
    """Serve an app over every edge in turn. Trouble in its log that the test does not ask for fails it."""
    edge: Edge = request.param
    with ExitStack() as stack:

        def serve_module(module: str, *, root_path: str = "", runs_lifespan: bool = True) -> Client:
            client = servings.get(edge, module, root_path, runs_lifespan=runs_lifespan)
            stack.enter_context(edge.watched(client.log))
            return client

        yield serve_module


@pytest.fixture(params=SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def serve_on_socket(request: pytest.FixtureRequest, servings: Servings) -> Iterator[Serve[SocketClient]]:
    """Serve an app over the edges that have a wire, for what is only there: heads, framing, connections."""
    edge: OverSocket = request.param
    with ExitStack() as stack:

        def serve_module(module: str, *, root_path: str = "", runs_lifespan: bool = True) -> SocketClient:
            client = servings.get(edge, module, root_path, runs_lifespan=runs_lifespan)
            assert isinstance(client, SocketClient)
            stack.enter_context(edge.watched(client.log))
            return client

        yield serve_module
