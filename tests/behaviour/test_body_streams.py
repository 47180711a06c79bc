"""The sources that are read as they come: `content_stream` in bytes, `json_stream` line by line."""

import os

import msgspec
import pytest
from serving.clients import Client, SocketClient
from serving.raw_http import head
from serving.servings import Serve

_NDJSON = ("content-type", "application/x-ndjson")


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that takes uploads."""
    return serve("apps.uploads")


@pytest.fixture
def wire(serve_on_socket: Serve[SocketClient]) -> SocketClient:
    """Serve it over the edges that have a wire."""
    return serve_on_socket("apps.uploads")


@pytest.fixture
def key() -> str:
    """Name the trace of one test."""
    return os.urandom(8).hex()


def test_content(app: Client) -> None:
    """A body is read piece by piece, and all of it."""
    answer = app.post("/contents", content=[b"x" * 70_000] * 10)
    assert answer.status == 200
    assert b'"size":700000' in answer.body


@pytest.mark.parametrize("content", [b"", None, [], [b"", b""]], ids=["empty", "none", "no pieces", "empty pieces"])
def test_no_content(app: Client, content: bytes | list[bytes] | None) -> None:
    """An empty body, or none, is a stream without pieces: an empty piece is none."""
    assert app.post("/contents", content=content).json() == {"pieces": 0, "size": 0, "largest": 0}


@pytest.mark.parametrize(
    ("size", "pieces"),
    [(1, 10), (3, 4), (5, 2), (10, 1), (11, 1), (100_000, 1)],
)
def test_pieces_of_a_size(app: Client, size: int, pieces: int) -> None:
    """`iter_chunks` gives pieces of just the size that is asked for, the last one shorter."""
    answer = app.post(f"/contents?size={size}", content=[b"ab", b"c", b"defghij"])
    assert answer.json() == {"pieces": pieces, "size": 10, "largest": min(size, 10)}


def test_pieces_of_no_size(app: Client) -> None:
    """`iter_chunks` of a size that is not positive is a mistake of the handler's."""
    assert app.post("/contents?size=-1", content=b"a").status == 500
    assert "iter_chunks: size=-1 is not positive" in (app.log.one_error().exception or "")


@pytest.mark.parametrize("path", ["/content-twice", "/lines-twice"])
def test_read_twice(app: Client, path: str) -> None:
    """A body is read once: a second reading is a mistake of the handler's, and says so."""
    assert app.post(path, content=b'{"name":"a"}', headers=[_NDJSON]).status == 500
    assert "the body has been read already" in (app.log.one_error().exception or "")


def test_read_in_part(app: Client) -> None:
    """A handler that reads a part of the body answers."""
    answer = app.post("/prefix?size=5", content=b"hello world" * 1000)
    assert (answer.status, answer.body) == (200, b"hello")
    assert app.post("/ignored", content=b"a" * 1000).status == 200


def test_any_media_type(app: Client) -> None:
    """`content_stream` takes whatever the client says that it sends."""
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert app.post("/contents", content=b"a", headers=[("content-type", media_type)]).status == 200


@pytest.mark.parametrize("path", ["/small-contents", "/small-imports"])
def test_declared_length_over_the_limit(app: Client, path: str, key: str) -> None:
    """A body that declares more than `max_upload` is answered 413 before anything of it is read."""
    pieces = [b'{"name":"a"}\n'.ljust(50), b" " * 51]
    headers = [_NDJSON, ("content-length", "101")]
    answer = app.post(f"{path}?trace={key}", content=pieces, headers=headers)
    assert (answer.status, answer.problem["type"]) == (413, "content-too-large")
    assert app.get(f"/traces/{key}?waits=0").json() == {"entries": []}


@pytest.mark.parametrize("path", ["/small-contents", "/small-imports"])
def test_received_length_over_the_limit(app: Client, path: str) -> None:
    """A body that is longer than `max_upload`, and declares nothing, is answered 413 once it is."""
    answer = app.post(path, content=[b'{"name":"a"}\n'] * 10, headers=[_NDJSON])
    assert (answer.status, answer.problem["type"]) == (413, "content-too-large")


@pytest.mark.parametrize("path", ["/small-contents", "/small-imports"])
def test_length_at_the_limit(app: Client, path: str) -> None:
    """A body of just `max_upload` is read."""
    assert app.post(path, content=b'{"name":"a"}\n'.ljust(100), headers=[_NDJSON]).status == 200


@pytest.mark.parametrize("path", ["/impatient-contents", "/impatient-imports"])
def test_no_progress(app: Client, path: str) -> None:
    """A body that makes no progress for `body_timeout` is answered 408."""
    answer = app.stall_in_body(path, sent=b'{"name":"a"}\n', declared=100, media_type="application/x-ndjson")
    assert (answer.status, answer.problem["status"]) == (408, 408)


