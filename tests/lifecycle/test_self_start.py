"""A server that runs no lifespan: the app starts itself at its first request, once."""

import asyncio
import gc
import logging

import pytest
from openings import AnyApp, Exchange, Journal

from jero import BaseApp, Endpoint
from jero.testing import AsyncTestClient

REQUESTS = 20


class Health(Endpoint, path="/"):
    async def get(self) -> None: ...


class Slow(BaseApp):
    """Starts once `go` is set, and counts how often; `failure` is raised then."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.has_begun = asyncio.Event()
        self.go = asyncio.Event()
        self.starts = 0
        self.failure = failure
        self.journal = Journal()

    async def _wire(self) -> None:
        self.starts += 1
        self.has_begun.set()
        self._enter(self.journal.sync("database"))
        await self.go.wait()
        if self.failure is not None:
            raise self.failure
        self._include_endpoint(Health())


async def race(app: Slow) -> list[int]:
    """Send requests at once, let the app start while they wait, and give their statuses."""
    requests = [asyncio.create_task(Exchange().run(app)) for _ in range(REQUESTS)]
    await app.has_begun.wait()
    assert not any(request.done() for request in requests)
    app.go.set()
    return await asyncio.gather(*requests)


async def test_first_request_starts_the_app() -> None:
    """Requests that race for the first one start the app once, wait for it, and are all answered."""
    app = Slow()
    assert await race(app) == [204] * REQUESTS
    assert await Exchange().run(app) == 204
    assert app.starts == 1
    assert app.journal == ["open database"]


async def test_self_start_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """That the app starts itself, and that nothing will close it, is logged once."""
    app = Slow()
    with caplog.at_level(logging.INFO, "jero"):
        await race(app)
    assert [record.getMessage() for record in caplog.records if record.name == "jero"] == [
        "the server runs no lifespan: the app starts at its first request, and nothing will close it"
    ]


async def test_failing_start(caplog: pytest.LogCaptureFixture) -> None:
    """A start that fails answers 500, is logged once with its cause, closes, and is not tried again."""
    failure = ConnectionError("no database")
    app = Slow(failure)
    assert await race(app) == [500] * REQUESTS
    assert await Exchange().run(app) == 500
    assert app.starts == 1
    assert app.journal == ["open database", "close database"]
    causes = [record.exc_info[1] for record in caplog.records if record.levelname == "CRITICAL" and record.exc_info]
    assert causes == [failure]


async def test_failing_start_says_nothing_of_the_inside() -> None:
    """The 500 of an app that could not start says nothing of the cause."""
    app = Slow(ConnectionError("postgres://secret@host"))
    app.go.set()
    exchange = Exchange()
    await exchange.run(app)
    assert exchange.sent[1]["body"] == (
        b'{"type":"internal-server-error","title":"Internal Server Error","status":500}'
    )


async def test_failing_start_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The event loop has nothing to add to the log of a start that failed."""

    async def fail() -> None:
        app = Slow(ConnectionError("no database"))
        app.go.set()
        await Exchange().run(app)

    await fail()
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []


async def test_first_request_cancelled() -> None:
    """Where the request that began the start is cancelled, the start goes on for the others."""
    app = Slow()
    first = asyncio.create_task(Exchange().run(app))
    await app.has_begun.wait()
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    app.go.set()
    assert await Exchange().run(app) == 204
    assert app.starts == 1


async def test_request_after_the_shutdown() -> None:
    """A request after the shutdown does not start the app again: it is answered 503."""
    app = Slow()
    app.go.set()
    async with AsyncTestClient(app) as client:
        assert (await client.get("/")).status_code == 204
    assert await Exchange().run(app) == 503
    assert app.journal == ["open database", "close database"]


async def test_request_after_a_failed_startup() -> None:
    """A request after a lifespan that failed does not start the app again: it is answered 500."""
    app = Slow(ConnectionError("no database"))
    app.go.set()
    await fail_lifespan(app)
    assert await Exchange().run(app) == 500
    assert app.starts == 1


async def fail_lifespan(app: AnyApp) -> None:
    """Run a lifespan whose startup fails."""
    client = AsyncTestClient(app)
    with pytest.raises(ConnectionError):
        await client.start()
