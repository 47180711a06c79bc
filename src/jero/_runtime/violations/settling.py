"""What shapes learn from their parts, and parts from what holds them, once all shapes of a type are there."""

from collections.abc import Iterable
from itertools import product
from math import prod

from jero._runtime.violations.judging import FEW
from jero._runtime.violations.shapes import Choice, Hidden, Items, Mapping, Record, Row, Shape
from jero._runtime.violations.verdicts import ANY_ARRAY, ANY_OBJECT, decoder

# Containers above each other whose members are judged together: a value is decoded as part of so many, at most.
_JUDGED_HEIGHT = 3
_TALL = _JUDGED_HEIGHT + 2
_VERY_FEW = 2
_MOST_PLAIN = 64


def settle(shapes: Iterable[Shape]) -> None:
    """Bring the shapes of a type up to date with each other, and give low containers the decoders of portions."""
    while any([_update(shape) for shape in shapes]):  # noqa: C419  # each pass updates all of them
        pass
    for shape in shapes:
        if isinstance(shape, Record):
            for it in shape.fields.values():
                it.natives = it.shape.natives
                admitted = it.shape.of_object if isinstance(it.shape, Choice) else it.shape
                it.record = admitted if isinstance(admitted, Record) else None
        elif isinstance(shape, Row):
            shape.plain = _plain_rows(shape)
        elif isinstance(shape, Items):
            shape.few = FEW if _is_cheap(shape.item) else _VERY_FEW
            if shape.item.height <= _JUDGED_HEIGHT:
                shape.portion = decoder(list[shape.item.annotation])
        elif isinstance(shape, Mapping):
            shape.few = FEW if shape.key is None and _is_cheap(shape.value) else _VERY_FEW
            if shape.value.height <= _JUDGED_HEIGHT:
                shape.portion = decoder(dict[shape.key_annotation, shape.value.annotation])


def _is_cheap(shape: Shape) -> bool:
    """Tell whether right members are judged alone about as fast as at once: objects of scalars, or by their class."""
    return (isinstance(shape, Record) and shape.height == 1) or bool(shape.natives)


def _plain_rows(shape: Row) -> frozenset[tuple[type, ...]]:
    """Give the classes of the values of a whole row that is right by them; nothing for many, or for a tagged row."""
    natives = [part.natives for part in shape.positions]
    if shape.pick is not None or prod(map(len, natives)) > _MOST_PLAIN:
        return frozenset()
    return frozenset(product(*natives))


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
