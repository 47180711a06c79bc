"""The secret values in a right document: what a model's own words must not tell."""

from collections.abc import Iterable
from typing import Any, cast

from jero._runtime.violations.judging import judge, neutral
from jero._runtime.violations.shapes import Choice, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged

_STEPS = 500


class _TooManyError(Exception):
    """There is more to look at than is looked at."""


def secrets_in(shape: Shape, value: object) -> list[object] | None:
    """Give the values marked secret in `value`, as submitted and as decoded; None where it is too large.

    `value` must be right for `shape`.
    """
    search = _Search()
    try:
        if shape.holds_secret:
            search.look(shape, value, is_secret=False)
    except _TooManyError:
        return None
    return search.secrets


class _Search:
    def __init__(self) -> None:
        self.secrets: list[object] = []
        self._steps = 0

    def look(self, shape: Shape, value: Any, *, is_secret: bool) -> None:
        """Go through what is secret or holds a secret."""
        self._steps += 1
        if self._steps > _STEPS:
            raise _TooManyError
        if isinstance(shape, Leaf):
            self.secrets.append(value)
            if type(value) not in shape.natives:
                self.secrets.append(judge(shape.decode, value if shape.is_opaque else neutral(value)))
        elif isinstance(shape, Hidden):
            self.look(shape.inner, value, is_secret=True)
        elif isinstance(shape, Record):
            self._look_at_fields(shape, value, is_secret=is_secret)
        elif isinstance(shape, Choice | Tagged):
            self.look(_member(shape, value), value, is_secret=is_secret)
        else:
            for part, item in _parts(cast("Row | Items | Mapping", shape), value):
                if is_secret or part.holds_secret:
                    self.look(part, item, is_secret=is_secret)
            if isinstance(shape, Mapping) and (is_secret or shape.hides_keys):
                self.secrets += value

    def _look_at_fields(self, shape: Record, value: Any, *, is_secret: bool) -> None:
        for name, it in shape.fields.items():
            if not (is_secret or it.shape.holds_secret) or name not in value:
                continue
            if isinstance(it.shape, Hidden) and type(value[name]) in it.natives:  # most secrets are plain texts
                self.secrets.append(value[name])
            else:
                self.look(it.shape, value[name], is_secret=is_secret)


def _member(shape: Choice | Tagged, value: Any) -> Shape:
    if isinstance(shape, Choice):
        member = shape.of_object if isinstance(value, dict) else shape.of_array if isinstance(value, list) else None
        return member or shape.scalar
    tag = value[:1] if shape.tag_field is None else {shape.tag_field: value[shape.tag_field]}
    return shape.members[type(judge(shape.pick, tag))]


def _parts(shape: Row | Items | Mapping, value: Any) -> Iterable[tuple[Shape, object]]:
    if isinstance(shape, Row):
        return zip(shape.positions, value[0 if shape.pick is None else 1 :], strict=False)
    part = shape.item if isinstance(shape, Items) else shape.value
    return ((part, item) for item in (value if isinstance(shape, Items) else value.values()))
