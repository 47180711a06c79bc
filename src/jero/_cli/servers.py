"""The servers that `jero run` knows: what each needs installed, and how it is handed the app and the settings."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, cast

import msgspec

from jero._cli.served import SERVED


class _Options(TypedDict, total=False):
    host: str
    port: int
    uds: str
    workers: int
    reload: bool
    log_config: str
    log_level: str
    access_log: bool
    root_path: str
    forwarded_allow_ips: str
    timeout_graceful_shutdown: int
    timeout_keep_alive: int
    limit_concurrency: int
    limit_max_requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How an app is served: what the command line said. None stands for what the server does by default."""

    server: str
    host: str
    port: int
    uds: Path | None
    workers: int
    reload: bool
    root_path: str
    forwarded_allow_ips: str | None
    timeout_graceful_shutdown: int | None
    timeout_keep_alive: int | None
    limit_concurrency: int | None
    limit_max_requests: int | None
    log_config: Path | None
    log_level: str | None
    access_log: bool

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        if self.uds is not None:
            return f"unix:{self.uds}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root_path}"

    @property
    def least_logged(self) -> str | None:
        """The level that is logged at; None where the file of `--log-config` is to say."""
        return self.log_level or ("info" if self.log_config is None else None)


def _run_native(serving: Serving) -> None:
    from jero.serving import serve  # noqa: PLC0415 - imports nothing of it for other servers

    serve(SERVED, **_options(serving))


def _run_uvicorn(serving: Serving) -> None:
    import uvicorn  # noqa: PLC0415 - an extra of its own

    uvicorn.run(SERVED, **_options(serving))


def _options(serving: Serving) -> _Options:
    """Give the keywords that jero's server and uvicorn have in common, without those that nothing was said about."""
    options = {
        "host": serving.host,
        "port": serving.port,
        "uds": None if serving.uds is None else str(serving.uds),
        "workers": serving.workers,
        "reload": serving.reload,
        "log_config": None if serving.log_config is None else str(serving.log_config),
        "log_level": serving.least_logged,
        "access_log": serving.access_log,
        "root_path": serving.root_path,
        "forwarded_allow_ips": serving.forwarded_allow_ips,
        "timeout_graceful_shutdown": serving.timeout_graceful_shutdown,
        "timeout_keep_alive": serving.timeout_keep_alive,
        "limit_concurrency": serving.limit_concurrency,
        "limit_max_requests": serving.limit_max_requests,
    }
    said = {name: value for name, value in options.items() if value is not None}
    return cast("_Options", said)  # each is of the type that it has there


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
        log_dictconfig=None if serving.log_config is None else read_log_config(serving.log_config),
        log_level=LogLevels(serving.least_logged or "info"),
        log_access=serving.access_log,
        url_path_prefix=serving.root_path or None,
        workers_kill_timeout=serving.timeout_graceful_shutdown,
        backpressure=serving.limit_concurrency,
    ).serve()


def read_log_config(file: Path) -> dict[str, Any]:
    """Read a file for `logging.config.dictConfig`. Raises OSError or ValueError where it is none of JSON."""
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])


SERVERS: dict[str, Callable[[Serving], None]] = {
    "native": _run_native,
    "granian": _run_granian,
    "uvicorn": _run_uvicorn,
}
NEEDED = {
    "native": ("uvicorn", "zttp") if sys.platform != "win32" else ("uvicorn",),
    "granian": ("granian",),
    "uvicorn": ("uvicorn",),
}
"""The modules that a server is made of."""

WITHOUT = {"granian": ("forwarded_allow_ips", "timeout_keep_alive", "limit_max_requests")}
"""The settings that a server does not have."""
