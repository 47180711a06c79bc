"""Properties of what is read and sent: whatever a client sends, no fault of the server; what is sent comes back."""

import os
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
import pytest
from apps.answers import App as AnsweringApp
from apps.bodies import App as BodyApp
from apps.texts import App as TextApp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jero.testing import TestClient

_SETTINGS = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def bodies() -> Iterator[TestClient]:
    """Serve the app that reads bodies, in process: each property asks it a hundred times."""
    with TestClient(BodyApp()) as client:
        yield client


@pytest.fixture(scope="module")
def texts() -> Iterator[TestClient]:
    """Serve the app that reads text, in process."""
    with TestClient(TextApp()) as client:
        yield client


@pytest.fixture(scope="module")
def answers() -> Iterator[TestClient]:
    """Serve the app that answers, in process."""
    with TestClient(AnsweringApp()) as client:
        yield client


@_SETTINGS
@given(body=st.binary())
@example(body=b'{"name": 1, "count": "\xff"')
def test_any_bytes_as_a_body(bodies: TestClient, body: bytes) -> None:
    """No bytes make the server fail: they are read, or refused with a 400 or a 422."""
    assert bodies.post("/widgets", content=body).status_code in {201, 400, 422}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "parts", "count", "x"]), inner),
)


@_SETTINGS
@given(body=_JSON)
def test_any_json_as_a_body(bodies: TestClient, body: object) -> None:
    """No JSON makes the server fail; an answer of 422 names a mistake."""
    try:
        content = msgspec.json.encode(body)
    except UnicodeEncodeError:  # a lone surrogate: no JSON
        return
    response = bodies.post("/widget-lists", content=content)
    assert response.status_code in {200, 422}
    assert response.status_code == 200 or response.json()["errors"]


@_SETTINGS
@given(pairs=st.lists(st.tuples(st.sampled_from(["tag", "other", ""]), _TEXTS)))
def test_any_pairs_as_a_query(texts: TestClient, pairs: list[tuple[str, str]]) -> None:
    """What any form encoder writes is read as it was."""
    response = texts.get(f"/any-queries?{urlencode(pairs)}")
    assert response.json().get("tag", []) == [value for name, value in pairs if name == "tag"]


@_SETTINGS
@given(query=st.text(st.sampled_from("tag=&+%20;/?ag%C3%A9%ff"), max_size=40))
def test_any_text_as_a_query(texts: TestClient, query: str) -> None:
    """A query is read as the standard library reads it, or refused where it is not UTF-8."""
    response = texts.get(f"/any-queries?{query}")
    try:
        expected = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        assert response.status_code == 400
        return
    assert response.json().get("tag", []) == [value for name, value in expected if name == "tag"]


@_SETTINGS
@given(value=_TEXTS.filter(lambda text: text and "\0" not in text))
@example(value="..")
@example(value=".")
@example(value="a/../b")
@example(value="%2F")
def test_any_text_in_a_slot(texts: TestClient, value: str) -> None:
    """Any text but NUL and nothing, percent-encoded, reaches a slot as it was."""
    segment = quote(value, safe="").replace(".", "%2E")
    response = texts.get(f"/strings/{segment}")
    assert (response.status_code, response.json()) == (200, {"value": value})


@_SETTINGS
@given(text=st.text())
@example(text="a\r\nx-injected: 1")
@example(text="a\x85x-injected: 1")
def test_any_text_in_a_header(answers: TestClient, text: str) -> None:
    """Any text in a header is sent as it is, without the space around it, or is a 500: it never adds a header."""
    try:
        body = msgspec.json.encode([{"text": "x-value"}, {"text": text}])
    except UnicodeEncodeError:
        return
    response = answers.post("/raw-header", content=body)
    if response.status_code == 200:
        assert response.headers["x-value"] == text.strip(" \t")
        assert len(response.headers) == 3
    else:
        assert response.status_code == 500
        assert "x-value" not in response.headers
