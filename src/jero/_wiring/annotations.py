"""Annotations as types: resolve strings and deferred names, bind type parameters, unwrap aliases."""

import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from types import GenericAlias, SimpleNamespace, UnionType
from typing import Annotated, Any, TypeAliasType, TypeVar, Union, cast, get_args, get_origin

from msgspec import Struct

type Bindings = Mapping[object, object]


class UnresolvedError(Exception):
    """An annotation that names something that does not exist when the app starts."""

    def __init__(self, annotation: object, reason: str) -> None:
        super().__init__(reason)
        self.annotation = annotation if isinstance(annotation, str) else describe(annotation)
        self.reason = reason


def resolve(annotation: object, function: Callable[..., object], owner: type, bindings: Bindings) -> object:
    """Give the type that an annotation of `function`, defined in class `owner`, stands for.

    Raises UnresolvedError where a name in it cannot be found.
    """
    namespace = {**vars(owner), **{parameter.__name__: parameter for parameter in owner.__type_params__}}
    holder = SimpleNamespace(__annotations__={"it": annotation}, __type_params__=())
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        hints = typing.get_type_hints(holder, scope, namespace, include_extras=True)
        return unalias(bind(hints["it"], bindings))
    except Exception as error:  # an annotation is code: whatever evaluating it raises is the fault
        raise UnresolvedError(annotation, f"{type(error).__name__}: {error}") from error


def raw_annotations(function: Callable[..., object]) -> dict[str, object]:
    """Give a function's annotations without failing on names that do not exist (PEP 649 evaluates them late)."""
    plain = inspect.unwrap(function)
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations  # noqa: PLC0415 - there only from 3.14

        return get_annotations(plain, format=Format.FORWARDREF)
    return inspect.get_annotations(plain)


def type_bindings(cls: type, instance: object = None) -> dict[object, object]:
    """Give what each type parameter of `cls` and of its generic bases stands for, from the outside inwards."""
    bindings: dict[object, object] = {}
    alias = getattr(instance, "__orig_class__", None)
    if alias is not None:
        bindings.update(zip(cls.__type_params__, get_args(alias), strict=False))
    for parent in cls.__mro__:
        for base in cast(
            "tuple[object, ...]", parent.__dict__.get("__orig_bases__", ())
        ):  # a dunder without a stub
            origin = get_origin(base)
            parameters = getattr(origin, "__parameters__", ())
            for parameter, argument in zip(parameters, get_args(base), strict=False):
                bindings.setdefault(parameter, bind(argument, bindings))
        for parameter in parent.__type_params__:
            if isinstance(parameter, TypeVar) and parameter.has_default():
                bindings.setdefault(parameter, parameter.__default__)
    return bindings


def bind(annotation: object, bindings: Bindings) -> object:
    """Replace the type parameters in an annotation by what they stand for."""
    if isinstance(annotation, TypeVar):
        return bindings.get(annotation, annotation)
    parameters = (
        () if isinstance(annotation, type | TypeAliasType) else getattr(annotation, "__parameters__", ())
    )
    if not parameters:
        return annotation
    subscriptable = cast("Any", annotation)  # every generic alias takes a subscript; no type says so
    return subscriptable[tuple(bindings.get(parameter, parameter) for parameter in parameters)]


def unalias(annotation: object) -> object:
    """Follow `type` aliases, also generic ones, and drop `Annotated` at the top."""
    while True:
        origin = get_origin(annotation)
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif isinstance(origin, TypeAliasType):
            arguments: dict[object, object] = dict(
                zip(origin.__type_params__, get_args(annotation), strict=False)
            )
            annotation = bind(origin.__value__, arguments)
        elif origin is Annotated:
            annotation = get_args(annotation)[0]
        else:
            return annotation


def unbound_parameter(annotation: object) -> TypeVar | None:
    """Give a type parameter that still stands for nothing, if there is one."""
    if isinstance(annotation, TypeVar):
        return annotation
    parameters = (
        () if isinstance(annotation, type | TypeAliasType) else getattr(annotation, "__parameters__", ())
    )
    return next(iter(parameters), None)


def union_members(annotation: object) -> tuple[object, ...]:
    """Give the members of a union, aliases unwrapped; a type that is no union is its one member."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(inner for member in get_args(annotation) for inner in union_members(unalias(member)))
    return (annotation,)


def list_item(annotation: object) -> object | None:
    """Give the item type of `list[X]`, None for anything else."""
    return unalias(get_args(annotation)[0]) if get_origin(annotation) is list else None


def struct_class(annotation: object) -> type[Struct] | None:
    """Give the Struct class behind a type, also behind a generic one (`Page[Widget]`), None where there is none."""
    origin = get_origin(annotation) or annotation
    return (
        origin if isinstance(origin, type) and issubclass(origin, Struct) and origin is not Struct else None
    )


def is_struct(annotation: object) -> bool:
    """Say whether a type is a Struct, plain or generic."""
    return struct_class(annotation) is not None


def base_arguments(cls: type, base: type, bindings: Bindings) -> tuple[object, ...]:
    """Give the type arguments with which `cls` derives from the generic class `base`."""
    return tuple(unalias(bindings.get(parameter, parameter)) for parameter in base.__type_params__)


def describe(annotation: object) -> str:
    """Give a type's name as messages show it: short names, without module paths."""
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, str):
        return annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " | ".join(map(describe, arguments))
    if origin is Annotated:
        return describe(arguments[0])
    if origin is not None and arguments:
        return f"{describe(origin)}[{', '.join(map(describe, arguments))}]"
    if isinstance(annotation, GenericAlias | type | TypeAliasType | TypeVar):
        return str(
            getattr(annotation, "__qualname__", getattr(annotation, "__name__", annotation))
        ).rpartition(".")[2]
    return str(annotation).replace("typing.", "")
