"""Requests as bytes: valid ones drawn by hypothesis with what must come of them, damaged ones, and how they come."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

type Draw = st.DrawFn
type Fields = Sequence[tuple[str, str]]

_HOST = ("Host", "testserver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A valid request, and the answer that it must get."""

    raw: bytes
    n: int
    status: int
    operation: str | None
    """The handler that must be called; None where none may be."""
    fields: list[tuple[str, str]]
    """The headers that the handler must be shown, names in lower case."""
    body: bytes = b""
    slots: list[str]
    is_head: bool = False
    tells_number: bool = True
    """Whether the answer's body shows what the handler was given."""
    items: int | None = None
    """How many lines a stream must have."""
    may_close: bool = False
    """Whether the server may close the connection after the answer; `must_close`: whether it has to."""
    must_close: bool = False
    expects: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    method: str
    target: str
    operation: str | None
    status: int = 200
    takes_body: bool = False
    query: str = ""
    tells_number: bool = True
    slots: tuple[str, ...] = ()
    closes: bool = False
    may_close: bool = False
    extra: Fields = ()
    items: int | None = None
    sees_headers: bool = True


_KINDS = (
    _Kind("GET", "/echo", "get"),
    _Kind("GET", "/echo", "get"),
    _Kind("GET", "/echo", "get", query="&turns=3"),
    _Kind("HEAD", "/echo", "get", query="&turns=1"),
    _Kind("DELETE", "/echo", "delete", 204, tells_number=False),
    _Kind("POST", "/echo", "post", takes_body=True),
    _Kind("POST", "/echo", "post", takes_body=True, query="&turns=2"),
    _Kind("PUT", "/echo", "put", takes_body=True),
    _Kind("PATCH", "/echo", "patch", takes_body=True),
    _Kind("GET", "/things/a/b", "things", slots=("a", "b"), sees_headers=False),
    _Kind("GET", "/things/a%2Fb/%252e", "things", slots=("a/b", "%2e"), sees_headers=False),
    _Kind("GET", "/things/%C3%A9/~!$&'()*+,;=:@", "things", slots=("é", "~!$&'()*+,;=:@"), sees_headers=False),
    _Kind("GET", "/things/caf%E9/b", None, 404, tells_number=False),
    _Kind("GET", "/things//b", None, 404, tells_number=False),
    _Kind("GET", "//echo", None, 404, tells_number=False),
    _Kind("GET", "/./echo", None, 404, tells_number=False),
    _Kind("POST", "/nothing", None, 404, takes_body=True, tells_number=False, may_close=True),
    _Kind("POST", "/things/a/b", None, 405, takes_body=True, tells_number=False, may_close=True),
    _Kind("TRACE", "/echo", None, 405, tells_number=False),
    _Kind("OPTIONS", "/echo", None, 204, tells_number=False),
    _Kind("OPTIONS", "*", None, 204, tells_number=False),
    _Kind("GET", "/streams", "streams", query="&items=0", items=0, sees_headers=False),
    _Kind("GET", "/streams", "streams", query="&items=3&turns=1", items=3, sees_headers=False),
    _Kind("HEAD", "/streams", "streams", query="&items=2", items=2, sees_headers=False),
    _Kind("GET", "/echo?status=bad", None, 400, tells_number=False),
    _Kind("GET", "/private", None, 401, tells_number=False),
    _Kind("POST", "/private", None, 401, takes_body=True, tells_number=False, may_close=True),
    _Kind("GET", "/private", "get", extra=[("Authorization", "Bearer good")]),
    _Kind("POST", "/unread", "unread", takes_body=True, may_close=True, sees_headers=False),
    _Kind("GET", "/statuses", None, 205, query="&status=205", tells_number=False),
    _Kind("GET", "/statuses", None, 304, query="&status=304", tells_number=False),
    _Kind("GET", "/statuses", None, 418, query="&status=418", tells_number=False),
)

