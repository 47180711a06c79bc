"""Lookup: a path to its entry, by dict; filled once at startup and then only read."""

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from jero._plan import OperationPlan, Segment
from jero._runtime.failures import Failures
from jero._runtime.reply import Reply, Route
from jero._runtime.request import Request
from jero._runtime.route import make_error_route, make_route
from jero._runtime.services import Services
from jero.errors import MethodNotAllowedError, NotFoundError

_METHOD_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def make_table(plans: Iterable[OperationPlan], services: Services) -> "RouteTable":
    """Make the table of an app: the plans grouped by template shape, each with its route."""
    failures = services.failures
    grouped: dict[tuple[str | None, ...], tuple[tuple[Segment, ...], dict[str, Route]]] = {}
    for plan in plans:
        shape = tuple(None if segment.is_slot else segment.text for segment in plan.segments)
        _, routes = grouped.setdefault(shape, (plan.segments, {}))
        routes[plan.method] = make_route(plan, services)
    entries = [(segments, Entry(routes, failures)) for segments, routes in grouped.values()]
    return RouteTable(entries, make_error_route(NotFoundError, failures))


class Entry:
    """The routes of one template, by method; HEAD is served by GET's, OPTIONS by a constant answer."""

    __slots__ = ("allow", "not_allowed", "routes")

    def __init__(self, routes: dict[str, Route], failures: Failures) -> None:
        methods = {*routes, "OPTIONS", *(["HEAD"] if "GET" in routes else [])}
        self.allow = ", ".join(method for method in _METHOD_ORDER if method in methods)
        self.routes = {**routes, "OPTIONS": _options_route(self.allow)}
        if "GET" in routes:
            self.routes["HEAD"] = routes["GET"]
        allow = {"allow": self.allow}
        self.not_allowed = make_error_route(lambda: MethodNotAllowedError(headers=allow), failures)


class _Node:
    __slots__ = ("entry", "slot", "static")

    def __init__(self) -> None:
        self.static: dict[str, _Node] = {}
        self.slot: _Node | None = None
        self.entry: Entry | None = None


class RouteTable:
    """All entries of an app: static paths in one dict, templates in trees by their number of segments.

    A static segment beats a slot, leftmost first, whatever the order of registration.
    """

    def __init__(self, entries: Iterable[tuple[tuple[Segment, ...], Entry]], not_found: Route) -> None:
        self._not_found = not_found
        self._static: dict[str, Entry] = {}
        self._by_count: dict[int, _Node] = {}
        methods: set[str] = set()
        for segments, entry in entries:
            methods.update(entry.routes)
            if not any(segment.is_slot for segment in segments):
                self._static["/" + "/".join(segment.text for segment in segments)] = entry
            node = self._by_count.setdefault(len(segments), _Node())
            for segment in segments:
                node = _child(node, segment)
            node.entry = entry
        self.allow = ", ".join(method for method in _METHOD_ORDER if method in methods or method == "OPTIONS")

    async def dispatch(self, request: Request, *, is_encoded: bool) -> Reply | None:
        """Answer a request: with its route, or with what an unknown URL or a wrong method gets."""
        found = self.find(request.path, is_encoded=is_encoded)
        if found is None:
            if request.method == "OPTIONS" and request.path == "*":
                return 204, [(b"allow", self.allow.encode())], b""
            return await self._not_found(request)
        entry, request.slots = found
        return await entry.routes.get(request.method, entry.not_allowed)(request)

    def find(self, path: str, *, is_encoded: bool) -> tuple[Entry, tuple[str, ...]] | None:
        """Give the entry that serves a path and what its slots hold; None where nothing does.

        `is_encoded` says that `path` is as sent: its segments are percent-decoded here, once, after splitting.
        """
        if not is_encoded or "%" not in path:
            entry = self._static.get(path)
            if entry is not None:
                return entry, ()
        segments = path.split("/")
        node = self._by_count.get(len(segments) - 1)
        if node is None or segments[0]:
            return None
        if is_encoded and "%" in path:
            decoded = _decode(segments)
            if decoded is None:
                return None
            segments = decoded
        elif "." in segments or ".." in segments:
            return None
        slots: list[str] = []
        found = _match(node, segments, 1, slots)
        return None if found is None else (found, tuple(slots))


def _child(node: _Node, segment: Segment) -> _Node:
    if not segment.is_slot:
        return node.static.setdefault(segment.text, _Node())
    if node.slot is None:
        node.slot = _Node()
    return node.slot


def _decode(segments: list[str]) -> list[str] | None:
    """Percent-decode each segment once; None where one is not UTF-8, or is a literal dot segment."""
    decoded: list[str] = []
    for segment in segments:
        if segment in {".", ".."}:
            return None
        if "%" in segment:
            try:
                decoded.append(unquote_to_bytes(segment).decode())
            except UnicodeDecodeError:
                return None
        else:
            decoded.append(segment)
    return decoded


def _match(node: _Node, segments: list[str], at: int, slots: list[str]) -> Entry | None:
    """Walk the tree; `slots` holds what the slots on the way hold, and is put back where a branch fails."""
    if at == len(segments):
        return node.entry
    segment = segments[at]
    child = node.static.get(segment)
    if child is not None:
        entry = _match(child, segments, at + 1, slots)
        if entry is not None:
            return entry
    if node.slot is None or not segment or "\0" in segment:
        return None
    slots.append(segment)
    entry = _match(node.slot, segments, at + 1, slots)
    if entry is None:
        slots.pop()
    return entry


def _options_route(allow: str) -> Route:
    headers = [(b"allow", allow.encode())]

    async def options(_request: Request) -> Reply:
        return 204, headers, b""

    return options
