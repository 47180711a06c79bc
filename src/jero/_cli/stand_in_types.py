"""Types to stand-ins: what a factory declares that it gives is stood in for by something of that very type."""

import functools
import inspect
import types
from collections import abc
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, cast, get_args, get_origin
from uuid import UUID

from jero._cli.stand_in import Answers, StandIn, entered, is_stand_in
from jero._wiring.annotations import (
    UnresolvedError,
    raw_annotations,
    resolve,
    type_bindings,
    unalias,
    union_members,
)
from jero._wiring.locations import owner_of
from jero._wiring.signatures import NAMED, is_async, parameters_of
from jero.auth import Authenticator
from jero.operations import Endpoint, Resource

_VALUES: dict[object, object] = {
    bool: False,
    int: 1,
    float: 1.0,
    str: "/stand-in",  # a path as well as a text
    bytes: b"",
    Decimal: Decimal(1),
    datetime: datetime(2000, 1, 1, tzinfo=UTC),
    date: date(2000, 1, 1),
    time: time(0),
    timedelta: timedelta(seconds=1),
    UUID: UUID(int=0),
    Path: Path("stand-in"),
}
_EMPTY: dict[object, Callable[[], object]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    dict: dict,
    tuple: tuple,
    abc.Sequence: list,
    abc.Iterable: list,
    abc.Collection: list,
    abc.Set: set,
    abc.Mapping: dict,
}
_AWAITED: set[object] = {abc.Awaitable, abc.Coroutine}
_CALLED: set[object] = {get_origin(Callable[..., object])}
_OPENED: set[object] = {
    AbstractContextManager,
    AbstractAsyncContextManager,
    abc.Generator,
    abc.AsyncGenerator,
    abc.Iterator,
    abc.AsyncIterator,
}


class _SomeAuthenticator[H, U]:
    """Stands for an authenticator of which only the types of its protocol are known."""

    async def authenticate(self, headers: H) -> U:
        raise NotImplementedError(headers)


_HOOKS = ("authenticate", "handle_exception", "render_error")


def stand_in_for(annotation: object, label: str, owner: type | None = None) -> object:
    """Give a stand-in of a type; `owner` is what `Self` means, `label` how messages name it.

    Scalars are plain values. What wiring reads by its class (a resource, an endpoint, an authenticator, an error
    hook) is a real object of that class, its constructor given stand-ins.
    """
    annotation = unalias(annotation)
    if annotation is Self:
        annotation = owner
    members = [member for member in union_members(annotation) if member is not type(None)]
    if not members:
        return None
    if members != [annotation]:
        return stand_in_for(members[0], label, owner)
    origin, arguments = get_origin(annotation), get_args(annotation)
    kind = origin or annotation
    if kind is Literal:
        return arguments[0]
    if not isinstance(kind, type):
        return StandIn(Answers(label))
    if kind in _VALUES:
        return _VALUES[kind]
    return (_collection if kind in _EMPTY else _of_kind)(kind, annotation, label, owner)


def entered_stand_in(manager: object) -> object:
    """Give a stand-in for what a context manager would give if it were entered."""
    if is_stand_in(manager):
        return entered(cast("StandIn", manager))  # as asked for on the line above
    function = getattr(manager, "func", None)  # a generator under `contextmanager` or `asynccontextmanager`
    if inspect.isfunction(function):
        made = _result(function, object, function.__name__, {})
        return entered(cast("StandIn", made)) if is_stand_in(made) else made
    cls = type(manager)
    enter = inspect.getattr_static(cls, "__aenter__", None) or inspect.getattr_static(cls, "__enter__", None)
    gives = _return_type(enter, cls, {}) if inspect.isfunction(enter) else object
    return stand_in_for(cls if gives is object else gives, cls.__name__, cls)


def _collection(kind: type, annotation: object, label: str, owner: type | None) -> object:
    """Give a tuple of a known length as it is, a list of what can be mounted with one of it, else nothing in it."""
    arguments = get_args(annotation)
    if kind is tuple and arguments and arguments[-1] is not ...:
        return tuple(stand_in_for(argument, f"{label}[{at}]", owner) for at, argument in enumerate(arguments))
    made = _EMPTY[kind]()
    item = unalias(arguments[0]) if arguments else None
    if _is_read_by_class(get_origin(item) or item):
        only = [stand_in_for(item, f"{label}[0]")]
        return tuple(only) if isinstance(made, tuple) else only
    return made


def _of_kind(kind: type, annotation: object, label: str, owner: type | None) -> object:
    """Give a stand-in that is awaited, entered or called, or is taken for an object of a class."""
    arguments = get_args(annotation)
    if kind in _AWAITED and arguments:
        return StandIn(Answers(label, awaited=lambda: stand_in_for(arguments[-1], label, owner)))
    if kind in _OPENED and arguments:
        return StandIn(Answers(label, entered=lambda: stand_in_for(arguments[0], label, owner)))
    if kind in _CALLED and arguments:
        return StandIn(Answers(label, called=lambda: stand_in_for(arguments[-1], f"{label}()", owner)))
    return _of_class(kind, annotation, label)


def _of_class(cls: type, annotation: object, label: str) -> object:
    if _enum_members(cls):
        return _enum_members(cls)[0]
    if cls is Authenticator and get_args(annotation):
        return _real_object(_SomeAuthenticator, types.GenericAlias(_SomeAuthenticator, get_args(annotation)), label)
    if _is_read_by_class(cls):
        return _real_object(cls, annotation, label)
    if cls is object:
        return StandIn(Answers(label))
    bindings = _bindings(cls, annotation)

    def attribute(instance: object, name: str) -> object:
        return _attribute(instance, cls, name, f"{label}.{name}", bindings)

    def special(name: str) -> Callable[[], object] | None:
        function = inspect.getattr_static(cls, name, None)
        return (lambda: _result(function, cls, label, bindings)) if inspect.isfunction(function) else None

    return StandIn(
        Answers(
            label,
            claims=cls,
            attribute=attribute,
            called=special("__call__"),
            entered=special("__aenter__") or special("__enter__"),
        )
    )


