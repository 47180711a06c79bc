"""An app mounted under a prefix (`root_path`): it is looked up below it, once.

Servers differ in who takes the prefix off. Under uvicorn a proxy has done it, and the server adds it to the
path that it hands over; under granian it is in the request. `SENT_PREFIX` is what a client sends before a URL.
"""

import pytest
from serving.clients import Client, SocketClient
from serving.decisions import DECODES_SLASHES, SENT_PREFIX
from serving.servings import Serve


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app under `/api`."""
    return serve("apps.prefixed", root_path="/api")


@pytest.mark.parametrize(
    ("url", "name"), [("/", "root"), ("/widgets", "widgets"), ("/api/widgets", "inner"), ("/apix", "other")]
)
def test_url(app: Client, url: str, name: str) -> None:
    """A URL is looked up below the prefix, which is taken off once."""
    answer = app.get(SENT_PREFIX[app.edge] + url)
    assert (answer.status, answer.text) == (200, name)


@pytest.mark.parametrize(
    ("segment", "value"),
    [("x", "x"), ("a%20b", "a b"), ("%2541", "%41"), ("api", "api"), ("caf%C3%A9", "café")],
)
def test_slot(app: Client, segment: str, value: str) -> None:
    """A slot is decoded once, below a prefix, too."""
    assert app.get(f"{SENT_PREFIX[app.edge]}/values/{segment}").json() == {"value": value}


def test_escaped_slash(app: Client) -> None:
    """`%2F` stays in its segment below a prefix, too, where a server hands over the path as sent."""
    answer = app.get(f"{SENT_PREFIX[app.edge]}/values/a%2Fb")
    if app.edge in DECODES_SLASHES:
        assert answer.status == 404
    else:
        assert answer.json() == {"value": "a/b"}


@pytest.mark.parametrize("url", ["/nowhere", "//widgets", "/widgets/", "/values/", "/./widgets"])
def test_unknown_url(app: Client, url: str) -> None:
    """What is no URL of the app is none below the prefix."""
    assert app.get(SENT_PREFIX[app.edge] + url).status == 404


def test_url_without_the_prefix(serve_on_socket: Serve[SocketClient]) -> None:
    """Granian hands over a URL without the prefix, too: it is the app's. Uvicorn is sent none else."""
    app = serve_on_socket("apps.prefixed", root_path="/api")
    assert app.get("/widgets").text == "widgets"


def test_prefix_itself(app: Client) -> None:
    """The prefix without a slash after it is the app's `/`, where a client can send it."""
    if SENT_PREFIX[app.edge]:
        assert app.get(SENT_PREFIX[app.edge]).text == "root"
    else:
        assert app.get("/").text == "root"
