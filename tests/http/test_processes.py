"""`jero.serve` in processes of its own: what they compile and say, and the code with which they end."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from process_app import ProcessInfo
from serving.clients import SocketClient
from serving.processes import Command, ServerProcess, Start

type Begin = Callable[..., ServerProcess]

_ENDED = {0, -signal.SIGTERM}
"""uvicorn hands the signal on to the process once it has shut down in order."""
_PATIENT = {"workers": 2, "timeout_worker_healthcheck": 30}
"""Two workers, which may take their time on a busy machine."""
_OTHERS = {"factory": "process_app:make_app", "no module": "no_such_module:app"}
"""The apps that have other names, by their faults."""
_REASONS = {
    "import": {"RuntimeError: the licence has ended"},
    "exit": set[str](),  # who exits says why
    "wire": {"ConnectionError: the database is unreachable"},
}


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Give what starts a server; all are ended after the test."""
    with ExitStack() as stack:

        def begin(app: str = "process_app:app", **settings: object) -> ServerProcess:
            folder = tmp_path / f"server-{len(list(tmp_path.iterdir()))}"
            process = ServerProcess(served_with(**settings), app, "", folder)
            stack.callback(process.end)
            return process

        yield begin


@pytest.mark.parametrize("settings", [{}, _PATIENT, {"reload": True}, {"root_path": "/api"}], ids=str)
def test_start_compiles_for_the_edge_that_serves(begin: Begin, settings: dict[str, Any], tmp_path: Path) -> None:
    """Routes are written for the native edge alone, in one process, several, one that reloads, and below a prefix."""
    process = begin(**settings, **({"reload_dirs": str(tmp_path)} if "reload" in settings else {}))
    process.wait_until_ready()
    assert ask(process).dialects == ["native"]
    assert process.end() in _ENDED
    assert not process.log.trouble()


@pytest.mark.parametrize("fault", ["import", "exit", "wire"])
def test_worker_that_cannot_start(begin: Begin, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where workers cannot start, none is started in their place; the reason is logged, and the exit code tells it."""
    monkeypatch.setenv("PROCESS_FAULT", fault)
    process = begin(workers=2)
    assert process.wait() == 3
    records = process.log.records()
    assert not any(record.message.endswith("died") for record in records)
    reasons = {str(record.exception).rpartition("\n")[2] for record in records if record.logger == "jero"}
    assert reasons == _REASONS[fault]


@pytest.mark.parametrize("fault", ["import", "exit", "wire", "wiring", "factory", "no module"])
def test_process_that_cannot_start(begin: Begin, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process whose app cannot start ends with a code that says so; what importing it raises goes through."""
    monkeypatch.setenv("PROCESS_FAULT", fault)
    process = begin(_OTHERS.get(fault, "process_app:app"), factory=fault == "factory")
    assert process.wait() == (1 if fault in {"import", "exit", "factory"} else 3)


def test_program_without_a_guard(tmp_path: Path) -> None:
    """A program that serves as it is imported is told how not to, and its workers are not started again and again."""

    def command(start: Start) -> tuple[str, ...]:
        return "unguarded_server", *served_with(workers=2)(start)[1:]

    process = ServerProcess(command, "process_app:app", "", tmp_path / "server")
    assert process.wait() == 3
    assert any('put the call under `if __name__ == "__main__":`' in it.message for it in process.log.records())


def test_worker_that_dies(begin: Begin) -> None:
    """A worker that had started and died is replaced, and the server ends well."""
    process = begin(**_PATIENT)
    process.wait_until_ready()
    pid = ask(process).pid
    os.kill(pid, signal.SIGKILL)
    process.log.wait_for(lambda record: record.message == f"Child process [{pid}] died")
    assert ask(process).pid != pid
    assert process.end() in _ENDED


def test_unix_socket_is_removed(begin: Begin, tmp_path: Path) -> None:
    """The UNIX socket that was served at is gone when the server has ended."""
    socket = tmp_path / "socket"
    process = begin(uds=str(socket))
    process.log.wait_for(lambda record: "unix socket" in record.message)
    assert socket.exists()
    assert process.end() in _ENDED
    assert not socket.exists()


def test_address_that_is_taken(begin: Begin) -> None:
    """A server that cannot listen ends with the code of a failing start, with one worker and with several."""
    first = begin()
    first.wait_until_ready()
    assert begin(port=first.port).wait() == 3
    assert begin(port=first.port, workers=2).wait() == 3


def served_with(**settings: object) -> Command:
    """Give the command that serves with some keywords of `jero.serve`."""

    def command(start: Start) -> tuple[str, ...]:
        always = {"log_config": str(start.log_config), "port": start.port}
        return "native_server", start.app, json.dumps(always | settings)

    return command


def ask(process: ServerProcess) -> ProcessInfo:
    """Ask a server about its process, on a connection of its own."""
    client = SocketClient("native", process.log, process.port)
    try:
        return client.get("/process").decode(ProcessInfo)
    finally:
        client.close()
