"""Event streams over every edge: headers at once, comments that keep the connection alive, GET only."""

import os

import pytest
from serving.clients import Client
from serving.servings import Serve


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that streams."""
    return serve("apps.streams")


@pytest.mark.parametrize("play", ["waits_before_first", "scoped+waits_before_first", "by+hand+waits_before_first"])
def test_headers_leave_at_once(app: Client, play: str) -> None:
    """A client of an event stream knows that it is connected while the first event is still in coming."""
    with app.stream("GET", f"/events?play={play}") as flow:
        assert flow.status == 200
        assert flow.headers["content-type"] == "text/event-stream"


def test_headers(app: Client) -> None:
    """An event stream tells caches and proxies to let it through as it comes."""
    headers = app.get("/events?play=three").headers
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"
    assert "content-length" not in headers


def test_keepalive_before_the_first_event(app: Client) -> None:
    """A stream that is idle before its first event sends the comment `: ping`."""
    with app.stream("GET", "/events?play=waits_before_first&keepalive=0.01") as flow:
        assert flow.read(27) == b": ping\n\n: ping\n\n: ping\n\n: p"


def test_keepalive_between_events(app: Client) -> None:
    """A stream that is idle after an event sends the comment `: ping`."""
    with app.stream("GET", "/events?play=waits_later&keepalive=0.01") as flow:
        assert flow.read(32) == b'data: {"number":0}\n\n: ping\n\n: pi'


def test_no_keepalive(app: Client) -> None:
    """A stream whose events come sooner than its keepalive has no comments, nor has one that has ended."""
    assert b"ping" not in app.get("/events?play=many&keepalive=10").body


def test_client_leaves_a_stream_kept_alive(app: Client) -> None:
    """A client that leaves while only comments are sent ends the stream."""
    key = os.urandom(8).hex()
    with app.stream("GET", f"/events?play=scoped+waits_before_first&keepalive=0.01&trace={key}") as flow:
        assert flow.read(16) == b": ping\n\n: ping\n\n"
    answer = app.get(f"/traces/{key}?until=rolled+back:+CancelledError")
    assert answer.json() == {"entries": ["set up", "waiting", "rolled back: CancelledError"]}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_get_only(app: Client, method: str) -> None:
    """An event stream is read with GET."""
    answer = app.request(method, "/events?play=three")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
