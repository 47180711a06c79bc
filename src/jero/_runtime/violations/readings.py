"""What the walk needs of a document: an annotation that reads it and skips all else, as fast as decoding skips it."""

from collections.abc import Iterable
from typing import Any, TypedDict, Union, cast

import msgspec

from jero._runtime.violations.shapes import Choice, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged


def reading_of(shape: Shape) -> tuple[Any, bool]:
    """Give the annotation to read a document of `shape`, and whether it leaves out all that decoding skips.

    What it reads is builtins, and right and wrong alike: each place takes any kind of value. It is cut, that is to
    say it reads everything, where a shape is met within itself, in arrays with a meaning for each position, and in
    closed objects, whose unknown fields are mistakes.
    """
    readings = _Readings()
    return readings.of(shape), readings.is_whole


class _Readings:
    """Makes the annotations of one type; one that is being made is met in `_objects` as None."""

    def __init__(self) -> None:
        self.is_whole = True
        self._containers: dict[Shape, Any] = {}

    def of(self, shape: Shape) -> Any:
        """Give the annotation of one place."""
        if isinstance(shape, Hidden):
            return self.of(shape.inner)
        if isinstance(shape, Leaf):
            # A model's own check may look at what is in a raw value, and may quote it.
            return msgspec.Raw if shape.annotation is msgspec.Raw and not shape.is_wanted else Any
        if isinstance(shape, Choice):
            of_object = shape.of_object and self._container(shape.of_object)
            of_array = shape.of_array and self._container(shape.of_array)
        else:
            container = self._container(shape)
            of_object, of_array = (None, container) if isinstance(shape, Items | Row) else (container, None)
        if of_object is None and of_array is None:
            return Any
        return Union[of_object or dict, of_array or list, str, int, float, bool, None]

    def _container(self, shape: Shape) -> Any:
        """Give the annotation of what takes an object, or an array; None for one that is read as any other."""
        if shape not in self._containers:
            self._containers[shape] = None
            self._containers[shape] = made = self._made(shape)
            return made
        made = self._containers[shape]
        self.is_whole &= made is not None
        return made

    def _made(self, shape: Shape) -> Any:
        if isinstance(shape, Hidden):
            return self._container(shape.inner)
        if isinstance(shape, Items):
            item = self.of(shape.item)
            return None if item is Any else list[item]
        if isinstance(shape, Mapping):
            value = self.of(shape.value)
            return None if value is Any else dict[str, value]
        records = [shape] if isinstance(shape, Record) else list(shape.members.values()) if isinstance(shape, Tagged) else []
        fields = self._fields(records)
        ...
