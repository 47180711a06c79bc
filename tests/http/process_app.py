"""An app that tells of the process that serves it; where `PROCESS_FAULT` says so, one that cannot start."""

import linecache
import os
import sys

from msgspec import Struct

from jero import BaseApp, Endpoint

_FAULT = os.environ.get("PROCESS_FAULT", "")

if _FAULT == "import":
    raise RuntimeError("the licence has ended")
if _FAULT == "exit":
    sys.exit(1)


class ProcessInfo(Struct):
    pid: int
    dialects: list[str]
    """Of the routes that have been compiled, each once."""


class Process(Endpoint, path="/process"):
    async def get(self) -> ProcessInfo:
        emitted = {name.removeprefix("<jero ").split()[0] for name in linecache.cache if name.startswith("<jero ")}
        return ProcessInfo(pid=os.getpid(), dialects=sorted(emitted))


class App(BaseApp):
    async def _wire(self) -> None:
        if _FAULT == "wire":
            raise ConnectionError("the database is unreachable")
        self._include_endpoint(Process(), path="process" if _FAULT == "wiring" else None)


app = App()


def make_app() -> App:
    """Make the app: the factory of `factory=True`."""
    if _FAULT == "factory":
        raise RuntimeError("the licence has ended")
    return app
