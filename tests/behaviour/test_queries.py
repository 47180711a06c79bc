"""The `params` source: how a query string is split, decoded and gathered, and when it is refused."""

import pytest
from serving.clients import Client
from serving.decisions import HAS_SHORT_REQUEST_LINES
from serving.servings import Serve


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads text."""
    return serve("apps.texts")


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("tag=a&tag=b", {"tag": ["a", "b"]}),
        ("tag=a", {"tag": ["a"]}),
        ("tag=a,b", {"tag": ["a,b"]}),
        ("tag=b&tag=a&tag=b", {"tag": ["b", "a", "b"]}),
        ("number=1&number=2", {"number": [1, 2]}),
        ("unique=1&unique=1", {"unique": [1]}),
        ("pair=1&tag=x&pair=2", {"tag": ["x"], "pair": [1, 2]}),
        ("tag=&tag=a", {"tag": ["", "a"]}),
        ("number=&number=1", {"number": [1]}),
        ("", {}),
        ("&&", {}),
    ],
)
def test_repeats(app: Client, query: str, value: object) -> None:
    """A list, a set or a tuple gathers repeats in their order; one occurrence is a list of one."""
    answer = app.get(f"/lists?{query}")
    assert (answer.status, answer.json()) == (200, value)


def test_wrong_item_of_a_list(app: Client) -> None:
    """A repeat that does not convert is named by its place."""
    answer = app.get("/lists?number=1&number=x")
    assert answer.status == 400
    assert answer.errors == [("params", "#/number/1", "Expected `int`, got `str`")]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("text=first&text=last", "last"),
        ("text=a+b", "a b"),
        ("text=a%20b", "a b"),
        ("text=a%2Bb", "a+b"),
        ("text=a%26b%3Dc", "a&b=c"),
        ("text=a=b", "a=b"),
        ("text==", "="),
        ("text=%2541", "%41"),
        ("te%78t=x", "x"),
        ("text=caf%C3%A9", "café"),
        ("text=%F0%9F%98%80", "😀"),
        ("text=%", "%"),
        ("text=%zz", "%zz"),
        ("text=a;b", "a;b"),
        ("&text=x&", "x"),
        ("text=%00", "\0"),
        ("text=?", "?"),
        ("text=/", "/"),
    ],
)
def test_text(app: Client, query: str, text: str) -> None:
    """Pairs are split at `&` and their first `=`, then decoded once; `+` is a space; the last one wins."""
    answer = app.get(f"/scalars?{query}")
    assert (answer.status, answer.json()) == (200, {"text": text})


@pytest.mark.parametrize("query", ["text=%ff", "%ff=x", "text=%C3", "other=%C0%AF", "text=a+%ff"])
def test_not_utf_8(app: Client, query: str) -> None:
    """A query that is not UTF-8 is answered 400, wherever it is not."""
    answer = app.get(f"/scalars?{query}")
    assert answer.status == 400
    assert answer.problem == {
        "type": "malformed-request",
        "title": "Bad Request",
        "status": 400,
        "detail": "the query string is not UTF-8",
    }


@pytest.mark.parametrize("query", ["limit=&text=&maybe=&flag=", "limit&text&maybe&flag"])
def test_blank_values(app: Client, query: str) -> None:
    """A blank value is the empty string where a string may be; elsewhere it counts as absent."""
    assert app.get(f"/blanks?{query}").json() == {"limit": 10, "text": "", "maybe": 3}


def test_blank_value_of_a_required_field(app: Client) -> None:
    """A blank value of a required field that is no string is a missing one."""
    answer = app.get("/pages?pageSize=")
    assert answer.status == 400
    assert answer.errors == [("params", "#/pageSize", "Object missing required field `pageSize`")]


def test_defaults(app: Client) -> None:
    """A field with a default may be absent."""
    assert app.get("/pages?pageSize=5").json() == {"pageSize": 5, "sortBy": "name"}


def test_missing_field(app: Client) -> None:
    """A required field that is absent is answered 400, under its wire name."""
    answer = app.get("/pages?page_size=5")
    assert answer.status == 400
    assert answer.problem == {
        "type": "validation-failed",
        "title": "Validation Failed",
        "status": 400,
        "detail": "1 error in `params`",
        "errors": [
            {
                "source": "params",
                "pointer": "#/pageSize",
                "detail": "Object missing required field `pageSize`",
            }
        ],
    }


def test_unknown_name(app: Client) -> None:
    """A name that no field has is passed over, unless the Struct forbids unknown fields."""
    assert app.get("/pages?pageSize=5&colour=red").status == 200
    answer = app.get("/strict-pages?size=5&colour=red")
    assert answer.status == 400
    assert answer.errors == [("params", "#/colour", "Object contains unknown field `colour`")]


def test_long_query(app: Client) -> None:
    """A query string over `max_query` bytes is answered 414; one of exactly so many is read."""
    assert app.get("/short-queries?tag=" + "x" * 16).status == 200
    answer = app.get("/short-queries?tag=" + "x" * 17)
    assert answer.status == 414
    assert answer.problem == {
        "type": "uri-too-long",
        "title": "URI Too Long",
        "status": 414,
        "detail": "the query string has 21 bytes; at most 20 are read",
    }


def test_default_length(app: Client) -> None:
    """Without a limit of its own, an operation reads queries of up to 16 KiB, where the server hands them over."""
    status = 414 if app.edge in HAS_SHORT_REQUEST_LINES else 200
    assert app.get("/lists?tag=" + "x" * 8000).status == 200
    assert app.get("/lists?tag=" + "x" * (16 * 1024 - 4)).status == status
    assert app.get("/lists?tag=" + "x" * (16 * 1024 - 3)).status == 414


def test_many_pairs(app: Client) -> None:
    """A query of more than `max_query_pairs` pairs is answered 400."""
    assert app.get("/few-pairs?tag=1&tag=2&tag=3").status == 200
    answer = app.get("/few-pairs?tag=1&tag=2&tag=3&tag=4")
    assert answer.status == 400
    assert answer.problem["detail"] == "the query string has more than 3 pairs"


def test_default_pairs(app: Client) -> None:
    """Without a limit of its own, an operation reads 1,000 pairs."""
    assert app.get("/lists?" + "&".join(["tag=x"] * 1000)).status == 200
    assert app.get("/lists?" + "&".join(["tag=x"] * 1001)).status == 400


def test_no_limits(app: Client) -> None:
    """With `None` as the limits, any query is read that the server hands over."""
    status = 414 if app.edge in HAS_SHORT_REQUEST_LINES else 200
    assert app.get("/any-queries?" + "&".join(["tag="] * 1500)).status == 200
    assert app.get("/any-queries?" + "&".join(["tag=xxxxxxxxxxxxxxx"] * 1500)).status == status
