"""Annotations as types: binding, aliases, resolving, and the names that messages give them."""
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUndefinedVariable=false
# (types are values here, and some of the annotations are wrong on purpose)

from collections.abc import Callable
from typing import Annotated, Any, ForwardRef, Generic, Literal, NewType, Optional, TypeVar, Union, cast

import pytest
from msgspec import Meta, Struct

from jero._wiring.annotations import (
    UnresolvedError,
    bind,
    describe,
    list_item,
    owner_of_parameter,
    raw_annotations,
    resolve,
    struct_class,
    type_bindings,
    unalias,
    unbound_parameter,
    union_members,
)


class Widget(Struct):
    name: str


class Gadget(Struct):
    size: int


class Page[T](Struct):
    items: list[T]


class Crud[T]:
    pass


class Keyed[K, V](Crud[list[V]]):
    pass


class Named[V](Keyed[str, V]):
    pass


class Defaulted[T = Widget](Crud[T]):
    pass


class Chained[A = Widget, B = list[A]](Crud[B]):
    pass


OldT = TypeVar("OldT")


class Old(Generic[OldT]):  # noqa: UP046 - the older spelling
    pass


type Plain = Widget
type Twice = Plain
type Listed[T] = list[T]
type Pages[T] = Listed[Page[T]]
type Optional_ = Widget | None
type Nothing = None
type Marked = Annotated[Widget, "mark"]
type WithDefault[T = Widget] = list[T]

T, K, V = cast("list[TypeVar]", [*Crud.__type_params__, *Keyed.__type_params__])  # that is their kind


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (T, Widget),
        (list[T], list[Widget]),
        (dict[str, list[T]], dict[str, list[Widget]]),
        (T | None, Widget | None),
        (Page[T], Page[Widget]),
        (Annotated[list[T], "m"], Annotated[list[Widget], "m"]),
        (Widget, Widget),
        (K, K),
        (Page, Page),
        (None, None),
    ],
)
def test_bind(annotation: object, expected: object) -> None:
    """Type parameters are replaced wherever they stand; what is not bound stays."""
    assert bind(annotation, {T: Widget}) == expected


def test_bindings_through_levels() -> None:
    """Parameters are followed through generic bases, whatever they are called there."""

    class Leaf(Named[Gadget]):
        pass

    bindings = type_bindings(Leaf)
    assert (bindings[T], bindings[K], bindings[V]) == (list[Gadget], str, Gadget)


def test_bindings_of_an_alias() -> None:
    """An object made by `Class[X]()` binds the parameters of its class and of its bases."""
    assert type_bindings(Named, Named[Gadget]())[T] == list[Gadget]


def test_bindings_of_the_older_spelling() -> None:
    """`Generic[T]` binds as type parameters do, by subclass and by alias."""

    class Leaf(Old[Widget]):
        pass

    assert type_bindings(Leaf)[OldT] is Widget
    assert type_bindings(Old, Old[Widget]())[OldT] is Widget


def test_bindings_of_defaults() -> None:
    """A default holds where nothing is given, is handed on to bases, and may name another parameter."""

    class Leaf(Defaulted):
        pass

    class Other(Defaulted[Gadget]):
        pass

    class Last(Chained[Gadget]):
        pass

    assert type_bindings(Leaf)[T] is Widget
    assert type_bindings(Other)[T] is Gadget
    assert type_bindings(Last)[T] == list[Gadget]
    assert type_bindings(Chained)[T] == list[Widget]
    assert type_bindings(Chained, Chained[Gadget]())[T] == list[Gadget]