_ODD_VALUES = (
    "",
    "a",
    "in  ner\tspace",
    'quoted, "comma\\"s", text',
    "\xe9\xff\x80",
    "a:b: c",
    "x" * 300,
    "(comment) ; p=v",
    "Transfer-Encoding: chunked",
    "%0d%0aX: y",
)
_ODD_NAMES = ("X-A", "x-b", "X_C", "X.D", "X!#$%&'*+-.^_`|~9", "Cookie", "Accept", "X-Content-Length", "TE", "Via")
_BODIES = (
    b"",
    b"a",
    b"hello world",
    b"\r\n\r\n",
    b"0\r\n\r\n",
    b"GET /echo?n=666 HTTP/1.1\r\nHost: a\r\n\r\n",
    bytes(range(256)),
    b"z" * 5_000,
)
_EXTENSIONS = (b"", b"", b"", b";a", b";a=b", b';a="b c"', b";x=y;z")
_TRAILERS = (b"", b"", b"", b"X-Trailer: a\r\n", b"X-T: a\r\nx-u:\r\n")


@st.composite
def valid_requests(draw: Draw, most: int = 5) -> list[Sent]:
    """Draw some valid requests for one connection."""
    return [_draw_request(draw, n) for n in range(draw(st.integers(1, most)))]


def _draw_request(draw: Draw, n: int) -> Sent:
    kind = draw(st.sampled_from(_KINDS))
    version, connection = draw(st.sampled_from(_CONNECTIONS))
    is_old = version == "1.0"
    fields: list[tuple[str, str]] = [_HOST, *kind.extra]
    odd = st.tuples(st.sampled_from(_ODD_NAMES), st.sampled_from(_ODD_VALUES))
    fields.extend(draw(odd) for _ in range(draw(st.integers(0, 2))))
    if connection is not None:
        fields.append(("Connection", connection))
    body, framed, expects = b"", b"", False
    if kind.takes_body:
        body, framed, expects = _draw_body(draw, fields, is_old=is_old)
    mark = "&" if "?" in kind.target else "?"
    target = kind.target if kind.target == "*" else f"{kind.target}{mark}n={n}{kind.query}"
    lines = [f"{kind.method} {target} HTTP/{version}", *(f"{name}:{_pad(value)}" for name, value in fields), "", ""]
    blank = draw(st.sampled_from(["", "", "", "", "", "\r\n"]))
    return Sent(
        raw=(blank + "\r\n".join(lines)).encode("latin-1") + framed,
        n=n,
        status=kind.status,
        operation=kind.operation,
        fields=[(name.lower(), value.strip(" \t")) for name, value in fields] if kind.sees_headers else [],
        body=body if kind.operation != "unread" else b"",
        slots=list(kind.slots),
        is_head=kind.method == "HEAD",
        tells_number=kind.tells_number,
        items=kind.items,
        must_close=_is_last(version, connection),
        may_close=kind.may_close or is_old,
        expects=expects,
    )


_CONNECTIONS: tuple[tuple[str, str | None], ...] = (
    *([("1.1", None)] * 12),
    ("1.1", "keep-alive"),
    ("1.1", "close"),
    ("1.1", "Close"),
    ("1.1", "x, close"),
    ("1.1", "TE"),
    ("1.0", None),
    ("1.0", "keep-alive"),
    ("1.0", "Keep-Alive"),
)


def _is_last(version: str, connection: str | None) -> bool:
    named = [] if connection is None else [option.strip().lower() for option in connection.split(",")]
    return "close" in named or (version == "1.0" and "keep-alive" not in named)


def _draw_body(draw: Draw, fields: list[tuple[str, str]], *, is_old: bool) -> tuple[bytes, bytes, bool]:
    """Draw a body, and give it as such and framed, and whether the client says that it waits for a 100."""
    body = draw(st.sampled_from(_BODIES))
    framing = draw(st.sampled_from(["sized", "sized", "chunked", "chunked", "none"]))
    if framing == "none":
        return b"", b"", False
    expects = draw(st.sampled_from([False, False, False, True]))
    if expects:
        fields.append(("Expect", "100-continue"))
    if framing == "sized" or is_old:
        fields.append((draw(st.sampled_from(["Content-Length", "content-length"])), str(len(body))))
        return body, body, expects
    fields.append(("Transfer-Encoding", draw(st.sampled_from(["chunked", "Chunked", "CHUNKED"]))))
    return body, _draw_chunks(draw, body), expects


def _draw_chunks(draw: Draw, body: bytes) -> bytes:
    size = draw(st.integers(1, 20)) if len(body) < 300 else draw(st.integers(100, 6_000))
    extension = draw(st.sampled_from(_EXTENSIONS))
    form = draw(st.sampled_from([b"%x", b"%X", b"%04x"]))
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    framed = [(form % len(chunk)) + extension + b"\r\n" + chunk + b"\r\n" for chunk in chunks]
    return b"".join(framed) + b"0" + extension + b"\r\n" + draw(st.sampled_from(_TRAILERS)) + b"\r\n"


