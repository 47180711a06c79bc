"""What an app writes into a link arrives as it was when a client follows it, whatever server is between."""

from urllib.parse import urlsplit

import pytest
from serving.clients import Client
from serving.decisions import DECODES_SLASHES
from serving.servings import Serve

_TEXTS = [
    "plain",
    "a b",
    "?x=1",
    "#fragment",
    "100%",
    "%41",
    "%2541",
    "a/b",
    "/",
    "//evil.example",
    "..",
    ".",
    "a/../b",
    "a;b=1",
    "a+b&c=d",
    "é",
    "日本",
    "\N{GRINNING FACE}",
    '"quoted" <b>\\',
    "\u202e\u2028",
    "a\r\nx-injected: 1",
    "\t\x01\x7f",
    "~-._!$'()*,:@",
    "x" * 80,
]


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that links to itself."""
    return serve("apps.linked")


@pytest.mark.parametrize("text", _TEXTS, ids=ascii)
def test_text_in_a_link(app: Client, text: str) -> None:
    """A client that follows a `Location` reaches the operation that it names, with the very text in its slots.

    Where a server hands over decoded paths, a slash or a lone dot in a slot is 404, and never another route.
    """
    note = {"folder": text, "title": text[::-1]}
    answer = app.post("/notes", json=note)
    assert answer.status == 200
    url = answer.headers["location"]
    assert (url.count("/"), urlsplit(url).path) == (4, url)
    followed = app.get(url)
    if app.edge in DECODES_SLASHES and ("/" in text or text in {".", ".."}):
        assert followed.status == 404
        return
    assert (followed.status, followed.json()) == (200, note)


@pytest.mark.parametrize("text", [text for text in _TEXTS if text.isprintable()], ids=ascii)
def test_title_of_a_link(app: Client, text: str) -> None:
    """A title stays in its place: the header has one link, and nothing that a client did not ask for."""
    answer = app.post("/notes", json={"folder": "f", "title": text})
    assert answer.status == 200
    assert answer.headers["link"].startswith(f'<{answer.headers["location"]}>; rel="self"; title')
    assert answer.headers["link"].count("<") == 1 + (text.isascii() and text.count("<"))
