"""One server for each edge, whose surroundings the tests make fail one after the other: it is never restarted."""

import os
import sqlite3
from collections.abc import Iterator

import pytest
from serving.clients import SocketClient
from serving.edges import SOCKET_EDGES, OverSocket
from surroundings import Faulted
from tcp_database import TCPDatabase

_DESCRIPTORS = 64
_FILE_SIZE = 1 << 20


@pytest.fixture(scope="module", params=SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulted]:
    """Serve the app over each edge in turn, with few descriptors, and files of one megabyte at the most."""
    edge: OverSocket = request.param
    folder = tmp_path_factory.mktemp("faults")
    database, sqlite, temporary = TCPDatabase(), folder / "counts.sqlite3", folder / "temporary"
    temporary.mkdir()
    with sqlite3.connect(sqlite) as connection:
        connection.execute("CREATE TABLE counts (number INTEGER)")
        connection.execute("INSERT INTO counts VALUES (0)")
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setenv("FAULTS_TCP", str(database.port))
        patch.setenv("FAULTS_SQLITE", str(sqlite))
        patch.setenv("FAULTS_DESCRIPTORS", str(_DESCRIPTORS))
        patch.setenv("FAULTS_FILE_SIZE", str(_FILE_SIZE))
        serving = edge.open("faulted", "", folder / "server")
    assert isinstance(serving.client, SocketClient)
    assert serving.process is not None
    yield Faulted(edge, serving.client, serving.process, database, sqlite, temporary)
    serving.close()
    database.close()


@pytest.fixture
def faulted(served: Faulted) -> Iterator[Faulted]:
    """Hold the log of one test: trouble that it does not ask for fails it; so does anything left behind."""
    with served.edge.watched(served.client.log):
        yield served
    assert os.listdir(served.temporary) == []  # noqa: PTH208 - the names are what is compared