def _enum_members(cls: type) -> list[Enum]:
    return list(cls) if issubclass(cls, Enum) else []


def _is_read_by_class(kind: object) -> bool:
    """Say whether wiring reads the class of an object of this type: it is mounted, or it is a hook."""
    bases = inspect.getmro(kind) if isinstance(kind, type) else ()
    is_mounted = bool({Resource, Endpoint}.intersection(bases[1:]))
    return is_mounted or any(inspect.isfunction(vars(base).get(name)) for base in bases for name in _HOOKS)


def _real_object(cls: type, annotation: object, label: str) -> object:
    """Make an object of a class with stand-ins as its arguments, or, where its constructor fails, without that."""
    try:
        arguments = {
            parameter.name: stand_in_for(
                _resolved(parameter.annotation, cls.__init__, cls, _bindings(cls, annotation)), parameter.name
            )
            for parameter in parameters_of(cls)
            if parameter.default is inspect.Parameter.empty and parameter.kind in NAMED
        }
        return cast("Callable[..., object]", annotation)(**arguments)  # a class, or an alias of one with arguments
    except Exception:  # noqa: BLE001 - a constructor may do anything with a stand-in; wiring needs only the class
        return _without_constructor(cls, annotation, label)


def _without_constructor(cls: type, annotation: object, label: str) -> object:
    try:
        made = object.__new__(cast("type[object]", cls))  # any class is one of `object`
        if annotation is not cls:
            object.__setattr__(made, "__orig_class__", annotation)  # as calling the alias does
    except (TypeError, AttributeError):
        return StandIn(Answers(label, claims=cls))
    return made


def _attribute(instance: object, cls: type, name: str, label: str, bindings: Mapping[object, object]) -> object:
    """Give a stand-in for an attribute of an object of a class."""
    static: object = inspect.getattr_static(cls, name, None)
    if isinstance(static, staticmethod | classmethod):
        return _stand_in_function(cast("staticmethod[..., object]", static).__func__, cls, label, bindings)
    if inspect.isfunction(static):
        return types.MethodType(_stand_in_function(static, cls, label, bindings), instance)
    getter: object = getattr(static, "fget", getattr(static, "func", None))  # of a property, a cached_property
    if inspect.isfunction(getter):
        return _result(getter, cls, label, bindings)
    if static is not None and not hasattr(cast("object", type(static)), "__get__"):
        return static  # a plain value: a constant of the class, or a field's default
    annotation = _field_type(cls, name, bindings)
    return StandIn(Answers(label)) if annotation is None else stand_in_for(annotation, label, cls)


def _field_type(cls: type, name: str, bindings: Mapping[object, object]) -> object:
    """Give the type of a field: annotated in a class body, or an argument of that name of the constructor."""
    for parent in cls.__mro__:
        annotations = raw_annotations(parent)
        if name in annotations:
            module = inspect.getmodule(parent)
            scope = types.FunctionType((lambda: None).__code__, vars(module) if module else {})
            return _resolved(annotations[name], scope, parent, bindings)
    init = inspect.getattr_static(cls, "__init__", None)
    if inspect.isfunction(init):
        annotations = raw_annotations(init)
        for argument in (name, name.lstrip("_")):
            if argument in annotations:
                return _resolved(annotations[argument], init, owner_of(cls, "__init__"), bindings)
    return None


def _stand_in_function(
    function: Callable[..., object], cls: type, label: str, bindings: Mapping[object, object]
) -> Callable[..., object]:
    """Give a function that looks like another one, and whose call gives a stand-in of what that one returns."""

    @functools.wraps(function)
    def stand_in(*_arguments: object, **_keywords: object) -> object:
        return _result(function, cls, f"{label}()", bindings)

    return stand_in


def _result(function: Callable[..., object], cls: type, label: str, bindings: Mapping[object, object]) -> object:
    """Give a stand-in of what a call of a function gives; a coroutine function's is awaited first."""
    gives = _return_type(function, cls, bindings)
    made: Callable[[], object] = functools.partial(stand_in_for, gives, label, cls)
    if is_async(function) and function.__name__ != "__aenter__":
        return StandIn(Answers(label, awaited=made))
    return made()


def _return_type(function: Callable[..., object], cls: type, bindings: Mapping[object, object]) -> object:
    """Give what a function returns; `object`, of which nothing is known, where it does not say."""
    try:
        returned = raw_annotations(function).get("return", object)
    except (TypeError, NameError):
        return object
    owner = object if cls is object else owner_of(cls, getattr(function, "__name__", ""))
    return _resolved(returned, inspect.unwrap(function), owner, bindings)


def _resolved(
    annotation: object, function: Callable[..., object], owner: type, bindings: Mapping[object, object]
) -> object:
    """Resolve an annotation; `object` where a name in it is there only for type checkers, or nothing is said."""
    if annotation is inspect.Parameter.empty or annotation is Any:
        return object
    try:
        resolved = resolve(annotation, function, owner, bindings)
    except UnresolvedError:
        return object
    return object if isinstance(resolved, TypeVar) and resolved not in bindings else resolved


def _bindings(cls: type, annotation: object) -> dict[object, object]:
    return type_bindings(cls, types.SimpleNamespace(__orig_class__=annotation))
