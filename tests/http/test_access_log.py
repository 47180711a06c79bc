"""The access log, and what uvicorn counts and limits."""

import logging
from collections.abc import Iterator

import pytest
from http_app import WireApp
from raw_exchange import serving
from wire_requests import get, post

from jero._http.protocol import HTTPProtocol


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as it reads."""
        self.lines.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Give what is written to uvicorn's access log."""
    logger, handler = logging.getLogger("uvicorn.access"), _Lines()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.lines
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_access_log(lines: list[str]) -> None:
    """Each answer is a line in uvicorn's form: client, request line as sent, status."""
    with serving(HTTPProtocol, WireApp(), access_log=True) as server:
        connection = server.exchange(get("/echo?n=1"), get("/nothing"), post("/echo?n=%32", b"abc"), get("/streams"))
        connection.end()
    assert lines == [
        '127.0.0.1:50000 - "GET /echo?n=1 HTTP/1.1" 200',
        '127.0.0.1:50000 - "GET /nothing HTTP/1.1" 404',
        '127.0.0.1:50000 - "POST /echo?n=%32 HTTP/1.1" 200',
        '127.0.0.1:50000 - "GET /streams HTTP/1.1" 200',
    ]


def test_no_access_log(lines: list[str]) -> None:
    """Without an access log, nothing is written."""
    with serving(HTTPProtocol, WireApp(), access_log=False) as server:
        server.exchange(get("/echo?n=1")).end()
    assert lines == []


@pytest.mark.parametrize(
    ("options", "client"),
    [
        ({"forwarded_allow_ips": "127.0.0.1"}, "203.0.113.9:0"),
        ({"forwarded_allow_ips": "10.0.0.1"}, "127.0.0.1:50000"),
        ({"forwarded_allow_ips": "127.0.0.1", "proxy_headers": False}, "127.0.0.1:50000"),
    ],
)
def test_client_behind_a_proxy(lines: list[str], options: dict[str, object], client: str) -> None:
    """A trusted proxy, and no other, says who the client is."""
    with serving(HTTPProtocol, WireApp(), access_log=True, **options) as server:
        server.exchange(get("/echo?n=1", "X-Forwarded-For: 203.0.113.9")).end()
    assert lines == [f'{client} - "GET /echo?n=1 HTTP/1.1" 200']


def test_prefix_in_the_access_log(lines: list[str]) -> None:
    """The line has the prefix that a proxy has taken off."""
    with serving(HTTPProtocol, WireApp(), access_log=True, root_path="/api") as server:
        server.exchange(get("/echo?n=1")).end()
    assert lines == ['127.0.0.1:50000 - "GET /api/echo?n=1 HTTP/1.1" 200']


def test_requests_are_counted() -> None:
    """Uvicorn's count of requests, by which it may end a process, has all that were served."""
    with serving(HTTPProtocol, WireApp()) as server:
        server.exchange(get("/echo?n=1") + get("/echo?n=2"), get("/nothing")).end()
        assert server.state.total_requests == 3


def test_limit_of_concurrency() -> None:
    """Beyond `limit_concurrency` connections or tasks, a request is answered 503, and its connection closed."""
    app = WireApp()
    with serving(HTTPProtocol, app, limit_concurrency=2) as server:
        first, second = server.exchange(get("/echo?n=1")), server.exchange(get("/gated?n=2"))
        third = server.exchange(get("/echo?n=3"))
        assert [answer.status for answer in third.answers] == [503]
        assert third.answers[0].get("content-type") == "application/problem+json"
        assert not third.is_open
        second.call(app.calls.gate(2).set)
        assert [answer.status for answer in [*first.answers, *second.answers]] == [200, 200]
        for connection in (first, second):
            connection.end()
