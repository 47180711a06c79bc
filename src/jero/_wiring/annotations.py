"""Annotations as types: resolve strings and deferred names, bind type parameters, unwrap aliases."""

import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from types import SimpleNamespace, UnionType
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Generic,
    Literal,
    TypeAliasType,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

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

    Aliases are followed and type parameters bound; `Annotated` at the top stays.

    Raises UnresolvedError where a name in it cannot be found.
    """
    parameters = {parameter.__name__: parameter for parameter in owner.__type_params__}
    namespace = {owner.__name__: owner, **parameters, **vars(owner)}
    holder = SimpleNamespace(__annotations__={"it": annotation}, __type_params__=())
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        hints = typing.get_type_hints(holder, scope, namespace, include_extras=True)
        return unalias(bind(hints["it"], bindings), keeps_metadata=True)
    except Exception as error:  # an annotation is code: whatever evaluating it raises is the fault
        raise UnresolvedError(annotation, f"{type(error).__name__}: {error}") from error


def raw_annotations(function: Callable[..., object]) -> dict[str, object]:
    """Give a function's annotations, without failing on names that do not exist (PEP 649)."""
    plain = inspect.unwrap(function)
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations  # noqa: PLC0415 - there only from 3.14

        return get_annotations(plain, format=Format.FORWARDREF)
    return inspect.get_annotations(plain)


def type_bindings(cls: type, instance: object = None) -> dict[object, object]:
    """Give what each type parameter of `cls` and of its generic bases stands for, from the outside in."""
    bindings: dict[object, object] = {}
    alias = getattr(instance, "__orig_class__", None)
    if alias is not None:
        for parameter, argument in zip(_parameters(cls), get_args(alias), strict=False):
            bindings[parameter] = bind(argument, bindings)  # it may name the parameters before it
    for parent in cls.__mro__:
        for parameter in _declared_parameters(parent):
            if parameter.has_default():
                bindings.setdefault(parameter, bind(parameter.__default__, bindings))
        for base in _generic_bases(parent):
            origin = get_origin(base)
            for parameter, argument in zip(_parameters(origin), get_args(base), strict=False):
                bindings.setdefault(parameter, bind(argument, bindings))
    return bindings


def _declared_parameters(cls: type) -> tuple[TypeVar, ...]:
    """Give the type parameters that a class declares; `__parameters__` also has those of its bases' defaults."""
    generic = next((base for base in _generic_bases(cls) if get_origin(base) is Generic), None)
    declared = cls.__type_params__ if generic is None else get_args(generic)
    return cast("tuple[TypeVar, ...]", declared)  # or a kind that no annotation here takes


def _generic_bases(cls: type) -> tuple[object, ...]:
    return cast("tuple[object, ...]", cls.__dict__.get("__orig_bases__", ()))  # a dunder without a stub


def owner_of_parameter(cls: type, parameter: TypeVar) -> type | None:
    """Give the class, `cls` or a base of it, that declares a type parameter; None where a method does."""
    return next((parent for parent in reversed(cls.__mro__) if parameter in _parameters(parent)), None)


def bind(annotation: object, bindings: Bindings) -> object:
    """Replace the type parameters in an annotation by what they stand for."""
    if isinstance(annotation, TypeVar):
        return bindings.get(annotation, annotation)
    parameters = _free_parameters(annotation)
    if not parameters:
        return annotation
    subscriptable = cast("Any", annotation)  # every generic alias takes a subscript; no type says so
    return subscriptable[tuple(bindings.get(parameter, parameter) for parameter in parameters)]


def unalias(annotation: object, *, keeps_metadata: bool = False) -> object:
    """Follow `type` aliases, also generic ones, and drop `Annotated` at the top, unless `keeps_metadata`."""
    while True:
        origin = get_origin(annotation)
        if isinstance(annotation, TypeAliasType):
            annotation = _alias_value(annotation, ())
        elif isinstance(origin, TypeAliasType):
            annotation = _alias_value(origin, get_args(annotation))
        elif origin is Annotated and not keeps_metadata:
            annotation = get_args(annotation)[0]
        else:
            return type(None) if annotation is None else annotation


def _alias_value(alias: TypeAliasType, given: tuple[object, ...]) -> object:
    """Give what an alias names, its type parameters bound to those given or to their defaults."""
    parameters = cast("tuple[TypeVar, ...]", alias.__type_params__)  # or a kind that no annotation here takes
    arguments: dict[object, object] = {
        parameter: parameter.__default__ for parameter in parameters if parameter.has_default()
    }
    arguments.update(zip(parameters, given, strict=False))
    return bind(alias.__value__, arguments)


def unbound_parameter(annotation: object) -> TypeVar | None:
    """Give a type parameter that still stands for nothing, if there is one."""
    return annotation if isinstance(annotation, TypeVar) else next(iter(_free_parameters(annotation)), None)


def _free_parameters(annotation: object) -> tuple[TypeVar, ...]:
    """Give the type parameters to bind; a generic class or alias without arguments has none."""
    return () if isinstance(annotation, type | TypeAliasType) else _parameters(annotation)


def _parameters(generic: object) -> tuple[TypeVar, ...]:
    return getattr(generic, "__parameters__", ())


def union_members(annotation: object) -> tuple[object, ...]:
    """Give the members of a union, aliases unwrapped; a type that is no union is its one member."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(inner for member in get_args(annotation) for inner in union_members(unalias(member)))
    return (annotation,)


def list_item(annotation: object) -> object | None:
    """Give the item type of `list[X]`, None for anything else."""
    return unalias(get_args(annotation)[0]) if get_origin(annotation) is list else None


def struct_class(annotation: object) -> type[Struct] | None:
    """Give the Struct class behind a type, plain or generic (`Page[Widget]`), None where there is none."""
    origin = get_origin(annotation) or annotation
    return origin if isinstance(origin, type) and issubclass(origin, Struct) and origin is not Struct else None


def is_struct(annotation: object) -> bool:
    """Say whether a type is a Struct, plain or generic."""
    return struct_class(annotation) is not None


def describe(annotation: object) -> str:
    """Give a type's name as messages show it: short names, without module paths."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " | ".join(map(describe, arguments))
    if origin is Annotated:
        return describe(arguments[0])
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None and arguments:
        return f"{describe(origin)}[{', '.join(map(describe, arguments))}]"
    return _describe_name(annotation)


def _describe_name(annotation: object) -> str:
    if annotation is None or annotation is type(None):
        return "None"
    if annotation is ...:
        return "..."
    if isinstance(annotation, ForwardRef):
        return _describe_reference(annotation)
    if isinstance(annotation, list):  # the arguments of a Callable
        return f"[{', '.join(map(describe, cast('list[object]', annotation)))}]"
    name: str | None = getattr(annotation, "__qualname__", getattr(annotation, "__name__", None))
    return str(annotation).replace("typing.", "") if name is None else name.rpartition(".")[2]


def _describe_reference(reference: ForwardRef) -> str:
    """Give the text of what cannot be resolved; from 3.14 on, made-up names stand in it for what can."""
    text = reference.__forward_arg__
    resolved: dict[str, object] = getattr(reference, "__extra_names__", None) or {}
    for name, value in resolved.items():
        text = text.replace(name, describe(value))
    return text
