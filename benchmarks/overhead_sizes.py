"""What an app of a given size costs: seconds to start, a lookup, resident memory. Each size in a fresh process.

`python overhead_sizes.py ROUTES` measures one size, and prints one line of JSON, which `overhead.py` reads.
"""

import asyncio
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct
from overhead_asgi import drive_asgi

from jero import AuthenticationRequiredError, BaseApp, Resource

_PER_RESOURCE = 5
_LOOKUPS = 2000
_ROUNDS = 101


class Credentials(Struct):
    """What the authenticator reads."""

    authorization: str


class User(Struct):
    """Who is asking."""

    name: str


class Bearer:
    """Lets nobody in: nothing is asked here."""

    async def authenticate(self, headers: Credentials) -> User:
        """Refuse."""
        raise AuthenticationRequiredError(headers.authorization)


def make_resource(number: int) -> Resource:
    """Give a resource of five operations with Structs that are its own, as each of an application has them."""

    class Maker(Struct):
        name: str
        country: str | None = None

    class Widget(Struct):
        id: str
        name: str
        price: float
        tags: list[str]
        maker: Maker | None = None

    class NewWidget(Struct):
        name: Annotated[str, Meta(min_length=1, max_length=99)]
        price: Annotated[float, Meta(ge=0)]
        tags: list[str]
        maker: Maker | None = None

    class WidgetPath(Struct):
        widget_id: str

    class Page(Struct):
        limit: Annotated[int, Meta(ge=1, le=100)] = 10
        after: str | None = None
        tag: list[str] = []

    class Widgets(Resource, path=f"/widgets{number}"):
        async def create(self, json: NewWidget, user: User) -> Widget:
            return Widget(user.name, json.name, json.price, json.tags, json.maker)

        async def read_one(self, path: WidgetPath, user: User) -> Widget:
            return Widget(path.widget_id, user.name, 1.0, [])

        async def read_many(self, params: Page, user: User) -> list[Widget]:
            return [Widget(str(index), user.name, 1.0, []) for index in range(params.limit)]

        async def update(self, path: WidgetPath, json: NewWidget, user: User) -> Widget:
            return Widget(path.widget_id, user.name, json.price, json.tags, json.maker)

        async def delete(self, path: WidgetPath, user: User) -> None:
            _ = path, user

    return Widgets()


class App(BaseApp):
    """So many resources behind one authenticator."""

    def __init__(self, resources: list[Resource]) -> None:
        super().__init__()
        self._resources = resources

    async def _wire(self) -> None:
        bearer = Bearer()
        for each in self._resources:
            self._include_resource(each, auth=bearer)


def measure_size(routes: int, loop: asyncio.AbstractEventLoop) -> dict[str, float]:
    """Start an app with so many routes, and look its last ones up."""
    resources = [make_resource(number) for number in range(routes // _PER_RESOURCE)]
    app = App(resources)
    gc.collect()
    before = resident()
    begin = time.perf_counter()
    with drive_asgi(app, loop):
        started = time.perf_counter() - begin
        gc.collect()
        grown = resident() - before
        find = finder(app)
        last = f"/widgets{len(resources) - 1}"
        paths = {"static": last, "slot": f"{last}/abc", "tree": f"{last}/a%2Db"}
        lookups = {name: lookup(find, path.encode()) for name, path in paths.items()}
    return {"start": started, "resident": resident(), "grown": grown, **lookups}


def finder(app: App) -> Callable[[bytes], object]:
    """Give what looks a path up as an edge does, in an app that has started: the one place that knows jero inside."""
    table = app._engine.service.table  # noqa: SLF001 - a lookup alone has no public name
    assert table is not None
    exact, find_raw = table.exact.get, table.find_raw

    def find(path: bytes) -> object:
        routes = exact(path)
        return find_raw(path)[0] if routes is None else routes

    return find


def lookup(find: Callable[[bytes], object], path: bytes) -> float:
    """Give the nanoseconds of one lookup: the median of the rounds."""
    assert find(path) is not None
    times: list[float] = []
    for _ in range(_ROUNDS):
        begin = time.thread_time_ns()
        for _ in range(_LOOKUPS):
            find(path)
        times.append((time.thread_time_ns() - begin) / _LOOKUPS)
    return statistics.median(times)


def resident() -> float:
    """Give the resident memory of this process in MiB: its peak, where the system does not tell the present one."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        print(json.dumps(measure_size(int(sys.argv[1]), runner.get_loop())))
