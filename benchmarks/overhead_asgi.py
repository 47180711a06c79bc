"""ASGI in process: an application's lifespan, and a scenario's request as a plain call.

What is counted is the call and its `await`, with a `receive` that gives the body at once and a `send` that does
nothing; scope and body are made once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from overhead_checks import Prepare, Serve, check_answers
from scenarios import Answer, Request, Scenario

type Message = MutableMapping[str, Any]  # as ASGI has it
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type ASGIApp = Callable[[Message, Receive, Send], Awaitable[None]]


@contextmanager
def drive_asgi(app: ASGIApp, loop: asyncio.AbstractEventLoop) -> Generator[Prepare]:
    """Run an application's lifespan on a loop, around the block; raises ValueError where a part of it fails."""
    coming: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    scope: Message = {"type": "lifespan", "asgi": {"version": "3.0"}}
    life = asyncio.ensure_future(app(scope, coming.get, told.put), loop=loop)
    loop.run_until_complete(_pass("startup", coming, told))
    yield partial(_prepare, app)
    loop.run_until_complete(_pass("shutdown", coming, told))
    loop.run_until_complete(life)


async def _pass(phase: str, coming: asyncio.Queue[Message], told: asyncio.Queue[Message]) -> None:
    await coming.put({"type": f"lifespan.{phase}"})
    answer = await told.get()
    if answer["type"] != f"lifespan.{phase}.complete":
        raise ValueError(f"the application answered {answer}")


async def _prepare(app: ASGIApp, scenario: Scenario) -> Serve:
    await check_answers(scenario, partial(_ask, app))
    scope, receive = _scope(scenario.request), _receiver(scenario.request)

    async def send(message: Message) -> None:
        pass

    async def serve(times: int) -> None:
        for _ in range(times):
            await app(scope, receive, send)

    return serve


async def _ask(app: ASGIApp, request: Request) -> Answer:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), _receiver(request), keep)
    start, *bodies = sent
    content_type: bytes = dict(start["headers"]).get(b"content-type", b"")
    return Answer(start["status"], content_type.decode(), b"".join(message["body"] for message in bodies))


def _receiver(request: Request) -> Receive:
    message = {"type": "http.request", "body": request.body, "more_body": False}

    async def receive() -> Message:
        return message

    return receive


def _scope(request: Request) -> Message:
    path, _, query = request.target.partition("?")
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
        "headers": [(name.lower().encode(), value.encode()) for name, value in request.fields()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
