"""`jero run`: the app handed to a server, jero's own or another, in processes that import it through `served`."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TypedDict

import msgspec
from rich.text import Text

from jero._cli.console import standard_error
from jero._cli.loading import locate_app
from jero._cli.reports import print_faults
from jero._cli.served import SERVED, SETTINGS, Settings, tell_of_starts
from jero._cli.stops import Exit, Stop
from jero.errors import WiringError

_LAST_PORT = 65535


class _Options(TypedDict):
    host: str
    port: int
    uds: str | None
    workers: int
    reload: bool
    log_level: str
    access_log: bool
    root_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How an app is served: what the command line said."""

    server: str
    host: str
    port: int
    uds: Path | None
    workers: int
    reload: bool
    log_level: str
    access_log: bool
    root_path: str

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        if self.uds is not None:
            return f"unix:{self.uds}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root_path}"


def serve(argument: str | None, serving: Serving, folder: Path) -> int:
    """Serve until a signal ends it; give the exit code. Raises Stop where it cannot begin."""
    _check(serving)
    tell_of_starts()
    try:
        target = locate_app(argument, folder)
    except WiringError as error:  # of the factory, the limits or the environment: found by importing the app
        print_faults(error.faults, standard_error())
        return Exit.FAILED
    # uvicorn ends in order, then raises the signal that it was ended by again: here, for this handler.
    signal.signal(signal.SIGTERM, _end)
    with TemporaryDirectory(prefix="jero-") as scratch:
        marker = Path(scratch) / "failed"
        settings = Settings(
            target.module,
            target.attribute,
            target.said_by,
            [str(folder), str(target.folder)],
            serving.log_level,
            None if serving.reload else str(marker),
        )
        os.environ[SETTINGS] = msgspec.json.encode(settings).decode()
        _print_banner(str(target), serving)
        code = _run(serving)
        return Exit.FAILED if marker.exists() else code


def _run(serving: Serving) -> int:
    try:
        SERVERS[serving.server](serving)
    except KeyboardInterrupt:
        return Exit.FINE
    except SystemExit as ending:
        return Exit.FINE if ending.code in {None, 0} else Exit.FAILED  # servers have codes of their own
    return Exit.FINE


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(Exit.FINE)


def _check(serving: Serving) -> None:
    missing = next((module for module in _NEEDS[serving.server] if find_spec(module) is None), None)
    if missing is not None:
        fault = f"needs {missing}, which is not installed"
        raise Stop(f"--server {serving.server}", fault, f"pip install 'jero[{serving.server}]'")
    if serving.workers < 1:
        raise Stop(f"--workers {serving.workers}", "serves nothing", "give 1 or more")
    if serving.workers > 1 and serving.reload:
        fault = "cannot be had together: what reloads is one process"
        raise Stop("--workers and --reload", fault, "leave out one of them")
    if serving.uds is None and not 0 <= serving.port <= _LAST_PORT:
        raise Stop(f"--port {serving.port}", "is no port", f"give 0 to {_LAST_PORT}")
    if serving.root_path and (not serving.root_path.startswith("/") or serving.root_path.endswith("/")):
        raise Stop(f"--root-path {serving.root_path}", "is no prefix", "write it as in `/api`")
    if serving.reload and serving.server == "granian" and find_spec("watchfiles") is None:
        fault = "needs watchfiles, which is not installed"
        raise Stop("--reload with granian", fault, "pip install 'granian[reload]'")
    if serving.uds is None and serving.port:
        _check_port(serving)


def _check_port(serving: Serving) -> None:
    """Refuse an address that is taken before any process is started for it."""
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((serving.host, serving.port))
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            remedy = "end what listens there, or give another --host or --port"
            raise Stop(serving.url, f"cannot be listened at: {reason}", remedy, code=Exit.FAILED) from None


def _print_banner(target: str, serving: Serving) -> None:
    workers = "1 worker" if serving.workers == 1 else f"{serving.workers} workers"
    how = ", ".join([f"{serving.server} server", workers, *(["reloads"] if serving.reload else [])])
    console = standard_error()
    console.print(Text.assemble(("jero", "bold green"), " serves ", (target, "bold")), soft_wrap=True)
    console.print(Text.assemble("  at   ", (serving.url, "bold cyan")), soft_wrap=True)
    console.print(f"  with {how}; Ctrl+C ends it", soft_wrap=True)


def _run_native(serving: Serving) -> None:
    from jero.serving import serve  # noqa: PLC0415 - imports nothing of it for other servers

    serve(SERVED, **_options(serving))


def _run_uvicorn(serving: Serving) -> None:
    import uvicorn  # noqa: PLC0415 - an extra of its own

    uvicorn.run(SERVED, **_options(serving))


def _options(serving: Serving) -> _Options:
    """Give the keywords that jero's server and uvicorn have in common."""
    return {
        "host": serving.host,
        "port": serving.port,
        "uds": None if serving.uds is None else str(serving.uds),
        "workers": serving.workers,
        "reload": serving.reload,
        "log_level": serving.log_level,
        "access_log": serving.access_log,
        "root_path": serving.root_path,
    }


def _run_granian(serving: Serving) -> None:
    from granian import Granian  # noqa: PLC0415 - an extra of its own
    from granian.constants import Interfaces  # noqa: PLC0415 - the same
    from granian.log import LogLevels  # noqa: PLC0415 - the same

    Granian(
        SERVED,
        address=serving.host,
        port=serving.port,
        uds=serving.uds,
        interface=Interfaces.RSGI,
        workers=serving.workers,
        reload=serving.reload,
        log_level=LogLevels(serving.log_level),
        log_access=serving.access_log,
        url_path_prefix=serving.root_path or None,
    ).serve()


SERVERS: dict[str, Callable[[Serving], None]] = {
    "native": _run_native,
    "granian": _run_granian,
    "uvicorn": _run_uvicorn,
}
_NEEDS = {
    "native": ("uvicorn", "zttp") if sys.platform != "win32" else ("uvicorn",),
    "granian": ("granian",),
    "uvicorn": ("uvicorn",),
}
