"""An emitted route binds as the reader of the same source does: that reader is what says how text is read."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import cast, override
from urllib.parse import quote

import msgspec
import pytest
from emit_operations import Recorded, ReturnsNothing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct
from text_inputs import EACH_TEXT, header_pairs, queries, slot_texts
from text_structs import LISTS, SCALARS, UNSETS, FieldType, make_field, plan_source, text_sources

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

_SETTINGS = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
_ALLOWED = st.sampled_from([Limits(), Limits(max_query=60, max_query_pairs=3, max_cookies=2), Limits(max_query=None)])


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


@pytest.mark.parametrize("name", KINDS)
@_SETTINGS
@given(data=st.data())
def test_any_struct(name: str, data: st.DataObject) -> None:
    """Whatever Struct is declared and whatever is sent, a handler gets what the reader reads, or both refuse."""
    kind = KINDS[name]
    plan = data.draw(text_sources(kind.source))
    limits = data.draw(_ALLOWED)
    names = [field.key if kind.source is SourceKind.PATH else field.wire_name for field in plan.fields]
    route = make_route(kind, plan, limits)
    for sent in data.draw(st.lists(kind.sent(names), min_size=1, max_size=8)):
        compare(kind, route, plan, limits, sent)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("of", [*SCALARS, *LISTS, *UNSETS], ids=lambda of: str(of.annotation))
def test_each_text(name: str, of: FieldType) -> None:
    """Each type reads each text as its reader does, where it is required and where it has a default."""
    kind = KINDS[name]
    is_path = kind.source is SourceKind.PATH
    if is_path and of not in SCALARS:
        return
    for default in [NODEFAULT] if is_path else [NODEFAULT, of.defaults[0]]:
        plan = plan_source(kind.source, msgspec.defstruct("One", [("one", of.annotation, make_field(default, None))]))
        route = make_route(kind, plan, Limits())
        for text in EACH_TEXT:
            for sent in sent_as_one(kind.source, text):
                compare(kind, route, plan, Limits(), sent)


def sent_as_one(source: SourceKind, text: str) -> Iterable[Sent]:
    """Give the requests that have a text, alone and before or after another, where a source reads it."""
    if source is SourceKind.PATH:
        return [Sent(slots=(text,))]
    if source is SourceKind.HEADERS:
        pair = (b"one", text.encode("latin-1", "replace"))
        return [Sent(headers=[pair]), Sent(headers=[pair, (b"one", b"1")])]
    piece = f"one={text}".encode()
    return [Sent(query) for query in (piece, b"one=1&" + piece, piece + b"&one=2", f"one={quote(text)}".encode())]


def test_limits() -> None:
    """The limits of a query are those of its reader, to the byte and to the pair, in place as well."""
    kind = KINDS["params"]
    plan = plan_source(kind.source, msgspec.defstruct("One", [("a", int, 0)]))
    for limits in (Limits(max_query=8), Limits(max_query_pairs=2), Limits(max_query=None, max_query_pairs=None)):
        route = make_route(kind, plan, limits)
        for query in (b"a=123456", b"a=1234567", b"a=1&a=2", b"a=1&a=2&a=3", b"&&", b"&&&", b"a=1&" * 2000):
            compare(kind, route, plan, limits, Sent(query))


def test_unknown_names() -> None:
    """A Struct that forbids unknown fields refuses a name that it does not have, and takes those that it has."""
    kind = KINDS["params"]
    plan = plan_source(kind.source, msgspec.defstruct("Known", [("a", int, 0)], forbid_unknown_fields=True))
    for query in (b"", b"a=1", b"b=1", b"a=1&b=", b"=1"):
        compare(kind, make_route(kind, plan, Limits()), plan, Limits(), Sent(query))


@pytest.mark.parametrize("name", ["headers", "credentials"])
def test_cookies(name: str) -> None:
    """Cookies are joined as cookies are, and counted."""
    kind, limits = KINDS[name], Limits(max_cookies=2)
    plan = plan_source(kind.source, msgspec.defstruct("Cookies", [("cookie", str)]))
    for cookies in ((b"a",), (b"a", b"b"), (b"a;b",), (b"a;b", b"c"), (b";;",), (b"",)):
        compare(kind, make_route(kind, plan, limits), plan, limits, Sent(headers=[(b"cookie", it) for it in cookies]))


class Bare(Struct): ...


class Known(Struct, forbid_unknown_fields=True): ...


class Checked(Struct):
    def __post_init__(self) -> None: ...


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("struct", [Bare, Known, Checked])
def test_no_fields(name: str, struct: type[Struct]) -> None:
    """A Struct without fields is bound, with and without something to check."""
    kind, plan = KINDS[name], plan_source(KINDS[name].source, struct)
    compare(kind, make_route(kind, plan, Limits()), plan, Limits(), Sent())


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("field", ["class", "None", "ﬁ", "é"])
def test_names_of_fields(name: str, field: str) -> None:
    """A field may be called what Python source cannot call it, or what it calls otherwise; a header's is a token."""
    kind = KINDS[name]
    if not field.isascii() and kind.source is SourceKind.HEADERS:
        return
    plan = plan_source(kind.source, msgspec.defstruct("Odd", [(field, int)], kw_only=True))
    sent = Sent(f"{field}=3".encode(), [(field.lower().encode(), b"3")], ("3",))
    compare(kind, make_route(kind, plan, Limits()), plan, Limits(), sent)


def test_names_that_fold() -> None:
    """Two fields whose names Python source takes for one are two fields."""
    kind = KINDS["params"]
    plan = plan_source(kind.source, msgspec.defstruct("Folded", [("ﬁ", int, 1), ("fi", int, 2)]))
    for query in (b"fi=3", b"", b"fi=3&%EF%AC%81=4"):
        compare(kind, make_route(kind, plan, Limits()), plan, Limits(), Sent(query))


def test_field_without_a_name() -> None:
    """A field whose name is blank is set by a pair whose name is, and by no empty piece."""
    kind = KINDS["params"]
    struct = msgspec.defstruct("Blank", [("text", str, msgspec.field(default="-", name=""))])
    plan = plan_source(kind.source, struct)
    route = make_route(kind, plan, Limits())
    for query in (b"", b"&", b"a=1&", b"=", b"=1", b"=1&&"):
        compare(kind, route, plan, Limits(), Sent(query))


type Route = Callable[[Sent], tuple[int, object]]
"""Serves a request: the status of its answer, and what the handler got."""
_NOTHING = object()


def make_route(kind: Kind, source: SourcePlan, limits: Limits) -> Route:
    """Emit an operation whose handler, or whose authenticator, takes note of what it gets."""
    got: list[object] = []

    async def keep(value: object = None) -> None:
        got.append(value)

    async def identify(credentials: object) -> Struct:
        got.append(credentials)
        return Bare()

    plan = replace(PLAN, limits=limits)
    if kind.is_gate:
        auth = AuthPlan("Auth", source, Bare, (Bare,), is_async=True, challenge=None, authenticate=identify)
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
