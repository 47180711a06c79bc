"""Who is compared: the edges of this project, hand-written floors and peers, and how each is started and stopped."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from environments import HOME, PEERS, AbsentError, Environment
from listening import free_port, listens, stop
from load import pin

type Kind = Literal["edge", "floor", "peer"]

_SERVER_CORE = "0"
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_HOST = ("--host", "127.0.0.1", "--port", "{port}")
_ASGI = ("granian", "--interface", "asgi", "--workers", "1", "--loop", "uvloop", "--log-level", "error", *_HOST)
_RSGI = ("granian", "--interface", "rsgi", "--workers", "1", "--loop", "uvloop", "--log-level", "error", *_HOST)
_UVICORN = ("uvicorn", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error", *_HOST)
_BOLT = ("python", "-m", "django", "runbolt", "--processes", "1", "--workers", "1", "--no-admin", *_HOST)
_NATIVE = (
    "python",
    "-c",
    "import jero; jero.serve('jero_app:app', host='127.0.0.1', port={port}, access_log=False, log_level='error')",
)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server: its name on the command line and in tables, and how it starts in its environment."""

    name: str
    title: str
    kind: Kind
    environment: str
    command: tuple[str, ...]


CONTESTANTS = [
    Contestant("jero-native", "jero, native", "edge", "jero", _NATIVE),
    Contestant("jero-rsgi", "jero, RSGI (granian)", "edge", "jero", (*_RSGI, "jero_app:app")),
    Contestant("jero-granian", "jero, ASGI (granian)", "edge", "jero", (*_ASGI, "jero_app:app")),
    Contestant("jero-uvicorn", "jero, ASGI (uvicorn)", "edge", "jero", (*_UVICORN, "jero_app:app")),
    Contestant(
        "floor-protocol", "floor: asyncio.Protocol", "floor", "floors", ("python", "protocol_floor.py", "{port}")
    ),
    Contestant("floor-rsgi", "floor: RSGI (granian)", "floor", "floors", (*_RSGI, "rsgi_floor:app")),
    Contestant("floor-granian", "floor: ASGI (granian)", "floor", "floors", (*_ASGI, "asgi_floor:app")),
    Contestant("floor-uvicorn", "floor: ASGI (uvicorn)", "floor", "floors", (*_UVICORN, "asgi_floor:app")),
    Contestant("django-bolt", "django-bolt", "peer", "django-bolt", _BOLT),
    Contestant("gin", "Gin (Go)", "peer", "gin", ("gin",)),
    Contestant("jero-0.1.9", "jero 0.1.9 (granian)", "peer", "jero-0.1.9", (*_ASGI, "published_jero_app:app")),
    Contestant("blacksheep", "BlackSheep (granian)", "peer", "blacksheep", (*_ASGI, "blacksheep_app:app")),
    Contestant("falcon", "Falcon (granian)", "peer", "falcon", (*_ASGI, "falcon_app:app")),
    Contestant("litestar", "Litestar (granian)", "peer", "litestar", (*_ASGI, "litestar_app:app")),
    Contestant("starlette", "Starlette (granian)", "peer", "starlette", (*_ASGI, "starlette_app:app")),
    Contestant("fastapi", "FastAPI (granian)", "peer", "fastapi", (*_ASGI, "fastapi_app:app")),
]


@dataclass(frozen=True, slots=True)
class Running:
    """A contestant that listens on a port of 127.0.0.1."""

    contestant: Contestant
    port: int
    pid: int


@contextmanager
def running(contestant: Contestant, environment: Environment) -> Generator[Running]:
    """Serve a contestant, pinned to a core, until the block ends; raises `AbsentError` where it does not start."""
    port = free_port()
    program, *words = (word.format(port=port) for word in contestant.command)
    log = HOME / "logs" / f"{contestant.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - a command of this file's own
            [*pin(_SERVER_CORE), str(environment.programs / program), *words],
            cwd=PEERS,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(PEERS), str(PEERS / "bolt")]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "DJANGO_SETTINGS_MODULE": "settings",
                "GOMAXPROCS": "1",
                "PORT": str(port),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if not listens(process, port, _START_SECONDS):
            said = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
            raise AbsentError(f"it did not start: {said[-1] if said else 'it said nothing'}")
        yield Running(contestant, port, process.pid)
    finally:
        stop(process, _STOP_SECONDS)
