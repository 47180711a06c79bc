"""What a request head has to be beyond what the parser holds: its target, its length, its transfer coding."""

import re
from typing import cast

import zttp

from jero._http.refusals import (
    MAX_HEADERS,
    MAX_REQUEST_LINE,
    coding_of_old_client,
    large_headers,
    long_request_line,
    malformed_target,
    padded_coding,
    repeated_length,
    unknown_coding,
    unknown_version,
)

_SHORT = 8000
"""Bytes of a target that no method and version bring over the limit of a request line."""
_REST_OF_LINE = len("  HTTP/1.1")
_VERSIONS = frozenset({b"1.1", b"1.0"})
"""The parser lets versions pass that nobody has defined, such as 1.2."""
_PADDED_CODING = re.compile(rb"(?i)\ntransfer-encoding:[ \t]*chunked *\t")
_SLASH = ord("/")
_SCHEMES = ("http://", "https://")


def is_usual(head: zttp.Request) -> bool:
    """Say whether a request line that is not long is nothing but usual: a path in ASCII, and a version there is."""
    target, version = head.target, head.http_version
    return (
        target[0] == _SLASH  # it is never empty: the parser lets no such line pass
        and target.isascii()
        and b"#" not in target
        and (version == b"1.1" or version == b"1.0")  # noqa: PLR1714 - a set would have to hash it
    )


def read_unusual_path(head: zttp.Request) -> str | None:
    """Give the path of a target (RFC 9112, section 3.2) where it is not what the parser says; else None.

    Raises HTTPError: 400 for what is no target, 414 where the request line is over its limit, 505 for other versions
    than HTTP/1.1 and 1.0.
    """
    return None if len(head.target) <= _SHORT and is_usual(head) else _read_unusual(head)


def _read_unusual(head: zttp.Request) -> str:
    """Give the path of another target, or of a long one; refuse what is none, and other versions."""
    if head.http_version not in _VERSIONS:
        raise unknown_version()
    if len(head.method) + len(head.target) + _REST_OF_LINE > MAX_REQUEST_LINE:
        raise long_request_line()
    if not head.target.isascii() or b"#" in head.target:  # what some take for a fragment, which no target has
        raise malformed_target()
    path = head.path.decode()
    return path if path[:1] == "/" else _read_other_form(head.method, path)


def read_length(head: zttp.Request) -> int:
    """Give the length of a body, 0 for none, -1 for one in chunks.

    Raises HTTPError: 400 for a length given twice, and for chunks from an HTTP/1.0 client, which knows none; 501 for
    any other transfer coding.
    """
    fields = cast("zttp.HeaderBlock", head.headers)  # of HTTP/1.1
    lengths = fields.getall(b"content-length")
    if lengths:
        if len(lengths) > 1:
            raise repeated_length()
        return int(lengths[0])
    if head.end_stream:
        return 0
    codings = fields.getall(b"transfer-encoding")
    if len(codings) > 1 or codings[0].lower() != b"chunked":
        raise unknown_coding()
    if head.http_version == b"1.0":
        raise coding_of_old_client()
    return -1


def check_padding(raw: bytes | bytearray) -> None:
    """Refuse a tab behind `chunked` in the bytes of a head, which the parser takes off. Raises HTTPError.

    It is white space (RFC 9112, section 5), but not to all: llhttp sees another coding there. Where a proxy and a
    server part in what `chunked` is, they part in where a request ends.
    """
    if _PADDED_CODING.search(raw):
        raise padded_coding()


def check_size(head: zttp.Request) -> None:
    """Refuse headers over their limit. Raises HTTPError."""
    fields = cast("zttp.HeaderBlock", head.headers)  # of HTTP/1.1
    if sum(len(name) + len(value) + len(": \r\n") for name, value in fields) > MAX_HEADERS:
        raise large_headers()


def _read_other_form(method: bytes, path: str) -> str:
    """Give the path of an absolute target; `*` and what CONNECT names stay as they are, and match nothing."""
    if (path == "*" and method == b"OPTIONS") or method == b"CONNECT":
        return path
    scheme, mark, rest = path.partition("://")
    authority, slash, tail = rest.partition("/")
    if f"{scheme}{mark}".lower() not in _SCHEMES or not authority:
        raise malformed_target()
    if not slash and method == b"OPTIONS":
        return "*"
    return f"/{tail}"
