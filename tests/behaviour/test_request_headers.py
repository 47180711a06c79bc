"""The `headers` and `raw_headers` sources: names, repeats, cookies, and headers that may occur only once."""

import pytest
from serving.clients import Client
from serving.decisions import LOSES_NON_ASCII_HEADERS
from serving.servings import Serve

_AS_SENT = ("host", "accept", "accept-encoding", "connection", "user-agent")


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads text."""
    return serve("apps.texts")


@pytest.mark.parametrize("name", ["x-trace-id", "X-Trace-Id", "X-TRACE-ID"])
def test_name(app: Client, name: str) -> None:
    """The field `x_trace_id` reads the header `X-Trace-Id`, in any case."""
    answer = app.get("/headers", headers=[(name, "abc"), ("accept", "*/*")])
    assert answer.json() == {"x_trace_id": "abc", "accept": "*/*"}


@pytest.mark.parametrize("name", ["x_user_id", "X_User_Id", "x-user_id"])
def test_name_with_an_underscore(app: Client, name: str) -> None:
    """A header whose name has an underscore never binds: a client could forge with it what a proxy sets."""
    assert app.get("/headers", headers=[(name, "admin"), ("accept", "*/*")]).json() == {"accept": "*/*"}


def test_name_with_an_underscore_beside_the_real_one(app: Client) -> None:
    """Nor does it join the one that a proxy has set."""
    headers = [("x_user_id", "admin"), ("x-user-id", "guest"), ("accept", "*/*")]
    assert app.get("/headers", headers=headers).json() == {"x_user_id": "guest", "accept": "*/*"}


def test_repeats(app: Client) -> None:
    """Repeats of a header join with a comma for a scalar field, and gather for a list field."""
    headers = [("accept", "*/*")]
    headers += [("x-trace-id", "a"), ("x-trace-id", "b"), ("x-trace-id", "c")]
    headers += [("x-tag", "a"), ("x-tag", "b"), ("x-number", "1"), ("x-number", "2")]
    assert app.get("/headers", headers=headers).json() == {
        "accept": "*/*",
        "x_trace_id": "a, b, c",
        "x_tag": ["a", "b"],
        "x_number": [1, 2],
    }


def test_one_item_of_a_list(app: Client) -> None:
    """One header for a list field is a list of one."""
    answer = app.get("/headers", headers=[("x-tag", "a, b"), ("accept", "*/*")])
    assert answer.json() == {"x_tag": ["a, b"], "accept": "*/*"}


def test_repeated_cookies(app: Client) -> None:
    """Repeats of `Cookie` join with a semicolon."""
    headers = [("cookie", "a=1"), ("cookie", "b=2"), ("accept", "*/*")]
    assert app.get("/headers", headers=headers).json() == {"cookie": "a=1; b=2", "accept": "*/*"}


def test_two_authorizations(app: Client) -> None:
    """A header that may occur only once, given twice, is answered 400."""
    headers = [("authorization", "Bearer a"), ("authorization", "Bearer b")]
    answer = app.get("/headers", headers=headers)
    assert answer.status == 400
    assert answer.problem == {
        "type": "malformed-request",
        "title": "Bad Request",
        "status": 400,
        "detail": "the header `authorization` is given twice; send it once",
    }


@pytest.mark.parametrize("value", ["abc", "+3", "3.0", "1e3", "\xb2"])
def test_value_that_does_not_convert(app: Client, value: str) -> None:
    """A header that does not convert is answered 400, under its own name."""
    answer = app.get("/headers", headers=[("x-limit", value)])
    assert answer.status == 400
    assert answer.errors == [("headers", "#/x-limit", "Expected `int | null`, got `str`")]


def test_missing_headers(app: Client) -> None:
    """All the required headers that are absent are named at once."""
    answer = app.get("/needed-headers")
    assert answer.status == 400
    assert [(source, pointer) for source, pointer, _ in answer.errors] == [
        ("headers", "#/x-limit"),
        ("headers", "#/x-name"),
    ]


def test_blank_header(app: Client) -> None:
    """A blank header is the empty string where a string may be; elsewhere it counts as absent."""
    headers = [("x-limit", ""), ("x-trace-id", ""), ("accept", "*/*")]
    assert app.get("/headers", headers=headers).json() == {"x_trace_id": "", "accept": "*/*"}


def test_latin_1(app: Client) -> None:
    """A header's value is read as latin-1; where a server hands it over in ASCII only, as a lone `ÿ`."""
    answer = app.get("/headers", headers=[("x-trace-id", "caf\xe9"), ("accept", "*/*")])
    read = "\xff" if app.edge in LOSES_NON_ASCII_HEADERS else "caf\xe9"
    assert answer.json() == {"x_trace_id": read, "accept": "*/*"}


def test_raw_headers(app: Client) -> None:
    """`raw_headers` holds the headers as sent: repeats, and names with underscores, among them."""
    headers = [("X-A", "1"), ("x_b", "2"), ("X-A", "3")]
    pairs = app.get("/raw-headers", headers=headers).decode(list[dict[str, str]])
    sent = [(pair["name"].lower(), pair["value"]) for pair in pairs]
    assert [value for name, value in sent if name == "x-a"] == ["1", "3"]
    assert [pair for pair in sent if pair[0] not in {*_AS_SENT, "x-a"}] == [("x_b", "2")]


def test_many_cookies(app: Client) -> None:
    """A `Cookie` header of more than `max_cookies` cookies is answered 400."""
    assert app.get("/few-cookies", headers=[("cookie", "a=1; b=2")]).status == 200
    for headers in ([("cookie", "a=1; b=2; c=3")], [("cookie", "a=1; b=2"), ("cookie", "c=3")]):
        answer = app.get("/few-cookies", headers=headers)
        assert answer.status == 400
        assert answer.problem == {
            "type": "malformed-request",
            "title": "Bad Request",
            "status": 400,
            "detail": "the request has more than 2 cookies",
        }


def test_default_cookies(app: Client) -> None:
    """Without a limit of its own, an operation reads 200 cookies."""
    assert app.get("/headers", headers=[("cookie", "; ".join(["a=1"] * 200))]).status == 200
    assert app.get("/headers", headers=[("cookie", "; ".join(["a=1"] * 201))]).status == 400


def test_no_limit_of_cookies(app: Client) -> None:
    """With `max_cookies=None` any number is read."""
    assert app.get("/any-cookies", headers=[("cookie", "; ".join(["a=1"] * 500))]).status == 200


def test_all_sources_together(app: Client) -> None:
    """Every source may stand beside every other."""
    headers = [("x-limit", "3"), ("x-name", "a")]
    answer = app.request("PUT", "/everything/7?pageSize=5", json={"name": "x"}, headers=headers)
    body = answer.decode(dict[str, int])
    assert body.pop("header_count") >= 2
    assert (answer.status, body) == (200, {"value": 7, "page_size": 5, "x_limit": 3})
