"""`jero run`: the app handed to a server, jero's own or another, in processes that import it through `served`."""

import os
import signal
import socket
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import msgspec
from rich.text import Text

from jero._cli.console import standard_error
from jero._cli.loading import locate_app
from jero._cli.reports import print_faults
from jero._cli.served import SETTINGS, Settings, tell_of_starts
from jero._cli.servers import NEEDED, SERVERS, WITHOUT, Serving, read_log_config
from jero._cli.stops import Exit, Stop
from jero.errors import WiringError

_LAST_PORT = 65535
_LEAST = {
    "workers": 1,
    "timeout_graceful_shutdown": 1,
    "timeout_keep_alive": 0,
    "limit_concurrency": 1,
    "limit_max_requests": 1,
}


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
            serving.least_logged,
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
    missing = next((module for module in NEEDED[serving.server] if find_spec(module) is None), None)
    if missing is not None:
        fault = f"needs {missing}, which is not installed"
        raise Stop(f"--server {serving.server}", fault, f"pip install 'jero[{serving.server}]'")
    _check_numbers(serving)
    if serving.log_config is not None:
        _check_log_config(serving.log_config, serving.server)
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


def _check_numbers(serving: Serving) -> None:
    for name in WITHOUT.get(serving.server, ()):
        if getattr(serving, name) is not None:
            fault = f"cannot be had from {serving.server}, which has no such setting"
            raise Stop(_option(name), fault, "leave it out, or serve with --server native")
    for name, least in _LEAST.items():
        value: int | None = getattr(serving, name)
        if value is not None and value < least:
            raise Stop(f"{_option(name)} {value}", "is too little", f"give {least} or more")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _check_log_config(file: Path, server: str) -> None:
    """Refuse a file that cannot be read; of what kind it is, uvicorn sees by its name, and granian reads JSON only."""
    if not file.is_file():
        raise Stop(f"--log-config {file}", "is no file", "name one as `logging.config` takes it")
    if file.suffix == ".json" or server == "granian":
        try:
            read_log_config(file)
        except ValueError as error:
            remedy = "write a dictionary for `logging.config.dictConfig`"
            raise Stop(f"--log-config {file}", f"is not JSON as it is needed: {error}", remedy) from None


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
