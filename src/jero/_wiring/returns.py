"""A handler's return annotation to its return plan, or to a fault."""

from dataclasses import replace
from types import SimpleNamespace
from typing import TypeVar, cast, get_origin

from msgspec import Struct

from jero._plan import HeaderField, ReturnKind, ReturnPlan
from jero._wiring.annotations import (
    describe,
    is_struct,
    list_item,
    raw_annotations,
    struct_class,
    type_bindings,
    unalias,
    union_members,
)
from jero._wiring.catalogue import NO_RETURN_ANNOTATION, RETURN_HEADERS, RETURN_TYPE
from jero._wiring.codecs import check_encodable, struct_shape
from jero._wiring.faults import Faults, Place
from jero._wiring.handlers import Handler, resolve_in
from jero._wiring.stream_returns import STREAMS, compile_stream
from jero._wiring.text_fields import check_header_name, header_name
from jero.responses import BytesResponse, JSONResponse, Response

_WRAPPERS: tuple[type, ...] = (JSONResponse, BytesResponse, *STREAMS)
_RETURNS = "return a Struct, a union of Structs, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper"

_BARE: dict[object, tuple[ReturnKind, type]] = {
    str: (ReturnKind.TEXT, str),
    bytes: (ReturnKind.BYTES, bytes),
    type(None): (ReturnKind.EMPTY, type(None)),
    None: (ReturnKind.EMPTY, type(None)),
}


def compile_return(handler: Handler, faults: Faults) -> ReturnPlan | None:
    """Plan what a handler returns; None where it has faults."""
    annotations = raw_annotations(handler.function)
    if "return" not in annotations:
        faults.add(NO_RETURN_ANNOTATION, handler.return_place)
        return None
    annotation = resolve_in(handler, annotations["return"], handler.return_place, faults)
    return None if annotation is None else compile_answer(annotation, handler, faults)


def compile_answer(annotation: object, handler: Handler, faults: Faults) -> ReturnPlan | None:
    """Plan a return type that is resolved already."""
    annotation = unalias(annotation)
    wrapper = get_origin(annotation) or annotation
    if isinstance(wrapper, type) and issubclass(wrapper, Response):
        response = cast("type[Response]", wrapper)  # whatever its H
        return _compile_wrapper(annotation, response, handler, faults)
    return _compile_body(annotation, handler.return_place, faults)


def _compile_wrapper(
    annotation: object, wrapper: type[Response], handler: Handler, faults: Faults
) -> ReturnPlan | None:
    place = handler.return_place
    base = next((base for base in _WRAPPERS if issubclass(wrapper, base)), None)
    if base is None:
        why = ": it says nothing of its body"
        remedy = "use one of the response wrappers of jero"
        faults.add(RETURN_TYPE, place, type=describe(annotation), why=why, remedy=remedy)
        return None
    bindings = type_bindings(wrapper, SimpleNamespace(__orig_class__=annotation))
    arguments = {parameter.__name__: unalias(bindings.get(parameter, parameter)) for parameter in base.__type_params__}
    body = arguments.get("T")
    if base in STREAMS:
        plan = compile_stream(annotation, wrapper, body, handler, faults)
    else:
        plan = _compile_wrapper_body(annotation, base, body, place, faults)
    headers_type = arguments.get("H", type(None))
    if headers_type in (None, type(None)) or plan is None:
        return plan and replace(plan, annotation=annotation, wrapper=wrapper)
    if not is_struct(headers_type):
        faults.add(RETURN_HEADERS, place, type=describe(headers_type))
        return None
    shape = struct_shape(headers_type, place, faults)
    if shape is None:
        return None
    checked = [check_header_name(field, headers_type, place, faults) for field in shape.fields]
    if not all(checked):
        return None
    fields = tuple(HeaderField(field.name, header_name(field.encode_name)) for field in shape.fields)
    return replace(plan, annotation=annotation, wrapper=wrapper, headers_type=headers_type, header_fields=fields)


def _compile_wrapper_body(
    annotation: object, base: type, body: object, place: Place, faults: Faults
) -> ReturnPlan | None:
    if base is BytesResponse:
        return ReturnPlan(ReturnKind.BYTES, annotation, (bytes,))
    if not _is_json_body(body):
        is_open = isinstance(body, TypeVar)
        why = ": nothing says what its body is" if is_open else f": its body is `{describe(body)}`"
        remedy = "give it a body type: `JSONResponse[YourStruct]`"
        faults.add(RETURN_TYPE, place, type=describe(annotation), why=why, remedy=remedy)
        return None
    return _compile_body(body, place, faults)


def _compile_body(annotation: object, place: Place, faults: Faults) -> ReturnPlan | None:
    if annotation in _BARE:
        kind, accepted = _BARE[annotation]
        return ReturnPlan(kind, annotation, (accepted,))
    if not _is_json_body(annotation):
        faults.add(RETURN_TYPE, place, type=describe(annotation), why=_why(annotation), remedy=_RETURNS)
        return None
    if not check_encodable(annotation, place, faults):
        return None
    is_list = list_item(annotation) is not None
    accepts = (list,) if is_list else tuple(_class(member) for member in union_members(annotation))
    return ReturnPlan(ReturnKind.JSON, annotation, accepts)


def _is_json_body(annotation: object) -> bool:
    return all(map(is_struct, union_members(list_item(annotation) or annotation)))


def _class(member: object) -> type[Struct]:
    return cast("type[Struct]", struct_class(member))  # `_is_json_body` has said that it is one


def _why(annotation: object) -> str:
    members = union_members(annotation)
    if type(None) in members and any(map(is_struct, members)):
        return ": a body is there or it is not; raise `HTTPError(404)` where there is nothing"
    if annotation is dict or get_origin(annotation) is dict:
        return ": a `dict` has no schema"
    if annotation is list:
        return ": a bare `list` says nothing of its items"
    return ""
