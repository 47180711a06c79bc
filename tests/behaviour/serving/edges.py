"""The table of edges over which every behaviour is held: one entry each, and no more to do for a new one."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import override

from serving.clients import Client, InProcessClient, SocketClient
from serving.processes import Command, ServerProcess, Start
from serving.records import JSONLines, Log

from jero.testing import TestClient
from jero.testing.protocol import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Edge(ABC):
    """One way to serve an app."""

    name: str

    @abstractmethod
    def open(self, module: str, root_path: str, folder: Path, *, runs_lifespan: bool = True) -> "Serving":
        """Start to serve the `app` of a module."""

    @contextmanager
    def watched(self, log: Log) -> Generator[None]:
        """Hold the log of one test: what it did not expect fails it."""
        log.begin()
        yield
        log.end()


@dataclass(slots=True)
class Serving:
    """An app that is served, and what ends that."""

    client: Client
    process: ServerProcess | None = None

    def begin_to_close(self) -> None:
        """End the client, and ask the server to end; several servers end at the same time so."""
        self.client.close()
        if self.process is not None:
            self.process.terminate()

    def close(self) -> None:
        """End the client and the server."""
        self.begin_to_close()
        if self.process is not None:
            self.process.end()


class InProcess(Edge):
    """The app in this process, driven by `jero.TestClient`."""

    @override
    def open(self, module: str, root_path: str, folder: Path, *, runs_lifespan: bool = True) -> Serving:
        folder.mkdir(parents=True)
        app: ASGIApp = import_module(module).app
        client = TestClient(app if runs_lifespan else _without_lifespan(app), root_path=root_path)
        return Serving(InProcessClient(self.name, Log(folder / "log.jsonl"), client))

    @contextmanager
    @override
    def watched(self, log: Log) -> Generator[None]:
        handler, logger = logging.FileHandler(log.path), logging.getLogger("jero")
        handler.setFormatter(JSONLines())
        level = logger.level
        logger.setLevel(logging.DEBUG)
        logging.getLogger().addHandler(handler)
        try:
            with super().watched(log):
                yield
        finally:
            logging.getLogger().removeHandler(handler)
            logger.setLevel(level)
            handler.close()


@dataclass(frozen=True, slots=True)
class OverSocket(Edge):
    """The app under a server in a process of its own, on a socket."""

    command: Command

    @override
    def open(self, module: str, root_path: str, folder: Path, *, runs_lifespan: bool = True) -> Serving:
        process = ServerProcess(self.command, f"{module}:app", root_path, folder, runs_lifespan=runs_lifespan)
        process.wait_until_ready()
        client = SocketClient(self.name, process.log, process.port)
        if runs_lifespan:
            # granian accepts before its worker has loaded the app, and loses a signal that comes meanwhile.
            client.request("OPTIONS", "*")
        return Serving(client, process)


def _without_lifespan(app: ASGIApp) -> ASGIApp:
    """Give the app as a server serves it that knows no lifespan."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)

    return serve


def _uvicorn(start: Start) -> Sequence[str]:
    return (
        *("uvicorn", start.app, "--host", "127.0.0.1", "--port", str(start.port)),
        *("--log-config", str(start.log_config), "--no-access-log", "--root-path", start.root_path),
        *("--timeout-graceful-shutdown", "5", "--lifespan", "on" if start.runs_lifespan else "off"),
    )


def _uvicorn_h11(start: Start) -> Sequence[str]:
    return (*_uvicorn(start), "--http", "h11")


def _uvicorn_httptools(start: Start) -> Sequence[str]:
    return (*_uvicorn(start), "--http", "httptools")


def _native(start: Start) -> Sequence[str]:
    return (*_uvicorn(start), "--http", "jero._http.protocol:HTTPProtocol")


def _granian_asgi(start: Start) -> Sequence[str]:
    prefix = ("--url-path-prefix", start.root_path) if start.root_path else ()
    return (
        *("granian", start.app, "--interface", "asgi" if start.runs_lifespan else "asginl"),
        *("--host", "127.0.0.1", "--port", str(start.port)),
        *("--log-config", str(start.log_config), "--workers-kill-timeout", "5s", *prefix),
    )


def _granian_rsgi(start: Start) -> Sequence[str]:
    module, _, attribute = start.app.partition(":")
    app = start.app if start.runs_lifespan else f"serving.uninitialised:{module.replace('.', '__')}__{attribute}"
    prefix = ("--url-path-prefix", start.root_path) if start.root_path else ()
    return (
        *("granian", app, "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(start.port)),
        *("--log-config", str(start.log_config), "--workers-kill-timeout", "5s", *prefix),
    )


EDGES: tuple[Edge, ...] = (
    InProcess("in-process"),
    OverSocket("uvicorn", _uvicorn_h11),
    # httptools is an optional part of uvicorn: where it is not installed, there is no such way to serve.
    *([OverSocket("uvicorn-httptools", _uvicorn_httptools)] if find_spec("httptools") else []),
    OverSocket("native", _native),
    OverSocket("granian-asgi", _granian_asgi),
    OverSocket("granian-rsgi", _granian_rsgi),
)
SOCKET_EDGES = tuple(edge for edge in EDGES if isinstance(edge, OverSocket))
