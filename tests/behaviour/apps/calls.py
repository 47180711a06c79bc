"""An app that shows how handlers are called: what they raise, on which thread and in which context."""

import asyncio
import sys
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import override

import msgspec
from msgspec import Struct

from jero import (
    BadRequestError,
    BaseApp,
    ConflictError,
    Endpoint,
    ForbiddenError,
    GoneError,
    HTTPError,
    InvalidInput,
    NotFoundError,
    PreconditionFailedError,
    Resource,
    ServiceUnavailableError,
    TooManyRequestsError,
    ValidationFailedError,
)

INTERNAL = "s3cr3t-of-the-server"


class OutOfStockError(HTTPError, status=409, type="out-of-stock", title="Out of stock"):
    """A typed error."""


@dataclass
class LowStockError(HTTPError, status=409, type="low-stock", title="Low stock"):
    """A typed error with members of its own."""

    left: int
    sizes: list[str]


class Number(Struct):
    number: int


class Text(Struct):
    text: str


class Ran(Struct):
    on_loop_thread: bool
    has_loop: bool
    context: str


class Seen(Struct):
    value: str


class ItemPath(Struct):
    item_id: int


class Body(Struct):
    count: int
    name: str


class Query(Struct):
    limit: int
    page: int = 1


class Headers(Struct):
    x_limit: int


current = ContextVar("current", default="default")


async def _cancel() -> None:
    raise asyncio.CancelledError


async def _cancel_a_child() -> None:
    child = asyncio.create_task(asyncio.Event().wait())
    child.cancel()
    await child


async def _fail_in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_cancel_later())
        group.create_task(_raise_value_error())


async def _cancel_later() -> None:
    await asyncio.Event().wait()


async def _raise_value_error() -> None:
    raise ValueError(INTERNAL)


async def _raise_base_group() -> None:
    raise BaseExceptionGroup("group", [SystemExit(INTERNAL), ValueError(INTERNAL)])


async def _exit() -> None:
    sys.exit(INTERNAL)


async def _generator_exit_group() -> None:
    raise StopAsyncIteration(INTERNAL)


async def _validation() -> None:
    msgspec.json.decode(b'"abc"', type=int)


async def _decode() -> None:
    b"\xff".decode()


async def _recurse() -> None:
    await _recurse()


async def _http_in_group() -> None:
    raise ExceptionGroup("group", [HTTPError(404, "inner")])


async def _timeout() -> None:
    async with asyncio.timeout(0):
        await asyncio.Event().wait()


class UnprintableError(Exception):
    @override
    def __str__(self) -> str:
        raise RuntimeError("no words")


async def _unprintable() -> None:
    raise UnprintableError


RAISING = {
    "ValueError": _raise_value_error,
    "CancelledError": _cancel,
    "CancelledError of a child": _cancel_a_child,
    "ExceptionGroup": _fail_in_a_group,
    "BaseExceptionGroup": _raise_base_group,
    "SystemExit": _exit,
    "StopAsyncIteration": _generator_exit_group,
    "ValidationError": _validation,
    "UnicodeDecodeError": _decode,
    "RecursionError": _recurse,
    "HTTPError in a group": _http_in_group,
    "TimeoutError": _timeout,
    "unprintable": _unprintable,
}

HTTP_ERRORS: dict[str, HTTPError] = {
    "bare": HTTPError(404),
    "detail": HTTPError(404, "widget not found"),
    "headers": HTTPError(429, "slow down", headers={"Retry-After": "7", "X-A": "é"}),
    "header pairs": HTTPError(401, headers=[("WWW-Authenticate", "Basic"), ("WWW-Authenticate", "Bearer")]),
    "content type": HTTPError(400, "x", headers={"Content-Type": "text/html", "Content-Length": "1", "x-a": "1"}),
    "odd status": HTTPError(499, "odd"),
    "unnamed status": HTTPError(599),
    "teapot": HTTPError(418),
    "typed": OutOfStockError(),
    "typed with detail": OutOfStockError("only 3 left"),
    "members": LowStockError(3, ["s", "m"]),
    "bad request": BadRequestError("no"),
    "forbidden": ForbiddenError(),
    "not found": NotFoundError("gone fishing"),
    "conflict": ConflictError(),
    "gone": GoneError(),
    "precondition": PreconditionFailedError(),
    "too many": TooManyRequestsError(headers={"retry-after": "1"}),
    "unavailable": ServiceUnavailableError("try later"),
    "bad header": HTTPError(400, INTERNAL, headers={"x-bad": "a\r\nb: c"}),
    "unencodable member": LowStockError(3, [object()]),  # pyright: ignore[reportArgumentType] - wrong, on purpose
    "long detail": HTTPError(400, "d" * 1_000_000),
    "long members": LowStockError(3, ["m" * 1_000_000]),
    "long entry": ValidationFailedError(errors=[InvalidInput("json", "#/a", "é" * 10_000)]),
    "long entries": ValidationFailedError("many", errors=[InvalidInput("json", "#/a", "e" * 1000)] * 100),
    "surrogate": HTTPError(400, "\ud800"),
}


