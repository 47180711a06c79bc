"""Results that cannot be sent: a plain 500 without a word of why, and one record that says it all."""

import pytest
from serving.answers import Answer
from serving.clients import Client
from serving.records import Record
from serving.servings import Serve

_PLAIN_500 = {"type": "internal-server-error", "title": "Internal Server Error", "status": 500}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that answers."""
    return serve("apps.answers")


def _check(app: Client, answer: Answer, template: str) -> Record:
    """Check that an answer is the plain 500, and give the record with its traceback."""
    assert answer.status == 500
    assert answer.problem == _PLAIN_500
    assert answer.headers["x-content-type-options"] == "nosniff"
    record = app.log.one_error()
    assert record.template == template
    assert record.exception is not None
    assert record.exception.startswith("Traceback (most recent call last):")
    return record


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/wrong/structs?what=none", "`NoneType`, and its return type is `Widget`"),
        ("/wrong/structs?what=dict", "`dict`, and its return type is `Widget`"),
        ("/wrong/structs?what=text", "`str`, and its return type is `Widget`"),
        ("/wrong/structs?what=other", "`Note`, and its return type is `Widget`"),
        ("/wrong/structs?what=list", "`list`, and its return type is `Widget`"),
        ("/wrong/structs?what=response", "`JSONResponse`, and its return type is `Widget`"),
        ("/wrong/texts?what=none", "`NoneType`, and its return type is `str`"),
        ("/wrong/texts?what=bytes", "`bytes`, and its return type is `str`"),
        ("/wrong/bytes?what=text", "`str`, and its return type is `bytes`"),
        ("/wrong/bytes?what=none", "`NoneType`, and its return type is `bytes`"),
        ("/wrong/nothing?what=text", "`str`, and its return type is `None"),
        ("/wrong/lists?what=none", "`NoneType`, and its return type is `list"),
        ("/wrong/lists?what=other", "`Note`, and its return type is `list"),
    ],
)
def test_result_of_the_wrong_type(app: Client, target: str, words: str) -> None:
    """A result that is not of the declared type is never sent; the record says what was given instead."""
    record = _check(app, app.get(target), target.partition("?")[0])
    assert words in str(record.exception)


@pytest.mark.parametrize("what", ["none", "other", "wrong body", "wrong headers"])
def test_wrong_wrapper(app: Client, what: str) -> None:
    """Nor is a wrapper whose body or headers are not of the declared types."""
    _check(app, app.get(f"/wrong/wrappers?what={what.replace(' ', '%20')}"), "/wrong/wrappers")


@pytest.mark.parametrize(
    "target",
    ["/wrong/objects?what=object", "/wrong/structs?what=surrogate", "/wrong/texts?what=surrogate"],
)
def test_result_that_cannot_be_encoded(app: Client, target: str) -> None:
    """An object without a JSON form, and a lone surrogate, are never sent."""
    _check(app, app.get(target), target.partition("?")[0])


@pytest.mark.parametrize("status", [0, -1, 1, 99, 100, 101, 102, 103, 199, 600, 999, 1000, 10**20])
def test_no_status(app: Client, status: int) -> None:
    """A status that no response has is not sent."""
    record = _check(app, app.get(f"/statuses?status={status}"), "/statuses")
    assert f"status_code={status} is no response status; give an int from 200 to 599" in str(record.exception)


@pytest.mark.parametrize("what", ["true", "float", "text"])
def test_status_that_is_no_int(app: Client, what: str) -> None:
    """A status that is no int is not sent: not `True`, not `200.0`, not `"200"`."""
    _check(app, app.get(f"/odd-statuses?what={what}"), "/odd-statuses")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("a\r\nset-cookie: admin=1", id="CRLF"),
        pytest.param("a\nset-cookie: admin=1", id="LF"),
        pytest.param("a\rset-cookie: admin=1", id="CR"),
        pytest.param("a\r\n\r\n<script>", id="body"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("a\x1bb", id="escape"),
        pytest.param("a\x7fb", id="delete"),
        pytest.param("a\x0bb", id="vertical tab"),
        pytest.param("日本", id="not latin-1"),
        pytest.param("a\u2028b", id="line separator"),
    ],
)
def test_header_value_that_cannot_be_sent(app: Client, value: str) -> None:
    """A value with control characters or outside latin-1 is not sent; the record has the header's name."""
    answers = (
        ("/raw-header", app.post("/raw-header", json=[{"text": "x-value"}, {"text": value}])),
        ("/typed-header", app.post("/typed-header", json={"text": value})),
    )
    for record, (template, answer) in zip(app.log.take_trouble(), answers, strict=True):
        assert (answer.status, answer.problem) == (500, _PLAIN_500)
        assert "set-cookie" not in answer.headers
        assert (record.template, record.level) == (template, "ERROR")
        assert "the response header `x-value` " in str(record.exception)
        assert "admin" not in str(record.exception)


@pytest.mark.parametrize("name", ["x\r\ny", "x y", "x:y", "", "x\x00", "é", "日本", "x\ny: z", "(x)", '"x"'])
def test_header_name_that_cannot_be_sent(app: Client, name: str) -> None:
    """A name that is no token is not sent; the record has it, escaped."""
    answer = app.post("/raw-header", json=[{"text": name}, {"text": "1"}])
    record = _check(app, answer, "/raw-header")
    assert f"the response header {name!r} has a name that is no token" in str(record.exception)


@pytest.mark.parametrize("value", ["", "a b", "a\tb", "café", "\xff\xa0\x85", "'\"\\,;=", "a: b"])
def test_header_value(app: Client, value: str) -> None:
    """Any other value is sent as it is."""
    answer = app.post("/raw-header", json=[{"text": "X-Value"}, {"text": value}])
    assert (answer.status, answer.headers["x-value"]) == (200, value)


def test_white_space_around_a_header_value(app: Client) -> None:
    """White space around a value is no part of it (RFC 9110, section 5.5)."""
    answer = app.post("/raw-header", json=[{"text": "x-value"}, {"text": " \ta b\t "}])
    assert (answer.status, answer.headers["x-value"]) == (200, "a b")
