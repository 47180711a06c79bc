"""From msgspec's description of a type back to an annotation: so any part of a type can have a decoder."""

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import inspect

_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")


def annotation_of(info: inspect.Type) -> Any:
    """Give an annotation that msgspec reads as `info`, without what only documents (titles, extras).

    Raises TypeError for a kind of type that this version of jero does not know.
    """
    constraints = {name: limit for name in _CONSTRAINTS if (limit := getattr(info, name, None)) is not None}
    bare = _bare(info)
    return Annotated[bare, msgspec.Meta(**constraints)] if constraints else bare


def _bare(info: inspect.Type) -> Any:
    kind = type(info)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _BUILT:
        return _BUILT[kind](info)
    cls: object = getattr(info, "cls", None)  # a Struct, an Enum, a dataclass, a custom class ...
    if cls is None:
        raise TypeError(f"jero does not know msgspec's {kind.__name__}; use another annotation")
    return cls


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
    inspect.DateTimeType: dt.datetime,
    inspect.TimeType: dt.time,
    inspect.DateType: dt.date,
    inspect.TimeDeltaType: dt.timedelta,
    inspect.UUIDType: uuid.UUID,
    inspect.DecimalType: decimal.Decimal,
    inspect.RawType: msgspec.Raw,
    inspect.ExtType: msgspec.msgpack.Ext,
}
_BUILT: dict[type[inspect.Type], Callable[[Any], Any]] = {
    inspect.Metadata: lambda info: annotation_of(info.type),
    inspect.UnionType: lambda info: Union[tuple(map(annotation_of, info.types))],  # noqa: UP007  # at run time
    inspect.LiteralType: lambda info: Literal[info.values],
    inspect.ListType: lambda info: list[annotation_of(info.item_type)],
    inspect.SetType: lambda info: set[annotation_of(info.item_type)],
    inspect.FrozenSetType: lambda info: frozenset[annotation_of(info.item_type)],
    inspect.VarTupleType: lambda info: tuple[annotation_of(info.item_type), ...],
    inspect.TupleType: lambda info: tuple[tuple(map(annotation_of, info.item_types))],
    inspect.DictType: lambda info: dict[annotation_of(info.key_type), annotation_of(info.value_type)],
}
