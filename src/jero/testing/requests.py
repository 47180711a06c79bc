"""Turns the arguments of a test client's method into one request: target, headers, body."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from jero.testing.bodies import Body, Content, Data, Files, WireContent, encode_body
from jero.testing.protocol import EXTENSION, Reporter, Scope
from jero.testing.urls import BaseURL, Params, Target

type RequestHeaders = Mapping[str, str] | Sequence[tuple[str, str]]
type _HeaderPairs = list[tuple[bytes, bytes]]

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_token = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_breaks_line = re.compile(r"[\r\n\0]").search


class RequestOptions(TypedDict, total=False):
    """The keyword arguments that every method of a test client takes.

        client.get("/widgets", params={"tag": ["a", "b"]}, headers={"Authorization": "Bearer t"})
        client.post("/images", data={"title": "A cog"}, files={"picture": ("cog.png", png, "image/png")})

    `params` (mapping or pairs; a sequence repeats its name) is added to the query. One body at most:
    `json` (a Struct or what msgspec encodes), `content` (bytes, str, or a sync or async iterable of bytes,
    each sent in a message of its own), or `data` (mapping or pairs: text, bytes, or a Struct as a JSON part)
    with `files` (mapping or pairs to `(filename, content[, content_type[, headers]])`). `headers` (mapping
    or pairs) replace the client's headers of the same name. None is the same as absent.
    """

    params: Params | None
    json: object
    content: Content | None
    data: Data | None
    files: Files | None
    headers: RequestHeaders | None


@dataclass(frozen=True, slots=True)
class BreakOff:
    """The client leaves inside its body: after so many bytes, or, with None, just before the end."""

    after: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a server would have received it, its body apart from its head."""

    method: str
    target: Target
    headers: _HeaderPairs
    content: WireContent
    break_off: BreakOff | None = None

    def scope(self, *, root_path: str, state: dict[str, object], reporter: Reporter) -> Scope:
        """Return the ASGI 3 HTTP scope (version 2.5), with a shallow copy of the lifespan's state."""
        origin = self.target.origin
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.5"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": origin.scheme,
            "path": root_path + self.target.path,
            "raw_path": root_path.encode() + self.target.raw_path,
            "query_string": self.target.query,
            "root_path": root_path,
            "headers": self.headers,
            "client": ("127.0.0.1", 50000),
            "server": (origin.host, origin.port),
            "state": state.copy(),
            "extensions": {EXTENSION: reporter},
        }


class RequestBuilder:
    """Builds the requests of one client from its base URL and its own headers."""

    __slots__ = ("_base", "_headers")

    def __init__(self, base_url: str, headers: RequestHeaders | None) -> None:
        """Read the base URL and the headers that every request of the client carries.

        Raises:
            ValueError: the base URL or a header is malformed.

        """
        self._base = BaseURL.parse(base_url)
        defaults = [(b"accept", b"*/*"), (b"user-agent", b"jero-testclient")]
        self._headers = _merged(defaults, _header_pairs(headers))

    def build(self, method: str, url: str, options: RequestOptions, break_off: BreakOff | None = None) -> Request:
        """Return the request; the method is put in upper case, as ASGI has it in the scope.

        Raises:
            TypeError: an argument is of an unknown name or type, or there is more than one body.
            ValueError: the method, the URL or a header is malformed.

        """
        if unknown := options.keys() - RequestOptions.__annotations__.keys():
            names = ", ".join(sorted(unknown))
            raise TypeError(f"a request has no argument {names}; it takes {', '.join(RequestOptions.__annotations__)}")
        if not _token(method):
            raise ValueError(f"the method {method!r} is not a token (RFC 9110, 9.1); give a name such as 'GET'")
        method = method.upper()
        target = self._base.resolve(url, options.get("params"))
        own = _header_pairs(options.get("headers"))
        named = dict(self._headers + own)
        body = encode_body(
            json=options.get("json"),
            content=options.get("content"),
            data=options.get("data"),
            files=options.get("files"),
            content_type=named.get(b"content-type", b"").decode("latin-1"),
        )
        host = (b"host", target.origin.authority.encode("ascii"))
        headers = _merged([host, *self._headers], own)
        headers += [pair for pair in _body_headers(method, body, named) if pair[0] not in named]
        return Request(method, target, headers, b"" if body is None else body.content, break_off)


def _header_pairs(headers: RequestHeaders | None) -> _HeaderPairs:
    """Encode headers: names in lower case, as servers hand them over, values as latin-1."""
    if headers is None:
        return []
    given = headers.items() if isinstance(headers, Mapping) else headers
    return [_header_pair(name, value) for name, value in given]


def _header_pair(name: str, value: str) -> tuple[bytes, bytes]:
    """Encode one header that a client can send (RFC 9110, 5)."""
    if not _token(name):
        raise ValueError(f"the header name {name!r} is not a token (RFC 9110, 5.1); no client can send it")
    if _breaks_line(value):
        raise ValueError(f"the value of {name!r} has CR, LF or NUL (RFC 9110, 5.5); no client can send it")
    try:
        return name.lower().encode("ascii"), value.strip(" \t").encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"the value of {name!r} is not latin-1; encode it first, and decode as latin-1") from error


def _merged(defaults: _HeaderPairs, own: _HeaderPairs) -> _HeaderPairs:
    """Return the defaults that are not named again, then the given headers."""
    names = {name for name, _ in own}
    return [pair for pair in defaults if pair[0] not in names] + own


def _body_headers(method: str, body: Body | None, named: Mapping[bytes, bytes]) -> _HeaderPairs:
    """Return the headers that a client derives from the body (RFC 9112, 6)."""
    if body is None:
        return [(b"content-length", b"0")] if method in _METHODS_WITH_BODY else []
    headers: _HeaderPairs = []
    if body.content_type is not None:
        headers.append((b"content-type", body.content_type.encode("latin-1")))
    if isinstance(body.content, bytes):
        headers.append((b"content-length", b"%d" % len(body.content)))
    elif b"content-length" not in named:
        headers.append((b"transfer-encoding", b"chunked"))
    return headers
