"""The `json` source: what is read, and how each thing that is no such JSON is refused."""

import sys

import pytest
from serving.clients import Client
from serving.servings import Serve

_HUGE_NUMBER = b"1" * 5000


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads bodies."""
    return serve("apps.bodies")


def test_struct(app: Client) -> None:
    """A Struct is read from a JSON object under its wire names, and written under them."""
    answer = app.post("/widgets", json={"name": "nut", "unitPrice": 1.5, "parts": [{"name": "a"}]})
    assert answer.status == 201
    assert answer.json() == {
        "name": "nut",
        "unitPrice": 1.5,
        "parts": [{"name": "a", "price": 0}],
        "count": 0,
    }


@pytest.mark.parametrize(
    ("target", "body"),
    [
        (
            "/widget-lists",
            [{"name": "a", "unitPrice": 0.0, "parts": [{"name": "b", "price": 1}], "count": 0}],
        ),
        ("/shapes", {"type": "Circle", "radius": 2}),
        ("/shapes", {"type": "Square", "side": 3}),
        ("/shape-lists", [{"type": "Square", "side": 3}, {"type": "Circle", "radius": 2}]),
    ],
)
def test_shapes_of_bodies(app: Client, target: str, body: object) -> None:
    """A list of Structs, a union of tagged Structs and a list of such a union are read, too."""
    answer = app.post(target, json=body)
    assert (answer.status, answer.json()) == (200, body)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_body_and_path_together(app: Client, method: str) -> None:
    """PUT and PATCH read a body beside the path."""
    answer = app.request(method, "/widgets/7", json={"name": "nut"})
    assert (answer.status, answer.json()) == (200, {"item_id": 7, "name": "nut"})


def test_one_byte_chunks(app: Client) -> None:
    """A body that comes byte by byte is the same body."""
    body = b'{"name": "caf\xc3\xa9"}'
    answer = app.post("/widgets", content=[body[at : at + 1] for at in range(len(body))])
    assert answer.status == 201
    assert b'"name":"caf\xc3\xa9"' in answer.body


def test_duplicate_key(app: Client) -> None:
    """Of a key that is given twice, the last value counts."""
    answer = app.post("/widgets", content=b'{"name": "first", "name": "last"}')
    assert answer.status == 201
    assert b'"name":"last"' in answer.body


def test_unknown_key(app: Client) -> None:
    """A key that the Struct does not have is passed over."""
    assert app.post("/widgets", json={"name": "nut", "colour": ["red"]}).status == 201


def test_empty_body(app: Client) -> None:
    """An empty body is answered 400 and says that it was empty."""
    answer = app.post("/widgets", content=b"", headers=[("content-type", "application/json")])
    assert answer.status == 400
    assert answer.problem == {
        "type": "malformed-request",
        "title": "Bad Request",
        "status": 400,
        "detail": "the body is empty; send a JSON document",
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"name": "nut"', id="truncated"),
        pytest.param(b'{"name": "nut"} {}', id="trailing garbage"),
        pytest.param(b'{"name": "nut"}]', id="trailing bracket"),
        pytest.param(b'\xef\xbb\xbf{"name": "nut"}', id="byte order mark"),
        pytest.param(b'{"name": "nut", "unitPrice": NaN}', id="NaN"),
        pytest.param(b'{"name": "nut", "unitPrice": Infinity}', id="Infinity"),
        pytest.param(b"{'name': 'nut'}", id="single quotes"),
        pytest.param(b'{"name": "nut",}', id="trailing comma"),
        pytest.param(b'{"name": "nut"} // x', id="comment"),
        pytest.param('{"name": "nut"}'.encode("utf-16"), id="utf-16"),
        pytest.param('{"name": "nut"}'.encode("utf-16-le"), id="utf-16-le"),
        pytest.param(b'{"name": "\xff\xfe"}', id="invalid UTF-8"),
        pytest.param(b'{"name": "\xed\xa0\x80"}', id="encoded surrogate"),
        pytest.param(b'{"name": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"name": "a\nb"}', id="raw newline in a string"),
        pytest.param(b'{"name": "a\x00b"}', id="raw NUL in a string"),
        pytest.param(b'{"name": "nut", "count": 01}', id="leading zero"),
        pytest.param(b'{"name": "nut", "count": +1}', id="plus sign"),
        pytest.param(b"nut", id="bare word"),
        pytest.param(b" \r\n\t", id="white space"),
        pytest.param(b"\x00", id="NUL"),
        pytest.param(b"[" * 100_000, id="unclosed brackets"),
        pytest.param(b'{"a":' * 100_000, id="unclosed braces"),
    ],
)
def test_not_json(app: Client, body: bytes) -> None:
    """A body that is no JSON document is answered 400, in words of its own, and logs nothing."""
    answer = app.post("/widgets", content=body)
    assert answer.status == 400
    assert answer.problem["type"] == "malformed-request"
    assert str(answer.problem["detail"]).startswith("the body ")


@pytest.mark.parametrize(
    ("target", "body", "shallow"),
    [
        pytest.param("/nested", b'{"child":' * 100_000 + b"{}" + b"}" * 100_000, None, id="known keys"),
        pytest.param("/nested", b'{"x":' * 100_000 + b"{}" + b"}" * 100_000, 200, id="unknown keys"),
        pytest.param("/nested", b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 200, id="arrays, unknown key"),
        pytest.param("/widgets", b"[" * 100_000 + b"]" * 100_000, 422, id="arrays, wrong type"),
    ],
)
def test_deep_nesting(app: Client, target: str, body: bytes, shallow: int | None) -> None:
    """JSON that is nested deeper than msgspec reads is answered 400, inside of what no Struct names, too.

    From Python 3.14 on, it is the stack that ends how deep msgspec skips what is not wanted, and so deep a body may be
    answered as a shallow one.
    """
    answer = app.post(target, content=body)
    if sys.version_info < (3, 14) or answer.status != shallow:
        assert (answer.status, answer.problem["type"]) == (400, "malformed-request")
    assert len(answer.body) < 1000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"name": 1, "count": }', id="wrong, then no value"),
        pytest.param(b'{"name": 1, "count": 2', id="wrong, then truncated"),
        pytest.param(b'{"name": 1, "unitPrice": NaN}', id="wrong, then NaN"),
        pytest.param(b'{"name": 1} x', id="wrong, then garbage"),
        pytest.param(b'{"name": 1, "parts": [{"name": "\xff"}]}', id="wrong, then invalid UTF-8"),
        pytest.param(b'{"name": 1, "x": ' + b"[" * 100_000, id="wrong, then too deep"),
    ],
)
def test_wrong_and_malformed(app: Client, body: bytes) -> None:
    """A body that breaks the schema first and JSON later is not JSON: 400."""
    answer = app.post("/widgets", content=body)
    assert answer.status == 400
    assert answer.problem["type"] == "malformed-request"


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (b"{}", "#/name", "Object missing required field `name`"),
        (b"[]", "#", "Expected `object`, got `array`"),
        (b"null", "#", "Expected `object`, got `null`"),
        (b'"nut"', "#", "Expected `object`, got `str`"),
        (b'{"name": 7}', "#/name", "Expected `str`, got `int`"),
        (b'{"name": null}', "#/name", "Expected `str`, got `null`"),
        (b'{"name": "a", "unitPrice": "1"}', "#/unitPrice", "Expected `float`, got `str`"),
        (b'{"name": "a", "count": 1.5}', "#/count", "Expected `int`, got `float`"),
        (b'{"name": "a", "count": true}', "#/count", "Expected `int`, got `bool`"),
        (b'{"name": "a", "count": -1}', "#/count", "Expected `int` >= 0"),
        (b'{"name": "a", "count": ' + _HUGE_NUMBER + b"}", "#/count", None),
        (b'{"name": "a", "unitPrice": 1e999}', "#/unitPrice", "Number out of range"),
        (
            b'{"name": "a", "parts": [{"name": "x"}, {}]}',
            "#/parts/1/name",
            "Object missing required field `name`",
        ),
    ],
)
def test_schema_mismatch(app: Client, body: bytes, pointer: str, detail: str | None) -> None:
    """JSON that does not fit the Struct is answered 422 with the place, in wire names, and what is wrong."""
    answer = app.post("/widgets", content=body)
    assert answer.status == 422
    [(source, found_pointer, found_detail)] = answer.errors
    assert (source, found_pointer) == ("json", pointer)
    assert found_detail == detail if detail is not None else len(found_detail) < 100


def test_integer_that_is_no_float(app: Client) -> None:
    """An integer may stand where a float is expected."""
    assert app.post("/widgets", json={"name": "nut", "unitPrice": 3}).status == 201


def test_unknown_key_of_a_strict_struct(app: Client) -> None:
    """`forbid_unknown_fields` makes an unknown key a mistake."""
    answer = app.post("/strict", json={"name": "nut", "colour": "red"})
    assert answer.status == 422
    assert answer.errors == [("json", "#/colour", "Object contains unknown field `colour`")]


def test_unknown_tag(app: Client) -> None:
    """A tag that no member of the union has is a mistake."""
    answer = app.post("/shapes", json={"type": "Triangle", "side": 3})
    assert answer.status == 422
    assert answer.errors == [("json", "#/type", "Invalid value 'Triangle'")]


def test_check_of_the_struct(app: Client) -> None:
    """What a Struct's own check refuses is answered 422 with its words."""
    answer = app.post("/bookings", json={"first_day": 3, "last_day": 1})
    assert answer.status == 422
    assert answer.errors == [("json", "#", "last_day is before first_day")]


def test_long_value_is_not_repeated(app: Client) -> None:
    """A value of a client longer than 64 characters is not repeated in the answer."""
    answer = app.post("/shapes", json={"type": "T" * 100_000})
    assert answer.status == 422
    assert "T" * 65 not in answer.text


def test_long_key_is_not_repeated(app: Client) -> None:
    """A key of a client longer than 64 characters is not repeated in the answer."""
    answer = app.post("/strict", json={"name": "nut", "k" * 1_000_000: 1})
    assert answer.status == 422
    assert "k" * 65 not in answer.text


def test_secret_value_is_not_repeated(app: Client) -> None:
    """Nothing of a field marked as secret is repeated in the answer, or logged."""
    answer = app.post("/logins", json={"name": 1, "password": "hunter2"})
    assert answer.status == 422
    assert sorted(pointer for _, pointer, _ in answer.errors) == ["#/name", "#/password"]
    assert "hunter2" not in answer.text
    assert not [record for record in app.log.records() if "hunter2" in record.message]
