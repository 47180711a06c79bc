"""How a server begins and ends with the app that it serves: starts that fail, work in progress, closings that fail."""

import os
import signal
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from serving.clients import SocketClient
from serving.edges import SOCKET_EDGES, OverSocket, Serving
from serving.processes import ServerProcess
from serving.records import Log, Record

type Open = Callable[..., Serving]

each_edge = pytest.mark.parametrize("edge", SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
_GIVEN_WORDS = {
    "wire": "RuntimeError: the configuration is wrong",
    "opening": "ConnectionError: the database is unreachable",
    "exit": "SystemExit: nothing to serve",
}
_ENDED = {0, -signal.SIGTERM}
"""Uvicorn hands the signal on to the process once it has shut down in order."""


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the pipe that holds up work in progress until it is written to."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    monkeypatch.setenv("ENDINGS_GATE", str(path))
    return path


@pytest.fixture
def serving(edge: OverSocket, gate: Path, tmp_path: Path) -> Generator[Open]:
    """Serve the app that ends, with a server of the test's own, its resources as given."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:

        def open_serving(resources: str = "") -> Serving:
            patch.setenv("ENDINGS_RESOURCES", resources)
            serving = edge.open("apps.endings", "", tmp_path / "server")
            stack.callback(serving.close)
            return serving

        yield open_serving


@each_edge
@pytest.mark.parametrize("fault", _GIVEN_WORDS)
def test_app_that_cannot_start(edge: OverSocket, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was opened closes in reverse, the cause is logged once, and the server ends, which says that it failed."""
    monkeypatch.setenv("NO_START", fault)
    process = ServerProcess(edge.command, "apps.no_start:app", "", tmp_path / "server")
    code = process.wait()
    records = process.log.records()
    assert [it.message for it in records if it.logger == "jero.trace"] == ["closed second", "closed first"]
    [cause] = [it for it in records if it.logger == "jero" and it.is_trouble]
    assert (cause.level, cause.message.startswith("the app cannot start")) == ("CRITICAL", True)
    assert _GIVEN_WORDS[fault] in str(cause.exception)
    assert code != 0


@each_edge
def test_request_in_progress(serving: Open, gate: Path) -> None:
    """SIGTERM lets a request finish that has begun; then the server ends in order."""
    served = serving()
    client, process, log = _parts(served)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.get, "/held")
        log.wait_for(lambda record: record.message == "in progress")
        process.terminate()
        log.wait_for(_is_shutting_down)
        gate.write_text("finished")
        assert answer.result().json() == {"what": "finished"}
    assert process.wait() in _ENDED
    assert not log.trouble()


@each_edge
def test_background_work_in_progress(serving: Open, gate: Path) -> None:
    """SIGTERM lets what was queued be handled, the item in progress and those behind it; then the server ends."""
    client, process, log = _parts(serving())
    for number in range(3):
        assert client.post("/items", json={"number": number}).status == 204
    log.wait_for(lambda record: record.message == "handling 0")
    process.terminate()
    log.wait_for(_is_shutting_down)
    gate.write_text("go on")
    assert process.wait() in _ENDED
    assert [it.message for it in log.records() if it.message.startswith("handled")] == [
        "handled 0",
        "handled 1",
        "handled 2",
    ]
    assert not log.trouble()


@each_edge
def test_closings_that_fail_and_hang(edge: OverSocket, serving: Open) -> None:
    """A closing that raises, and one that hangs, keep neither the others nor the server from their ends."""
    client, process, log = _parts(serving("first hanging second failing third"))
    assert client.get("/unknown").status == 404  # some servers accept connections before the app has started
    process.terminate()
    process.wait()
    assert [it.message for it in log.records() if it.logger == "jero.trace"] == [
        "closed third",
        "closed failing",
        "closed second",
        "closed first",
    ]
    told = " ".join(f"{it.message} {it.exception}" for it in log.trouble() if it.logger == "jero")
    assert "the connection was lost" in told
    assert "0.2 s" in told


def _parts(serving: Serving) -> tuple[SocketClient, ServerProcess, Log]:
    assert isinstance(serving.client, SocketClient)
    assert serving.process is not None
    return serving.client, serving.process, serving.client.log


def _is_shutting_down(record: Record) -> bool:
    return record.logger in {"uvicorn.error", "_granian"} and "hutting down" in record.message
