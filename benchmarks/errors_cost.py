"""What errors cost: a 422 with ten errors beside a valid POST, and bodies made to fail dearly, all in process.

`uv run python benchmarks/errors_cost.py [SIZE ...]`: rounds are interleaved; medians, spread and ratios are printed.
What a valid request costs has no part in this: what looks for errors is made when the first request fails.

Then follows a table of the cases of `errors_hostile.py` at each size (bytes; those of `SIZES` unless
given), the worst at the end. Times are the least of several rounds, in CPU time of this thread, in µs:

- *decode*: msgspec decodes the right body; *fail*: it refuses the wrong one, and everything wrong is looked for.
- *valid*: the whole valid request, its body being the right one, for a handler that gives nothing back; *answer*: the
  whole 422, with its body. *fails at* is answer / valid.

Failing may cost ten times decoding, and a constant besides: where a right body decodes in a µs or two (it is small, or
one long text), no Python keeps to ten times that. *over* is what failing takes beyond ten times decoding, and the table
is sorted by it; `~` marks the rows that need some of the constant, `!` those that need more than all of it.
"""

import asyncio
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import new_class
from typing import Any

import msgspec
from errors_hostile import CASES, Hostile

from jero import BaseApp, Resource
from jero._asgi.messages import Message
from jero._runtime.violations.search import find_json_violations

ROUNDS = 41
REQUESTS = 500
SIZES = (150, 300, 600, 1_500, 4_000, 80_000, 1_000_000)
HOSTILE_ROUNDS = 9
SECONDS_A_ROUND = 0.003

MOST = 10
CONSTANT = 25.0
"""What failing may cost: so many times decoding, and so many µs."""

SMALL = 1_000
"""Bytes below which a body is a small one."""

type Run = Callable[[], Awaitable[None]]


class Item(msgspec.Struct):
    """A line of an order."""

    sku: str
    count: int
    price: float


class Order(msgspec.Struct):
    """An order: enough of a document to be typical."""

    customer: str
    items: list[Item]
    note: str | None = None


class Orders(Resource, path="/orders"):
    """Takes orders."""

    async def create(self, json: Order) -> Order:
        """Give the order back."""
        return json


class App(BaseApp):
    """One resource."""

    async def _wire(self) -> None:
        self._include_resource(Orders())


app = App()
"""What `errors_served.py` has served."""

VALID = msgspec.json.encode(Order("c", [Item(f"sku-{number}", number, 1.5) for number in range(10)]))
WRONG = msgspec.json.encode(
    {"customer": "c", "items": [{"sku": f"sku-{number}", "count": "x", "price": 1.5} for number in range(10)]}
)


async def start(app: BaseApp) -> None:
    """Run an app's startup; its shutdown never comes."""
    started = asyncio.Event()

    async def receive() -> dict[str, object]:
        if started.is_set():
            await asyncio.Event().wait()
        return {"type": "lifespan.startup"}

    async def send(message: object) -> None:
        _ = message
        started.set()

    task = asyncio.create_task(app({"type": "lifespan"}, receive, send))
    await started.wait()
    KEPT.append(task)


KEPT: list[asyncio.Task[None]] = []


def requester(app: BaseApp, body: bytes, status: int, requests: int = REQUESTS) -> Run:
    """Give a function that sends so many POSTs, one after the other, and checks their status."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/orders",
        "raw_path": b"/orders",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }
    message: Message = {"type": "http.request", "body": body, "more_body": False}
    statuses: list[object] = []

    async def receive() -> Message:
        return message

    async def send(sent: Message) -> None:
        if sent["type"] == "http.response.start":
            statuses.append(sent["status"])

    async def run() -> None:
        for _ in range(requests):
            await app(dict(scope), receive, send)
        assert set(statuses) == {status}, set(statuses)
        statuses.clear()

    return run


async def measure(runs: dict[str, Run]) -> dict[str, list[float]]:
    """Time the runs in turn, so that a machine that slows down slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(ROUNDS):
        names = list(runs) if round_number % 2 else list(runs)[::-1]
        for name in names:
            begin = time.thread_time()
            await runs[name]()
            times[name].append((time.thread_time() - begin) / REQUESTS * 1e6)
    return times


