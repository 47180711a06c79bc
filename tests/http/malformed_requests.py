"""The table of malformed requests: each must be refused, and nothing behind it served."""

from dataclasses import dataclass

from wire_requests import bare_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A request that must be refused: `statuses` are what it may be answered with, then the connection closes."""

    name: str
    raw: bytes
    statuses: frozenset[int] = frozenset({400})
    may_be_silent: bool = False
    """Whether the connection may close without an answer."""


def _with_fields(name: str, *fields: str, body: bytes = b"", **options: bool | frozenset[int]) -> Malformed:
    raw = bare_head("POST /echo?n=999 HTTP/1.1", "Host: testserver", *fields) + body
    return _row(name, raw, **options)


def _row(name: str, raw: bytes, **options: bool | frozenset[int]) -> Malformed:
    statuses, silent = options.get("statuses", frozenset({400})), options.get("may_be_silent", False)
    assert isinstance(statuses, frozenset)
    return Malformed(name=name, raw=raw, statuses=statuses, may_be_silent=bool(silent))


def _with_chunks(name: str, chunks: bytes) -> Malformed:
    return _with_fields(name, "Transfer-Encoding: chunked", body=chunks, may_be_silent=True)


def _with_line(name: str, line: str, **options: bool | frozenset[int]) -> Malformed:
    return _row(name, bare_head(line, "Host: testserver"), **options)


_THREE = b"abc"
_EMPTY_CHUNK = b"0\r\n\r\n"
_CODING = frozenset({400, 501})
_TARGET = frozenset({400, 404})
_VERSION = frozenset({400, 505})
_LARGE = frozenset({414, 431})

MALFORMED: tuple[Malformed, ...] = (
    # Two framings, or one that nobody can be sure of (RFC 9112, 6.1 to 6.3).
    _with_fields("length, then coding", "Content-Length: 3", "Transfer-Encoding: chunked", body=_EMPTY_CHUNK),
    _with_fields("coding, then length", "Transfer-Encoding: chunked", "Content-Length: 3", body=_EMPTY_CHUNK),
    _with_fields("coding and length 0", "Transfer-Encoding: chunked", "Content-Length: 0", body=_EMPTY_CHUNK),
    _with_fields("two lengths", "Content-Length: 3", "Content-Length: 4", body=_THREE),
    _with_fields("the same length twice", "Content-Length: 3", "Content-Length: 3", body=_THREE),
    _with_fields("the length 0 twice", "Content-Length: 0", "Content-Length: 0"),
    _with_fields("the length 0 twice, apart", "Content-Length: 0", "X-A: b", "content-length: 0"),
    _row("the length 0 twice in a GET", bare_head("GET /echo?n=999 HTTP/1.1", "Host: a", *(["Content-Length: 0"] * 2))),
    _with_fields("list of lengths of 0", "Content-Length: 0, 0"),
    _with_fields("list of lengths", "Content-Length: 3, 3", body=_THREE),
    _with_fields("negative length", "Content-Length: -3", body=_THREE),
    _with_fields("signed length", "Content-Length: +3", body=_THREE),
    _with_fields("hexadecimal length", "Content-Length: 0x3", body=_THREE),
    _with_fields("fraction of a length", "Content-Length: 3.0", body=_THREE),
    _with_fields("empty length", "Content-Length:", body=_THREE),
    _with_fields("split length", "Content-Length: 1 2", body=_THREE),
    _with_fields("length in other digits", "Content-Length: \xb3", body=_THREE),
    _with_fields("length with underscore", "Content-Length: 1_0", body=_THREE),
    _with_fields("endless length", "Content-Length: 99999999999999999999", body=_THREE),
    _with_fields("coding of another kind", "Transfer-Encoding: gzip", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("coding before chunked", "Transfer-Encoding: gzip, chunked", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("chunked not last", "Transfer-Encoding: chunked, gzip", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("chunked twice", "Transfer-Encoding: chunked, chunked", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields(
        "two headers of codings",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked",
        body=_EMPTY_CHUNK,
        statuses=_CODING,
    ),
    _with_fields(
        "chunked in two headers",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked",
        body=_EMPTY_CHUNK,
        statuses=_CODING,
    ),
    _with_fields("coding like chunked", "Transfer-Encoding: xchunked", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("coding with parameter", "Transfer-Encoding: chunked;a=b", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("quoted coding", 'Transfer-Encoding: "chunked"', body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("coding identity", "Transfer-Encoding: identity", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("empty coding", "Transfer-Encoding:", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("tab within the coding", "Transfer-Encoding: chun\tked", body=_EMPTY_CHUNK, statuses=_CODING),
    _with_fields("tab behind the coding", "Transfer-Encoding: chunked\t", body=_EMPTY_CHUNK),
    _with_fields("space and tab behind the coding", "transfer-encoding: Chunked \t ", "X-A: b", body=_EMPTY_CHUNK),
    _with_fields("vertical tab before the coding", "Transfer-Encoding: \x0bchunked", body=_EMPTY_CHUNK),
    # Header lines (RFC 9112, 5; RFC 9110, 5.5).
    _with_fields("folded header", "X-A: b", " c"),
    _with_fields("header folded by a tab", "X-A: b", "\tc"),
    _row("folded first header", b"GET /echo?n=999 HTTP/1.1\r\n X-A: b\r\nHost: a\r\n\r\n"),
    _with_fields("space before the colon", "X-A : b"),
    _with_fields("space before the colon of a length", "Content-Length : 3", body=_THREE),
    _with_fields("tab before the colon", "X-A\t: b"),
    _with_fields("space in a name", "X A: b"),
    _with_fields("empty name", ": b"),
    _with_fields("no colon", "X-A"),
    _with_fields("byte beyond ASCII in a name", "X-\xe9: b"),
    _with_fields("NUL in a name", "X-\x00: b"),
    _with_fields("parenthesis in a name", "X-(: b"),
    _with_fields("NUL in a value", "X-A: a\x00b"),
    _with_fields("escape in a value", "X-A: a\x1bb"),
    _with_fields("DEL in a value", "X-A: a\x7fb"),
    _with_fields("CR in a value", "X-A: a\rb"),
    _with_fields("CR before the end of a line", "X-A: a\r"),
    _with_fields("LF in a value", "X-A: a\nX-B: b"),
    _row("LF after the request line", b"GET /echo?n=999 HTTP/1.1\nHost: a\r\n\r\n"),
    _row("LF after a header", b"GET /echo?n=999 HTTP/1.1\r\nHost: a\n\r\n"),
    _row("LF at the end of the head", b"GET /echo?n=999 HTTP/1.1\r\nHost: a\r\n\n"),
    _row("LF everywhere", b"GET /echo?n=999 HTTP/1.1\nHost: a\n\n"),
    _row("CR alone at the end of the head", b"GET /echo?n=999 HTTP/1.1\r\nHost: a\r\n\rGET / HTTP/1.1\r\n\r\n"),
    _row("CR after the request line", b"GET /echo?n=999 HTTP/1.1\rHost: a\r\n\r\n"),
    # Request lines (RFC 9112, 3).
    _with_line("two spaces before the target", "GET  /echo?n=999 HTTP/1.1"),
    _with_line("two spaces before the version", "GET /echo?n=999  HTTP/1.1"),
    _with_line("tab before the target", "GET\t/echo?n=999 HTTP/1.1"),
    _with_line("tab before the version", "GET /echo?n=999\tHTTP/1.1"),
    _with_line("space after the version", "GET /echo?n=999 HTTP/1.1 "),
    _with_line("space before the method", " GET /echo?n=999 HTTP/1.1"),
    _with_line("no target", "GET HTTP/1.1"),
    _with_line("space in the target", "GET /echo?n=999 x HTTP/1.1"),
    _with_line("NUL in the target", "GET /echo?n=999&text=\x00 HTTP/1.1"),
    _with_line("raw bytes in the path", "GET /caf\xe9?n=999 HTTP/1.1"),
    _with_line("raw bytes in the query", "GET /echo?n=999&text=\xe9 HTTP/1.1"),
    _with_line("fragment in the target", "GET /echo?n=999#top HTTP/1.1"),
    _with_line("target without a slash", "GET echo?n=999 HTTP/1.1", statuses=_TARGET),
    _with_line("no version", "GET /echo?n=999", statuses=_VERSION),
    _with_line("version in lower case", "GET /echo?n=999 http/1.1", statuses=_VERSION),
    _with_line("version 0.9", "GET /echo?n=999 HTTP/0.9", statuses=_VERSION),
    _with_line("version 2.0", "GET /echo?n=999 HTTP/2.0", statuses=_VERSION),
    _with_line("version 1.2", "GET /echo?n=999 HTTP/1.2", statuses=_VERSION),
    _with_line("version 1.10", "GET /echo?n=999 HTTP/1.10", statuses=_VERSION),
    _with_line("version 1.", "GET /echo?n=999 HTTP/1.", statuses=_VERSION),
    _with_line("version 1,1", "GET /echo?n=999 HTTP/1,1", statuses=_VERSION),
    _with_line("another protocol", "GET /echo?n=999 RTSP/1.1", statuses=_VERSION),
    _with_line("method that is no token", "G@T /echo?n=999 HTTP/1.1"),
    _with_line("quoted method", '"GET" /echo?n=999 HTTP/1.1'),
    _with_line("byte beyond ASCII in a method", "G\xcbT /echo?n=999 HTTP/1.1"),
    _row("garbage", b"\x00\x01\x02\r\n\r\n"),
    _row("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n"),
    _row("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", statuses=_VERSION),
    _row("a response", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    # Chunks (RFC 9112, 7.1).
    _with_chunks("chunk size that is none", b"g\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("negative chunk size", b"-3\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("signed chunk size", b"+3\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("prefixed chunk size", b"0x3\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("no chunk size", b"\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("no chunk size but an extension", b";a=b\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("space before a chunk size", b" 3\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("endless chunk size", b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("chunk longer than its size", b"2\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("chunk shorter than its size", b"4\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("chunk without its end", b"3\r\nabc0\r\n\r\n"),
    _with_chunks("LF after a chunk size", b"3\nabc\r\n0\r\n\r\n"),
    _with_chunks("LF after a chunk", b"3\r\nabc\n0\r\n\r\n"),
    _with_chunks("CR after a chunk size", b"3\rabc\r\n0\r\n\r\n"),
    _with_chunks("LF after an extension", b"3;a\nabc\r\n0\r\n\r\n"),
    _with_chunks("CR within an extension", b"3;a\rb\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("NUL within an extension", b"3;a=\x00\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("extension without a name", b"3;\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("extension without a name, then one", b"3;;a\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("extension without a value", b"3;a=\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("two values of an extension", b"3;a=b=c\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("name of an extension that is no token", b"3;a@b\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("quoted name of an extension", b'3;"a"\r\nabc\r\n0\r\n\r\n'),
    _with_chunks("open quote in an extension", b'3;a="b\r\nabc\r\n0\r\n\r\n'),
    _with_chunks("more behind a quote in an extension", b'3;a="b"c\r\nabc\r\n0\r\n\r\n'),
    _with_chunks("byte beyond ASCII in an extension", b"3;\xff\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("extension without its mark", b"3 a\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("space before an extension", b"3 ;a\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("space in an extension", b"3; a\r\nabc\r\n0\r\n\r\n"),
    _with_chunks("space after an extension", b"3;a \r\nabc\r\n0\r\n\r\n"),
    _with_chunks("space after a chunk size", b"3 \r\nabc\r\n0\r\n\r\n"),
    _with_chunks("malformed extension of a later chunk", b"3;a\r\nabc\r\n1;\r\na\r\n0\r\n\r\n"),
    _with_chunks("malformed extension of the last chunk", b"3\r\nabc\r\n0;a=\r\n\r\n"),
    _with_chunks("many extensions of small chunks", (b"1;a=" + b"b" * 8_000 + b"\r\na\r\n") * 3 + b"0\r\n\r\n"),
    _with_chunks("LF after the last chunk", b"3\r\nabc\r\n0\n\r\n"),
    _with_chunks("LF after a trailer", b"3\r\nabc\r\n0\r\nX-A: b\n\r\n"),
    _with_chunks("trailer without a colon", b"3\r\nabc\r\n0\r\nX-A\r\n\r\n"),
    _with_chunks("folded trailer", b"3\r\nabc\r\n0\r\nX-A: b\r\n c\r\n\r\n"),
    # Limits.
    _with_line("long path", "GET /" + "a" * 9_000 + "?n=999 HTTP/1.1", statuses=frozenset({414})),
    _with_line("long query", "GET /echo?n=999&text=" + "a" * 9_000 + " HTTP/1.1", statuses=frozenset({414})),
    # Which of the two limits it was can be told only where the head did not come in pieces behind a slow request.
    _with_fields("101 headers", *(f"X-{at}: a" for at in range(100)), statuses=_LARGE),
    _with_fields("one long header", "X-A: " + "a" * 40_000, statuses=_LARGE),
    _with_fields("one long name", "X-" + "a" * 40_000 + ": a", statuses=_LARGE),
    _with_fields("long headers", *(f"X-{at}: " + "a" * 1_000 for at in range(40)), statuses=_LARGE),
)
