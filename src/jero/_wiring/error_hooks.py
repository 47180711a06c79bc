"""Objects that answer for errors: exception handlers and the error renderer, to their plans or to faults."""

import inspect
from collections.abc import Callable, Iterable
from typing import Union, cast

from jero._plan import (
    ErrorRendererPlan,
    ExceptionHandlerPlan,
    ReturnKind,
    ReturnPlan,
    SourceKind,
    SourcePlan,
)
from jero._wiring.annotations import (
    describe,
    raw_annotations,
    type_bindings,
    union_members,
)
from jero._wiring.catalogue import ERROR_RENDERER_SHAPE, EXCEPTION_HANDLER_SHAPE, HANDLED_TWICE
from jero._wiring.faults import Faults, Place
from jero._wiring.handlers import Handler, resolve_in
from jero._wiring.locations import function_location, owner_of
from jero._wiring.returns import compile_answer
from jero._wiring.signatures import arguments_of, is_async
from jero._wiring.sources import compile_text_source
from jero.errors import HTTPError
from jero.headers import RawHeaders

_BUFFERED = frozenset({ReturnKind.JSON, ReturnKind.TEXT, ReturnKind.BYTES})


def compile_exception_handlers(objects: Iterable[tuple[object, str]], faults: Faults) -> list[ExceptionHandlerPlan]:
    """Plan what `_include_exception_handler` was given, with the place of each call."""
    plans: list[ExceptionHandlerPlan] = []
    by_type: dict[type[BaseException], str] = {}
    for instance, location in objects:
        plan = _compile_exception_handler(instance, location, faults)
        if plan is None:
            continue
        for exception in plan.exceptions:
            if exception in by_type:
                place = Place(plan.subject, plan.location)
                faults.add(HANDLED_TWICE, place, exception=exception.__name__, other=by_type[exception])
            by_type.setdefault(exception, f"{plan.subject} ({plan.location})")
        plans.append(plan)
    return plans


def compile_error_renderer(objects: Iterable[tuple[object, str]], faults: Faults) -> ErrorRendererPlan | None:
    """Plan what `_include_error_renderer` was given: one object, or none."""
    plan: ErrorRendererPlan | None = None
    for number, (instance, location) in enumerate(objects):
        if number > 0:
            place = Place(type(instance).__name__, location)
            fault, remedy = (
                "a renderer is included already, and an app has one",
                "remove one of the two includes",
            )
            faults.add(ERROR_RENDERER_SHAPE, place, fault=fault, remedy=remedy)
        else:
            plan = _compile_error_renderer(instance, location, faults)
    return plan


def _compile_exception_handler(instance: object, location: str, faults: Faults) -> ExceptionHandlerPlan | None:
    handler = _describe(instance, "handle_exception", location)
    if handler is None:
        place = Place(f"{_name(instance)}.handle_exception", location)
        faults.add(EXCEPTION_HANDLER_SHAPE, place, fault=_missing(instance, "handle_exception"))
        return None
    annotations = raw_annotations(handler.function)
    parameters = arguments_of(handler.function)
    if len(parameters) != 1 or parameters[0].name not in annotations or "return" not in annotations:
        fault = "it does not take exactly one argument, or lacks an annotation"
        faults.add(EXCEPTION_HANDLER_SHAPE, handler.place, fault=fault)
        return None
    taken = resolve_in(handler, annotations[parameters[0].name], handler.place, faults)
    answer = resolve_in(handler, annotations["return"], handler.place, faults)
    if taken is None or answer is None:
        return None
    exceptions = [member for member in union_members(taken) if isinstance(member, type)]
    if len(exceptions) != len(union_members(taken)) or not all(issubclass(cls, Exception) for cls in exceptions):
        fault = f"its argument is `{describe(taken)}`, which is not an Exception class or a union of them"
        faults.add(EXCEPTION_HANDLER_SHAPE, handler.place, fault=fault)
        return None
    count = len(faults.found)
    returns = _compile_hook_answer(answer, handler, faults)
    if len(faults.found) != count:
        return None
    return ExceptionHandlerPlan(
        owner=type(instance).__name__,
        exceptions=cast("tuple[type[Exception], ...]", tuple(exceptions)),  # checked above
        returns=returns,
        is_async=is_async(handler.function),
        location=handler.place.location or "",
        handle=getattr(instance, "handle_exception"),  # noqa: B009 - found on its class above
    )


