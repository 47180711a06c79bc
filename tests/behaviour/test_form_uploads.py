"""Forms over every edge: as a real client sends them, large ones, broken ones, and no file left behind."""

import hashlib

import httpx
import msgspec
import pytest
from serving.answers import Answer
from serving.clients import Client
from serving.servings import Serve

LARGE = bytes(range(256)) * 20_000
DIGEST = hashlib.sha256(LARGE).hexdigest()
MULTIPART = ("content-type", "multipart/form-data; boundary=b")


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads forms."""
    return serve("apps.forms")


def post_form(
    app: Client, target: str, *, data: dict[str, object], files: list[tuple[str, object]] | None = None
) -> Answer:
    """Send a form as httpx encodes it."""
    request = httpx.Request("POST", "http://testserver/", data=data, files=files)  # pyright: ignore[reportArgumentType]  # its types are narrower than what it takes
    return app.post(target, content=request.read(), headers=[("content-type", request.headers["content-type"])])


def archive(content: bytes, *after: bytes) -> bytes:
    """Give a form with a file."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    return b"".join([head, content, b"\r\n", *after, b"--b--\r\n"])


def pieces(content: bytes, size: int) -> list[bytes]:
    """Cut a body in pieces."""
    return [content[at : at + size] for at in range(0, len(content), size)]


def open_files(app: Client) -> int:
    """Give how many files without a name the app has open."""
    return msgspec.json.decode(app.get("/open-files").body, type=dict[str, int])["count"]


def wait_for_open_files(app: Client, count: int) -> None:
    """Ask until so many files are open; an answer may be read before its request has ended."""
    for _ in range(1000):
        if open_files(app) == count:
            return
    raise AssertionError(f"{open_files(app)} files are open, not {count}")


def test_multipart(app: Client) -> None:
    """A form with texts, a JSON part, repeats and files is read as httpx sends it."""
    answer = post_form(
        app,
        "/albums",
        data={"title": "é & ü", "pageCount": "2", "tags": ["a", "b"]},
        files=[
            ("price", (None, b'{"net": 3}', "application/json")),
            ("cover", ("ü.png", b"\x01\x02", "image/png", {"X-Checksum": "7"})),
            ("pages", ("1.txt", b"\x03")),
            ("pages", ("2.txt", b"")),
        ],
    )
    assert answer.status == 200
    assert answer.json() == {
        "title": "é & ü",
        "page_count": 2,
        "net": 3,
        "tags": ["a", "b"],
        "files": [["ü.png", "image/png", 2, 3], ["1.txt", "text/plain", 1, 3], ["2.txt", "text/plain", 0, 0]],
    }


def test_urlencoded(app: Client) -> None:
    """A form without files is read in the other encoding, too."""
    answer = post_form(app, "/contacts", data={"name": "é & ü+%", "age": 3})
    assert (answer.status, answer.json()) == (200, {"name": "é & ü+%", "age": 3})


def test_mistakes(app: Client) -> None:
    """Everything that is wrong with a form is answered at once."""
    answer = post_form(
        app,
        "/albums",
        data={"pageCount": "two"},
        files=[("price", b"{"), ("cover", ("a", b"", "", {"X-Checksum": "x"}))],
    )
    assert answer.status == 422
    assert answer.errors == [
        ("form", "#/title", "Object missing required field `title`"),
        ("form", "#/pageCount", "Expected `int`, got `str`"),
        ("form", "#/price", "the part is not valid JSON: Input data was truncated"),
        ("form", "#/cover/headers/x-checksum", "Expected `int | null`, got `str`"),
    ]


@pytest.mark.parametrize("size", [1000, 100_000, None])
def test_large_file(app: Client, size: int | None) -> None:
    """A file of five megabytes arrives whole, in one piece or many, and is gone when it is answered."""
    before = open_files(app)
    content = archive(LARGE)
    sent = content if size is None else pieces(content, size)
    answer = app.post("/archives", content=sent, headers=[MULTIPART])
    assert answer.json() == {"filename": "a.bin", "size": len(LARGE), "digest": DIGEST}
    wait_for_open_files(app, before)


def test_file_in_single_bytes(app: Client) -> None:
    """A form that comes byte by byte is the same form."""
    answer = app.post("/archives", content=pieces(archive(b"\r\n--a\r\n"), 1), headers=[MULTIPART])
    assert answer.json() == {
        "filename": "a.bin",
        "size": 7,
        "digest": hashlib.sha256(b"\r\n--a\r\n").hexdigest(),
    }


def test_file_echoed(app: Client) -> None:
    """A streamed answer reads the file while it is sent; then the file is gone."""
    before = open_files(app)
    answer = app.post("/echoes", content=archive(LARGE), headers=[MULTIPART])
    assert answer.body == LARGE
    wait_for_open_files(app, before)


def test_client_that_leaves_the_echo(app: Client) -> None:
    """Where the client leaves a streamed answer, the file is gone."""
    before = open_files(app)
    with app.stream("POST", "/echoes", content=archive(LARGE * 4), headers=[MULTIPART]) as flow:
        assert flow.status == 200
    wait_for_open_files(app, before)


def test_handler_that_raises(app: Client) -> None:
    """Where the handler raises, the answer is 500, and the file is gone."""
    before = open_files(app)
    assert app.post("/raising", content=archive(LARGE), headers=[MULTIPART]).status == 500
    assert "bytes are nothing" in (app.log.one_error().exception or "")
    wait_for_open_files(app, before)


def test_client_that_leaves_in_the_form(app: Client) -> None:
    """Where the client leaves in the midst of its form, that is a record at debug, and the file is gone."""
    before = open_files(app)
    sent = archive(LARGE)[:4_000_000]
    app.leave_in_body("/archives", sent=sent, declared=5_000_000, media_type=MULTIPART[1])
    app.log.wait_for(lambda record: record.message == "POST /archives: the client left")
    wait_for_open_files(app, before)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"garbage", 400),
        (archive(LARGE)[:-9], 400),
        (archive(b"").replace(b"name=", b"nome=", 1), 400),
        (archive(b"").replace(b"Content-Disposition", b"X"), 400),
        (archive(b"").replace(b"a.bin", b"a\0.bin"), 422),
        (archive(b"").replace(b'filename="a.bin"', b""), 422),
        (archive(b"", b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n\xff\r\n'), 422),
        (b"--b--", 422),
    ],
    ids=["empty", "garbage", "truncated", "no name", "no disposition", "NUL", "no file name", "not UTF-8", "no part"],
)
def test_broken_forms(app: Client, content: bytes, status: int) -> None:
    """A broken form is refused in words, and the app goes on."""
    before = open_files(app)
    answer = app.post("/archives", content=content, headers=[MULTIPART])
    assert answer.status == status
    assert answer.problem["detail"]
    wait_for_open_files(app, before)


def test_no_form(app: Client) -> None:
    """What is no form is answered 415."""
    for headers in ([], [("content-type", "application/json")], [("content-type", "text/plain")]):
        assert app.post("/contacts", content=b"name=a", headers=headers).status == 415


def test_form_that_is_too_large(app: Client) -> None:
    """A form over its limit is answered 413 and the connection closed, whether its length was declared or not."""
    before = open_files(app)
    answer = app.post("/small-archives", content=archive(LARGE[:2_000_000]), headers=[MULTIPART])
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    answer = app.post("/small-archives", content=pieces(archive(LARGE[:2_000_000]), 50_000), headers=[MULTIPART])
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    wait_for_open_files(app, before)
