"""Structs that are read from text (query, path, headers): each field to what its text may become."""

import re
from dataclasses import dataclass
from typing import cast

import msgspec
from msgspec import inspect as shapes

from jero._plan import SourceKind, TextField
from jero._wiring.annotations import describe
from jero._wiring.catalogue import ARRAY_LIKE, HEADER_NAME, TEXT_FIELD_TYPE, WIRE_NAME_CLASH
from jero._wiring.codecs import struct_shape
from jero._wiring.faults import Faults, Place, listed

_LISTS = (shapes.ListType, shapes.SetType, shapes.FrozenSetType, shapes.VarTupleType)
_READS: dict[type, str] = {
    shapes.IntType: "int",
    shapes.FloatType: "float",
    shapes.BoolType: "bool",
    shapes.DecimalType: "decimal",
    **dict.fromkeys(
        (
            shapes.StrType,
            shapes.UUIDType,
            shapes.DateType,
            shapes.DateTimeType,
            shapes.TimeType,
            shapes.TimeDeltaType,
        ),
        "text",
    ),
}
_PLAIN = (shapes.StrType(), shapes.IntType(), shapes.FloatType(), shapes.BoolType())
_SHARED = (str, int, float, bool, type(None), type(msgspec.UNSET), type(msgspec.NODEFAULT))
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^`|~-]+")


@dataclass(frozen=True, slots=True)
class TextStruct:
    """A Struct that is read from text: its fields, and whether it refuses names that it does not have.

    `is_plain` says that there is nothing to check but the text of each field.
    """

    fields: tuple[TextField, ...]
    forbids_unknown: bool
    is_plain: bool


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a value is read from text: what it may become, and whether a blank one is a value."""

    reads: tuple[str, ...]
    keeps_blank: bool


def read_text_struct(annotation: object, kind: SourceKind, place: Place, faults: Faults) -> TextStruct | None:
    """Plan the fields of a Struct read from text; None where it has faults."""
    shape = struct_shape(annotation, place, faults)
    if shape is None:
        return None
    type_name = describe(annotation)
    if shape.array_like:
        faults.add(ARRAY_LIKE, place, type=type_name, name=kind.value)
        return None
    count = len(faults.found)
    fields: list[TextField] = []
    for field in shape.fields:
        planned = _plan_field(field, kind)
        if planned is None:
            lists = "" if kind is SourceKind.PATH else ", a list, set or tuple[T, ...] of these"
            field_type = _field_type(annotation, field.name)
            faults.add(
                TEXT_FIELD_TYPE,
                place,
                field=field.name,
                type=type_name,
                field_type=field_type,
                name=kind.value,
                lists=lists,
            )
        elif kind is not SourceKind.HEADERS or check_header_name(field, annotation, place, faults):
            fields.append(planned)
    _check_clashes(fields, annotation, place, faults)
    if len(faults.found) > count:
        return None
    return TextStruct(tuple(fields), shape.forbid_unknown_fields, _is_plain_struct(annotation, shape, fields))


def header_name(encoded: str) -> str:
    """Give the header that a field with this encoded name reads or writes: `x_trace_id` is `x-trace-id`."""
    return encoded.lower().replace("_", "-")


def check_header_name(field: shapes.Field, annotation: object, place: Place, faults: Faults) -> bool:
    """Refuse a field whose encoded name makes no header name (a token of RFC 9110, section 5.6.2)."""
    wire = header_name(field.encode_name)
    is_token = _HEADER_NAME.fullmatch(wire) is not None
    if not is_token:
        faults.add(HEADER_NAME, place, field=field.name, type=describe(annotation), wire=wire)
    return is_token


def _field_type(annotation: object, name: str) -> str:
    struct = cast("type[msgspec.Struct]", annotation)  # or a generic one with its arguments, which it takes as well
    return next(describe(field.type) for field in msgspec.structs.fields(struct) if field.name == name)


def plan_text(shape: shapes.Type) -> TextReading | None:
    """Say how one value of a type is read from text; None where it cannot be."""
    values = _options(shape)
    reads: list[str] = []
    for value in values:
        read = _reads(value)
        if not read:
            return None
        reads.extend(read)
    ordered = tuple(read for read in ("int", "float", "bool", "decimal", "text") if read in reads)
    return TextReading(ordered, keeps_blank=any(_admits_blank(value) for value in values))


def _plan_field(field: shapes.Field, kind: SourceKind) -> TextField | None:
    options = _options(field.type)
    lists = [option for option in options if isinstance(option, _LISTS)]
    if lists and (len(options) > 1 or kind is SourceKind.PATH):
        return None
    reading = plan_text(lists[0].item_type if lists else field.type)
    if reading is None:
        return None
    return TextField(
        wire_name=header_name(field.encode_name) if kind is SourceKind.HEADERS else field.encode_name,
        key=field.encode_name,
        reads=reading.reads,
        is_list=bool(lists),
        keeps_blank=reading.keeps_blank,
        is_required=field.required,
        attribute=field.name,
        is_plain=not lists and _is_plain(field),
        default=_default(field),
    )


def _default(field: shapes.Field) -> object:
    """Give what stands for an absent field; msgspec does not list UNSET as a default."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return None if field.required or field.default_factory is not msgspec.NODEFAULT else msgspec.UNSET


def _is_plain_struct(annotation: object, shape: shapes.StructType, fields: list[TextField]) -> bool:
    """Say whether building the Struct checks nothing that its fields do not."""
    return (
        isinstance(annotation, type)  # no generic one with its arguments
        and not hasattr(annotation, "__post_init__")
        and shape.tag is None
        and not shape.forbid_unknown_fields
        and all(field.is_plain for field in fields)
    )


def _is_plain(field: shapes.Field) -> bool:
    """Say whether every text that reads as the field's type is valid, and a default one that all may share."""
    is_shared = field.default_factory is msgspec.NODEFAULT and isinstance(field.default, _SHARED)
    return is_shared and all(option in _PLAIN for option in _options(field.type))


def _options(shape: shapes.Type) -> list[shapes.Type]:
    """Give the alternatives of a type, without None and without metadata."""
    while isinstance(shape, shapes.Metadata):
        shape = shape.type
    if isinstance(shape, shapes.UnionType):
        return [inner for option in shape.types for inner in _options(option)]
    return [] if isinstance(shape, shapes.NoneType) else [shape]


def _reads(shape: shapes.Type) -> set[str]:
    match shape:
        case shapes.EnumType():
            return _read_values([member.value for member in shape.cls])
        case shapes.LiteralType():
            return _read_values(list(shape.values))
        case _:
            return {_READS[type(shape)]} if type(shape) in _READS else set()


def _read_values(values: list[object]) -> set[str]:
    """Say how the values of an Enum or a Literal are read."""
    kinds: dict[type, str] = {int: "int", str: "text"}
    return {kinds[type(value)] for value in values if type(value) in kinds}


def _admits_blank(shape: shapes.Type) -> bool:
    match shape:
        case shapes.StrType():
            return True
        case shapes.EnumType():
            return any(member.value == "" for member in shape.cls)
        case shapes.LiteralType():
            return "" in shape.values
        case _:
            return False


def _check_clashes(fields: list[TextField], annotation: object, place: Place, faults: Faults) -> None:
    by_name: dict[str, list[str]] = {}
    for field in fields:
        by_name.setdefault(field.wire_name, []).append(field.key)
    for wire, keys in by_name.items():
        if len(keys) > 1:
            faults.add(WIRE_NAME_CLASH, place, fields=listed(keys), type=describe(annotation), wire=wire)