async def main() -> None:
    """Print the figures."""
    logging.getLogger("jero").setLevel(logging.CRITICAL)
    await start(app)
    valid_run, wrong_run = requester(app, VALID, 201), requester(app, WRONG, 422)
    times = await measure({"valid": valid_run, "422 with ten errors": wrong_run})
    for name, values in times.items():
        low, high = statistics.quantiles(values, n=10)[0], statistics.quantiles(values, n=10)[-1]
        median = statistics.median(values)
        print(f"{name:32} {median:8.2f} µs   (10th to 90th percentile {low:.2f} to {high:.2f})")
    valid, wrong = times.values()
    ratios = [one / other for one, other in zip(wrong, valid, strict=True)]
    least = min(wrong) / min(valid)
    print(f"422 / valid: {statistics.median(ratios):.2f} (median of rounds), {least:.2f} (of the least)\n")
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    rows = [await measure_hostile(case, size) for case in CASES for size in sizes]
    for row in sorted(rows, key=lambda row: row.over):
        print(row)
    for kind, some in (
        ("small", [row for row in rows if row.size < SMALL]),
        ("1 KB and more", [row for row in rows if row.size >= SMALL]),
    ):
        if some:
            above = sum(row.over > 0 for row in some)
            most = max(row.over for row in some)
            print(f"{kind}: {above} of {len(some)} rows above {MOST} x decoding, by {max(0.0, most):.1f} µs at most")
    for task in KEPT:
        task.cancel()


@dataclass(frozen=True)
class Row:
    """What one case costs at one size, in µs."""

    name: str
    size: int
    decode: float
    fail: float
    valid: float
    answer: float
    entries: str

    @property
    def mark(self) -> str:
        """What to think of the ratio."""
        return " " if self.over <= 0 else "~" if self.over <= CONSTANT else "!"

    @property
    def over(self) -> float:
        """What failing takes beyond so many times decoding, in µs."""
        return self.fail - MOST * self.decode

    def __str__(self) -> str:
        return (
            f"{self.name:50} {self.size:8} B"
            f"   decode {self.decode:8.1f}   fail {self.fail:8.1f} ({self.fail / self.decode:5.1f} x)"
            f"   over {self.over:8.1f} {self.mark}"
            f"   valid {self.valid:8.1f}   answer {self.answer:8.1f}"
            f"   fails at {self.answer / self.valid:5.1f} x   {self.entries}"
        )


async def measure_hostile(case: Hostile, size: int) -> Row:
    """Measure failing and passing in turn."""
    body: Any = msgspec.defstruct("Body", [("body", case.type)])
    wrong, right = (b'{"body":' + part + b"}" for part in case.make(size))
    decode = msgspec.json.Decoder(body).decode
    app = app_of(body)
    await start(app)

    async def pass_() -> None:
        decode(right)

    async def fail() -> None:
        try:
            decode(wrong)
        except msgspec.ValidationError:
            find_json_violations(body, wrong)

    found = find_json_violations(body, wrong)
    runs = [pass_, fail, requester(app, right, 204, 1), requester(app, wrong, 422, 1)]
    decoding, failing, passing, answering = await least_times(runs)
    entries = f"{len(found.entries)} entries{', truncated' * found.truncated}"
    return Row(case.name, len(wrong), decoding, failing, passing, answering, entries)


def app_of(body: Any) -> BaseApp:
    """Make an app with one resource that takes such bodies and gives nothing back."""

    async def create(self: Resource, json: object) -> None:
        _ = self, json

    create.__annotations__ = {"json": body, "return": None}
    takes: Any = new_class("Takes", (Resource,), {"path": "/orders"}, lambda members: members.update(create=create))

    class HostileApp(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(takes())

    return HostileApp()


async def least_times(runs: list[Run]) -> list[float]:
    """Give the least time of each run, in µs, measured in turn; one that is short is repeated."""
    counts: list[int] = []
    for run in runs:
        await run()
        begin = time.thread_time()
        await run()
        counts.append(max(1, min(500, int(SECONDS_A_ROUND / max(time.thread_time() - begin, 1e-7)))))
    least = [float("inf")] * len(runs)
    for _ in range(HOSTILE_ROUNDS):
        for at, run in enumerate(runs):
            begin = time.thread_time()
            for _ in range(counts[at]):
                await run()
            least[at] = min(least[at], (time.thread_time() - begin) / counts[at] * 1e6)
    return least


if __name__ == "__main__":
    asyncio.run(main())
