"""Turns the URL and the `params` of a test request into the request target that a server would see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, unquote, urlencode

type Scalar = str | int | float | bool
type Params = Mapping[str, Scalar | Sequence[Scalar]] | Sequence[tuple[str, Scalar | Sequence[Scalar]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986 (3.3, 3.4): what may stand in a path or a query as it is, `%` apart.
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_ORIGIN_SHAPE = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY_SHAPE = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?")
_stray_percent = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port; `authority` is the text of the `host` header."""

    scheme: str
    host: str
    port: int
    authority: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: an origin, the path as sent (`raw_path`), and the query without its `?`."""

    origin: Origin
    raw_path: bytes
    query: bytes

    @property
    def path(self) -> str:
        """The path with its escapes decoded as UTF-8; what is not UTF-8 becomes U+FFFD, as servers do."""
        return unquote(self.raw_path.decode("ascii"))


@dataclass(frozen=True, slots=True)
class BaseURL:
    """The URL against which a client resolves the URLs of its requests; it may have a path prefix."""

    origin: Origin
    prefix: str

    @classmethod
    def parse(cls, url: str) -> "BaseURL":
        """Read `http://host[:port][/prefix]`.

        Raises:
            ValueError: it is not such a URL.

        """
        shape = _ORIGIN_SHAPE.fullmatch(url)
        if shape is None or "?" in shape[3] or "#" in shape[3]:
            raise ValueError(f"base_url {url!r} is not http[s]://host[:port][/prefix]; give such a URL")
        return cls(_origin(shape[1], shape[2], url), shape[3].rstrip("/"))

    def resolve(self, url: str, params: Params | None) -> Target:
        """Return the target of a request for `url`, a path or an absolute URL, with `params` added.

        Legal characters and `%XX` escapes stay as given; all else is percent-encoded as UTF-8. Nothing is
        normalised: `//` and `/../` reach the app. A fragment is left out, and `*` stands for itself.
        `params` come after a query that the URL has already.
        """
        origin, prefix, rest = self.origin, self.prefix, url
        if shape := _ORIGIN_SHAPE.fullmatch(url):
            origin, prefix, rest = _origin(shape[1], shape[2], url), "", shape[3]
        rest = rest.partition("#")[0]
        path, _, query = rest.partition("?")
        if path == "*":
            return Target(origin, b"*", _query(query, params))
        if not path.startswith("/") and (path or not prefix):
            path = f"/{path}"
        return Target(origin, _encoded(prefix + path, _PATH_SAFE), _query(query, params))


def _origin(scheme: str, authority: str, url: str) -> Origin:
    """Read an authority without user info."""
    shape = _AUTHORITY_SHAPE.fullmatch(authority)
    if shape is None:
        raise ValueError(f"{url!r} has no usable host; give a host name or address, and no user info")
    scheme = scheme.lower()
    port = int(shape[2]) if shape[2] else _DEFAULT_PORTS[scheme]
    return Origin(scheme, shape[1].strip("[]"), port, authority)


def _encoded(text: str, safe: str) -> bytes:
    """Percent-encode what is not legal, keeping the escapes that are there."""
    return quote(_stray_percent.sub("%25", text), safe=f"{safe}%").encode("ascii")


def _query(query: str, params: Params | None) -> bytes:
    """Join the query of the URL and the one made from `params`."""
    own = _encoded(query, _QUERY_SAFE)
    added = urlencode([(name, scalar_text(name, value)) for name, value in pairs(params)]).encode("ascii")
    return b"&".join(part for part in (own, added) if part)


def pairs[V](
    fields: Mapping[str, V | Sequence[V]] | Sequence[tuple[str, V | Sequence[V]]] | None,
) -> list[tuple[str, V]]:
    """Flatten a mapping or pairs to single pairs: each item of a sequence repeats its name."""
    if fields is None:
        return []
    given = fields.items() if isinstance(fields, Mapping) else fields
    flat: list[tuple[str, V]] = []
    for name, value in given:
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            flat.extend((name, item) for item in cast("Sequence[V]", value))  # the check leaves V unknown
        else:
            flat.append((name, cast("V", value)))  # text and bytes are sequences, too, but single values here
    return flat


def scalar_text(name: str, value: object) -> str:
    """Write a scalar as text, booleans as `true` and `false`.

    Raises:
        TypeError: the value is of another type.

    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise TypeError(
                f"the value of {name!r} is of type {type(value).__name__}; "
                "give str, int, float or bool, or a sequence of them, and leave out what is absent"
            )
