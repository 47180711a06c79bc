"""Over ASGI, a request is answered by the same bytes whether an emitted route of the edge serves it or a plain one."""

import logging
import os
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from text_inputs import TEXTS, header_pairs, queries
from two_ways import App, Asked, Driven, Message, driven

_SETTINGS = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

_METHODS = st.sampled_from(["GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "TRACE"])
_SEGMENTS = TEXTS.map(lambda text: quote(text, safe="").encode()) | st.sampled_from(
    [b"1", b"+", b"%2F", b"%", b"%ff", b"%zz", b"..", b".", b"", b"a;b=1", b"%2e", b"\xc3\xa9", b"true", b"0"]
)
_TEMPLATES = st.sampled_from(
    [b"/shelves/%s/movies", b"/shelves/%s/movies/%s", b"/copies/%s/%s", b"/shelves/%s", b"/%s"]
)
_NAMES = ["text", "size", "ratio", "is_open", "pageSize", "tag", "page_size"]
_TRACES = header_pairs(["x-depth", "x-name", "x_depth", "cookie"])
_USUAL: dict[bytes, list[bytes | None]] = {
    b"authorization": [b"Bearer ada", b"Bearer ada", b"Basic x", b"", None],
    b"content-type": [b"application/json", b"application/json", b"text/plain", b"application/x+json;a=b", None],
    b"content-length": [None, b"5", b"60", b"61", b"099999999", b"+5", b""],
    b"content-encoding": [None, None, None, None, None, b"gzip", b"identity"],
}
_DOCUMENTS = st.sampled_from(
    [
        *(b'{"title": "Alien"}', b'{"title": "Alien", "year": 1979}', b'{"title": 1, "year": 1}', b"[]", b"{", b""),
        *(
            b'{"title": "\xff"}',
            b"\xef\xbb\xbf{}",
            b"[" * 50,
            b'{"title": "' + b"a" * 60 + b'"}',
            b'{"title": "\\ud800"}',
        ),
    ]
) | st.binary(max_size=80)


@pytest.fixture(scope="module")
def app() -> Iterator[Driven]:
    """Drive the app through its life."""
    with driven(App()) as running:
        yield running


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Draw a request: of those that are served, and of all that are near them."""
    template = draw(_TEMPLATES)
    segments = tuple([draw(_SEGMENTS) for _ in range(template.count(b"%s"))])
    headers = [pair for name, values in _USUAL.items() if (pair := draw(_header(name, values)))]
    if draw(st.integers(0, 9)) == 0 and headers:
        headers.append(headers[0])
    headers += draw(_TRACES)
    document = draw(_DOCUMENTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(document)), max_size=2)))
    pieces = [document[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(document)], strict=True)]
    leaves = draw(st.integers(0, 9)) == 0
    return Asked(draw(_METHODS), template % segments, draw(queries(_NAMES)), headers, tuple(pieces), leaves)


@st.composite
def _header(draw: st.DrawFn, name: bytes, values: list[bytes | None]) -> tuple[bytes, bytes] | None:
    value = draw(st.sampled_from(values))
    return None if value is None else (name, value)


@_SETTINGS
@given(asked=requests())
def test_any_request(app: Driven, asked: Asked) -> None:
    """Status, headers and body are the same, of what is served and of what is refused."""
    assert answer(app.emitted(asked)) == answer(app.plain(asked))


_JSON = [(b"authorization", b"Bearer ada"), (b"content-type", b"application/json")]
_PUT = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (200, Asked("GET", b"/shelves/a%2Fb/movies/7", b"text=x&size=3&is_open=1", [*_JSON, (b"x-depth", b"2")])),
        (200, Asked("GET", b"/shelves/a/movies/7", b"size=x&size=2", _JSON)),
        (200, Asked("HEAD", b"/shelves/a/movies/7", b"text=%C3%A9", _JSON)),
        (200, Asked("GET", b"/shelves/a/movies", b"pageSize=2&tag=a&tag=b", _JSON)),
        (201, Asked("POST", b"/shelves/a b/movies", b"", _JSON, (b'{"title"', b': "Alien"}'))),
        (204, Asked("DELETE", b"/shelves/a/movies/7", b"", _JSON)),
        (200, Asked("PUT", f"/copies/{_PUT}/true".encode(), b"", [(b"b", b"1"), (b"b", b"2")], (b"a", b"", b"b"))),
        (400, Asked("GET", b"/shelves/a/movies/7", b"size=x&is_open=no", [*_JSON, (b"x-depth", b"y")])),
        (400, Asked("POST", b"/shelves/a/movies", b"", _JSON, (b"",))),
        (401, Asked("GET", b"/shelves/a/movies/7")),
        (401, Asked("GET", b"/shelves/a/movies/7", b"", [(b"authorization", b"x")])),
        (404, Asked("GET", b"/shelves/a/movies/x", b"", _JSON)),
        (405, Asked("PATCH", b"/shelves/a/movies/7", b"", _JSON)),
        (409, Asked("DELETE", b"/shelves/a/movies/1", b"", _JSON)),
        (413, Asked("POST", b"/shelves/a/movies", b"", _JSON, (b"[" * 61,))),
        (413, Asked("POST", b"/shelves/a/movies", b"", [*_JSON, (b"content-length", b"61")])),
        (415, Asked("POST", b"/shelves/a/movies", b"", [*_JSON[:1], (b"content-type", b"text/plain")], (b"{}",))),
        (415, Asked("POST", b"/shelves/a/movies", b"", [*_JSON, (b"content-encoding", b"gzip")], (b"{}",))),
        (422, Asked("POST", b"/shelves/a/movies", b"", _JSON, (b'{"title": 1, "year": 1}',))),
        (500, Asked("GET", f"/copies/{_PUT}/true".encode())),
        (None, Asked("POST", b"/shelves/a/movies", b"", _JSON, (b"{",), leaves=True)),
        (None, Asked("POST", b"/shelves/a/movies", b"", _JSON, (), leaves=True)),
        (None, Asked("GET", b"/shelves/a/movies/7", b"", _JSON, is_gone=True)),
        (None, Asked("DELETE", b"/shelves/a/movies/7", b"", _JSON, is_gone=True)),
        (None, Asked("GET", b"/shelves/a/movies/x", b"", _JSON, is_gone=True)),
    ],
)
def test_each_outcome(app: Driven, status: int | None, asked: Asked) -> None:
    """Each thing that may become of a request becomes of it in both ways."""
    by_emitted = answer(app.emitted(asked))
    assert (by_emitted[0] if by_emitted else None) == status
    assert by_emitted == answer(app.plain(asked))


def test_ways(app: Driven, caplog: pytest.LogCaptureFixture) -> None:
    """The two ways that are compared are two: each is served by routes of its own dialect."""
    asked = Asked("GET", f"/copies/{_PUT}/true".encode())
    for ask, dialect in ((app.emitted, "asgi"), (app.plain, "plain")):
        caplog.clear()
        with caplog.at_level(logging.ERROR, "jero"):
            ask(asked)
        assert re.findall(r"<jero (\w+) ", caplog.text) == [dialect]


def answer(sent: list[Message]) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    """Give what was sent, as a client sees it; None for nothing."""
    if not sent:
        return None
    start, *body = sent
    assert start["type"] == "http.response.start"
    return start["status"], start["headers"], b"".join(message.get("body", b"") for message in body)
