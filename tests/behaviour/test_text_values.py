"""Text as values: what an int, a float, a bool and the rest look like in a path and a query, and what not."""

import pytest
from serving.clients import Client
from serving.servings import Serve

_NO_INTS = [
    "\u0661",
    "+3",
    " 3",
    "3 ",
    "3.0",
    "1e3",
    "0x10",
    "1_000",
    "--3",
    "-",
    "3-",
    "²",
    "\u0661\u0662",
    "\uff13",
    "true",
]
_NO_FLOATS = [
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "+1.5",
    " 1.5",
    "1_0.5",
    "0x1p3",
    "1,5",
    ".",
    "e5",
]
_NO_DECIMALS = [*(text for text in _NO_FLOATS if text != "1e999"), "sNaN", "1e10000", "1e999999999", "\u0661"]
_NO_BOOLS = ["yes", "no", "on", "off", "t", "f", "2", "-1", "01", " true", "None", "trué"]


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads text."""
    return serve("apps.texts")


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("3", 3), ("-3", -3), ("007", 7), ("-0", 0), ("9" * 30, int("9" * 30))]
)
def test_int(app: Client, text: str, value: int) -> None:
    """An int is `-?[0-9]+`, of any size."""
    for target in (f"/ints/{text}", f"/scalars?integer={text}"):
        answer = app.get(target)
        assert answer.status == 200
        assert str(value).encode() in answer.body


@pytest.mark.parametrize("text", _NO_INTS)
def test_no_int(app: Client, text: str) -> None:
    """Nothing else is an int: 404 in a path, 400 in a query."""
    assert app.get(f"/ints/{_escaped(text)}").status == 404
    answer = app.get(f"/scalars?integer={_escaped(text)}")
    assert answer.status == 400
    assert answer.errors == [("params", "#/integer", "Expected `int | null`, got `str`")]


def test_int_of_thousands_of_digits(app: Client) -> None:
    """A number of more digits than Python converts is no int, and no error of the server."""
    digits = "1" * 5000
    assert app.get(f"/ints/{digits}").status == 404
    answer = app.get(f"/scalars?integer={digits}")
    assert answer.status == 400
    assert "1" * 65 not in answer.text


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("-1.5", -1.5), ("3", 3.0), ("1e3", 1000.0), ("1.5E-3", 0.0015), (".5", 0.5), ("5.", 5.0)],
)
def test_float(app: Client, text: str, value: float) -> None:
    """A float is a finite decimal number, with or without an exponent."""
    assert app.get(f"/floats/{text}").json() == {"value": value}
    assert app.get(f"/scalars?number={_escaped(text)}").json() == {"number": value}


@pytest.mark.parametrize("text", _NO_FLOATS)
def test_no_float(app: Client, text: str) -> None:
    """Nothing else is a float, above all no `nan` and no `inf`."""
    assert app.get(f"/floats/{_escaped(text)}").status == 404
    assert app.get(f"/scalars?number={_escaped(text)}").status == 400


@pytest.mark.parametrize("text", _NO_DECIMALS)
def test_no_decimal(app: Client, text: str) -> None:
    """A decimal is written as a float is, its exponent of at most four digits; Python reads far more than that."""
    answer = app.get(f"/scalars?price={_escaped(text)}")
    assert answer.status == 400
    assert answer.errors == [("params", "#/price", "Invalid decimal string")]


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "1"])
def test_true(app: Client, text: str) -> None:
    """`true` in any case, and `1`, are true."""
    assert app.get(f"/bools/{text}").json() == {"value": True}
    assert app.get(f"/scalars?flag={text}").json() == {"flag": True}


@pytest.mark.parametrize("text", ["false", "False", "FALSE", "0"])
def test_false(app: Client, text: str) -> None:
    """`false` in any case, and `0`, are false."""
    assert app.get(f"/bools/{text}").json() == {"value": False}
    assert app.get(f"/scalars?flag={text}").json() == {"flag": False}


@pytest.mark.parametrize("text", _NO_BOOLS)
def test_no_bool(app: Client, text: str) -> None:
    """Nothing else is a bool."""
    assert app.get(f"/bools/{_escaped(text)}").status == 404
    assert app.get(f"/scalars?flag={_escaped(text)}").status == 400


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("text=abc", {"text": "abc"}),
        ("text=5", {"text": "5"}),
        ("text=null", {"text": "null"}),
        ("colour=red", {"colour": "red"}),
        ("level=2", {"level": 2}),
        ("choice=b", {"choice": "b"}),
        ("digit=2", {"digit": 2}),
        ("either=5", {"either": 5}),
        ("either=five", {"either": "five"}),
        ("day=2024-02-29", {"day": "2024-02-29"}),
        ("moment=2024-02-29T12:30:00Z", {"moment": "2024-02-29T12:30:00Z"}),
        ("moment=2024-02-29T12:30:00%2B02:00", {"moment": "2024-02-29T12:30:00+02:00"}),
        ("price=1.50", {"price": "1.50"}),
        ("price=-.5", {"price": "-0.5"}),
        ("price=1e-9", {"price": "1E-9"}),
        ("small=10", {"small": 10}),
        ("short=abc", {"short": "abc"}),
    ],
)
def test_other_types(app: Client, query: str, value: object) -> None:
    """Strings, enums, literals, dates, datetimes and decimals are read from text, under their constraints."""
    answer = app.get(f"/scalars?{query}")
    assert (answer.status, answer.json()) == (200, value)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("colour=RED", "Invalid enum value 'RED'"),
        ("level=3", "Invalid enum value 3"),
        ("choice=c", "Invalid enum value 'c'"),
        ("digit=3", "Invalid enum value 3"),
        ("id=123", "Invalid UUID"),
        ("day=2023-02-29", "Invalid RFC3339 encoded date"),
        ("moment=yesterday", "Invalid RFC3339 encoded datetime"),
        ("price=cheap", "Invalid decimal string"),
        ("small=0", "Expected `int` >= 1"),
        ("small=11", "Expected `int` <= 10"),
        ("short=abcd", "Expected `str` of length <= 3"),
    ],
)
def test_other_types_that_do_not_fit(app: Client, query: str, detail: str) -> None:
    """What does not fit is answered 400, with the field and what is wrong with it."""
    answer = app.get(f"/scalars?{query}")
    assert answer.status == 400
    assert answer.errors == [("params", f"#/{query.partition('=')[0]}", detail)]


def test_long_value_is_not_repeated(app: Client) -> None:
    """A value longer than 64 characters is not repeated in the answer."""
    answer = app.get(f"/scalars?colour={'r' * 8_000}")
    assert answer.status == 400
    assert "r" * 65 not in answer.text
