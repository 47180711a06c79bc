"""What is fuzzed: for each entry point a function that takes any bytes and raises where jero gets them wrong.

`run.py` feeds them for minutes or hours, the tests for a moment.
"""

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes

import msgspec
from fuzzed_app import Answer, Blobs, Driver, Leaf, Node, Slots, Tags

from jero._runtime.forms.header_parameters import parse_parameters

type Target = Callable[[bytes], None]


def query(data: bytes) -> None:
    """A query is read as the standard library reads it, or refused."""
    answer = _driver().ask(b"/queries", query=data)
    if len(data) > 16 * 1024:
        expect(answer, 414)
        return
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        expect(answer, 400)
        return
    if data.count(b"&") >= 1000:
        expect(answer, 400)
        return
    expect(answer, 200)
    assert msgspec.json.decode(answer.body, type=Tags).tag == [value for name, value in pairs if name == "tag"]


_VALUES = (("number", re.compile(r"-?[0-9]+")), ("flag", re.compile("true|false|0|1", re.IGNORECASE | re.ASCII)))


def values(data: bytes) -> None:
    """Text is an int or a bool in their one form only, and never an error of the server."""
    text = data.decode("utf-8", "replace").replace("&", "").replace("+", "").replace("%", "")
    for name, form in _VALUES:
        answer = _driver().ask(b"/values", query=f"{name}={text}".encode())
        expect(answer, *((200, 400) if not text or len(text) > 4000 else (200,) if form.fullmatch(text) else (400,)))
    expect(_driver().ask(b"/values", query=f"ratio={text}".encode()), 200, 400, 414)


_ASCII_OF_PATHS = bytes(byte for byte in range(128) if byte not in b"?#")


def path(data: bytes) -> None:
    """A path is split as sent, its segments decoded once; what is no URL is 404, and a link to it leads back."""
    target = b"/paths/" + quote(data, safe=_ASCII_OF_PATHS).encode()  # servers pass no other bytes than ASCII
    answer = _driver().ask(target)
    expect(answer, 200, 404)
    segments = target.split(b"/")[2:]
    try:
        decoded = [unquote_to_bytes(segment).decode() for segment in segments]
    except UnicodeDecodeError:
        expect(answer, 404)
        return
    fits = len(decoded) == 2 and all(decoded) and "\0" not in "".join(decoded)
    if not fits or {b".", b".."} & set(segments):
        expect(answer, 404)
        return
    expect(answer, 200)
    assert msgspec.json.decode(answer.body, type=Slots) == Slots(*decoded)
    link = dict(answer.headers)[b"location"]
    assert re.fullmatch(rb"/paths/[^/?#\s]+/[^/?#\s]+", link)
    assert _driver().ask(link).body == answer.body


def request_headers(data: bytes) -> None:
    """Any headers that a server hands over are read, or refused with a 400."""
    lines = [line.partition(b":") for line in data.split(b"\n")]
    headers = [(name.strip().lower(), value.strip(b" \t\r")) for name, _, value in lines]
    headers += [(b"cookie", value) for _, _, value in lines[1:3]]
    expect(_driver().ask(b"/headers", headers=headers), 200, 400)


def response_headers(data: bytes) -> None:
    """Whatever a handler puts into a header or a title, no header comes of it that nobody meant."""
    answer = _driver().ask(b"/answers", pieces=[data])
    expect(answer, 200, 500)
    named = data.partition(b"\0")[0].lower()
    for name, value in answer.headers:
        assert re.fullmatch(rb"[!#$%&'*+.^_`|~0-9a-z-]+", name), name
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value), value
        assert name in {b"content-type", b"content-length", b"x-content-type-options", b"link", named}


def json(data: bytes) -> None:
    """No body makes the server fail; it is refused just where msgspec refuses it, and the answer says why."""
    answer = _driver().ask(b"/bodies", pieces=[data])
    try:
        msgspec.json.decode(data, type=Node | Leaf)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        expect(answer, 400, 422)
        problem = msgspec.json.decode(answer.body, type=dict[str, object])
        assert problem["detail"]
        assert (answer.status == 400) is ("errors" not in problem)
        return
    expect(answer, 204)


def lines(data: bytes) -> None:
    """Lines are read the same however they are cut, and never make the server fail."""
    whole = _driver().ask(b"/lines", pieces=[data])
    expect(whole, 204, 400, 422)
    assert _driver().ask(b"/lines", pieces=cut(data)) == whole


def urlencoded(data: bytes) -> None:
    """A form is read as the standard library reads it, or refused, however it is cut."""
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    whole = _driver().ask(b"/urlencoded", headers=headers, pieces=[data])
    expect(whole, 200, 400, 413)
    expect_same(_driver().ask(b"/urlencoded", headers=headers, pieces=cut(data)), whole)
    if whole.status == 200:
        pairs = parse_qsl(data.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        found = msgspec.json.decode(whole.body, type=Blobs).a
        assert found == [value.encode("latin-1") for name, value in pairs if name == "a"]


_UNITS = {
    b"B": b"--b\r\n",
    b"E": b"\r\n--b--\r\n",
    b"D": b'Content-Disposition: form-data; name="',
    b"F": b'"; filename="',
    b"T": b'text"\r\n\r\n',
    b"L": b'files"; filename="x"\r\n\r\n',
    b"N": b"\r\n",
    b"P": b'part"\r\nContent-Type: text/plain\r\n\r\n',
}
"""One byte for what a fuzzer would take long to find: `BDTxE` is a whole form."""


def multipart(data: bytes) -> None:
    """Any bytes are a form or refused with the reason, and the same however they are cut."""
    for content in (data, b"".join(_UNITS.get(data[at : at + 1], data[at : at + 1]) for at in range(len(data)))):
        headers = [(b"content-type", b"multipart/form-data; boundary=b")]
        whole = _driver().ask(b"/multipart", headers=headers, pieces=[content])
        expect(whole, 200, 400, 413, 415, 422)
        expect_same(_driver().ask(b"/multipart", headers=headers, pieces=cut(content)), whole)
        if whole.status != 200:
            assert msgspec.json.decode(whole.body, type=dict[str, object])["detail"]


def parameters(data: bytes) -> None:
    """Any header with parameters is taken apart or given up, and what is written in quotes comes out again."""
    parse_parameters(data)
    quoted = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    assert parse_parameters(b'form-data; name="' + quoted + b'"') == (b"form-data", {b"name": data})
    answer = _driver().ask(b"/multipart", headers=[(b"content-type", data)], pieces=[b""])
    expect(answer, 400, 415, 422)


TARGETS: dict[str, Target] = {
    it.__name__: it
    for it in (
        query,
        values,
        path,
        request_headers,
        response_headers,
        json,
        lines,
        urlencoded,
        multipart,
        parameters,
    )
}
"""All of them, by name."""


def expect(answer: Answer, *statuses: int) -> None:
    """Fail where an answer has another status than these."""
    assert answer.status in statuses, (answer.status, answer.body)


def expect_same(answer: Answer, other: Answer) -> None:
    """Fail where two answers differ, but for whether the connection is kept: that depends on what was still to come."""
    close = (b"connection", b"close")
    pairs, others = ([pair for pair in it.headers if pair != close] for it in (answer, other))
    assert (answer.status, pairs, answer.body) == (other.status, others, other.body), (answer, other)


def cut(data: bytes) -> list[bytes]:
    """Cut a body in pieces, in a way that depends on it."""
    size = 1 + len(data) % 7
    return [data[at : at + size] for at in range(0, len(data), size)] or [b""]


@cache
def _driver() -> Driver:
    """Give the one that all targets share."""
    return Driver()
