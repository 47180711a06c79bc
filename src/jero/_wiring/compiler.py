"""The narrative of wiring: mounts to operation plans, every fault on the way collected."""

import inspect
from collections.abc import Callable, Iterable
from typing import cast

from jero._plan import AuthPlan, OperationPlan, Segment, SourceKind, SourcePlan
from jero._wiring.annotations import Bindings, type_bindings
from jero._wiring.authenticators import compile_authenticator
from jero._wiring.catalogue import NOT_A_METHOD
from jero._wiring.codecs import forget_types
from jero._wiring.faults import Faults, Place
from jero._wiring.handlers import Handler
from jero._wiring.limit_checks import apply_limits
from jero._wiring.locations import function_location, owner_of
from jero._wiring.mounts import Mount, check_mount
from jero._wiring.overlaps import check_overlaps
from jero._wiring.paths import extend_path
from jero._wiring.returns import compile_return
from jero._wiring.signatures import is_async, takes_self
from jero._wiring.sources import compile_sources
from jero._wiring.templates import format_template
from jero.limits import Limits
from jero.operations import OperationKind

type Gates = dict[int, AuthPlan]
"""The authenticators that are planned already, by their id: the mounts hold on to them."""


def compile_app(mounts: Iterable[Mount], limits: Limits, faults: Faults) -> list[OperationPlan]:
    """Compile all mounts of an app, in the order of their includes; the plans are whole if no fault is."""
    refs: dict[str, str] = {}
    gates: Gates = {}
    try:
        plans = [plan for mount in mounts for plan in compile_mount(mount, limits, refs, gates, faults)]
    finally:
        forget_types()
    check_overlaps(plans, faults)
    return plans


def compile_mount(
    mount: Mount, app_limits: Limits, refs: dict[str, str], gates: Gates, faults: Faults
) -> list[OperationPlan]:
    """Compile one mount: its path, its authenticator, then each operation that its class defines."""
    checked = check_mount(mount, refs, faults)
    if checked is None:
        return []
    cls = type(mount.instance)
    include = Place(f"the include of {cls.__name__}", mount.location)
    limits = apply_limits(app_limits, mount.limits, include, faults, others=("path", "auth"))
    auth = None if mount.auth is None else _compile_gate(mount.auth, gates, include, faults)
    bindings = type_bindings(cls, mount.instance)
    plans: list[OperationPlan] = []
    for name, kind in mount.shape.operations.items():
        function = inspect.getattr_static(cls, name, None)
        if function is None:
            continue
        fault = _method_fault(function)
        if fault:
            location = function_location(function) if inspect.isfunction(function) else checked.location
            faults.add(NOT_A_METHOD, Place(f"{cls.__name__}.{name}", location), name=name, fault=fault)
            continue
        handler = _describe_handler(mount, function, name, kind, bindings)
        signature = _compile_signature(handler, mount, checked.segments, auth, faults)
        returns = compile_return(handler, faults)
        if signature is None or returns is None:
            continue
        sources, segments = signature
        plans.append(
            OperationPlan(
                owner=cls.__name__,
                name=name,
                method=kind.method,
                status=kind.status,
                template=format_template(segments),
                segments=segments,
                sources=sources,
                returns=returns,
                auth=auth,
                limits=limits,
                is_async=is_async(function),
                is_threaded=checked.declaration.threaded and not is_async(function),
                mount=format_template(checked.segments or ()),
                ref=None if checked.declaration.ref is None else f"{checked.declaration.ref}.{name}",
                meta=checked.declaration.operation_meta.get(name),
                location=handler.place.location or "",
                handler=cast("Callable[..., object]", getattr(mount.instance, name)),  # a function, checked above
            )
        )
    return plans


def _compile_gate(auth: object, gates: Gates, include: Place, faults: Faults) -> AuthPlan | None:
    """Plan an authenticator once for all the mounts that it gates; one with faults is told at each."""
    plan = gates.get(id(auth)) or compile_authenticator(auth, include, faults)
    if plan is not None:
        gates[id(auth)] = plan
    return plan


def _method_fault(function: object) -> str:
    """Say why an operation's attribute cannot be called as a method, nothing where it can."""
    if not inspect.isfunction(function):
        return f"is of type `{type(function).__name__}`, not a method"
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return "is a generator (it has a `yield`), whose call returns no result"
    return "" if takes_self(function) else "takes no `self`"


def _describe_handler(
    mount: Mount, function: Callable[..., object], name: str, kind: OperationKind, bindings: Bindings
) -> Handler:
    cls = type(mount.instance)
    others = [other for other, its in mount.shape.operations.items() if its.method not in {"GET", "DELETE"}]
    return Handler(
        function=function,
        mounted=cls,
        owner=owner_of(cls, name),
        name=name,
        bindings=bindings,
        method=kind.method,
        alternatives=", ".join(f"`{other}`" for other in others),
        place=Place(f"{cls.__name__}.{name}", function_location(function)),
    )


def _compile_signature(
    handler: Handler,
    mount: Mount,
    mount_segments: tuple[Segment, ...] | None,
    auth: AuthPlan | None,
    faults: Faults,
) -> tuple[tuple[SourcePlan, ...], tuple[Segment, ...]] | None:
    """Compile the arguments of a handler and the path that they make; None where they have faults."""
    count = len(faults.found)
    sources = compile_sources(handler, auth, has_auth=mount.auth is not None, faults=faults)
    has_faults = len(faults.found) != count
    path = next((source for source in sources if source.kind is SourceKind.PATH), None)
    if mount_segments is None or (path is None and has_faults):
        return None  # a `path` that is itself at fault says nothing of the slots
    is_item = mount.shape.operations[handler.name].is_item
    segments = extend_path(mount_segments, path, handler, is_item=is_item, faults=faults)
    return None if has_faults or segments is None else (tuple(sources), segments)
