"""The secret values in a right document: what a model's own words must not tell."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from jero._runtime.violations.judging import judge, neutral
from jero._runtime.violations.shapes import Choice, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged

_STEPS = 500


def secrets_in(shape: Shape, value: object) -> list[object] | None:
    """Give the values marked secret in `value`, as submitted and as decoded; None where it is too large.

    `value` must be right for `shape`.
    """
    steps = list(islice(_look(shape, value, is_secret=False), _STEPS + 1))
    return None if len(steps) > _STEPS else [secret for step in steps for secret in step]


def _look(shape: Shape, value: Any, *, is_secret: bool) -> Iterator[tuple[object, ...]]:
    """Go through what may be secret; give the secrets of each step."""
    yield ()
    if not (is_secret or shape.holds_secret):
        return
    match shape:
        case Leaf():
            yield value, judge(shape.decode, value if shape.is_opaque else neutral(value))
        case Choice() | Tagged():
            yield from _look(_member(shape, value), value, is_secret=is_secret)
        case Record() | Row() | Items() | Mapping():
            for part, item in _parts(shape, value):
                yield from _look(part, item, is_secret=is_secret)
            if isinstance(shape, Mapping) and (is_secret or shape.hides_keys):
                yield tuple(value)
        case _:
            yield from _look(cast("Hidden", shape).inner, value, is_secret=True)


def _member(shape: Choice | Tagged, value: Any) -> Shape:
    if isinstance(shape, Choice):
        member = shape.of_object if isinstance(value, dict) else shape.of_array if isinstance(value, list) else None
        return member or shape.scalar
    tag = value[:1] if shape.tag_field is None else {shape.tag_field: value[shape.tag_field]}
    return shape.members[type(judge(shape.pick, tag))]


def _parts(shape: Record | Row | Items | Mapping, value: Any) -> Iterator[tuple[Shape, object]]:
    match shape:
        case Record():
            yield from ((it.shape, value[name]) for name, it in shape.fields.items() if name in value)
        case Row():
            yield from zip(shape.positions, value[0 if shape.pick is None else 1 :], strict=False)
        case Items():
            yield from ((shape.item, item) for item in value)
        case Mapping():
            yield from ((shape.value, item) for item in value.values())
