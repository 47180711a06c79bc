"""Bodies that say they are forms and are none, and odd ones that are."""

import logging
from collections.abc import Iterator

import pytest
from form_requests import URLENCODED, FormApp, body, detail, multipart, part, pieces
from msgspec import Struct

from jero import Endpoint, TestClient

A = part("name=a", b"1")
WHOLE = body(A)
INVALID = "the form is not valid multipart/form-data: "


class Text(Struct):
    a: str


class Texts(Endpoint, path="/texts"):
    async def post(self, form: Text) -> str:
        return form.a


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the form above."""
    with TestClient(FormApp((Texts(),))) as opened:
        yield opened


TRUNCATED = "the form is truncated: it does not end with its boundary and `--`"
NO_NAME = 'the `content-disposition` of a part is not `form-data; name="..."`'
NO_PART = "the form ends before a boundary that begins a part"
MALFORMED = {
    "empty": (b"", TRUNCATED),
    "no boundary inside": (b"a=1", TRUNCATED),
    "other boundary": (body(A, boundary="c"), TRUNCATED),
    "boundary only": (b"--b", TRUNCATED),
    "line feeds only": (WHOLE.replace(b"\r\n", b"\n"), TRUNCATED),
    "line feed after the boundary": (WHOLE.replace(b"--b\r\n", b"--b\n", 1), NO_PART),
    "no line break before the boundary": (b"x" + WHOLE, NO_PART),
    "preamble and end": (b"x\r\n--b--", NO_PART),
    "headers truncated": (WHOLE[:20], TRUNCATED),
    "content truncated": (WHOLE[: WHOLE.index(b"\r\n\r\n1") + 5], TRUNCATED),
    "last boundary without --": (b"--b\r\n" + A + b"\r\n--b\r\n", TRUNCATED),
    "last boundary with one -": (b"--b\r\n" + A + b"\r\n--b-", TRUNCATED),
    "part without headers": (b"--b\r\n\r\n1\r\n--b--", "a part has no `content-disposition`"),
    "no disposition": (b"--b\r\nX-A: b\r\n\r\n1\r\n--b--", "a part has no `content-disposition`"),
    "no name": (body(part("filename=x", b"1")), "the `content-disposition` of a part has no `name`"),
    "other disposition": (
        b"--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--",
        NO_NAME,
    ),
    "unclosed quote": (body(part('name="a', b"1")), NO_NAME),
    "two names": (body(part("name=a; name=b")), NO_NAME),
    "backslashes": (
        body(part('name="a' + "\\" * 3000)),
        NO_NAME,
    ),
    "two dispositions": (
        body(part("name=a", b"", "Content-Disposition: form-data; name=b")),
        "a part has more than one `content-disposition`",
    ),
    "two content types": (
        body(part("name=a", b"", "Content-Type: a/b", "content-type: a/b")),
        "a part has more than one `content-type`",
    ),
    "NUL in a name": (body(part('name="a\0"')), "the name of a part has control characters"),
    "LF in a name": (body(part('name="a\n"')), "the name of a part has control characters"),
    "name not UTF-8": (
        b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\r\n--b--',
        "the name of a part is not UTF-8",
    ),
    "LF in a header": (body(part("name=a", b"", "X-A: b\nX-B: c")), "a header of a part has control characters"),
    "NUL in a header": (body(part("name=a", b"", "X-A: b\0")), "a header of a part has control characters"),
    "header without a colon": (body(part("name=a", b"", "X-A")), INVALID),
    "header without a name": (body(part("name=a", b"", ": x")), INVALID),
    "space in a header's name": (body(part("name=a", b"", "X A: b")), INVALID),
    "folded header": (body(part("name=a", b"", "X-A: b\r\n c")), INVALID),
    "CR in a header": (body(part("name=a", b"", "X-A: b\rc")), INVALID),
    "spaces before a value": (
        body(part("name=a", b"", "X-A:" + " " * 100 + "b")),
        "a part's header has too many spaces before its value",
    ),
    "padding": (b"--b\r\n" + A + b"\r\n--b" + b" " * 65 + b"\r\n" + A + b"\r\n--b--", INVALID),
}


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(client: TestClient, caplog: pytest.LogCaptureFixture, case: str, size: int) -> None:
    """A malformed form is answered 400 and says why, however it is cut in pieces, and logs nothing."""
    caplog.set_level(logging.INFO)
    content, words = MALFORMED[case]
    response = client.post("/texts", content=pieces(content, size), headers=multipart())
    assert response.status_code == 400
    assert response.json(dict[str, object])["type"] == "malformed-request"
    assert detail(response).startswith(words)
    assert caplog.records == []


WELL_FORMED = {
    "no line break at the end": WHOLE[:-2],
    "epilogue": WHOLE + b"--b\r\ngarbage" * 1_000,
    "garbage right after the end": WHOLE[:-2] + b"garbage",
    "line break before the first boundary": b"\r\n" + WHOLE,
    "preamble": b"This is a form.\r\n\r\n--a\r\n--bb\r\n" + WHOLE,
    "preamble of 8 KiB": b"-" * 8190 + b"\r\n" + WHOLE,
    "padding": b"--b \t\r\n" + A + b"\r\n--b\t \r\n" + A + b"\r\n--b--",
    "unknown parts": body(part("name=x", b"\r\n--\r\n--c\r\n--b-\r\n--bb"), A, part("name=y")),
    "lower-case header": WHOLE.replace(b"Content-Disposition: form-data", b"content-disposition:FORM-DATA"),
    "spaces in a header": WHOLE.replace(b": form-data", b":   form-data  "),
    "eight headers": body(part("name=a", b"1", *[f"X-{n}: y" for n in range(7)])),
    "a header of 4 KiB": body(part("name=a", b"1", "X-A: " + "y" * (4096 - 5))),
}


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("case", WELL_FORMED)
def test_well_formed(client: TestClient, case: str, size: int) -> None:
    """What RFC 2046 allows around and between the parts is passed over, however it is cut in pieces."""
    response = client.post("/texts", content=pieces(WELL_FORMED[case], size), headers=multipart())
    assert (response.status_code, response.text) == (200, "1")


@pytest.mark.parametrize(
    "content",
    [b"\r\n", b"\r", b"\n", b"--b", b"\r\n-", b"\r\n--", b"\r\n--a", b"\r\n--b-", b"\r\n--bx", b"\r\n--b\rx", b"--b--"],
)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1 << 20])
def test_content_that_looks_like_a_boundary(client: TestClient, content: bytes, size: int) -> None:
    """What only begins like a boundary is content, however it is cut in pieces."""
    expected = content.decode() * 3 + "end"
    sent = pieces(body(part("name=a", expected.encode())), size)
    response = client.post("/texts", content=sent, headers=multipart())
    assert (response.status_code, response.text) == (200, expected)


@pytest.mark.parametrize("content", [b"%ff=1", b"a=1&\xff=2"])
def test_urlencoded_name_that_is_not_utf8(client: TestClient, content: bytes) -> None:
    """An urlencoded form with a name that is not UTF-8 is answered 400."""
    response = client.post("/texts", content=content, headers=URLENCODED)
    assert response.status_code == 400
    assert detail(response) == "the name of a field is not UTF-8"


def test_urlencoded_name_that_is_too_long(client: TestClient) -> None:
    """An urlencoded form with a name over 4 KiB is answered 400."""
    response = client.post("/texts", content=b"a" * 4097, headers=URLENCODED)
    assert response.status_code == 400
    assert detail(response) == "the name of a field is over 4096 bytes"
    assert client.post("/texts", content=b"a=1&" + b"b" * 4096, headers=URLENCODED).status_code == 200


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"a=1", "1"),
        (b"&&a=1&&", "1"),
        (b"a", ""),
        (b"x&a=&y", ""),
        (b"a=b=c", "b=c"),
        (b"%61=x+y%2B%2b", "x y++"),
        (b"a=%", "%"),
        (b"a=%4", "%4"),
        (b"a=%zz%4g%%41", "%zz%4g%A"),
        (b"a=\\x41\\N{DIGIT ONE}%5c", "\\x41\\N{DIGIT ONE}\\"),
        (b"a=%C3%A9;b=2", "é;b=2"),
        ("a=é日".encode(), "é日"),
        (b"a=%00%0d%0a", "\0\r\n"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_urlencoded(client: TestClient, content: bytes, value: str, size: int) -> None:
    """An urlencoded form is read as the WHATWG has it, however it is cut in pieces."""
    response = client.post("/texts", content=pieces(content, size), headers=URLENCODED)
    assert (response.status_code, response.text) == (200, value)


def test_long_urlencoded_value(client: TestClient) -> None:
    """A long value whose escapes fall on every seam between pieces is read whole."""
    value = "é%+&" * 20_000
    response = client.post("/texts", data={"a": value})
    assert response.text == value
