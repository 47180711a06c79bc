"""Structs that are read from text (query, path, headers): each field to what its text may become."""

import re
from dataclasses import dataclass
from typing import cast

import msgspec
from msgspec import inspect as shapes

from jero._plan import SourceKind, TextField
from jero._wiring.annotations import describe
from jero._wiring.faults import NO_DECODER, TEXT_FIELD_TYPE, WIRE_NAME_CLASH, Faults, Place

_LISTS = (shapes.ListType, shapes.SetType, shapes.FrozenSetType, shapes.VarTupleType)
_TEXT = (
    shapes.StrType,
    shapes.UUIDType,
    shapes.DateType,
    shapes.DateTimeType,
    shapes.TimeType,
    shapes.TimeDeltaType,
    shapes.DecimalType,
)
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^`|~-]+")


@dataclass(frozen=True, slots=True)
class TextStruct:
    """A Struct that is read from text: its fields, and whether it refuses names that it does not have."""

    fields: tuple[TextField, ...]
    forbids_unknown: bool


def read_text_struct(annotation: object, kind: SourceKind, place: Place, faults: Faults) -> TextStruct | None:
    """Plan the fields of a Struct read from text; None where it has faults."""
    shape = struct_shape(annotation, place, faults)
    if shape is None:
        return None
    count = len(faults.found)
    fields: list[TextField] = []
    for field in shape.fields:
        planned = _plan_field(field, kind)
        if planned is None:
            lists = "" if kind is SourceKind.PATH else ", a list, set or tuple[T, ...] of these"
            faults.add(
                TEXT_FIELD_TYPE,
                place,
                field=field.name,
                type=describe(annotation),
                name=kind.value,
                lists=lists,
            )
        else:
            fields.append(planned)
    _check_clashes(fields, annotation, place, faults)
    return TextStruct(tuple(fields), shape.forbid_unknown_fields) if len(faults.found) == count else None


def struct_shape(annotation: object, place: Place, faults: Faults) -> shapes.StructType | None:
    """Give msgspec's description of a Struct, or add a fault with msgspec's own words."""
    try:
        shape = shapes.type_info(annotation)
    except Exception as error:  # resolving a Struct's annotations runs code: whatever it raises is the fault
        faults.add(NO_DECODER, place, action="read", type=describe(annotation), reason=reason_of(error))
        return None
    return shape if isinstance(shape, shapes.StructType) else None


def reason_of(error: Exception) -> str:
    """Give an error's words on one line, with its class where the words alone say too little."""
    words = " ".join(str(error).split())
    return words if isinstance(error, TypeError) else f"{type(error).__name__}: {words}"


def header_name(encoded: str) -> str:
    """Give the header that a field with this encoded name reads or writes: `x_trace_id` is `x-trace-id`."""
    return encoded.lower().replace("_", "-")


def _plan_field(field: shapes.Field, kind: SourceKind) -> TextField | None:
    options = _options(field.type)
    lists = [option for option in options if isinstance(option, _LISTS)]
    if lists and (len(options) > 1 or kind is SourceKind.PATH):
        return None
    values = _options(lists[0].item_type) if lists else options
    reads: list[str] = []
    for value in values:
        read = _reads(value)
        if not read:
            return None
        reads.extend(read)
    wire_name = header_name(field.encode_name) if kind is SourceKind.HEADERS else field.encode_name
    if kind is SourceKind.HEADERS and not _HEADER_NAME.fullmatch(wire_name):
        return None
    ordered = tuple(read for read in ("int", "float", "bool", "text") if read in reads)
    return TextField(
        wire_name=wire_name,
        key=field.encode_name,
        reads=ordered,
        is_list=bool(lists),
        keeps_blank=any(_admits_blank(value) for value in values),
        is_required=field.required,
    )


def _options(shape: shapes.Type) -> list[shapes.Type]:
    """Give the alternatives of a type, without None and without metadata."""
    while isinstance(shape, shapes.Metadata):
        shape = shape.type
    if isinstance(shape, shapes.UnionType):
        return [inner for option in shape.types for inner in _options(option)]
    return [] if isinstance(shape, shapes.NoneType) else [shape]


def _reads(shape: shapes.Type) -> set[str]:
    match shape:
        case shapes.IntType():
            return {"int"}
        case shapes.FloatType():
            return {"float"}
        case shapes.BoolType():
            return {"bool"}
        case shapes.EnumType():
            return {_READ_AS.get(type(member.value), "") for member in shape.cls} - {""}
        case shapes.LiteralType():
            return {_READ_AS.get(value.__class__, "") for value in shape.values} - {""}
        case _:
            return {"text"} if isinstance(shape, _TEXT) else set()


_READ_AS: dict[type, str] = {int: "int", str: "text"}


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
        by_name.setdefault(field.wire_name, []).append(f"`{field.key}`")
    for wire, keys in by_name.items():
        if len(keys) > 1:
            faults.add(
                WIRE_NAME_CLASH, place, fields=" and ".join(keys), type=describe(annotation), wire=wire
            )


def check_decodable(annotation: object, place: Place, faults: Faults) -> bool:
    """Have msgspec build the decoder of a body type, and refuse types that it can only pass to a hook."""
    try:
        msgspec.json.Decoder(annotation)
        custom = _find_custom(shapes.type_info(annotation), set())
    except Exception as error:  # resolving a Struct's annotations runs code: whatever it raises is the fault
        faults.add(NO_DECODER, place, action="decode", type=describe(annotation), reason=reason_of(error))
        return False
    if custom is not None:
        words = f"it has no JSON form for `{describe(custom)}`"
        faults.add(NO_DECODER, place, action="decode", type=describe(annotation), reason=words)
    return custom is None


def _find_custom(shape: object, seen: set[object]) -> object:
    """Give the first class inside a type that msgspec does not know."""
    if isinstance(shape, shapes.CustomType):
        return shape.cls
    if isinstance(
        shape, shapes.StructType | shapes.DataclassType | shapes.TypedDictType | shapes.NamedTupleType
    ):
        if shape.cls in seen:
            return None
        seen.add(shape.cls)
        parts: list[object] = [field.type for field in shape.fields]
    else:
        parts = []
        for name in ("type", "types", "item_type", "item_types", "key_type", "value_type"):
            part: object = getattr(shape, name, ())
            parts += cast("tuple[object, ...]", part) if isinstance(part, tuple) else (part,)  # types, by their names
    for part in parts:
        if isinstance(part, shapes.Type):
            custom = _find_custom(part, seen)
            if custom is not None:
                return custom
    return None
