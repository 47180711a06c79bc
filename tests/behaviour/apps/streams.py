"""An app that streams, in the three framings, every way in which a stream can come to its end.

`/{framing}?play=NAME&trace=KEY` plays one of the scripts below; what happens to it is told by `/traces/KEY`.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, cast

from apps.leftovers import Leftovers
from msgspec import Struct

from jero import (
    BaseApp,
    Endpoint,
    HTTPError,
    NDJSONStreamingResponse,
    SSEResponse,
    StreamingResponse,
)

logger = logging.getLogger("jero.trace")

_WAIT_SECONDS = 10.0


class Row(Struct):
    number: int


class ConflictError(HTTPError, status=409, type="conflict", title="Conflict"):
    pass


class Trace:
    """What happened to one stream, in order; a test waits for the entry that it needs."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._grown = asyncio.Event()

    def add(self, entry: str) -> None:
        self.entries.append(entry)
        logger.debug("%s", entry)
        self._grown.set()

    async def wait_for(self, entry: str) -> None:
        async with asyncio.timeout(_WAIT_SECONDS):
            while entry not in self.entries:
                self._grown.clear()
                await self._grown.wait()


traces: defaultdict[str, Trace] = defaultdict(Trace)


class Script:
    """What a stream is made of: `give` makes items, `wrong` is none that is declared, the trace hears of all."""

    def __init__(self, trace: Trace, give: Callable[[int], object], wrong: object) -> None:
        self.trace = trace
        self.give = give
        self.wrong = wrong


type Items = Callable[[Script], AsyncIterator[object]]
type Play = Callable[[Script], AsyncIterable[object] | AsyncGenerator[AsyncIterable[object]]]


