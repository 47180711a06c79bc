"""Faults of annotations: missing, unresolved, refused by msgspec, or with a type parameter that has no type."""
# pyright: reportMissingParameterType=false, reportUnknownParameterType=false, reportMissingTypeArgument=false
# pyright: reportInvalidTypeVarUse=false
# (annotations that are missing or wrong are what these cases are about)
# ruff: noqa: ANN001, D401 - the same; a case's docstring states a behaviour

from typing import TYPE_CHECKING

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Resource

if TYPE_CHECKING:
    from decimal import Decimal as LaterWidget


class Widget(Struct):
    id: str


@fault_case(
    Fault(
        "JERO-W108 Widgets.create, argument `json`",
        "`json` has no annotation, so nothing says what to bind",
        "annotate it, as in `json: YourStruct`",
    ),
    Fault(
        "JERO-W108 Widgets.create, argument `raw_headers`",
        "`raw_headers` has no annotation, so nothing says what to bind",
        "annotate it, as in `raw_headers: RawHeaders`",
    ),
)
def arguments_without_annotation() -> BaseApp:
    """Each argument without an annotation is told, with the annotation that fits its source."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json, raw_headers) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W109 Widgets.create, argument `json`",
        "the annotation `LaterWidget` cannot be resolved: NameError: name 'LaterWidget' is not defined",
        "import the name at run time, not only under TYPE_CHECKING: names in handler annotations must be"
        " importable when the app starts",
    ),
    Fault(
        "JERO-W109 Widgets.create, return",
        "the annotation `list[Missing]` cannot be resolved: NameError: name 'Missing' is not defined",
        "import the name at run time, not only under TYPE_CHECKING: names in handler annotations must be"
        " importable when the app starts",
    ),
)
def unresolved_annotations() -> BaseApp:
    """A name that exists only for the type checker, or nowhere, is told with Python's own words."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: "LaterWidget") -> "list[Missing]": ...  # here  # noqa: F821  # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType] - that is the fault

    return MountingApp(Widgets())


class Cat(Struct):
    name: str


class Dog(Struct):
    name: str


class Kennel(Struct):
    since: "Moment"  # noqa: F821  # pyright: ignore[reportUndefinedVariable] - that is the fault


class Lock:
    """A class that msgspec does not know."""


class Door(Struct):
    locks: dict[str, list[Lock]]


@fault_case(
    Fault(
        "JERO-W110 Pets.create, argument `json`",
        "msgspec cannot decode `Cat | Dog`: If a type union contains multiple Struct types, all Struct types"
        " must be tagged (via `tag` or `tag_field` kwarg) - type `annotation_faults.Cat | annotation_faults.Dog`"
        " is not supported",
        "change the type so that msgspec accepts it (its own words are above)",
    )
)
def untagged_union() -> BaseApp:
    """A union of Structs without tags cannot be decoded, which msgspec's own words explain."""

    class Pets(Resource, path="/pets"):
        async def create(self, json: Cat | Dog) -> None: ...  # here

    return MountingApp(Pets())


@fault_case(
    Fault(
        "JERO-W110 Kennels.create, argument `json`",
        "msgspec cannot decode `Kennel`: NameError: name 'Moment' is not defined",
        "import the name at run time, not only under TYPE_CHECKING, in the module of the class that uses it",
    ),
    Fault(
        "JERO-W110 Kennels.create, return",
        "msgspec cannot encode `Door`: it has no JSON form for `Lock`",
        "change the type so that msgspec accepts it (its own words are above)",
    ),
)
def types_that_msgspec_refuses() -> BaseApp:
    """A Struct with a field that cannot be resolved or that msgspec does not know is refused, in and out."""

    class Kennels(Resource, path="/kennels"):
        async def create(self, json: Kennel) -> Door: ...  # here

    return MountingApp(Kennels())


class Crud[T: Struct](Resource):
    async def create(self, json: T) -> None: ...  # base


class Middle[U: Struct](Crud[U]):
    pass


@fault_case(
    Fault(
        "JERO-W113 Widgets.create, argument `json`",
        "the type parameter `T` of `Crud` has no type here",
        "give it one where you subclass: `class ...(Crud[YourStruct])`",
        at="<base>",
    )
)
def unbound_type_parameter() -> BaseApp:
    """A type parameter that no subclass gives a type is told with the generic class it belongs to."""

    class Widgets(Crud, path="/widgets"): ...

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W113 Widgets.create, argument `json`",
        "the type parameter `U` of `Middle` has no type here",
        "give it one where you subclass: `class ...(Middle[YourStruct])`",
        at="<base>",
    )
)
def unbound_type_parameter_between() -> BaseApp:
    """Where a generic class derives from another, the one whose parameter lacks its type is named."""

    class Widgets(Middle, path="/widgets"): ...

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W113 Widgets.read_many, return",
        "the type parameter `T` of the method has no type here",
        "name the type itself, or make it a type parameter of the class",
    )
)
def generic_method() -> BaseApp:
    """A handler with a type parameter of its own is refused: nothing could give it a type."""

    class Widgets(Resource, path="/widgets"):
        async def read_many[T: Struct](self) -> list[T]: ...  # here

    return MountingApp(Widgets())
