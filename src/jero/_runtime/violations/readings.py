"""What the walk needs of a document: an annotation that reads that, and skips the rest as fast as decoding does."""

from typing import Any, TypedDict, Union

import msgspec

from jero._runtime.violations.shapes import Choice, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged


def reading_of(shape: Shape, *, with_floats: bool) -> tuple[Any, bool]:
    """Give an annotation to read documents of `shape` as builtins, and whether it skips all that decoding skips.

    What has a field is read whatever kind of value it is, and in its order; what has none is passed over, but in
    closed objects, where it is a mistake. Everything is read where a shape is met within itself, and in arrays with a
    meaning for each position. Without floats these are refused in the place of an object or an array, but everywhere
    else a decoder may keep them as they were written.
    """
    readings = _Readings((str, int, float, bool, None) if with_floats else (str, int, bool, None))
    return readings.at(shape), readings.skips_all


class _Readings:
    """Makes the annotations of one type, each container's once."""

    def __init__(self, scalars: tuple[Any, ...]) -> None:
        self.skips_all = True
        self._scalars = scalars
        self._begun: set[Shape] = set()
        self._made: dict[Shape, Any] = {}

    def at(self, shape: Shape) -> Any:
        """Give the annotation of one place."""
        if isinstance(shape, Hidden):
            return self.at(shape.inner)
        if isinstance(shape, Leaf):
            # What a model's own check is given it may quote: then the values in it must be known.
            return msgspec.Raw if shape.annotation is msgspec.Raw and not shape.is_wanted else Any
        if isinstance(shape, Choice):
            of_object = shape.of_object and self._container(shape.of_object)
            of_array = shape.of_array and self._container(shape.of_array)
        else:
            container = self._container(shape)
            is_array = isinstance(shape, Items | Row)
            of_object, of_array = (None, container) if is_array else (container, None)
        if of_object is None and of_array is None:
            return Any
        return Union[of_object or dict, of_array or list, *self._scalars]

    def _container(self, shape: Shape) -> Any:
        """Give the annotation of objects or arrays; None where everything in them is read."""
        if shape not in self._begun:
            self._begun.add(shape)
            self._made[shape] = self._make(shape)
        elif shape not in self._made:  # within itself
            self.skips_all = False
        return self._made.get(shape)

    def _make(self, shape: Shape) -> Any:
        if isinstance(shape, Hidden):
            return self._container(shape.inner)
        if isinstance(shape, Items | Mapping):
            part = self.at(shape.item if isinstance(shape, Items) else shape.value)
            return None if part is Any else list[part] if isinstance(shape, Items) else dict[str, part]
        if isinstance(shape, Record):
            return self._of_records([shape], shape.tag_field)
        if isinstance(shape, Tagged) and shape.tag_field is not None:
            members = [member for member in shape.members.values() if isinstance(member, Record)]
            return self._of_records(members, shape.tag_field)
        self.skips_all &= isinstance(shape, Row) and shape.most is not None and self._reads_all(shape.parts)
        return None

    def _of_records(self, records: list[Record], tag_field: str | None) -> Any:
        """Give the annotation of an object that is one of `records`: their fields, those of one name as one."""
        if any(record.is_closed for record in records):
            self.skips_all &= all(record.is_closed and self._reads_all(record.parts) for record in records)
            return None
        fields: dict[str, Any] = {} if tag_field is None else {tag_field: Any}
        for record in records:
            for name, field in record.fields.items():
                reading = self.at(field.shape)
                if fields.setdefault(name, reading) != reading:
                    self.skips_all = False
                    fields[name] = Any
        return TypedDict("Read", fields, total=False)  # type: ignore[operator]  # of names that are known at run time

    def _reads_all(self, parts: tuple[Shape, ...]) -> bool:
        return all([self.at(part) is Any for part in parts])  # noqa: C419  # each of them is made