@pytest.mark.parametrize("path", ["/contents", "/imports"])
def test_client_leaves_in_the_body(app: Client, key: str, path: str) -> None:
    """A handler that reads while the client leaves gets ClientDisconnectedError; nothing is answered or logged."""
    app.leave_in_body(f"{path}?trace={key}", sent=b'{"name":"a"}\n', declared=100, media_type="application/x-ndjson")
    assert _told(app, key)[-1] == "the client left"
    record = app.log.wait_for(lambda record: record.message.endswith("the client left"))
    assert record.level == "DEBUG"


def test_lines(app: Client) -> None:
    """Each line is a document; blank lines and the end of the last are as one likes."""
    body = b'{"name":"a"}\n\n  \r\n{"name":"b","count":2}\r\n\n{"name":"c"}'
    assert app.post("/imports", content=body, headers=[_NDJSON]).json() == {"names": ["a", "b", "c"]}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 12, 13, 14])
def test_lines_cut_anywhere(app: Client, size: int) -> None:
    """Where a body is cut into pieces does not matter."""
    body = '{"name":"é"}\n{"name":"日本"}\n\n{"name":"c"}\n'.encode()
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    assert app.post("/imports", content=pieces, headers=[_NDJSON]).json() == {"names": ["é", "日本", "c"]}


@pytest.mark.parametrize("body", [b"", b"\n", b" \n\r\n \n"], ids=["empty", "one line", "blank lines"])
def test_no_lines(app: Client, body: bytes) -> None:
    """A body without documents is a stream without items."""
    assert app.post("/imports", content=body, headers=[_NDJSON]).json() == {"names": []}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"{\n", 1),
        (b'{"name":"a"}\n\n{"name":\n', 3),
        (b'{"name":"a"}\n{"name":"b"} {"name":"c"}\n', 2),
        (b'{"name":"a"}\n\xff\n', 2),
        (b'{"name":"a"}\n{"name":"\xff"}\n', 2),
        (b'{"name":"a"}\n' + b"[" * 100_000, 2),
        (b'\xef\xbb\xbf{"name":"a"}\n', 1),
    ],
)
def test_line_that_is_not_json(app: Client, body: bytes, line: int) -> None:
    """A line that is no JSON document is answered 400 with its number, blank lines counted."""
    answer = app.post("/imports", content=body, headers=[_NDJSON])
    assert (answer.status, answer.problem["type"]) == (400, "malformed-request")
    assert str(answer.problem["detail"]).startswith(f"line {line}: ")


def test_line_that_does_not_fit(app: Client) -> None:
    """A line that does not fit the Struct is answered 422 with its number and all that is wrong in it."""
    body = b'{"name":"a"}\n\n{"name":1,"count":-1}\n'
    answer = app.post("/imports", content=body, headers=[_NDJSON])
    assert (answer.status, answer.problem["type"]) == (422, "validation-failed")
    assert answer.problem["detail"] == "line 3 is not valid"
    assert answer.errors == [
        ("json_stream", "#/name", "line 3: Expected `str`, got `int`"),
        ("json_stream", "#/count", "line 3: Expected `int` >= 0"),
    ]


@pytest.mark.parametrize("pieces", [1, 100], ids=["at once", "in pieces"])
def test_line_that_is_too_long(app: Client, pieces: int) -> None:
    """A line over `max_body` is answered 413, whether its end has come or not; the lines together may be more."""
    body = b'{"name":"a"}\n' * 10 + b'{"name":"%s"}' % (b"x" * 1000)
    cut = len(body) // pieces
    content = [body[at : at + cut] for at in range(0, len(body), cut)]
    answer = app.post("/short-lines", content=content, headers=[_NDJSON])
    assert (answer.status, answer.problem["type"]) == (413, "content-too-large")
    assert app.post("/short-lines", content=b'{"name":"a"}\n' * 10, headers=[_NDJSON]).status == 200


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-ndjson",
        "Application/NDJSON; charset=utf-8",
        "application/jsonl",
        "application/x-jsonlines",
    ],
)
def test_media_types(app: Client, media_type: str) -> None:
    """The names that NDJSON goes by are all taken."""
    answer = app.post("/imports", content=b'{"name":"a"}', headers=[("content-type", media_type)])
    assert answer.status == 200


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data"])
def test_other_media_types(app: Client, media_type: str) -> None:
    """A body that says it is something else is answered 415 with what is read."""
    answer = app.post("/imports", content=b'{"name":"a"}', headers=[("content-type", media_type)])
    assert answer.status == 415
    assert answer.headers["accept"] == "application/x-ndjson"


