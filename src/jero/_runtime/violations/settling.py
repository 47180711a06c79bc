"""What shapes learn from their parts, and parts from what holds them, once all shapes of a type are there."""

from collections.abc import Iterable

from jero._runtime.violations.shapes import Choice, Hidden, Items, Mapping, Record, Row, Shape
from jero._runtime.violations.verdicts import ANY_ARRAY, ANY_OBJECT, decoder

# Containers above each other whose members are judged together: a value is decoded as part of so many, at most.
_JUDGED_HEIGHT = 3
_TALL = _JUDGED_HEIGHT + 2


def settle(shapes: Iterable[Shape]) -> None:
    """Bring the shapes of a type up to date with each other, and give low containers the decoders of portions."""
    while any([_update(shape) for shape in shapes]):  # noqa: C419  # each pass updates all of them
        pass
    for shape in shapes:
        if isinstance(shape, Record):
            for it in shape.fields.values():
                it.natives = it.shape.natives
        elif isinstance(shape, Items) and shape.item.height <= _JUDGED_HEIGHT:
            shape.portion = decoder(list[shape.item.annotation])
        elif isinstance(shape, Mapping) and shape.value.height <= _JUDGED_HEIGHT:
            shape.portion = decoder(dict[shape.key_annotation, shape.value.annotation])


def _update(shape: Shape) -> bool:
    """Bring `shape` up to date with its parts, and them with it; True if that changed anything."""
    own = 1 if isinstance(shape, Items | Mapping | Record | Row) else 0
    height = min(_TALL, own + max((part.height for part in shape.parts), default=0))
    holds = isinstance(shape, Hidden) or any(part.holds_secret for part in shape.parts)
    natives, words = _plain_verdicts(shape)
    settled = (height, holds, natives, words)
    changed = settled != (shape.height, shape.holds_secret, shape.natives, shape.refusals)
    shape.height, shape.holds_secret, shape.natives, shape.refusals = settled
    # A model's own check looks at what decoding makes of the parts, and so does what a set drops.
    checks = (isinstance(shape, Record | Row) and shape.has_check) or (isinstance(shape, Items) and shape.is_set)
    shape.is_wanted |= checks
    for part in shape.parts if shape.is_wanted else ():
        changed |= not part.is_wanted
        part.is_wanted = True
    return changed


def _plain_verdicts(shape: Shape) -> tuple[frozenset[type], dict[type, str]]:
    match shape:
        case Hidden():
            return shape.inner.natives, shape.inner.refusals
        case Choice():
            return shape.scalar.natives, shape.scalar.refusals
        case Record() | Mapping():
            return frozenset(), ANY_OBJECT.refusals
        case Items() | Row():
            return frozenset(), ANY_ARRAY.refusals
        case _:
            return shape.natives, shape.refusals
