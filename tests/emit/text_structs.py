"""Structs that are read from text, made up: each of the ways that a field or a Struct can be declared."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from msgspec import NODEFAULT, UNSET, Meta, Struct, UnsetType

from jero._plan import SourceKind, SourcePlan
from jero._wiring.faults import Faults, Place
from jero._wiring.sources import compile_text_source


class Colour(Enum):
    RED = "red"
    NONE = ""


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type that a field may have, and the defaults that it may have: a list or set is made anew each time."""

    annotation: object
    defaults: tuple[object, ...]


PLAIN = (
    FieldType(int, (0, 10**30)),
    FieldType(float, (1.5,)),
    FieldType(bool, (True,)),
    FieldType(str, ("", "a default")),
    FieldType(int | None, (None, 7)),
    FieldType(str | None, (None,)),
    FieldType(int | str, (3,)),
    FieldType(float | bool | None, (False,)),
    FieldType(bool | str, ("x",)),
)
SCALARS = (
    *PLAIN,
    FieldType(Literal["red", "", "1"], ("red",)),
    FieldType(Literal[1, 2], (2,)),
    FieldType(Colour, (Colour.RED,)),
    FieldType(Level, (Level.LOW,)),
    FieldType(Annotated[int, Meta(ge=1, le=999)], (1,)),
    FieldType(Annotated[str, Meta(max_length=3, pattern="^[a-z1]*$")], ("abc",)),
    FieldType(UUID, (UUID(int=1),)),
    FieldType(date, (date(2026, 1, 1),)),
    FieldType(Decimal, (Decimal("1.5"),)),
)
LISTS = (
    FieldType(list[int], (list[int](), [1])),
    FieldType(list[str], (list[str](),)),
    FieldType(set[bool], (set[bool](),)),
    FieldType(tuple[Level, ...], ((),)),
    FieldType(list[Annotated[int, Meta(ge=1)]], (list[int](),)),
)
UNSETS = (FieldType(int | UnsetType, (UNSET,)), FieldType(str | None | UnsetType, (UNSET, None)))

NAMES = ("a", "b_c", "user_agent", "cookie", "authorization", "self", "class", "found", "error", "é", "ﬁ", "none", "x1")
"""Python's own words, what a route's text calls something, letters of other scripts, and letters that Python folds."""

GIVEN_NAMES = ("", "A", "b-c", "d%20e", "e+f", "ß", "[g]", "h'i", "{j}")
"""Names that a query may know a field by."""


def _accept(_self: Struct) -> None:
    pass


def _refuse(_self: Struct) -> None:
    raise ValueError("never right")


def _fail(_self: Struct) -> None:
    raise LookupError("a mistake of the application")


_CHECKS: tuple[dict[str, object], ...] = (
    *[dict[str, object]()] * 3,
    {"__post_init__": _accept},
    {"__post_init__": _refuse},
    {"__post_init__": _fail},
)


@st.composite
def text_sources(draw: st.DrawFn, kind: SourceKind) -> SourcePlan:
    """Draw the plan of a source that is read from text; half of them plain, if their names are."""
    is_plain = draw(st.booleans())
    count = draw(st.integers(0, 4) if kind is SourceKind.PATH else st.integers(0, 4) | st.just(9))
    names = draw(st.lists(st.sampled_from(_names(kind)), min_size=count, max_size=count, unique=True))
    types = SCALARS if kind is SourceKind.PATH else (*SCALARS, *LISTS, *UNSETS)
    given = draw(st.lists(st.sampled_from(GIVEN_NAMES), min_size=count, max_size=count, unique=True))
    kw_only = draw(st.booleans())
    fields: list[tuple[str, object, object]] = []
    has_default = False
    for name, given_name in zip(names, given, strict=True):
        of = draw(st.sampled_from(PLAIN if is_plain else types))
        is_optional = kind is not SourceKind.PATH and ((has_default and not kw_only) or draw(st.booleans()))
        default = draw(st.sampled_from(of.defaults)) if is_optional else NODEFAULT
        has_default = has_default or is_optional
        renamed = given_name if kind is SourceKind.PARAMS and draw(st.integers(0, 4)) == 0 else None
        fields.append((name, of.annotation, make_field(default, renamed)))
    struct = msgspec.defstruct(
        "Drawn",
        fields,
        namespace={} if is_plain else draw(st.sampled_from(_CHECKS)).copy(),
        kw_only=kw_only,
        frozen=draw(st.booleans()),
        rename="camel" if draw(st.booleans()) else None,
        forbid_unknown_fields=not is_plain and draw(st.integers(0, 3)) == 0,
        tag="drawn" if not is_plain and draw(st.integers(0, 3)) == 0 else None,
    )
    return plan_source(kind, struct)


def make_field(default: object, name: str | None) -> Any:  # Any: what stands for a field is no public type
    """Declare a field by its default, NODEFAULT for none, and the name it is known by, None for its own."""
    if isinstance(default, list | set):
        mutable = cast("list[object] | set[object]", default)  # of whatever
        return msgspec.field(default_factory=mutable.copy, name=name)
    return msgspec.field(default=default, name=name)


def _names(kind: SourceKind) -> list[str]:
    """Give the names that a field may have: one that a header is bound to is a token."""
    return [name for name in NAMES if name.isascii() or kind is not SourceKind.HEADERS]


def plan_source(kind: SourceKind, struct: object) -> SourcePlan:
    """Plan a source that reads a Struct; what wiring refuses is no example."""
    faults = Faults()
    plan = compile_text_source(kind, struct, Place("the test", None), faults)
    faults.raise_if_any()
    assert plan is not None
    return plan