def _compile_hook_answer(answer: object, handler: Handler, faults: Faults) -> ReturnPlan | None:
    """Plan what a handler answers with besides an HTTPError and None; None where there is nothing else."""
    bodies = [member for member in union_members(answer) if not _is_error_or_none(member)]
    if not bodies:
        return None
    joined: object = Union[tuple(bodies)]  # noqa: UP007 - made of members that are known only here
    plan = compile_answer(joined, handler, faults)
    if plan is not None and plan.kind not in _BUFFERED:
        faults.add(EXCEPTION_HANDLER_SHAPE, handler.place, fault=_no_body(answer))
    return plan


def _is_error_or_none(member: object) -> bool:
    return member is type(None) or (isinstance(member, type) and issubclass(member, HTTPError))


def _compile_error_renderer(instance: object, location: str, faults: Faults) -> ErrorRendererPlan | None:
    remedy = (
        "give it `def render_error(self, error: HTTPError) -> JSONResponse[YourBody]`; it may also take"
        " `headers: YourHeaders` (every field with a default) and `raw_headers: RawHeaders`"
    )
    handler = _describe(instance, "render_error", location)
    if handler is None:
        place = Place(f"{_name(instance)}.render_error", location)
        faults.add(ERROR_RENDERER_SHAPE, place, fault=_missing(instance, "render_error"), remedy=remedy)
        return None
    annotations = raw_annotations(handler.function)
    sources: list[SourcePlan | None] = []
    count = len(faults.found)
    for parameter in arguments_of(handler.function):
        annotation = annotations.get(parameter.name)
        resolved = None if annotation is None else resolve_in(handler, annotation, handler.place, faults)
        match parameter.name, resolved:
            case "error", _ if resolved is HTTPError:
                sources.append(None)
            case "raw_headers", _ if resolved is RawHeaders:
                sources.append(SourcePlan(SourceKind.RAW_HEADERS, "raw_headers", RawHeaders))
            case "headers", _:
                source = compile_text_source(SourceKind.HEADERS, resolved, handler.place, faults)
                required = [field.key for field in source.fields if field.is_required] if source else []
                if required:
                    name = required[0]
                    fault = f"the field `{name}` of its `headers` has no default, and an error must be answered"
                    faults.add(ERROR_RENDERER_SHAPE, handler.place, fault=fault, remedy=remedy)
                sources.append(source)
            case _:
                fault = f"its argument `{parameter.name}` is none that a renderer takes, or has another type"
                faults.add(ERROR_RENDERER_SHAPE, handler.place, fault=fault, remedy=remedy)
    if None not in sources or "return" not in annotations:
        fault = "it does not take `error: HTTPError`, or has no return annotation"
        faults.add(ERROR_RENDERER_SHAPE, handler.place, fault=fault, remedy=remedy)
        return None
    answer = resolve_in(handler, annotations["return"], handler.place, faults)
    returns = None if answer is None else compile_answer(answer, handler, faults)
    if returns is not None and returns.kind not in _BUFFERED:
        faults.add(ERROR_RENDERER_SHAPE, handler.place, fault=_no_body(answer), remedy=remedy)
    if returns is None or len(faults.found) != count:
        return None
    return ErrorRendererPlan(
        owner=type(instance).__name__,
        sources=tuple(sources),
        returns=returns,
        is_async=is_async(handler.function),
        location=handler.place.location or "",
        render=getattr(instance, "render_error"),  # noqa: B009 - found on its class above
    )


def _describe(instance: object, name: str, location: str) -> Handler | None:
    """Describe a hook's method as handlers are described; None where there is no such method."""
    cls = type(instance)
    function = inspect.getattr_static(cls, name, None)
    if isinstance(instance, type) or not inspect.isfunction(function):
        return None
    method = cast("Callable[..., object]", function)  # as `isfunction` has said
    return Handler(
        function=method,
        mounted=cls,
        owner=owner_of(cls, name),
        name=name,
        bindings=type_bindings(cls, instance),
        method="",
        alternatives="",
        place=Place(f"{cls.__name__}.{name}", function_location(method) or location),
    )


def _no_body(answer: object) -> str:
    return f"it returns `{describe(answer)}`: an error has a body, and one that is not streamed"


def _missing(instance: object, method: str) -> str:
    if isinstance(instance, type):
        return f"`{instance.__name__}` is a class, and an object of it is included"
    return f"`{type(instance).__name__}` has no method `{method}`"


def _name(instance: object) -> str:
    return instance.__name__ if isinstance(instance, type) else type(instance).__name__
