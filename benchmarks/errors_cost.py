"""What errors cost: a valid POST with and without the walk behind it, and a 422 with ten errors, in process.

`uv run python benchmarks/errors_cost.py`: rounds are interleaved; medians, spread and ratios are printed. The app
"without the walk" is the same app with `find_json_violations` taken out before it starts: what a valid request would
cost if errors were reported one at a time.
"""

import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable

import msgspec

from jero import BaseApp, Resource
from jero._runtime import readers
from jero._runtime.violations.search import Violations

ROUNDS = 41
REQUESTS = 500

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


def requester(app: BaseApp, body: bytes, status: int) -> Run:
    """Give a function that sends one POST and checks its status."""
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
    message = {"type": "http.request", "body": body, "more_body": False}
    statuses: list[object] = []

    async def receive() -> dict[str, object]:
        return message

    async def send(sent: dict[str, object]) -> None:
        if sent["type"] == "http.response.start":
            statuses.append(sent["status"])

    async def run() -> None:
        for _ in range(REQUESTS):
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
            begin = time.perf_counter()
            await runs[name]()
            times[name].append((time.perf_counter() - begin) / REQUESTS * 1e6)
    return times


async def main() -> None:
    """Print the figures."""
    logging.getLogger("jero").setLevel(logging.CRITICAL)
    with_walk = App()
    await start(with_walk)
    original = readers.find_json_violations
    readers.find_json_violations = lambda *_: Violations((), truncated=False)  # type: ignore[assignment]  # taken out
    without_walk = App()
    await start(without_walk)
    readers.find_json_violations = original
    times = await measure(
        {
            "valid, with the walk behind it": requester(with_walk, VALID, 201),
            "valid, without": requester(without_walk, VALID, 201),
            "422 with ten errors": requester(with_walk, WRONG, 422),
        }
    )
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, values in times.items():
        low, high = statistics.quantiles(values, n=10)[0], statistics.quantiles(values, n=10)[-1]
        print(f"{name:32} {medians[name]:8.2f} µs   (10th to 90th percentile {low:.2f} to {high:.2f})")
    valid, bare, wrong = medians.values()
    pairs = [one / other for one, other in zip(*list(times.values())[:2], strict=True)]
    print(f"valid with / without: {valid / bare:.3f} (median of pairs {statistics.median(pairs):.3f})")
    print(f"422 / valid: {wrong / valid:.2f}")
    for task in KEPT:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
