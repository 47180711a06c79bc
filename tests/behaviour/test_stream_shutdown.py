"""Streams that are open when the server is told to end: they end at once, torn down, and the server ends well."""

import signal
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from serving.clients import SocketClient
from serving.edges import SOCKET_EDGES, OverSocket, Serving
from serving.records import Record

_PLAYS = ["ticks", "waits_later", "never_waits"]
_FRAMINGS = ["bytes", "lines", "events"]
_CUT_OFF = "ASGI callable returned without completing response."
_SERVERS_WORDS = {
    "uvicorn": _CUT_OFF,
    "uvicorn-httptools": _CUT_OFF,
    "native": None,
    "granian-asgi": None,
    "granian-rsgi": None,
}
"""What a server logs of an answer that was cut off."""
_PASSED_ON = {0, -signal.SIGTERM}
_EXIT_CODES = {
    "uvicorn": _PASSED_ON,
    "uvicorn-httptools": _PASSED_ON,
    "native": _PASSED_ON,
    "granian-asgi": {0},
    "granian-rsgi": {0},
}
"""Uvicorn hands the signal on to the process once it has shut down in order."""


@pytest.fixture
def serving(edge: OverSocket, tmp_path: Path) -> Generator[Serving]:
    """Serve the app that streams with a server of the test's own, which ends with it at the latest."""
    serving = edge.open("apps.streams", "", tmp_path / "server")
    yield serving
    serving.close()


@pytest.mark.parametrize("edge", SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def test_server_is_terminated(edge: OverSocket, serving: Serving) -> None:
    """SIGTERM ends every open stream: each is cut off and torn down, no error is logged, the server ends by itself."""
    assert isinstance(serving.client, SocketClient)
    assert serving.process is not None
    with ExitStack() as stack:
        flows = [
            stack.enter_context(serving.client.stream("GET", f"/{framing}?play=scoped+{play}"))
            for framing in _FRAMINGS
            for play in _PLAYS
        ]
        waiting = stack.enter_context(serving.client.stream("GET", "/events?play=scoped+waits_before_first"))
        for flow in flows:
            assert flow.read(1)
        code = serving.process.end()
        for flow in [*flows, waiting]:
            flow.read_cut_off()
    log = serving.client.log
    ended = [record for record in log.records() if record.message.endswith("the server is shutting down")]
    assert len(ended) == len(flows) + 1
    assert _count(log.records(), "rolled back: CancelledError") == len(flows) + 1
    assert {record.message for record in log.trouble()} <= {_SERVERS_WORDS[edge.name]}
    assert code in _EXIT_CODES[edge.name]


@pytest.mark.parametrize("edge", SOCKET_EDGES, ids=[edge.name for edge in SOCKET_EDGES])
def test_stream_that_has_sent_nothing(edge: OverSocket, serving: Serving) -> None:
    """A stream that is ended by a shutdown before its first item is answered 503."""
    assert isinstance(serving.client, SocketClient)
    assert serving.process is not None
    with serving.client.connect() as connection:
        connection.send(b"GET /lines?play=scoped+waits_before_first HTTP/1.1\r\nHost: testserver\r\n\r\n")
        serving.client.log.wait_for(lambda record: record.message == "waiting")
        code = serving.process.end()
        answer = connection.read_answer()
    assert (answer.status, answer.problem["status"]) == (503, 503)
    assert _count(serving.client.log.records(), "rolled back: CancelledError") == 1
    assert not serving.client.log.trouble()
    assert code in _EXIT_CODES[edge.name]


def _count(records: list[Record], message: str) -> int:
    return sum(record.message == message for record in records)
