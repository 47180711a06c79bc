"""The edges that are driven in process, without a socket: jero on each, beside what is written by hand for it."""

import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from overhead_asgi import drive_asgi
from overhead_checks import Prepare
from overhead_native import drive_native, drive_protocol
from overhead_rsgi import drive_rsgi

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import asgi_floor
import protocol_floor
import rsgi_floor
from jero_app import App

type Open = Callable[[AbstractEventLoop], AbstractContextManager[Prepare]]
"""Starts an application on a loop that does not run yet, and stops it in the end."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge: `measured` is jero on it, `floor` is written by hand."""

    name: str
    measured: Open
    floor: Open


EDGES = [
    Edge("ASGI", lambda loop: drive_asgi(App(), loop), lambda loop: drive_asgi(asgi_floor.app, loop)),
    Edge("RSGI", lambda loop: drive_rsgi(App(), loop), lambda loop: drive_rsgi(rsgi_floor.app, loop)),
    Edge("native", lambda loop: drive_native(App(), loop), lambda loop: drive_protocol(protocol_floor.Protocol, loop)),
]
