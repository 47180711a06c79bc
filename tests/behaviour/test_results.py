"""What a handler returns, on the wire: bare bodies, wrappers with headers and statuses."""

import pytest
from serving.clients import Client
from serving.servings import Serve

_NUT = {"name": "nut", "unitPrice": 0.5}


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that answers."""
    return serve("apps.answers")


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/widgets", 201),
        ("GET", "/widgets/nut", 200),
        ("PUT", "/widgets/nut", 200),
        ("PATCH", "/widgets/nut", 200),
    ],
)
def test_operations_of_a_resource(app: Client, method: str, target: str, status: int) -> None:
    """Each operation of a resource has its method, its URL and its status."""
    answer = app.request(method, target)
    assert (answer.status, answer.json()) == (status, _NUT)


def test_read_many(app: Client) -> None:
    """`read_many` serves the URL of the mount itself."""
    answer = app.get("/widgets")
    assert (answer.status, answer.json()) == (200, [_NUT, {"name": "bolt", "unitPrice": 0.5}])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_verbs_of_an_endpoint(app: Client, method: str) -> None:
    """Each verb of an endpoint answers 200."""
    answer = app.request(method, "/verbs")
    assert (answer.status, answer.text) == (200, method.lower())


def test_struct(app: Client) -> None:
    """A Struct is sent as JSON, with its length, and nothing else is added."""
    answer = app.get("/widgets/nut")
    assert answer.body == b'{"name":"nut","unitPrice":0.5}'
    assert sorted(answer.headers.own) == [("content-length", "30"), ("content-type", "application/json")]


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/shapes?what=circle", {"type": "Circle", "radius": 1}),
        ("/shapes?what=square", {"type": "Square", "side": 2}),
        ("/empty-lists", []),
        ("/sync", {"name": "sync", "unitPrice": 0.5}),
        ("/wrapped-lists", [_NUT]),
        ("/wrapped-unions", {"type": "Square", "side": 2}),
    ],
)
def test_json(app: Client, target: str, body: object) -> None:
    """Unions and lists of Structs are sent as JSON, too; a handler may be a plain function."""
    answer = app.get(target)
    assert (answer.status, answer.json()) == (200, body)


def test_text(app: Client) -> None:
    """A `str` is sent as UTF-8 text."""
    answer = app.get("/texts")
    assert answer.body == "café ☕".encode()
    assert sorted(answer.headers.own) == [
        ("content-length", "9"),
        ("content-type", "text/plain; charset=utf-8"),
    ]


def test_empty_text(app: Client) -> None:
    """An empty `str` is a body of no bytes."""
    answer = app.get("/empty-texts")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "0")


def test_bytes(app: Client) -> None:
    """`bytes` are sent as they are, and no client is to guess what they are."""
    answer = app.get("/bytes")
    assert answer.body == b"\x00\xff"
    assert sorted(answer.headers.own) == [
        ("content-length", "2"),
        ("content-type", "application/octet-stream"),
        ("x-content-type-options", "nosniff"),
    ]


@pytest.mark.parametrize(
    ("method", "target"), [("GET", "/nothing"), ("DELETE", "/widgets/nut"), ("POST", "/post-only")]
)
def test_none(app: Client, method: str, target: str) -> None:
    """`None` is answered 204, whatever the method, without a body, a type or a length."""
    answer = app.request(method, target)
    assert (answer.status, answer.body, answer.headers.own) == (204, b"", [])


def test_typed_and_raw_headers(app: Client) -> None:
    """Typed headers come in the order of their fields, bare or as JSON; then raw ones, repeats kept.

    Granian sends the repeats of a name together, in their order (docs/security.md): so names are compared by
    their first places.
    """
    answer = app.get("/typed")
    assert answer.json() == _NUT
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2"]
    firsts = dict(reversed(answer.headers.own))
    names = list(dict.fromkeys(name for name, _ in answer.headers.own))
    sent = [(name, firsts[name]) for name in names if name not in {"content-type", "content-length"}]
    assert sent == [
        ("x-trace-id", "abc"),
        ("x-flag", "true"),
        ("x-off", "false"),
        ("x-count", "3"),
        ("x-ratio", "0.5"),
        ("x-id", "a4b2e0ac-3d5f-4d29-a76c-8c4a9f5e4d21"),
        ("x-day", "2024-02-29"),
        ("x-moment", "2024-02-29T12:00:00Z"),
        ("x-price", "1.50"),
        ("x-colour", "red"),
        ("x-note", '{"text":"a"}'),
        ("x-list", "[1,2]"),
        ("x-dict", '{"a":1}'),
        ("set-cookie", "a=1"),
        ("x-raw", "é"),
    ]


def test_content_type_of_its_own(app: Client) -> None:
    """A typed header may replace the default content type; it is sent once."""
    answer = app.get("/pictures")
    assert answer.body == b"\x89PNG"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_raw_headers_as_a_mapping(app: Client) -> None:
    """Raw headers may be a mapping."""
    answer = app.get("/downloads")
    assert (answer.body, answer.headers["content-disposition"]) == (b"abc", "attachment")


@pytest.mark.parametrize(("target", "status"), [("/subclassed", 202), ("/aliased", 203)])
def test_wrappers_of_an_application(app: Client, target: str, status: int) -> None:
    """A subclass of a wrapper, and an alias of one, work as the wrapper; the status is the response's own."""
    answer = app.get(target)
    assert (answer.status, answer.json()) == (status, _NUT)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_bodiless_statuses(app: Client, status: int) -> None:
    """204, 205 and 304 carry no body and no content type, whatever the response holds; other headers stay."""
    answer = app.get(f"/statuses?status={status}")
    assert (answer.status, answer.body) == (status, b"")
    assert "content-type" not in answer.headers
    assert answer.headers.get("content-length") in {None, "0"}
    assert answer.headers["x-a"] == "1"


@pytest.mark.parametrize("status", [200, 201, 206, 226, 299, 301, 399, 400, 418, 451, 500, 599])
def test_statuses(app: Client, status: int) -> None:
    """A response may have any status from 200 to 599, and carries its body."""
    answer = app.get(f"/statuses?status={status}")
    assert (answer.status, answer.body) == (status, b'{"name":"nut","unitPrice":0.5}')
    assert answer.headers["content-type"] == "x/y"


@pytest.mark.parametrize("target", ["/framing-headers", "/typed-framing-headers"], ids=["raw headers", "typed headers"])
def test_framing_headers(app: Client, target: str) -> None:
    """Headers of the framing are the framework's own: a handler's are ignored, with one warning for each."""
    names = {"content-length", "connection", *(["transfer-encoding"] if target[1] == "f" else [])}
    for expected in (names, set[str]()):
        answer = app.get(target)
        assert (answer.status, answer.body) == (200, b'{"name":"nut","unitPrice":0.5}')
        assert answer.headers["content-length"] == "30"
        assert "transfer-encoding" not in answer.headers
        assert answer.headers.get("connection") != "close"
        assert answer.headers["x-a"] == "1"
        warnings = app.log.take_trouble()
        assert {(record.level, record.message.partition("`")[2].partition("`")[0]) for record in warnings} == {
            ("WARNING", name) for name in expected
        }
