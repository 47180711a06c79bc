"""The door to the native server: jero's own HTTP/1.1, in processes that uvicorn manages."""

import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from jero._asgi.messages import Receive, Scope, Send

if TYPE_CHECKING:
    from jero._http.processes import ProcessConfig

logger = logging.getLogger("jero")

type ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_NEEDED = ("uvicorn", "zttp")


class ServeOptions(TypedDict, total=False):
    """The keywords of `serve`. They are uvicorn's, and mean what its settings of the same names mean.

    Where to listen: `host` ("127.0.0.1") and `port` (8000), or `uds`, the path of a UNIX socket, or `fd`, a socket
    that is open already; `backlog` (2048), connections that wait to be accepted.

    Processes: `workers` (1), or `reload` (False), which restarts at each change below `reload_dirs`. Both need
    the app as "module:app"; `app_dir` is where modules are looked for besides, `factory` says that the name is
    a function that makes the app.

    TLS: `ssl_certfile`, `ssl_keyfile`, `ssl_keyfile_password`, `ssl_ca_certs`, `ssl_cert_reqs`, `ssl_ciphers`.

    Logs: `log_config`, a dictionary or a file for `logging`, None for none; `log_level`; `access_log` (True), one
    line for each answer.

    Proxies: `proxy_headers` (True) takes the client's address in the access log from `X-Forwarded-For`, where
    `forwarded_allow_ips` ("127.0.0.1,::1") sent it; `root_path` (""), the prefix that the proxy takes off.

    Limits, in seconds: `timeout_keep_alive` (5) between two requests; `timeout_graceful_shutdown` (None: no limit)
    for what is being answered as the server ends. `limit_concurrency` (None): connections or tasks, beyond which 503 is
    answered. `limit_max_requests` (None): requests after which a process ends. `timeout_worker_healthcheck` (5): how
    long a worker may be silent before another takes its place.

    Headers: `date_header` (True), `server_header` (True, "jero"), `headers`, pairs for every answer; a `server` among
    them takes the place of jero's.

    `ws` ("auto") names what serves WebSockets, which jero itself refuses.
    """

    host: str
    port: int
    uds: str | None
    fd: int | None
    backlog: int
    workers: int | None
    reload: bool
    reload_dirs: list[str] | str | None
    app_dir: str | None
    factory: bool
    ssl_certfile: str | os.PathLike[str] | None
    ssl_keyfile: str | os.PathLike[str] | None
    ssl_keyfile_password: str | None
    ssl_ca_certs: str | None
    ssl_cert_reqs: int
    ssl_ciphers: str
    log_config: dict[str, Any] | str | os.PathLike[str] | None
    log_level: str | int | None
    access_log: bool
    proxy_headers: bool
    forwarded_allow_ips: list[str] | str | None
    root_path: str
    timeout_keep_alive: int
    timeout_graceful_shutdown: int | None
    timeout_worker_healthcheck: int
    limit_concurrency: int | None
    limit_max_requests: int | None
    date_header: bool
    server_header: bool
    headers: Sequence[tuple[str, str]]
    ws: str


def serve(app: ASGIApp | str, **options: Unpack[ServeOptions]) -> None:
    """Serve an app over HTTP/1.1 (RFC 9112) until a signal ends the process.

        if __name__ == "__main__":
            jero.serve("shop.app:app", host="0.0.0.0", port=8000, workers=4)

    The app is an object, or its name as "module:app", which `workers` and `reload` need. The keywords are those of
    `jero.serving.ServeOptions`.

    A `BaseApp` is served natively; any other ASGI app, one that wraps a `BaseApp` among them, is served over ASGI by
    the same server. Not on Windows, where uvicorn's own HTTP takes its place.

    Raises ModuleNotFoundError where the extra `jero[native]` is not installed, TypeError where `workers` or `reload`
    come with an object in place of "module:app", and SystemExit(3) where the app cannot start, in one process or in
    one of several. Where an app is reloaded, the next change is waited for instead.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if sys.platform == "win32":
        missing = [name for name in missing if name == "uvicorn"]
    if missing:
        raise ModuleNotFoundError(
            f"jero.serve needs {' and '.join(missing)}, which is not installed: pip install 'jero[native]'"
        )
    from jero._http.processes import run_processes  # noqa: PLC0415 - of an extra: who does not serve need not have it

    if "app_dir" in options and options["app_dir"] is not None:
        sys.path.insert(0, options["app_dir"])
    config = _configure(app, options)
    if config.use_subprocess and not isinstance(app, str):
        raise TypeError('jero.serve: `workers` and `reload` start processes of their own; give the app as "module:app"')
    run_processes(config)


def _configure(app: ASGIApp | str, options: ServeOptions) -> "ProcessConfig":
    settings: dict[str, Any] = {name: value for name, value in options.items() if name != "app_dir"}
    if sys.platform == "win32":
        from jero._http.processes import ProcessConfig  # noqa: PLC0415 - as above

        logger.info("the native edge is not made for Windows: uvicorn's own HTTP serves the app")
        return ProcessConfig(app, **settings)
    from jero._http.native_config import NativeConfig  # noqa: PLC0415 - as above
    from jero._http.protocol import HTTPProtocol  # noqa: PLC0415 - as above

    settings["headers"] = _headers(options)
    return NativeConfig(app, http=HTTPProtocol, **settings)


def _headers(options: ServeOptions) -> list[tuple[str, str]]:
    """Give the pairs for every answer, with the name of who answers, unless that is given, or not wanted."""
    headers = [*options.get("headers", ())]
    if options.get("server_header", True) and all(name.lower() != "server" for name, _ in headers):
        headers.insert(0, ("server", "jero"))
    return headers
