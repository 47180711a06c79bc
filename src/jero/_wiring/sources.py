"""One handler argument to its source plan, or to faults."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args, get_origin

from msgspec import inspect as shapes

from jero._plan import AuthPlan, Segment, SourceKind, SourcePlan
from jero._wiring.annotations import (
    Bindings,
    UnresolvedError,
    describe,
    is_struct,
    list_item,
    owner_of_parameter,
    raw_annotations,
    resolve,
    struct_class,
    unalias,
    unbound_parameter,
    union_members,
)
from jero._wiring.codecs import check_decodable, struct_shape
from jero._wiring.faults import (
    ARGUMENT_SHAPE,
    BODY_NOT_ALLOWED,
    CONTENT_NOT_BYTES,
    NO_ANNOTATION,
    NO_PATH_ARGUMENT,
    PATH_DEFAULT,
    PATH_EXTRA_FIELDS,
    PATH_SLOT,
    RAW_HEADERS_TYPE,
    SEVERAL_BODIES,
    SLOT_NOT_COVERED,
    SOURCE_NOT_STRUCT,
    STREAM_TYPE,
    UNBOUND_TYPE_PARAMETER,
    UNKNOWN_ARGUMENT,
    UNRESOLVED_ANNOTATION,
    USER_TYPE,
    USER_WITHOUT_AUTH,
    Faults,
    Place,
    did_you_mean,
    listed,
)
from jero._wiring.forms import compile_form
from jero._wiring.signatures import arguments_of
from jero._wiring.templates import format_template, is_snake_case
from jero._wiring.text_fields import read_text_struct
from jero.headers import RawHeaders
from jero.streaming import ContentStream, NDJSONStream

BODY_KINDS = frozenset(
    {
        SourceKind.JSON,
        SourceKind.CONTENT,
        SourceKind.FORM,
        SourceKind.CONTENT_STREAM,
        SourceKind.JSON_STREAM,
    }
)
BODYLESS_METHODS = frozenset({"GET", "DELETE"})
KNOWN_SOURCES = ", ".join(f"`{kind.value}`" for kind in SourceKind)
_MEANT = {"body": "json", "data": "json", "payload": "json", "query": "params", "cookies": "headers"}
_NAME_EACH = "name each source; a decorator keeps the signature of its method with functools.wraps"


@dataclass(frozen=True, slots=True)
class Handler:
    """The method under compilation: the function, its class, and what the type parameters stand for."""

    function: Callable[..., object]
    mounted: type
    owner: type
    name: str
    bindings: Bindings
    method: str
    alternatives: str
    place: Place

    @property
    def return_place(self) -> Place:
        """Where faults of the return annotation are."""
        return Place(f"{self.place.subject}, return", self.place.location)


def compile_sources(handler: Handler, auth: AuthPlan | None, *, has_auth: bool, faults: Faults) -> list[SourcePlan]:
    """Plan every argument of a handler, in signature order; arguments with faults are left out."""
    annotations = raw_annotations(handler.function)
    sources: list[SourcePlan] = []
    parameters = arguments_of(handler.function)
    for parameter in parameters:
        if not _check_shape(parameter, handler, faults):
            continue
        kind = _source_kind(parameter.name, handler, faults)
        if kind is None:
            continue
        if parameter.name not in annotations:
            example = {"content": "bytes", "raw_headers": "RawHeaders"}.get(parameter.name, "YourStruct")
            faults.add(NO_ANNOTATION, handler.place.argument(parameter.name), name=parameter.name, example=example)
            continue
        annotation = resolve_in(handler, annotations[parameter.name], handler.place.argument(parameter.name), faults)
        if annotation is None:
            continue
        if kind is not SourceKind.JSON:  # where the constraints of `Annotated` are checked
            annotation = unalias(annotation)
        source = _COMPILERS[kind](annotation, handler, auth if has_auth else None, faults)
        if kind is SourceKind.USER and not has_auth:
            faults.add(USER_WITHOUT_AUTH, handler.place.argument("user"))
        elif source is not None:
            keyword_only = parameter.kind is inspect.Parameter.KEYWORD_ONLY
            sources.append(replace(source, is_keyword_only=keyword_only))
    _check_bodies([parameter.name for parameter in parameters], handler, faults)
    return sources


def resolve_in(handler: Handler, annotation: object, place: Place, faults: Faults) -> object | None:
    """Resolve an annotation of a handler; None where it has faults."""
    try:
        resolved = resolve(annotation, handler.function, handler.owner, handler.bindings)
    except UnresolvedError as error:
        faults.add(UNRESOLVED_ANNOTATION, place, annotation=error.annotation, reason=error.reason)
        return None
    parameter = unbound_parameter(resolved)
    if parameter is not None:
        _add_unbound(parameter.__name__, owner_of_parameter(handler.mounted, parameter), place, faults)
        return None
    return resolved


def _add_unbound(name: str, owner: type | None, place: Place, faults: Faults) -> None:
    if owner is None:
        whose, remedy = "the method", "name the type itself, or make it a type parameter of the class"
    else:
        whose = f"`{owner.__name__}`"
        remedy = f"give it one where you subclass: `class ...({owner.__name__}[YourStruct])`"
    faults.add(UNBOUND_TYPE_PARAMETER, place, parameter=name, owner=whose, remedy=remedy)


def extend_path(
    segments: tuple[Segment, ...],
    source: SourcePlan | None,
    handler: Handler,
    *,
    is_item: bool,
    faults: Faults,
) -> tuple[Segment, ...] | None:
    """Give an operation's whole path: the mount's, extended by the `path` fields that are no slots of it."""
    path = format_template(segments)
    slots = [segment.text for segment in segments if segment.is_slot]
    if source is None:
        if slots:
            faults.add(NO_PATH_ARGUMENT, handler.place, path=path, slots=listed(slots))
        return None if slots else segments
    place = handler.place.argument(source.argument)
    shape = struct_shape(source.annotation, place, faults)
    if shape is None:
        return None
    count = len(faults.found)
    _check_slots(segments, shape, source, place, faults)
    extra = [field for field in source.fields if field.key not in slots]
    if extra and not is_item:
        words = listed(field.key for field in extra)
        faults.add(PATH_EXTRA_FIELDS, place, fields=words, type=describe(source.annotation), path=path)
    if len(faults.found) != count:
        return None
    return (*segments, *(Segment(field.key, is_slot=True) for field in extra))


def _check_shape(parameter: inspect.Parameter, handler: Handler, faults: Faults) -> bool:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        name, fault, remedy = f"*{parameter.name}", "gathers arguments", _NAME_EACH
    elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
        name, fault, remedy = f"**{parameter.name}", "gathers arguments", _NAME_EACH
    elif parameter.default is not inspect.Parameter.empty:
        name, fault = parameter.name, "has a default"
        remedy = "remove the default: what is optional is a field with a default in the Struct"
    else:
        return True
    faults.add(ARGUMENT_SHAPE, handler.place.argument(parameter.name), name=name, fault=fault, remedy=remedy)
    return False


def _source_kind(name: str, handler: Handler, faults: Faults) -> SourceKind | None:
    known = [kind.value for kind in SourceKind]
    if name not in known:
        hint = f" Did you mean `{_MEANT[name]}`?" if name in _MEANT else did_you_mean(name, known)
        faults.add(UNKNOWN_ARGUMENT, handler.place.argument(name), name=name, hint=hint, known=KNOWN_SOURCES)
        return None
    return SourceKind(name)


def _check_bodies(names: list[str], handler: Handler, faults: Faults) -> None:
    bodies = [name for name in names if name in BODY_KINDS]
    if len(bodies) > 1:
        faults.add(SEVERAL_BODIES, handler.place, names=listed(bodies))
    if bodies and handler.method in BODYLESS_METHODS:
        faults.add(
            BODY_NOT_ALLOWED,
            handler.place.argument(bodies[0]),
            name=bodies[0],
            method=handler.method,
            alternatives=handler.alternatives,
        )


def _compile_json(annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults) -> SourcePlan | None:
    place = handler.place.argument("json")
    bare = unalias(annotation)
    members = union_members(list_item(bare) or bare)
    if not all(map(is_struct, members)):
        expected = "a Struct, a union of tagged Structs, or a list of either"
        faults.add(SOURCE_NOT_STRUCT, place, name="json", expected=expected, type=describe(annotation))
        return None
    if not check_decodable(annotation, place, faults):
        return None
    return SourcePlan(SourceKind.JSON, "json", annotation)


def _compile_content(annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults) -> SourcePlan | None:
    if annotation is not bytes:
        faults.add(CONTENT_NOT_BYTES, handler.place.argument("content"), type=describe(annotation))
        return None
    return SourcePlan(SourceKind.CONTENT, "content", bytes)


def _compile_form(annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults) -> SourcePlan | None:
    return compile_form(annotation, handler.place.argument("form"), faults)


def _compile_content_stream(
    annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults
) -> SourcePlan | None:
    if annotation is not ContentStream:
        place = handler.place.argument("content_stream")
        faults.add(STREAM_TYPE, place, name="content_stream", expected="ContentStream", type=describe(annotation))
        return None
    return SourcePlan(SourceKind.CONTENT_STREAM, "content_stream", ContentStream)


def _compile_json_stream(
    annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults
) -> SourcePlan | None:
    """Plan a stream of NDJSON lines; the plan's annotation is the type of one line."""
    place = handler.place.argument("json_stream")
    arguments = get_args(annotation) if get_origin(annotation) is NDJSONStream else ()
    line = unalias(arguments[0]) if arguments else None
    if line is None or not all(map(is_struct, union_members(line))):
        expected = "NDJSONStream[YourStruct]"
        faults.add(STREAM_TYPE, place, name="json_stream", expected=expected, type=describe(annotation))
        return None
    if not check_decodable(line, place, faults):
        return None
    return SourcePlan(SourceKind.JSON_STREAM, "json_stream", line)


