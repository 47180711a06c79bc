"""An emitted route binds as the reader of the same source does: that reader is what says how text is read."""

import itertools
import os
from collections.abc import Iterable
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct
from route_and_reader import KINDS, Sent, compare, make_route
from text_inputs import EACH_TEXT
from text_structs import LISTS, SCALARS, UNSETS, FieldType, make_field, plan_source, text_sources

from jero._plan import SourceKind
from jero.limits import Limits

_SETTINGS = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
_ALLOWED = st.sampled_from([Limits(), Limits(max_query=60, max_query_pairs=3, max_cookies=2), Limits(max_query=None)])


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


_EACH_TYPE = [
    pytest.param(name, of, id=f"{of.annotation}-{name}")
    for of in (*SCALARS, *LISTS, *UNSETS)
    for name in KINDS
    if name != "path" or of in SCALARS  # a slot holds one text, always
]


@pytest.mark.parametrize(("name", "of"), _EACH_TYPE)
def test_each_text(name: str, of: FieldType) -> None:
    """Each type reads each text as its reader does, where it is required and where it has a default."""
    kind = KINDS[name]
    for default in [NODEFAULT] if kind.source is SourceKind.PATH else [NODEFAULT, of.defaults[0]]:
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


@pytest.mark.parametrize(
    ("name", "field"),
    [*itertools.product(KINDS, ["class", "None"]), *itertools.product(["params", "path"], ["ﬁ", "é"])],
)
def test_names_of_fields(name: str, field: str) -> None:
    """A field may be called what Python source cannot call it, or what it calls otherwise; a header's is a token."""
    kind = KINDS[name]
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
