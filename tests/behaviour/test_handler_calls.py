"""How handlers run: on the loop or on a thread, each request in a context of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from serving.answers import Answer
from serving.clients import Client
from serving.servings import Serve


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that tells where its handlers run."""
    return serve("apps.calls")


@pytest.mark.parametrize("target", ["/runs", "/runs-plainly"])
def test_on_the_loop(app: Client, target: str) -> None:
    """A handler runs on the event loop, a plain function, too."""
    assert app.get(target).json() == {"on_loop_thread": True, "has_loop": True, "context": "default"}


def test_on_a_thread(app: Client) -> None:
    """A plain function of a class with `threaded=True` runs on a worker thread, off the loop."""
    assert app.get("/runs-threaded").json() == {
        "on_loop_thread": False,
        "has_loop": False,
        "context": "default",
    }


def test_coroutine_of_a_threaded_class(app: Client) -> None:
    """A coroutine function of such a class runs on the loop all the same."""
    assert app.post("/runs-threaded").json() == {
        "on_loop_thread": True,
        "has_loop": True,
        "context": "default",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_context_is_carried(app: Client, method: str) -> None:
    """What an authenticator sets in a context variable the handler sees, on a worker thread, too."""
    answer = app.request(method, "/threaded-context", headers=[("x-name", "eve")])
    on_loop = method == "POST"
    assert answer.json() == {"on_loop_thread": on_loop, "has_loop": on_loop, "context": "eve"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_context_of_the_next_request(app: Client, method: str) -> None:
    """What one request sets in a context variable the next does not see."""
    app.request(method, "/threaded-context", headers=[("x-name", "eve")])
    assert app.get("/context").json() == {"value": "default"}


@pytest.mark.parametrize("target", ["/meetings", "/thread-meetings"])
def test_requests_at_the_same_time(app: Client, target: str) -> None:
    """Requests run at the same time, each in its own context; a threaded handler does not hold the loop."""
    with ThreadPoolExecutor(2) as pool:
        names = ["eve", "bob"]

        def ask(name: str) -> Answer:
            return app.get(target, headers=[("x-name", name)])

        answers = pool.map(ask, names)
        assert [answer.json() for answer in answers] == [{"value": "eve"}, {"value": "bob"}]