def test_unbound_parameters() -> None:
    """A parameter that nothing binds is found in a type, with the class that declares it."""
    assert unbound_parameter(list[V]) is V
    assert unbound_parameter(V) is V
    assert unbound_parameter(Page) is None
    assert unbound_parameter(Widget) is None
    assert owner_of_parameter(Named, V) is Keyed
    assert owner_of_parameter(Crud, V) is None


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Plain, Widget),
        (Twice, Widget),
        (Listed[int], list[int]),
        (Pages[int], list[Page[int]]),
        (Listed[T], list[T]),
        (Optional_, Widget | None),
        (Nothing, type(None)),
        (None, type(None)),
        (Marked, Widget),
        (Annotated[Twice, "mark"], Widget),
        (WithDefault, list[Widget]),
        (WithDefault[int], list[int]),
        (Widget, Widget),
    ],
)
def test_unalias(annotation: object, expected: object) -> None:
    """Aliases are followed to their end, plain or generic, and `Annotated` at the top is dropped."""
    assert unalias(annotation) == expected


def test_kept_metadata() -> None:
    """`Annotated` at the top stays where it is asked for, also behind an alias."""
    assert unalias(Marked, keeps_metadata=True) == Annotated[Widget, "mark"]


def test_parts() -> None:
    """Members of unions, items of lists and the class of a Struct are found behind aliases."""
    assert union_members(Plain | Listed[int]) == (Widget, list[int])
    assert union_members(Widget | Optional_) == (Widget, Widget, type(None))
    assert union_members(Widget) == (Widget,)
    assert list_item(list[Twice]) is Widget
    assert list_item(list) is None
    assert struct_class(Page[int]) is Page
    assert struct_class(Struct) is None
    assert struct_class(int) is None


class Owner[X]:
    """A class whose body names are seen by annotations in text."""

    Local = Gadget

    def method(self, one: "Local", two: "list[X]", three: "Owner[int]", four: Widget) -> "Later": ...

    def broken(self, missing: "Missing") -> "1 +": ...  # noqa: F722, F821  # pyright: ignore - that is the fault


class Later(Struct):
    name: str


def resolved(method: Callable[..., object], name: str) -> object:
    """Resolve one annotation of a method of Owner, its type parameter being int."""
    return resolve(raw_annotations(method)[name], method, Owner, {Owner.__type_params__[0]: int})


def test_resolve() -> None:
    """Text is resolved with the names of the class's body, its parameters, itself, and its module."""
    assert resolved(Owner.method, "one") is Gadget
    assert resolved(Owner.method, "two") == list[int]
    assert resolved(Owner.method, "three") == Owner[int]
    assert resolved(Owner.method, "four") is Widget
    assert resolved(Owner.method, "return") is Later


def test_unresolved() -> None:
    """What cannot be resolved is told with the text and Python's own words."""
    with pytest.raises(UnresolvedError) as caught:
        resolved(Owner.broken, "missing")
    reason = "NameError: name 'Missing' is not defined"
    assert (caught.value.annotation, caught.value.reason) == ("Missing", reason)
    with pytest.raises(UnresolvedError) as caught:
        resolved(Owner.broken, "return")
    assert (caught.value.annotation, caught.value.reason.partition(":")[0]) == ("1 +", "SyntaxError")


Id = NewType("Id", int)


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Widget, "Widget"),
        (int, "int"),
        (None, "None"),
        (type(None), "None"),
        ("Text", "Text"),
        (Any, "Any"),
        (T, "T"),
        (Plain, "Plain"),
        (Listed[Widget], "Listed[Widget]"),
        (Page[Widget], "Page[Widget]"),
        (list[Widget], "list[Widget]"),
        (dict[str, Any], "dict[str, Any]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Widget | None, "Widget | None"),
        (Union[Widget, int], "Widget | int"),  # noqa: UP007 - the older spelling
        (Optional[Widget], "Widget | None"),  # noqa: UP045 - the older spelling
        (Annotated[int, Meta(ge=1)], "int"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Callable[[int, str], None], "Callable[[int, str], None]"),
        (Id, "Id"),
        (ForwardRef("Later"), "Later"),
    ],
)
def test_describe(annotation: object, words: str) -> None:
    """Messages name a type as code writes it, without modules."""
    assert describe(annotation) == words


def test_describe_local_class() -> None:
    """A class that is local to a function is named without it."""

    class Local:
        pass

    assert describe(list[Local]) == "list[Local]"
