"""RSGI in process: start-up and shutdown as granian calls them, and a scenario's request as a plain call.

What is counted is the call and its `await`, with a `protocol` that gives the body at once and keeps the answer.
Granian's own scope, headers and protocol cannot be constructed from Python, so these are made by hand, and behave like
them: headers are a new object each time that they are asked for. To look one up takes granian's some 0.1 µs longer.
"""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from overhead_checks import Prepare, Serve, check_answers
from scenarios import Answer, Request, Scenario

type TextPairs = list[tuple[str, str]]


class RSGIApp(Protocol):
    """What granian calls; scope and protocol have no public types."""

    def __rsgi__(self, scope: Any, protocol: Any) -> Coroutine[Any, Any, None]: ...
    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None: ...
    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None: ...


@contextmanager
def drive_rsgi(app: RSGIApp, loop: asyncio.AbstractEventLoop) -> Generator[Prepare]:
    """Start an application on a loop that does not run, and stop it after the block."""
    app.__rsgi_init__(loop)
    yield partial(_prepare, app)
    app.__rsgi_del__(loop)


async def _prepare(app: RSGIApp, scenario: Scenario) -> Serve:
    await check_answers(scenario, partial(_ask, app))
    call, scope, protocol = app.__rsgi__, _scope(scenario.request), _HTTPProtocol(scenario.request.body)

    async def serve(times: int) -> None:
        for _ in range(times):
            await call(scope, protocol)

    return serve


async def _ask(app: RSGIApp, request: Request) -> Answer:
    protocol = _HTTPProtocol(request.body)
    await app.__rsgi__(_scope(request), protocol)
    status, headers, body = protocol.answer
    return Answer(status, dict(headers).get("content-type", ""), body)


def _scope(request: Request) -> "_Scope":
    path, _, query = request.target.partition("?")
    return _Scope(request.method, path, query, {name.lower(): value for name, value in request.fields()})


@dataclass(frozen=True, slots=True)
class _Scope:
    """A request; no name of `fields` is repeated."""

    method: str
    path: str
    query_string: str
    fields: Mapping[str, str]
    proto: str = "http"
    http_version: str = "1.1"
    rsgi_version: str = "1.6"
    server: str = "127.0.0.1:8000"
    client: str = "127.0.0.1:50000"
    scheme: str = "http"
    authority: str | None = None

    @property
    def headers(self) -> "_Headers":
        return _Headers(self.fields)


class _Headers:
    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def get(self, name: str, default: str | None = None) -> str | None:
        return self._fields.get(name, default)

    def get_all(self, name: str) -> list[str]:
        value = self._fields.get(name)
        return [] if value is None else [value]

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __len__(self) -> int:
        return len(self._fields)

    def keys(self) -> Iterable[str]:
        return list(self._fields)

    def items(self) -> Iterable[tuple[str, str]]:
        return list(self._fields.items())


class _HTTPProtocol:
    """A client that has sent its whole request; it can be answered again and again."""

    __slots__ = ("_body", "answer")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.answer: tuple[int, TextPairs, bytes]

    async def __call__(self) -> bytes:
        return self._body

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        yield self._body
        yield b""

    async def client_disconnect(self) -> None:
        await asyncio.Event().wait()

    def response_empty(self, status: int, headers: TextPairs) -> None:
        self.answer = status, headers, b""

    def response_bytes(self, status: int, headers: TextPairs, body: bytes) -> None:
        self.answer = status, headers, body
