"""How a value is made of its right parts, just as msgspec makes it when decoding."""

import dataclasses
from collections.abc import Callable
from typing import Any, cast, get_origin

from msgspec import inspect

type BuildRecord = Callable[[dict[str, object]], object]
type BuildRow = Callable[[list[object]], object]

BUILD_ITEMS: dict[type[inspect.Type], Callable[[list[object]], Any]] = {
    inspect.ListType: list,
    inspect.SetType: set,
    inspect.FrozenSetType: frozenset,
    inspect.VarTupleType: tuple,
}


def struct_builder(cls: type) -> BuildRecord:
    """Build a Struct of its fields by name, with its defaults and `__post_init__`."""
    make = cast("Callable[..., object]", _origin(cls))
    return lambda values: make(**values)


def struct_row_builder(cls: type, names: list[str]) -> BuildRow:
    """Build an `array_like` Struct of its first fields."""
    build = struct_builder(cls)
    return lambda values: build(dict(zip(names, values, strict=False)))


def dataclass_builder(cls: type) -> BuildRecord:
    """Build a dataclass without its `__init__`: its fields, its defaults, then `__post_init__`."""
    made_of = _origin(cls)
    fields = dataclasses.fields(made_of)

    def build(values: dict[str, object]) -> object:
        made = cast("object", object.__new__(made_of))
        for it in fields:
            if it.name in values:
                object.__setattr__(made, it.name, values[it.name])
            elif it.default is not dataclasses.MISSING:
                object.__setattr__(made, it.name, it.default)
            elif it.default_factory is not dataclasses.MISSING:
                object.__setattr__(made, it.name, it.default_factory())
        check = getattr(made, "__post_init__", None)
        if check is not None:
            check()
        return made

    return build


def named_tuple_builder(cls: type, defaults: list[object]) -> BuildRow:
    """Build a NamedTuple of its first fields; `defaults` has one entry for each field."""
    made_of = cast("type[tuple[object, ...]]", _origin(cls))
    make: Any = getattr(tuple, "__new__")  # noqa: B009  # typed, its item type would be unknown
    return lambda values: make(made_of, [*values, *defaults[len(values) :]])


def build_typed_dict(values: dict[str, object]) -> object:
    """Build a TypedDict: a dict."""
    return values


def _origin(cls: type) -> Any:
    return get_origin(cls) or cls
