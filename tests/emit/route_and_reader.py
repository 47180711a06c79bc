"""A source of text, read by a route that was emitted and by its reader: the same has to come of what a client sends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast, override

import msgspec
from emit_operations import Recorded, ReturnsNothing
from hypothesis import strategies as st
from msgspec import Struct
from text_inputs import header_pairs, queries, slot_texts

from jero._plan import AuthPlan, OperationPlan, Segment, SourceKind, SourcePlan
from jero._runtime.emit.operation import emit_operation
from jero._runtime.emit.plain import PLAIN
from jero._runtime.readers import make_header_reader, make_params_reader, make_path_reader, wanted_headers
from jero._runtime.reply import Reply
from jero._runtime.request import HeaderPairs, Request
from jero._runtime.request_headers import scan_headers
from jero._runtime.services import Services
from jero.errors import HTTPError
from jero.limits import Limits


class Sent(Request):
    """A request that has only what sources of text read."""

    __slots__ = ()

    def __init__(self, query: bytes = b"", headers: HeaderPairs | None = None, slots: tuple[str, ...] = ()) -> None:
        self.method, self.path, self.root_path = "GET", "/", ""
        self.query, self.headers, self.slots = query, headers or [], slots
        self.endings = None

    @override
    async def wait_disconnect(self) -> None:
        raise NotImplementedError

    @override
    async def receive_body(self) -> tuple[bytes, bool]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text source: what a client may send for its names, how its reader reads that, what refusals answer."""

    source: SourceKind
    sent: Callable[[list[str]], st.SearchStrategy[Sent]]
    read: Callable[[SourcePlan, Limits, Sent], object]
    refusals: frozenset[int]
    is_gate: bool = False


def read_query(plan: SourcePlan, limits: Limits, sent: Sent) -> object:
    """Read the query as its reader does."""
    return make_params_reader(plan, limits).read(sent.query)


def read_headers(plan: SourcePlan, limits: Limits, sent: Sent) -> object:
    """Read the headers as their reader does."""
    found = scan_headers(sent.headers, frozenset(wanted_headers(plan)))
    return make_header_reader(plan, limits).read(found)


def read_slots(plan: SourcePlan, _limits: Limits, sent: Sent) -> object:
    """Read the slots as their reader does."""
    return make_path_reader(plan, slot_names(plan)).read(sent.slots)


KINDS = {
    "params": Kind(
        SourceKind.PARAMS,
        lambda names: queries(names).map(lambda query: Sent(query=query)),
        read_query,
        frozenset({400, 414}),
    ),
    "headers": Kind(
        SourceKind.HEADERS,
        lambda names: header_pairs(names).map(lambda headers: Sent(headers=headers)),
        read_headers,
        frozenset({400}),
    ),
    "path": Kind(
        SourceKind.PATH,
        lambda names: slot_texts(names).map(lambda slots: Sent(slots=slots)),
        read_slots,
        frozenset({404}),
    ),
    "credentials": Kind(
        SourceKind.HEADERS,
        lambda names: header_pairs(names).map(lambda headers: Sent(headers=headers)),
        read_headers,
        frozenset({400, 401}),
        is_gate=True,
    ),
}


type Route = Callable[[Sent], tuple[int, object]]
"""Serves a request: the status of its answer, and what the handler got."""
_NOTHING = object()


class Nobody(Struct): ...


def make_route(kind: Kind, source: SourcePlan, limits: Limits) -> Route:
    """Emit an operation whose handler, or whose authenticator, takes note of what it gets."""
    got: list[object] = []

    async def keep(value: object = None) -> None:
        got.append(value)

    async def identify(credentials: object) -> Struct:
        got.append(credentials)
        return Nobody()

    plan = replace(PLAN, limits=limits)
    if kind.is_gate:
        auth = AuthPlan("Auth", source, Nobody, (Nobody,), is_async=True, challenge=None, authenticate=identify)
        plan = replace(plan, auth=auth, handler=ignore)
    else:
        plan = replace(plan, sources=(source,), handler=keep, segments=make_segments(source))
    function = emit_operation(plan, Services(), PLAIN).function

    def serve(sent: Sent) -> tuple[int, object]:
        got.clear()
        try:
            function(sent).send(None)
        except StopIteration as done:
            reply = cast("Reply", done.value)  # the plain dialect's routes give replies
            return reply[0], got[0] if got else _NOTHING
        raise AssertionError("nothing here has to wait")

    return serve


PLAN: OperationPlan = Recorded(ReturnsNothing()).plan()


async def ignore() -> None:
    """Stand for a handler that takes nothing."""


def make_segments(source: SourcePlan) -> tuple[Segment, ...]:
    """Give the template of a path that has a slot for each field."""
    return tuple(Segment(name, is_slot=True) for name in slot_names(source))


def slot_names(source: SourcePlan) -> tuple[str, ...]:
    """Give the names of the slots, in another order than that of the fields."""
    return tuple(field.key for field in reversed(source.fields)) if source.kind is SourceKind.PATH else ()


def compare(kind: Kind, route: Route, plan: SourcePlan, limits: Limits, sent: Sent) -> None:
    """Hold that a route gives its handler what the reader reads, or answers as a refusal of the reader is answered."""
    status, got = route(sent)
    try:
        expected = kind.read(plan, limits, sent)
    except (msgspec.ValidationError, HTTPError):
        assert (status in kind.refusals, got) == (True, _NOTHING), status
    except LookupError:  # a check of the application's that fails
        assert (status, got) == (500, _NOTHING)
    else:
        assert status == 204, sent.query
        assert contents(got) == contents(expected)


def contents(struct: object) -> tuple[object, ...]:
    """Give what a Struct holds, so that 1, 1.0 and True differ."""
    assert isinstance(struct, Struct)
    return type(struct), *[(name, value, kinds(value)) for name, value in msgspec.structs.asdict(struct).items()]


def kinds(value: object) -> object:
    """Give the type of a value, and of the items in it."""
    if not isinstance(value, list | tuple):
        return type(value)
    items = cast("list[object] | tuple[object, ...]", value)  # of whatever
    return type(items), [type(item) for item in items]
