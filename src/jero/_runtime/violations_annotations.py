"""From msgspec's description of a type back to an annotation, so that any part of a type can have its own decoder."""

import datetime
import decimal
import uuid
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import inspect

_PLAIN: dict[type[inspect.Type], object] = {
    inspect.AnyType: Any,
    inspect.NoneType: None,
    inspect.BoolType: bool,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.StrType: str,
    inspect.BytesType: bytes,
    inspect.ByteArrayType: bytearray,
    inspect.MemoryViewType: memoryview,
    inspect.DateTimeType: datetime.datetime,
    inspect.TimeType: datetime.time,
    inspect.DateType: datetime.date,
    inspect.TimeDeltaType: datetime.timedelta,
    inspect.UUIDType: uuid.UUID,
    inspect.DecimalType: decimal.Decimal,
    inspect.RawType: msgspec.Raw,
    inspect.ExtType: msgspec.msgpack.Ext,
}
_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")


def annotation_of(info: inspect.Type) -> Any:
    """Give an annotation that msgspec reads as `info`; what only documents (titles, extras) is left out.

    Raises TypeError for a kind of type that this version of jero does not know.
    """
    constraints = {name: limit for name in _CONSTRAINTS if (limit := getattr(info, name, None)) is not None}
    bare = _bare(info)
    return Annotated[bare, msgspec.Meta(**constraints)] if constraints else bare


def _bare(info: inspect.Type) -> Any:  # noqa: PLR0911  # one line for each kind of type
    if type(info) in _PLAIN:
        return _PLAIN[type(info)]
    match info:
        case inspect.Metadata(type=described):
            return annotation_of(described)
        case inspect.UnionType(types=members):
            return Union[tuple(annotation_of(member) for member in members)]  # noqa: UP007  # built at run time
        case inspect.LiteralType(values=values):
            return Literal[values]  # pyright: ignore[reportInvalidTypeForm]  # built at run time
        case inspect.ListType(item_type=item):
            return list[annotation_of(item)]
        case inspect.SetType(item_type=item):
            return set[annotation_of(item)]
        case inspect.FrozenSetType(item_type=item):
            return frozenset[annotation_of(item)]
        case inspect.VarTupleType(item_type=item):
            return tuple[annotation_of(item), ...]
        case inspect.TupleType(item_types=items):
            return tuple[tuple(annotation_of(item) for item in items)]
        case inspect.DictType(key_type=key, value_type=value):
            return dict[annotation_of(key), annotation_of(value)]
        case _:
            pass
    cls: object = getattr(info, "cls", None)  # a Struct, an Enum, a dataclass, a custom class ...
    if cls is None:
        raise TypeError(
            f"{type(info).__name__} is a kind of type that jero does not know; use another annotation"
        )
    return cls
