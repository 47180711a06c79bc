"""Start-up and shutdown around granian's event loop, which does not run meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest
from rsgi_server import FakeProtocol, FakeScope, ask

from jero import BaseApp, Endpoint
from jero._rsgi.prefix import below, url_path_prefix


class Hello(Endpoint, path="/hello"):
    async def get(self) -> str:
        return "hello"


class App(BaseApp):
    def __init__(self, failing: str = "") -> None:
        super().__init__()
        self.events: list[str] = []
        self._failing = failing

    @asynccontextmanager
    async def _resource(self, name: str) -> AsyncGenerator[None]:
        self.events.append(f"open {name}")
        worker = asyncio.create_task(asyncio.Event().wait())
        try:
            yield
        finally:
            worker.cancel()  # a task of another loop would not be cancelled by this one
            await asyncio.wait([worker])
            self.events.append(f"close {name}")
            if name == self._failing:
                raise ConnectionError(f"{name} is gone")

    async def _wire(self) -> None:
        await self._aenter(self._resource("first"))
        await self._aenter(self._resource("second"))
        if self._failing == "wire":
            raise RuntimeError("the configuration is wrong")
        if self._failing == "exit":
            raise SystemExit("nothing to serve")
        self._include_endpoint(Hello())


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Give a loop that does not run, as granian does."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_life(loop: asyncio.AbstractEventLoop) -> None:
    """An app starts before the loop runs, serves on it, and closes in reverse after it."""
    app = App()
    app.__rsgi_init__(loop)
    assert app.events == ["open first", "open second"]
    protocol = loop.run_until_complete(ask(app, FakeScope("/hello"), FakeProtocol()))
    assert protocol.answers[0][2] == b"hello"
    app.__rsgi_del__(loop)
    assert app.events[2:] == ["close second", "close first"]
    protocol = loop.run_until_complete(ask(app, FakeScope("/hello")))
    assert protocol.answers[0][0] == 503


@pytest.mark.parametrize("failing", ["wire", "exit"])
def test_start_that_fails(loop: asyncio.AbstractEventLoop, failing: str, caplog: pytest.LogCaptureFixture) -> None:
    """A start that fails closes what was opened, is logged once, and ends the worker with exit code 1."""
    app = App(failing)
    with pytest.raises(SystemExit) as ended:
        app.__rsgi_init__(loop)
    assert ended.value.code == 1
    assert app.events[2:] == ["close second", "close first"]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_shutdown_that_fails(loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    """A closing that fails is logged, and keeps neither the others nor granian from their ends."""
    app = App("second")
    app.__rsgi_init__(loop)
    app.__rsgi_del__(loop)
    assert app.events[2:] == ["close second", "close first"]
    assert {(record.name, record.levelname) for record in caplog.records} == {("jero", "ERROR")}
    assert "second is gone" in caplog.text


async def test_no_init() -> None:
    """An app whose `__rsgi_init__` is never called starts itself at its first request."""
    app = App()
    assert (await ask(app, FakeScope("/hello"))).answers[0][2] == b"hello"
    assert app.events == ["open first", "open second"]


@pytest.mark.parametrize(
    ("arguments", "environment", "prefix"),
    [
        (["/bin/granian", "app:app"], {}, ""),
        (["/bin/granian", "--url-path-prefix", "/api", "app:app"], {}, "/api"),
        (["/lib/granian/__main__.py", "--url-path-prefix=/api/", "app:app"], {}, "/api"),
        (["/bin/granian", "app:app"], {"GRANIAN_URL_PATH_PREFIX": "/api"}, "/api"),
        (["/bin/granian", "--url-path-prefix", "/a"], {"GRANIAN_URL_PATH_PREFIX": "/b"}, "/a"),
        (["serve.py", "--url-path-prefix", "/api"], {}, ""),
        (["/bin/granian", "--url-path-prefix"], {}, ""),
        ([], {}, ""),
    ],
)
def test_prefix(arguments: list[str], environment: dict[str, str], prefix: str) -> None:
    """The prefix is what granian was told on its command line, or else in its environment."""
    assert url_path_prefix(arguments, environment) == prefix


@pytest.mark.parametrize(
    ("path", "rest"), [("/api", "/"), ("/api/", "/"), ("/api/x", "/x"), ("/apix", "/apix"), ("/x", "/x")]
)
def test_path_below_the_prefix(path: str, rest: str) -> None:
    """A path is looked up below the prefix; one that does not begin with it, as it is."""
    assert below("/api", path) == rest
