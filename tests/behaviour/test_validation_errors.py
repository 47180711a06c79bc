"""All the mistakes of a request at once: every place in every source, in one answer of a bounded size."""

import pytest
from serving.clients import Client
from serving.servings import Serve

_BAD_BODY = {"count": "x"}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app whose handlers are never called here."""
    return serve("apps.calls")


def test_all_the_mistakes_of_a_body(app: Client) -> None:
    """A body is answered 422 with each of its mistakes."""
    answer = app.request("PUT", "/everything/1?limit=1", json=_BAD_BODY, headers=[("x-limit", "1")])
    assert answer.status == 422
    assert answer.problem == {
        "type": "validation-failed",
        "title": "Validation Failed",
        "status": 422,
        "detail": "2 errors in `json`",
        "errors": [
            {"source": "json", "pointer": "#/count", "detail": "Expected `int`, got `str`"},
            {"source": "json", "pointer": "#/name", "detail": "Object missing required field `name`"},
        ],
    }


def test_all_the_mistakes_of_all_sources(app: Client) -> None:
    """Where a query or a header is at fault, too, it is a 400 that names the mistakes of all sources."""
    answer = app.request("PUT", "/everything/1?limit=x&page=y", json=_BAD_BODY, headers=[("x-limit", "z")])
    assert answer.status == 400
    assert answer.problem["type"] == "validation-failed"
    assert answer.problem["detail"] == "5 errors in `json`, `params`, `headers`"
    assert sorted((source, pointer) for source, pointer, _ in answer.errors) == [
        ("headers", "#/x-limit"),
        ("json", "#/count"),
        ("json", "#/name"),
        ("params", "#/limit"),
        ("params", "#/page"),
    ]


def test_malformed_body_beside_a_wrong_query(app: Client) -> None:
    """A body that is no JSON is one of the mistakes."""
    answer = app.request("PUT", "/everything/1?limit=x", content=b"{", headers=[("x-limit", "1")])
    assert answer.status == 400
    assert [(source, pointer) for source, pointer, _ in answer.errors] == [
        ("params", "#/limit"),
        ("json", "#"),
    ]


def test_wrong_path_comes_first(app: Client) -> None:
    """A slot that does not convert is a 404, whatever else is wrong."""
    assert app.request("PUT", "/everything/x?limit=x", content=b"{").status == 404


def test_a_hundred_mistakes(app: Client) -> None:
    """At most 100 mistakes are told; the answer says that there are more."""
    wrong = {"number": "x", "note": " " * 256}
    answer = app.post("/numbers", json=[wrong] * 100)
    assert (answer.status, len(answer.errors)) == (422, 100)
    assert "truncated" not in answer.problem
    answer = app.post("/numbers", json=[wrong] * 101)
    assert (answer.status, len(answer.errors)) == (422, 100)
    assert answer.problem["truncated"] is True
    assert answer.errors[99][1] == "#/99/number"


def test_many_mistakes_of_a_small_body(app: Client) -> None:
    """Of a hundred in less than 2 KB some are told, ten at the least; the answer says that there are more."""
    answer = app.post("/numbers", json=[{"number": "x"}] * 100)
    assert answer.status == 422
    assert 10 < len(answer.errors) < 40
    assert answer.problem["truncated"] is True
    assert answer.errors[-1][1] == f"#/{len(answer.errors) - 1}/number"
    answer = app.post("/numbers", json=[{"number": "x"}] * 10)
    assert len(answer.errors) == 10
    assert "truncated" not in answer.problem


def test_large_wrong_body(app: Client) -> None:
    """A body of a hundred thousand mistakes is answered as one of a hundred and one."""
    answer = app.post("/numbers", content=b"[" + b"{}," * 99_999 + b"{}]")
    assert (answer.status, len(answer.errors)) == (422, 100)
    assert answer.problem["truncated"] is True
    assert len(answer.body) <= 64 * 1024