class Connection:
    """A resource with a transaction: it tells what it saw at its end."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    async def __aenter__(self) -> Self:
        self._trace.add("set up")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.sleep(0)  # a teardown may wait, also after a cancellation
        self._trace.add("committed" if kind is None else f"rolled back: {kind.__name__}")


async def three(script: Script) -> AsyncIterator[object]:
    for number in range(3):
        yield script.give(number)


async def none(script: Script) -> AsyncIterator[object]:
    for number in range(0):
        yield script.give(number)


async def many(script: Script) -> AsyncIterator[object]:
    for number in range(10_000):
        yield script.give(number)


async def fails_at_first(script: Script) -> AsyncIterator[object]:
    await asyncio.sleep(0)
    raise ConflictError("no rows today")
    yield script.give(0)


async def crashes_at_first(script: Script) -> AsyncIterator[object]:
    raise RuntimeError("no rows at all")
    yield script.give(0)


async def fails_later(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    yield script.give(1)
    raise RuntimeError("the cursor broke")


async def refuses_later(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    raise ConflictError("no more rows")


async def wrong_at_first(script: Script) -> AsyncIterator[object]:
    yield script.wrong


async def wrong_later(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    yield script.wrong


async def waits_before_first(script: Script) -> AsyncIterator[object]:
    script.trace.add("waiting")
    await asyncio.Event().wait()
    yield script.give(0)


async def waits_later(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    script.trace.add("waiting")
    await asyncio.Event().wait()


async def ticks(script: Script) -> AsyncIterator[object]:
    number = 0
    while True:
        yield script.give(number)
        number += 1
        await asyncio.sleep(0.001)


async def never_waits(script: Script) -> AsyncIterator[object]:
    number = 0
    while True:
        yield script.give(number)
        number += 1


async def swallows(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    script.trace.add("waiting")
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    script.trace.add("swallowed")
    while True:
        yield script.give(1)
        await asyncio.sleep(0.001)


async def swallows_and_ends(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    script.trace.add("waiting")
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    script.trace.add("swallowed")


async def fails_when_cancelled(script: Script) -> AsyncIterator[object]:
    yield script.give(0)
    script.trace.add("waiting")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise ValueError("cannot be stopped") from None


class Cursor:
    """An async iterator written by hand, with an `aclose` of its own."""

    def __init__(self, items: AsyncIterator[object], trace: Trace) -> None:
        self._items = items
        self._trace = trace

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> object:
        return await anext(self._items)

    async def aclose(self) -> None:
        self._trace.add("closed")


def by_hand(items: Items) -> Play:
    """Give the items from an iterator that is no generator."""
    return lambda script: Cursor(items(script), script.trace)


def scoped(items: Items) -> Play:
    """Give the items from a one-yield lifecycle generator."""

    async def lifecycle(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
        async with Connection(script.trace):
            yield items(script)

    return lifecycle


async def set_up_refuses(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    async with Connection(script.trace):
        await asyncio.sleep(0)
        raise ConflictError("the table is locked")
        yield three(script)


async def set_up_crashes(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    async with Connection(script.trace):
        raise RuntimeError("no connection")
        yield three(script)


async def teardown_fails(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    async with Connection(script.trace):
        yield three(script)
    raise LookupError("the connection was lost")


async def both_fail(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    try:
        yield fails_later(script)
    finally:
        script.trace.add("tearing down")
        raise LookupError("the connection was lost")


async def yields_twice(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    try:
        yield three(script)
        yield three(script)
    finally:
        script.trace.add("generator closed")


async def times_out(script: Script) -> AsyncGenerator[AsyncIterable[object]]:
    async with Connection(script.trace), asyncio.timeout(0.01):
        yield waits_later(script)


_ITEMS: tuple[Items, ...] = (
    three,
    none,
    many,
    fails_at_first,
    crashes_at_first,
    fails_later,
    refuses_later,
    wrong_at_first,
    wrong_later,
    waits_before_first,
    waits_later,
    ticks,
    never_waits,
    swallows,
    swallows_and_ends,
    fails_when_cancelled,
)
_LIFECYCLES: tuple[Play, ...] = (
    set_up_refuses,
    set_up_crashes,
    teardown_fails,
    both_fail,
    yields_twice,
    times_out,
)
PLAYS: dict[str, Play] = {
    **{items.__name__: items for items in _ITEMS},
    **{f"scoped {items.__name__}": scoped(items) for items in _ITEMS},
    **{f"by hand {items.__name__}": by_hand(items) for items in _ITEMS},
    **{play.__name__: play for play in _LIFECYCLES},
}
"""The scripts: each way to make items, bare, in a lifecycle generator, and from an iterator made by hand."""


class Query(Struct):
    play: str
    trace: str = ""
    keepalive: float | None = None
    status: int = 200

    def script(self, give: Callable[[int], object], wrong: object) -> Script:
        """Set the scene."""
        return Script(traces[self.trace], give, wrong)


class Bytes(Endpoint, path="/bytes"):
    async def get(self, params: Query) -> StreamingResponse:
        play = cast("AsyncIterable[bytes]", PLAYS[params.play](params.script(b"row %d;".__mod__, "wrong")))
        return StreamingResponse(stream=play, status_code=params.status)


class Lines(Endpoint, path="/lines"):
    async def get(self, params: Query) -> NDJSONStreamingResponse[Row]:
        play = cast("AsyncIterable[Row]", PLAYS[params.play](params.script(Row, b"wrong")))
        return NDJSONStreamingResponse(stream=play, status_code=params.status)


class Events(Endpoint, path="/events"):
    async def get(self, params: Query) -> SSEResponse[Row]:
        play = cast("AsyncIterable[Row]", PLAYS[params.play](params.script(Row, b"wrong")))
        return SSEResponse(stream=play, keepalive=params.keepalive, status_code=params.status)


class Told(Struct):
    entries: list[str]


class TracePath(Struct):
    key: str


class TraceQuery(Struct):
    until: str | None = None


class Traces(Endpoint, path="/traces/{key}"):
    async def get(self, path: TracePath, params: TraceQuery) -> Told:
        """Tell what happened, once the entry `until` is there."""
        if params.until is not None:
            await traces[path.key].wait_for(params.until)
        return Told(traces[path.key].entries)


class App(BaseApp):
    async def _wire(self) -> None:
        for endpoint in (Bytes(), Lines(), Events(), Traces(), Leftovers()):
            self._include_endpoint(endpoint)


app = App()