def test_echo(app: Client) -> None:
    """A body can be streamed back while it comes."""
    pieces = [b"%06d;" % number * 1000 for number in range(50)]
    answer = app.post("/echo", content=pieces)
    assert (answer.status, answer.body) == (200, b"".join(pieces))


def test_lines_are_converted_while_they_come(app: Client, key: str) -> None:
    """Lines can be answered one by one, before the body has ended."""
    pieces = [b'{"name":"a","count":%d}\n' % number for number in range(500)]
    answer = app.post(f"/convert?trace={key}", content=pieces, headers=[_NDJSON])
    assert answer.body.splitlines() == [b'{"name":"A","count":%d}' % (number + 1) for number in range(500)]
    assert _told(app, key) == ["committed"]


def test_answer_comes_before_the_body_has_ended(wire: SocketClient, key: str) -> None:
    """A client may wait for the answer to one line before it sends the next."""
    with wire.connect() as connection:
        target = f"/convert?trace={key}"
        connection.send(head("POST", target, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"))
        for number in range(3):
            connection.send(b'19\r\n{"name":"a","count":%03d}\n\r\n' % (100 + number))
            if not number:
                assert connection.read_head_line().startswith("HTTP/1.1 200")
            assert connection.read_past(b'{"name":"A","count":%d}\n\r\n' % (101 + number)) == b"19\r\n"
        connection.send(b"0\r\n\r\n")
        assert connection.read_past(b"0\r\n\r\n") == b""
    assert _told(wire, key) == ["committed"]


def test_line_fails_before_anything_is_answered(app: Client, key: str) -> None:
    """A first line that fails is answered as an error, although the answer would have been a stream."""
    answer = app.post(f"/convert?trace={key}", content=b"{\n", headers=[_NDJSON])
    assert answer.status == 400
    assert _told(app, key) == ["rolled back: MalformedRequestError"]


def test_line_fails_while_answering(app: Client, key: str) -> None:
    """A later line that fails cuts the answer off; it is the client's fault, and warns."""
    pieces = [b'{"name":"a"}\n', b'{"name":1}\n']
    with app.stream("POST", f"/convert?trace={key}", content=pieces, headers=[_NDJSON]) as flow:
        assert flow.read_cut_off() == b'{"name":"A","count":1}\n'
    [record] = app.log.errors_of("jero")
    assert record.level == "WARNING"
    assert _told(app, key) == ["rolled back: ValidationFailedError"]


def test_client_leaves_while_answered(wire: SocketClient, key: str) -> None:
    """A client that leaves in the middle of its body and of its answer ends both."""
    with wire.connect() as connection:
        target = f"/convert?trace={key}"
        connection.send(head("POST", target, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"))
        connection.send(b'd\r\n{"name":"a"}\n\r\n')
        assert connection.read_head_line().startswith("HTTP/1.1 200")
    [entry] = _told(wire, key)
    assert entry in {"rolled back: CancelledError", "rolled back: ClientDisconnectedError"}
    wire.log.wait_for(lambda record: "the stream ended early" in record.message)


@pytest.mark.parametrize("body", [b"", b"x" * 1000, b"x" * 60_000], ids=["none", "small", "60 KB"])
def test_client_leaves_an_answer_to_a_body_unread(app: Client, key: str, body: bytes) -> None:
    """A client that leaves a stream whose source does not read the body ends it as well."""
    with app.stream("POST", f"/unread?trace={key}", content=body) as flow:
        assert flow.read(5) == b"tick "
    assert _told(app, key) == ["torn down"]


def test_body_stalls_before_anything_is_answered(app: Client, key: str) -> None:
    """A body that stalls is answered 408 also where the answer would have been a stream."""
    target = f"/impatient-convert?trace={key}"
    answer = app.stall_in_body(target, sent=b'{"na', declared=100, media_type="application/x-ndjson")
    assert answer.status == 408
    assert _told(app, key) == ["rolled back: RequestTimeoutError"]


def test_body_stalls_while_answering(wire: SocketClient, key: str) -> None:
    """A body that stalls after a part of the answer was sent cuts the answer off."""
    with wire.connect() as connection:
        target = f"/impatient-convert?trace={key}"
        connection.send(head("POST", target, "Content-Type: application/x-ndjson", "Content-Length: 100"))
        connection.send(b'{"name":"a"}\n')
        assert connection.read_to_end().endswith(b'{"name":"A","count":1}\n\r\n')
    [record] = wire.log.errors_of("jero")
    assert (record.level, record.message) == (
        "WARNING",
        "POST /impatient-convert: the stream broke with RequestTimeoutError",
    )
    assert _told(wire, key) == ["rolled back: RequestTimeoutError"]


def _told(app: Client, key: str) -> list[str]:
    return msgspec.json.decode(app.get(f"/traces/{key}").body, type=dict[str, list[str]])["entries"]
