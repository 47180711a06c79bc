"""One handler argument to its source plan, or to faults."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import get_args, get_origin

from jero._plan import BODY_KINDS, AuthPlan, SourceKind, SourcePlan
from jero._wiring.annotations import (
    describe,
    is_struct,
    list_item,
    raw_annotations,
    struct_class,
    unalias,
    union_members,
)
from jero._wiring.catalogue import (
    ARGUMENT_SHAPE,
    BODY_NOT_ALLOWED,
    CONTENT_NOT_BYTES,
    NO_ANNOTATION,
    RAW_HEADERS_TYPE,
    SEVERAL_BODIES,
    SOURCE_NOT_STRUCT,
    STREAM_TYPE,
    UNKNOWN_ARGUMENT,
    USER_TYPE,
    USER_WITHOUT_AUTH,
)
from jero._wiring.codecs import check_decodable
from jero._wiring.faults import Faults, Place, did_you_mean, listed
from jero._wiring.forms import compile_form
from jero._wiring.handlers import Handler, resolve_in
from jero._wiring.signatures import arguments_of
from jero._wiring.text_fields import read_text_struct
from jero.headers import RawHeaders
from jero.streaming import ContentStream, NDJSONStream

_BODYLESS_METHODS = frozenset({"GET", "DELETE"})
_KNOWN_SOURCES = ", ".join(f"`{kind.value}`" for kind in SourceKind)
_MEANT = {"body": "json", "data": "json", "payload": "json", "query": "params", "cookies": "headers"}
_NAME_EACH = "name each source; a decorator keeps the signature of its method with functools.wraps"


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
        faults.add(UNKNOWN_ARGUMENT, handler.place.argument(name), name=name, hint=hint, known=_KNOWN_SOURCES)
        return None
    return SourceKind(name)


def _check_bodies(names: list[str], handler: Handler, faults: Faults) -> None:
    bodies = [name for name in names if name in BODY_KINDS]
    if len(bodies) > 1:
        faults.add(SEVERAL_BODIES, handler.place, names=listed(bodies))
    if bodies and handler.method in _BODYLESS_METHODS:
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