def _compile_raw_headers(
    annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults
) -> SourcePlan | None:
    if annotation is not RawHeaders:
        faults.add(RAW_HEADERS_TYPE, handler.place.argument("raw_headers"), type=describe(annotation))
        return None
    return SourcePlan(SourceKind.RAW_HEADERS, "raw_headers", RawHeaders)


def _text_compiler(kind: SourceKind) -> "SourceCompiler":
    def compile_text(annotation: object, handler: Handler, _auth: AuthPlan | None, faults: Faults) -> SourcePlan | None:
        return compile_text_source(kind, annotation, handler.place.argument(kind.value), faults)

    return compile_text


def compile_text_source(kind: SourceKind, annotation: object, place: Place, faults: Faults) -> SourcePlan | None:
    """Plan a source whose Struct is read from text."""
    if not is_struct(annotation):
        faults.add(SOURCE_NOT_STRUCT, place, name=kind.value, expected="a Struct", type=describe(annotation))
        return None
    struct = read_text_struct(annotation, kind, place, faults)
    if struct is None:
        return None
    return SourcePlan(kind, kind.value, annotation, struct.fields, struct.forbids_unknown, struct.is_plain)


def _compile_user(annotation: object, handler: Handler, auth: AuthPlan | None, faults: Faults) -> SourcePlan | None:
    place = handler.place.argument("user")
    members = union_members(annotation)
    if not all(map(is_struct, members)):
        faults.add(SOURCE_NOT_STRUCT, place, name="user", expected="a Struct", type=describe(annotation))
        return None
    if auth is not None and not _is_supertype(members, union_members(auth.user_type)):
        faults.add(
            USER_TYPE,
            place,
            type=describe(annotation),
            authenticator=auth.owner,
            returned=describe(auth.user_type),
        )
        return None
    return SourcePlan(SourceKind.USER, "user", annotation)


