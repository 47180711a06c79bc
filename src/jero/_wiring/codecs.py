"""What msgspec makes of a type: its description, whether it can read or write it, its own words if not."""

from functools import lru_cache
from typing import cast

import msgspec
from msgspec import inspect as shapes

from jero._wiring.annotations import describe, list_item, union_members
from jero._wiring.catalogue import NO_DECODER
from jero._wiring.faults import Faults, Place


def struct_shape(annotation: object, place: Place, faults: Faults) -> shapes.StructType | None:
    """Give msgspec's description of a Struct, or add a fault with msgspec's own words."""
    try:
        shape, _ = _describe_type(annotation)
    except Exception as error:  # noqa: BLE001 - resolving annotations runs code: whatever it raises is the fault
        _add_refusal(annotation, "read", error, place, faults)
        return None
    return shape if isinstance(shape, shapes.StructType) else None


def check_decodable(annotation: object, place: Place, faults: Faults) -> bool:
    """Have msgspec build the decoder of a body type, and refuse types that it can only pass to a hook."""
    return _check(annotation, "decode", place, faults)


def check_encodable(annotation: object, place: Place, faults: Faults) -> bool:
    """Refuse body types that msgspec cannot write. The Structs of a union need no tags here."""
    members = union_members(list_item(annotation) or annotation)
    checked = [_check(member, "encode", place, faults) for member in members]
    return all(checked)


def _check(annotation: object, action: str, place: Place, faults: Faults) -> bool:
    try:
        if action == "decode":
            msgspec.json.Decoder(annotation)
        _, custom = _describe_type(annotation)
    except Exception as error:  # noqa: BLE001 - resolving annotations runs code: whatever it raises is the fault
        _add_refusal(annotation, action, error, place, faults)
        return False
    if custom is not None:
        _add_refusal(annotation, action, TypeError(f"it has no JSON form for `{describe(custom)}`"), place, faults)
    return custom is None


def forget_types() -> None:
    """Let go of the types that were described: an app that is wired needs them no more."""
    _describe_once.cache_clear()


def _describe_type(annotation: object) -> tuple[shapes.Type, object]:
    """Give msgspec's description of a type, and the first class inside that msgspec does not know."""
    try:
        hash(annotation)
    except TypeError:  # `Annotated` may carry anything
        return _describe_afresh(annotation)
    return _describe_once(annotation)


def _describe_afresh(annotation: object) -> tuple[shapes.Type, object]:
    shape = shapes.type_info(annotation)
    return shape, _find_custom(shape, set())


_describe_once = lru_cache(maxsize=None)(_describe_afresh)
"""Most types are named by several operations, and describing one is most of what wiring an operation costs."""


def _find_custom(shape: object, seen: set[object]) -> object:
    """Give the first class inside a type that msgspec does not know."""
    if isinstance(shape, shapes.CustomType):
        return shape.cls
    if isinstance(shape, shapes.StructType | shapes.DataclassType | shapes.TypedDictType | shapes.NamedTupleType):
        if shape.cls in seen:
            return None
        seen.add(shape.cls)
        parts: list[object] = [field.type for field in shape.fields]
    else:
        parts = []
        for name in ("type", "types", "item_type", "item_types", "key_type", "value_type"):
            part: object = getattr(shape, name, ())
            # What these attributes hold is a type, or a tuple of types.
            parts += cast("tuple[object, ...]", part) if isinstance(part, tuple) else (part,)
    for part in parts:
        if isinstance(part, shapes.Type):
            custom = _find_custom(part, seen)
            if custom is not None:
                return custom
    return None


def _add_refusal(annotation: object, action: str, error: Exception, place: Place, faults: Faults) -> None:
    """Tell an error's words on one line, with its class where the words alone say too little."""
    words = " ".join(str(error).split())
    reason = words if isinstance(error, TypeError) else f"{type(error).__name__}: {words}"
    remedy = "change the type so that msgspec accepts it (its own words are above)"
    if isinstance(error, NameError):
        remedy = "import the name at run time, not only under TYPE_CHECKING, in the module of the class that uses it"
    faults.add(NO_DECODER, place, action=action, type=describe(annotation), reason=reason, remedy=remedy)