def _pad(value: str) -> str:
    return value if value.startswith(" ") or not value else f" {value}"


def head(line: str, *fields: str) -> bytes:
    """Give the head of a request that names a host."""
    return bare_head(line, "Host: testserver", *fields)


def bare_head(line: str, *fields: str) -> bytes:
    """Give a head of these lines."""
    return "\r\n".join([line, *fields, "", ""]).encode("latin-1")


def get(target: str, *fields: str, method: str = "GET") -> bytes:
    """Give a request without a body."""
    return head(f"{method} {target} HTTP/1.1", *fields)


def post(target: str, body: bytes, *fields: str) -> bytes:
    """Give a request with a sized body."""
    return head(f"POST {target} HTTP/1.1", f"Content-Length: {len(body)}", *fields) + body


def chunked(target: str, chunks: bytes, *fields: str) -> bytes:
    """Give a request with a chunked body, framed already."""
    return head(f"POST {target} HTTP/1.1", "Transfer-Encoding: chunked", *fields) + chunks


_PIECES = (
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"0",
    b"9",
    b"f",
    b"-",
    b"\xff",
    b"%",
    b"=",
    b'"',
    b";a=b",
    b"\t\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"Host: b\r\n",
    b"0\r\n\r\n",
    b"GET /echo?n=777 HTTP/1.1\r\nHost: a\r\n\r\n",
)


@st.composite
def damaged(draw: Draw, raw: bytes) -> bytes:
    """Draw what is left of some bytes after a few blows."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(raw)))
        blow = draw(st.sampled_from(["replace", "flip", "insert", "insert", "delete", "repeat", "cut"]))
        if blow == "replace":
            raw = raw[:at] + bytes([draw(st.integers(0, 255))]) + raw[at + 1 :]
        elif blow == "flip" and at < len(raw):
            raw = raw[:at] + bytes([raw[at] ^ (1 << draw(st.integers(0, 7)))]) + raw[at + 1 :]
        elif blow == "insert":
            raw = raw[:at] + draw(st.sampled_from(_PIECES)) + raw[at:]
        elif blow == "delete":
            raw = raw[:at] + raw[at + draw(st.integers(1, 12)) :]
        elif blow == "repeat":
            raw = raw[:at] + raw[max(0, at - draw(st.integers(1, 40))) :]
        elif blow == "cut" and draw(st.booleans()):
            raw = raw[:at]
    return raw


@dataclass(frozen=True, slots=True)
class Split:
    """How bytes come: cut where, and after how many turns of the loop the next piece; None: when all is quiet."""

    cuts: Sequence[int]
    turns: Sequence[int | None]

    def pieces(self, raw: bytes) -> list[tuple[bytes, int | None]]:
        """Cut the bytes; the last of the `turns` holds for all further pieces."""
        ends = [*self.cuts, len(raw)]
        turns = [*self.turns, *([self.turns[-1]] * (len(ends) - len(self.turns)))]
        pieces = [raw[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        return [(piece, turn) for piece, turn in zip(pieces, turns, strict=False) if piece]


@st.composite
def split(draw: Draw, raw: bytes) -> Split:
    """Draw how bytes come; cuts are often where a line ends, or near, since it is there that parsers have to wait."""
    size = len(raw)
    way = draw(st.sampled_from(["whole", "cuts", "cuts", "cuts", "cuts", "bytes"]))
    if way == "whole":
        return Split((), (None,))
    if way == "bytes" and size < 2_000:
        return Split(range(1, size), (draw(st.sampled_from([0, 0, 1, None])),))
    cuts: list[int] = []
    for at in draw(st.lists(st.integers(0, size), max_size=8)):
        behind = draw(st.sampled_from([None, 0, 1, 2, 3, 4]))
        end = raw.find(b"\r\n\r\n" if at % 2 else b"\r\n", at)
        cuts.append(at if behind is None or end < 0 else min(size, end + behind))
    cuts.sort()
    turns = st.lists(st.sampled_from([0, 0, 1, 2, 5, None]), min_size=len(cuts) + 1, max_size=len(cuts) + 1)
    return Split(cuts, draw(turns))
