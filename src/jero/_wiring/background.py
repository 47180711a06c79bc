"""A background handler to the item type that it takes, or to a fault."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from msgspec import Struct

from jero._wiring.annotations import (
    UnresolvedError,
    describe,
    is_struct,
    raw_annotations,
    resolve,
    type_bindings,
    unalias,
    union_members,
)
from jero._wiring.catalogue import BACKGROUND_HANDLER, UNRESOLVED_ANNOTATION
from jero._wiring.faults import FaultKind, Faults, Place
from jero._wiring.locations import function_location, owner_of
from jero._wiring.signatures import GATHERING, is_async, parameters_of
from jero.errors import WiringError


@dataclass(frozen=True, slots=True)
class BackgroundHandler:
    """A handler of background items: its name, the one type that it takes, and how it is called."""

    name: str
    location: str | None
    item_type: type[Struct]
    is_async: bool
    call: Callable[[Struct], object]


@dataclass(frozen=True, slots=True)
class _Written:
    """A handler as it is written: the plain function, and the class that its annotations belong to."""

    function: Callable[..., object]
    owner: type
    instance: object
    place: Place
    name: str


def compile_background_handler(handler: object) -> BackgroundHandler:
    """Infer what a handler takes from its one argument without a default.

    Functions, bound methods, objects with `__call__` and partials of these; sync or async.

    Raises WiringError where the handler has another shape.
    """
    written = _find_function(handler)
    parameter = _find_parameter(handler, written)
    annotations = raw_annotations(written.function)
    if parameter not in annotations:
        raise _fault(written.place, written.name, f"its argument `{parameter}` has no annotation")
    bindings = type_bindings(written.owner, written.instance)
    owner = owner_of(written.owner, getattr(written.function, "__name__", ""))
    try:
        item_type = unalias(resolve(annotations[parameter], written.function, owner, bindings))
    except UnresolvedError as error:
        words = {"annotation": error.annotation, "reason": error.reason}
        raise wiring_error(UNRESOLVED_ANNOTATION, written.place.argument(parameter), **words) from None
    if not isinstance(item_type, type) or not is_struct(item_type):
        several = len(union_members(item_type)) > 1
        why = "; write one handler for each type" if several else ""
        raise _fault(
            written.place,
            written.name,
            f"its argument `{parameter}` is `{describe(item_type)}`, not one Struct{why}",
        )
    return BackgroundHandler(
        name=written.name,
        location=written.place.location,
        item_type=item_type,
        is_async=is_async(written.function),
        call=cast("Callable[[Struct], object]", handler),  # its one argument was looked at above
    )


def wiring_error(kind: FaultKind, place: Place, /, **words: object) -> WiringError:
    """Give a fault that ends `_wire` at once: what follows in it may need what was asked for."""
    faults = Faults()
    faults.add(kind, place, **words)
    return WiringError(faults.found)


def _find_function(handler: object) -> _Written:
    inner: object = handler
    while isinstance(inner, partial):
        inner = cast("partial[object]", inner).func  # isinstance leaves what it returns open
    owner: type = object
    instance: object = None
    if inspect.ismethod(inner):
        instance = inner.__self__
        owner = instance if isinstance(instance, type) else type(instance)
        inner = inner.__func__
    elif not inspect.isfunction(inner) and not isinstance(inner, type):
        call = inspect.getattr_static(type(inner), "__call__", None)
        if inspect.isfunction(call):
            owner, instance, inner = type(inner), inner, call
    if not inspect.isfunction(inner):
        name = inner.__name__ if isinstance(inner, type) else describe(type(inner))
        fault = "it is a class" if isinstance(inner, type) else "it is no function that can be looked into"
        raise _fault(Place(_subject(name)), name, fault)
    name = inner.__qualname__.rpartition("<locals>.")[2]
    return _Written(inner, owner, instance, Place(_subject(name), function_location(inner)), name)


def _find_parameter(handler: object, written: _Written) -> str:
    """Give the name of the one argument without a default, which must be one that is given by position."""
    call = cast("Callable[..., object]", handler)  # `_find_function` has found the function behind it
    required = [
        parameter
        for parameter in parameters_of(call)
        if parameter.default is inspect.Parameter.empty and parameter.kind not in GATHERING
    ]
    if len(required) != 1:
        raise _fault(written.place, written.name, f"it has {len(required)} arguments without a default, not one")
    if required[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise _fault(written.place, written.name, f"its argument `{required[0].name}` is keyword-only")
    return required[0].name


def _fault(place: Place, name: str, fault: str) -> WiringError:
    return wiring_error(BACKGROUND_HANDLER, place, name=name, fault=fault)


def _subject(name: str) -> str:
    return f"BackgroundTasks.register({name})"
