"""Where the app's URLs begin: nowhere, at a fixed base, or at what the nearest trusted proxy says."""

import re
from collections.abc import Callable

from jero._plan import OriginPlan
from jero._runtime.request import Request

type Base = Callable[[Request], str]

_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?"
)
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+")
_DOTS = re.compile(r"%2e", re.IGNORECASE)
_LAST_PORT = 65535
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_NAMES = frozenset({b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix"})


def make_base(plan: OriginPlan) -> Base:
    """Make the function that gives what stands before the path of a URL, without a slash at its end."""
    if plan.hops is not None:
        hops = plan.hops
        return lambda request: forwarded_base(request, hops)
    base = plan.base
    return lambda _request: base


def forwarded_base(request: Request, hops: int) -> str:
    """Give `proto://host[:port]/prefix` as the trusted proxies say it.

    Without a valid protocol and host the URL stays relative to the origin. A malformed value counts as absent.
    """
    given: dict[bytes, list[str]] = {}
    for name, value in request.headers:
        if name in _NAMES:
            given.setdefault(name, []).extend(value.decode("latin-1").split(","))
    said = {name: values[-hops].strip(" \t") for name, values in given.items() if len(values) >= hops}
    prefix = read_prefix(said.get(b"x-forwarded-prefix", ""))
    proto = said.get(b"x-forwarded-proto", "").lower()
    host = said.get(b"x-forwarded-host", "")
    if proto not in _DEFAULT_PORTS or not is_host(host):
        return prefix
    port = said.get(b"x-forwarded-port", "")
    if not has_port(host) and is_port(port) and port.lstrip("0") != _DEFAULT_PORTS[proto]:
        host = f"{host}:{port.lstrip('0')}"
    return f"{proto}://{host}{prefix}"


def read_prefix(text: str) -> str:
    """Give a prefix of paths without the slash at its end; nothing for what is none.

    It begins with one slash, and has no empty segments, no dot segments and nothing that a path may not contain.
    """
    stripped = text.removesuffix("/")
    return stripped if _PREFIX.fullmatch(_DOTS.sub(".", stripped)) else ""


def is_host(text: str) -> bool:
    """Say whether a text is `host[:port]`: a name, an IPv4 address or an IPv6 address in brackets."""
    match = _HOST.fullmatch(text)
    return match is not None and (match[1] is None or is_port(match[1][1:]))


def has_port(host: str) -> bool:
    """Say whether a valid host names its port."""
    return not host.endswith("]") and ":" in host.rpartition("]")[2]


def is_port(text: str) -> bool:
    """Say whether a text is the number of a port."""
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= len(str(_LAST_PORT))
        and 0 < int(text) <= _LAST_PORT
    )
