"""Edges driven in process, without a socket: a scenario's request, served again and again by a plain function call.

One line of `EDGES` is one edge: how its applications are driven, jero's, and the one that is written by hand.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios import Request, Scenario

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import jero_app
import overhead_floor

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type ASGIApp = Callable[[Message, Receive, Send], Awaitable[None]]
type Serve = Callable[[int], Awaitable[None]]
"""Serves a scenario's request so many times."""
type Prepare = Callable[[Scenario], Awaitable[Serve]]
"""Asks once, raises ValueError where the answer is not the scenario's, and gives what serves it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge: `measured` and `floor` open an application for as long as it is driven."""

    name: str
    measured: Callable[[], AbstractAsyncContextManager[Prepare]]
    floor: Callable[[], AbstractAsyncContextManager[Prepare]]


@asynccontextmanager
async def drive_asgi(app: ASGIApp) -> AsyncGenerator[Prepare]:
    """Run an ASGI application's lifespan around the block."""
    coming: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, coming.get, told.put))
    for phase in ("startup", "shutdown"):
        await coming.put({"type": f"lifespan.{phase}"})
        answer = await told.get()
        if answer["type"] != f"lifespan.{phase}.complete":
            raise ValueError(f"the application answered {answer}")
        if phase == "startup":
            yield lambda scenario: _prepare_asgi(app, scenario)
    await life


async def _prepare_asgi(app: ASGIApp, scenario: Scenario) -> Serve:
    """Make the messages that a server would make, once: what is timed is the application alone."""
    for request, statuses in scenario.refused:
        status, _ = await _ask(app, request)
        if status not in statuses:
            raise ValueError(f"{request.method} {request.target} must be refused, and was answered {status}")
    status, body = await _ask(app, scenario.request)
    if status != scenario.status or json.loads(body) != scenario.expected:
        raise ValueError(f"scenario {scenario.key} was answered {status} {body[:80]!r}")
    scope, receive = _scope(scenario.request), _receiver(scenario.request)

    async def send(message: Message) -> None:
        pass

    async def serve(times: int) -> None:
        for _ in range(times):
            await app(scope, receive, send)

    return serve


async def _ask(app: ASGIApp, request: Request) -> tuple[int, bytes]:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), _receiver(request), keep)
    return sent[0]["status"], b"".join(message["body"] for message in sent[1:])


def _receiver(request: Request) -> Receive:
    message = {"type": "http.request", "body": request.body, "more_body": False}

    async def receive() -> Message:
        return message

    return receive


def _scope(request: Request) -> Message:
    path, _, query = request.target.partition("?")
    headers = {"host": "127.0.0.1", "user-agent": "benchmark", **request.headers}
    if request.body:
        headers["content-length"] = str(len(request.body))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }


EDGES = [
    Edge("ASGI", lambda: drive_asgi(jero_app.app), lambda: drive_asgi(overhead_floor.app)),
]