class Raises(Endpoint, path="/raises/{text}"):
    async def get(self, path: Text) -> None:
        await RAISING[path.text]()


class RaisesInThread(Endpoint, path="/raises-in-thread/{text}", threaded=True):
    def get(self, path: Text) -> None:
        if path.text == "StopIteration":
            raise StopIteration(INTERNAL)
        if path.text == "SystemExit":
            sys.exit(INTERNAL)
        raise ValueError(INTERNAL)


class RaisesPlainly(Endpoint, path="/raises-plainly/{text}"):
    def get(self, path: Text) -> None:
        if path.text == "StopIteration":
            raise StopIteration(INTERNAL)
        raise ValueError(INTERNAL)


class HTTPErrors(Endpoint, path="/http-errors/{text}"):
    async def get(self, path: Text) -> None:
        raise HTTP_ERRORS[path.text]


def _ran() -> Ran:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        has_loop = False
    else:
        has_loop = True
    return Ran(threading.get_ident() in loop_threads, has_loop, current.get())


loop_threads = set[int]()
"""The thread of the event loop, known once the app starts."""


class Runs(Endpoint, path="/runs"):
    async def get(self) -> Ran:
        return _ran()


class RunsPlainly(Endpoint, path="/runs-plainly"):
    def get(self) -> Ran:
        return _ran()


class RunsThreaded(Endpoint, path="/runs-threaded", threaded=True):
    def get(self) -> Ran:
        return _ran()

    async def post(self) -> Ran:
        return _ran()


class ThreadedContext(Resource, path="/threaded-context", threaded=True):
    """A resource gated by an authenticator that sets a context variable."""

    def read_many(self) -> Ran:
        ran = _ran()
        current.set("set by a handler")
        return ran

    async def create(self) -> Ran:
        ran = _ran()
        current.set("set by a handler")
        return ran


class Anybody(Struct):
    x_name: str = "nobody"


class ContextGate:
    """Sets a context variable for the request."""

    async def authenticate(self, headers: Anybody) -> Text:
        current.set(headers.x_name)
        return Text(headers.x_name)


class Unauthenticated(Endpoint, path="/context"):
    async def get(self) -> Seen:
        return Seen(current.get())


class Together:
    """Lets two requests meet, so that each runs while the other does."""

    def __init__(self) -> None:
        self.meeting = asyncio.Barrier(2)


class Meetings(Endpoint, path="/meetings"):
    def __init__(self, together: Together) -> None:
        self._together = together

    async def get(self) -> Seen:
        await self._together.meeting.wait()
        return Seen(current.get())


class ThreadMeetings(Endpoint, path="/thread-meetings", threaded=True):
    """Two of these at a time can only be served if neither holds the loop."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2, timeout=10)

    def get(self) -> Seen:
        self._barrier.wait()
        return Seen(current.get())


class Everything(Resource, path="/everything"):
    async def update(self, path: ItemPath, params: Query, headers: Headers, json: Body) -> Seen:
        return Seen(f"{path.item_id} {params.limit} {headers.x_limit} {json.count}")


class ManyNumbers(Endpoint, path="/numbers"):
    async def post(self, json: list[Number]) -> Seen:
        return Seen(str(len(json)))


class App(BaseApp):
    async def _wire(self) -> None:
        loop_threads.add(threading.get_ident())
        for endpoint in (Raises(), RaisesInThread(), RaisesPlainly(), HTTPErrors(), Runs(), RunsPlainly()):
            self._include_endpoint(endpoint)
        for endpoint in (RunsThreaded(), Unauthenticated(), ManyNumbers()):
            self._include_endpoint(endpoint)
        self._include_resource(Everything())
        gate = ContextGate()
        self._include_resource(ThreadedContext(), auth=gate)
        self._include_endpoint(Meetings(Together()), auth=gate)
        self._include_endpoint(ThreadMeetings(), auth=gate)


app = App()
