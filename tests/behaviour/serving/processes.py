"""A server as a process of its own: started, waited for until it accepts connections, and ended."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from serving.listening import connect
from serving.records import Log, logging_config

_HERE = Path(__file__).parent.parent
_END_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Start:
    """What a server is started with."""

    app: str
    port: int
    log_config: Path
    root_path: str
    runs_lifespan: bool


type Command = Callable[[Start], Sequence[str]]


class ServerProcess:
    """One server that serves one app (`module:attribute`) on a free port of 127.0.0.1."""

    def __init__(self, command: Command, app: str, root_path: str, folder: Path, *, runs_lifespan: bool = True) -> None:
        folder.mkdir(parents=True)
        self.log = Log(folder / "log.jsonl")
        self.port = _free_port()
        config = folder / "logging.json"
        config.write_text(json.dumps(logging_config(self.log.path)))
        self._output = folder / "output.txt"
        start = Start(app, self.port, config, root_path, runs_lifespan)
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command(start)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), *sys.path])},
            )

    @property
    def pid(self) -> int:
        """The number of the server's process; the app may run in a child of it."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Wait until the server accepts connections; where it does not, end it and fail with what it said."""
        try:
            connect(self._process, self.port).close()
        except AssertionError as error:
            self.end()
            raise AssertionError(f"{error}:\n{self._output.read_text()}") from None

    def wait(self) -> int:
        """Wait until the server ends by itself, and give its exit code; kill it and fail where it does not."""
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the server does not end:\n{self._output.read_text()}") from None

    def terminate(self) -> None:
        """Ask the server to end, and do not wait."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def end(self) -> int:
        """Terminate the server and give its exit code; kill it where it does not end."""
        self.terminate()
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
