"""Where the app's URLs begin: at the origin itself, at a fixed base, or where the trusted proxies say."""

from collections.abc import Callable

from jero._plan import OriginPlan
from jero._runtime.request import Request
from jero._uri import DEFAULT_PORTS, has_port, is_host, is_port, is_prefix

type Base = Callable[[Request], str]

_NAMES = frozenset({b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix"})


def make_base(plan: OriginPlan) -> Base:
    """Make the function that gives what stands before the path of a URL; no slash is at its end."""
    base, hops = plan.base, plan.forwarded_hops
    if hops is None:
        return lambda _request: base
    return lambda request: _forwarded_base(request, hops)


def _forwarded_base(request: Request, hops: int) -> str:
    """Give `proto://host[:port]/prefix` as the trusted proxies say it; what is malformed counts as absent.

    Without a protocol and a host there is no origin, and the URL stays relative to that of the request.
    """
    said = _read_forwarded(request, hops)
    prefix = said.get(b"x-forwarded-prefix", "").removesuffix("/")
    prefix = prefix if is_prefix(prefix) else ""
    proto = said.get(b"x-forwarded-proto", "").lower()
    host = said.get(b"x-forwarded-host", "")
    if proto not in DEFAULT_PORTS or not is_host(host):
        return prefix
    port = said.get(b"x-forwarded-port", "")
    if is_port(port) and not has_port(host) and port.lstrip("0") != DEFAULT_PORTS[proto]:
        host = f"{host}:{port.lstrip('0')}"
    return f"{proto}://{host}{prefix}"


def _read_forwarded(request: Request, hops: int) -> dict[bytes, str]:
    """Give of each list the value that the outermost trusted proxy has set: the last one for one hop.

    Every proxy adds its value at the end; a client may have sent what stands before those of the trusted.
    """
    given: dict[bytes, list[str]] = {}
    for name, value in request.headers:
        if name in _NAMES:
            given.setdefault(name, []).extend(value.decode("latin-1").split(","))
    return {name: values[-hops].strip(" \t") for name, values in given.items() if len(values) >= hops}