def _is_supertype(declared: tuple[object, ...], returned: tuple[object, ...]) -> bool:
    """Say whether each type that an authenticator returns is a declared one or derives from one."""
    bases = tuple(filter(None, map(struct_class, declared)))
    return all((cls := struct_class(user)) is not None and issubclass(cls, bases) for user in returned)


def _check_slots(
    segments: tuple[Segment, ...],
    shape: shapes.StructType,
    source: SourcePlan,
    place: Place,
    faults: Faults,
) -> None:
    path = format_template(segments)
    encoded = {field.encode_name: field for field in shape.fields}
    for slot in (segment.text for segment in segments if segment.is_slot):
        field = encoded.get(slot)
        if field is None:
            hint = did_you_mean(slot, list(encoded))
            faults.add(SLOT_NOT_COVERED, place, slot=slot, path=path, type=describe(source.annotation), hint=hint)
        elif field.name == field.encode_name and not is_snake_case(slot):
            faults.add(PATH_SLOT, place, segment=f"{{{slot}}}", path=path, fault="is not in snake_case")
    for field in shape.fields:
        if not field.required:
            faults.add(PATH_DEFAULT, place, field=field.name, type=describe(source.annotation))


type SourceCompiler = Callable[[object, Handler, AuthPlan | None, Faults], SourcePlan | None]

_COMPILERS: dict[SourceKind, SourceCompiler] = {
    SourceKind.JSON: _compile_json,
    SourceKind.CONTENT: _compile_content,
    SourceKind.FORM: _compile_form,
    SourceKind.PARAMS: _text_compiler(SourceKind.PARAMS),
    SourceKind.PATH: _text_compiler(SourceKind.PATH),
    SourceKind.HEADERS: _text_compiler(SourceKind.HEADERS),
    SourceKind.RAW_HEADERS: _compile_raw_headers,
    SourceKind.CONTENT_STREAM: _compile_content_stream,
    SourceKind.JSON_STREAM: _compile_json_stream,
    SourceKind.USER: _compile_user,
}
