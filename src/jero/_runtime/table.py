"""Lookup: a path to its entry, by dict; filled once at startup and then only read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from jero._plan import OperationPlan, Segment
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.operation import covers, emit_operation
from jero._runtime.emit.plain import PLAIN
from jero._runtime.fixed_routes import make_error_route, make_options_route
from jero._runtime.reply import Reply, Route
from jero._runtime.request import Request
from jero._runtime.services import Services
from jero.errors import MethodNotAllowedError, NotFoundError

_METHOD_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

type EdgeRoutes = Mapping[str, Callable[..., Any]]
"""The routes of one template for one edge, by method: what they take and give, its dialect says."""

type FindText = Callable[[str], tuple[EdgeRoutes, tuple[str, ...]] | tuple[None, tuple[()]]]
type FindRaw = Callable[[bytes], tuple[EdgeRoutes, tuple[str, ...]] | tuple[None, tuple[()]]]


def make_table(plans: Iterable[OperationPlan], services: Services, dialect: Dialect) -> "RouteTable":
    """Make the table of an app: the plans grouped by template shape, each with its route for one edge."""
    grouped: dict[tuple[str | None, ...], tuple[tuple[Segment, ...], dict[str, OperationPlan]]] = {}
    for plan in plans:
        shape = tuple(None if segment.is_slot else segment.text for segment in plan.segments)
        _, by_method = grouped.setdefault(shape, (plan.segments, {}))
        by_method[plan.method] = plan
    entries = [
        (segments, Entry(by_method, _edge_routes(by_method, services, dialect), services))
        for segments, by_method in grouped.values()
    ]
    return RouteTable(entries, make_error_route(NotFoundError, services.failures), dialect)


def _edge_routes(plans: Mapping[str, OperationPlan], services: Services, dialect: Dialect) -> EdgeRoutes:
    routes = {
        method: emit_operation(plan, services, dialect).function
        for method, plan in plans.items()
        if covers(plan, dialect)
    }
    if dialect.serves_head and "GET" in routes:
        routes["HEAD"] = routes["GET"]
    return routes


def find_nothing(_path: bytes | str) -> tuple[None, tuple[()]]:
    """Stand for a look-up where no table is."""
    return None, ()


class Entry:
    """The routes of one template, by method: `for_edge` those in the edge's dialect, `route` those of any.

    HEAD is served by GET's, OPTIONS by a constant answer.
    """

    __slots__ = ("_not_allowed", "_plans", "_routes", "_services", "allow", "for_edge")

    def __init__(self, plans: Mapping[str, OperationPlan], for_edge: EdgeRoutes, services: Services) -> None:
        methods = {*plans, "OPTIONS", *(["HEAD"] if "GET" in plans else [])}
        self.allow = ", ".join(method for method in _METHOD_ORDER if method in methods)
        self.for_edge = for_edge
        allow = {"allow": self.allow}
        self._not_allowed = make_error_route(lambda: MethodNotAllowedError(headers=allow), services.failures)
        self._routes: dict[str, Route] = {"OPTIONS": make_options_route(self.allow)}
        self._plans = plans
        self._services = services
        for method in plans.keys() - for_edge.keys():
            self.route(method)  # made at startup, where the edge has none of its own

    def route(self, method: str) -> Route:
        """Give the route of a method, or the one that says that there is none."""
        route = self._routes.get(method)
        if route is None:
            plan = self._plans.get("GET" if method == "HEAD" else method)
            if plan is None:
                return self._not_allowed
            route = self._routes[method] = emit_operation(plan, self._services, PLAIN).function
        return route


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

    def __init__(
        self, entries: Iterable[tuple[tuple[Segment, ...], Entry]], not_found: Route, dialect: Dialect = PLAIN
    ) -> None:
        self.dialect = dialect
        """What the routes for the edge are written in."""
        self._not_found = not_found
        self.exact: dict[bytes, EdgeRoutes] = {}
        """The edge's routes by the static paths that need no decoding, as they are sent."""
        self._trailing: dict[bytes, EdgeRoutes] = {}
        self._trailing_text: dict[str, EdgeRoutes] = {}
        self._static: dict[str, Entry] = {}
        self._by_count: dict[int, _Node] = {}
        methods: set[str] = set()
        for segments, entry in entries:
            methods.update(entry.allow.split(", "))
            self._add_direct(segments, entry)
            node = self._by_count.setdefault(len(segments), _Node())
            for segment in segments:
                node = _child(node, segment)
            node.entry = entry
        self.allow = ", ".join(method for method in _METHOD_ORDER if method in methods or method == "OPTIONS")

    def _add_direct(self, segments: tuple[Segment, ...], entry: Entry) -> None:
        """Put a template where it is found at once: one without slots, or with one slot, its last segment.

        A path of the latter kind has no better match: what could beat it is static throughout.
        """
        ends_in_slot = bool(segments) and segments[-1].is_slot
        static = segments[:-1] if ends_in_slot else segments
        if any(segment.is_slot for segment in static):
            return
        path = "/" + "/".join(segment.text for segment in static)
        if not ends_in_slot:
            self._static[path] = entry
        else:
            self._trailing_text[path] = entry.for_edge
        if path.isascii() and "%" not in path:
            (self._trailing if ends_in_slot else self.exact)[path.encode()] = entry.for_edge

    async def dispatch(self, request: Request, *, is_encoded: bool) -> Reply | None:
        """Answer a request: with its route, or with what an unknown URL or a wrong method gets."""
        found = self.find(request.path, is_encoded=is_encoded)
        if found is None:
            if request.method == "OPTIONS" and request.path == "*":
                return 204, [(b"allow", self.allow.encode())], b""
            return await self._not_found(request)
        entry, request.slots = found
        return await entry.route(request.method)(request)

    def find_raw(self, path: bytes) -> tuple[EdgeRoutes, tuple[str, ...]] | tuple[None, tuple[()]]:
        """Give the edge's routes for a path as it was sent that is not in `exact`, and what its slots hold."""
        before, _, last = path.rpartition(b"/")
        if last.isalnum():
            routes = self._trailing.get(before or b"/")
            if routes is not None:
                return routes, (last.decode(),)
        found = self.find(path.decode("latin-1"), is_encoded=True)
        return (None, ()) if found is None else (found[0].for_edge, found[1])

    def find_text(self, path: str) -> tuple[EdgeRoutes, tuple[str, ...]] | tuple[None, tuple[()]]:
        """Give the edge's routes for a path that the server has decoded; nothing for one that is not ASCII."""
        entry = self._static.get(path)
        if entry is not None:
            return entry.for_edge, ()
        before, _, last = path.rpartition("/")
        if last.isalnum():
            routes = self._trailing_text.get(before or "/")
            if routes is not None:
                return routes, (last,)
        found = self.find(path, is_encoded=False) if path.isascii() else None
        return (None, ()) if found is None else (found[0].for_edge, found[1])

    def find(self, path: str, *, is_encoded: bool) -> tuple[Entry, tuple[str, ...]] | None:
        """Give the entry that serves a path and what its slots hold; None where nothing does.

        `is_encoded` says that `path` is as sent: its segments are percent-decoded here, once, after splitting. It has
        no bytes but ASCII then (RFC 3986, section 2): one with others finds nothing.
        """
        if not is_encoded or "%" not in path:
            entry = self._static.get(path)
            if entry is not None:
                return entry, ()
        segments = path.split("/")
        node = self._by_count.get(len(segments) - 1)
        if node is None or segments[0] or (is_encoded and not path.isascii()):
            return None
        if is_encoded and "%" in path:
            decoded = _decode(segments)
            if decoded is None:
                return None
            segments = decoded
        elif "." in segments or ".." in segments:
            return None
        return _descend(node, segments)


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


def _descend(start: _Node, segments: list[str]) -> tuple[Entry, tuple[str, ...]] | None:
    """Walk down while each node leaves one way to go; where one leaves two, `_match` tries them in turn."""
    node, slots = start, ()
    for at in range(1, len(segments)):
        segment = segments[at]
        child = node.static.get(segment)
        if child is None:
            child = node.slot
            if child is None or not segment or "\0" in segment:
                return None
            slots = (*slots, segment)
        elif node.slot is not None:
            rest: list[str] = []
            entry = _match(node, segments, at, rest)
            return None if entry is None else (entry, (*slots, *rest))
        node = child
    return None if node.entry is None else (node.entry, slots)


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
