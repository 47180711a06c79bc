"""Servers for benchmarks: one app under uvicorn or granian in a process of its own, and what /proc tells of it."""

import os
import re
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from listening import free_port, listens, stop

_HERE = Path(__file__).resolve().parent
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_MIB = 1024

_UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--no-access-log", "--log-level", "critical")
_GRANIAN = ("-m", "granian", "--host", "127.0.0.1", "--log-level", "error")
SERVERS: dict[str, Sequence[str]] = {
    "uvicorn": _UVICORN,
    "granian": (*_GRANIAN, "--interface", "asgi"),
}
"""The servers that speak ASGI."""
EDGES: dict[str, Sequence[str]] = {
    **SERVERS,
    "granian-rsgi": (*_GRANIAN, "--interface", "rsgi"),
    "native": (*_UVICORN, "--http", "jero._http.protocol:HTTPProtocol"),
}
"""Every way to serve, jero's own included."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on a port of 127.0.0.1; `pid` is the process that runs the app."""

    name: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def resident(self) -> float:
        """Give the memory that the process has now, in MiB."""
        return self._status("VmRSS")

    def peak(self) -> float:
        """Give the most memory that the process had since `forget_peak`, in MiB."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Begin to look for the peak anew (proc(5), clear_refs)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def descriptors(self) -> int:
        """Count what the process has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def _status(self, field: str) -> float:
        found = re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / _MIB if found else 0.0


@contextmanager
def serving(name: str, app: str, python: str = sys.executable) -> Generator[Server]:
    """Serve `module:attribute` of this folder; the server is terminated at the end."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - a command of this file's own
        [python, *EDGES[name], "--port", str(port), app],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), str(_HERE.parent / "src")])},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        if not listens(process, port, _START_SECONDS):
            raise RuntimeError("the server did not start; see what it said above")
        yield Server(name, port, _worker(process.pid))
    finally:
        stop(process, _STOP_SECONDS)


def _worker(pid: int) -> int:
    """Give the process that runs the app: granian's own child that is no resource tracker, or uvicorn itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text():
            return int(child)
    return pid
