"""Servers that run no lifespan: the app starts itself at the first request, once; and what a start leaves behind."""

import asyncio
import gc
import logging
import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from apps.broken import App as BrokenApp
from apps.selfstarting import App
from serving.clients import Client
from serving.servings import Serve

from jero import BaseApp
from jero.testing import AsyncTestClient, TestClient

_PLAIN_500 = {"type": "internal-server-error", "title": "Internal Server Error", "status": 500}


def test_first_requests(serve: Serve[Client]) -> None:
    """However many requests race, the app starts once, and all of them are answered."""
    app = serve("apps.selfstarting", runs_lifespan=False)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(app.get, ["/starts"] * 8))
    assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"starts":1}')}
    assert app.request("OPTIONS", "/starts").status == 204


def test_start_that_fails(serve: Serve[Client]) -> None:
    """A start that fails is logged, and answers 500; the next request is told the same, and starts nothing."""
    app = serve("apps.broken", runs_lifespan=False)
    for _ in range(2):
        answer = app.get("/anything")
        assert (answer.status, answer.problem) == (500, _PLAIN_500)
    records = app.log.take_trouble()
    [record] = [record for record in records if record.level == "CRITICAL"]
    assert record.message.startswith("the app cannot start")
    assert "start 1 failed" in str(record.exception)
    assert {record.logger for record in records} == {"jero"}


def test_interrupt_after_the_end() -> None:
    """What the app has hooked into the process's signals does no harm once its event loop is gone."""
    before = signal.getsignal(signal.SIGINT)
    try:
        asyncio.run(_ask(App(), []))
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupt_after_apps_that_overlapped() -> None:
    """Two apps of one process may start and stop crosswise: an interrupt is one still."""
    before = signal.getsignal(signal.SIGINT)

    async def overlap() -> None:
        first, second = AsyncTestClient(App()), AsyncTestClient(App())
        await first.start()
        await second.start()
        await first.close()
        await second.close()

    try:
        asyncio.run(overlap())
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


async def test_failed_start_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that fails leaves nothing for the event loop to complain about when the app is gone."""
    monkeypatch.setattr(logging.getLogger("jero"), "disabled", True)  # a kept record would keep the app
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    sent: list[Mapping[str, object]] = []
    await _ask(BrokenApp(), sent)
    gc.collect()
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert complaints == []


async def _ask(app: BaseApp, sent: list[Mapping[str, object]]) -> None:
    """Send a request to an app that was never started; `sent` gathers what it sends."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: Mapping[str, object]) -> None:
        sent.append(message)

    await app({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)


def test_lifespan_after_lifespan() -> None:
    """An app whose lifespan is run again is built afresh."""
    app = App()
    for starts in (1, 2):
        with TestClient(app) as client:
            assert client.get("/starts").json() == {"starts": starts}
