"""The shapes that the walk follows: what each place of a type admits, and the decoders that judge there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

type Decode = Callable[[bytes], object]


@dataclass(slots=True, eq=False, kw_only=True)
class Shape:
    """What a value may be at one place.

    `whole` decodes a value of this shape. Only low shapes have one, so that a value is decoded a bounded
    number of times however deep it stands.
    """

    annotation: Any
    parts: tuple["Shape", ...] = ()
    height: int = 0
    holds_secret: bool = False
    whole: Decode | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Leaf(Shape):
    """A value that msgspec judges alone: a scalar, or (`is_opaque`) anything that is not walked."""

    decode: Decode
    is_opaque: bool = False
    native: type | None = None
    """The class of which every value is right as it is: `str` where any text is admitted."""


@dataclass(slots=True, eq=False, kw_only=True)
class Hidden(Shape):
    """A value marked secret: nothing submitted in or under it is ever repeated."""

    inner: Shape


@dataclass(slots=True, eq=False, kw_only=True)
class Choice(Shape):
    """A union: at most one member takes objects, one takes arrays, and msgspec judges all else at once."""

    scalar: Leaf
    of_object: Shape | None
    of_array: Shape | None


@dataclass(slots=True, eq=False, kw_only=True)
class Tagged(Shape):
    """A union of tagged Structs, told apart by `tag_field`, or by the first element of an array (None).

    `pick` decodes the tag alone, to an instance of one of the keys of `members`.
    """

    tag_field: str | None
    pick: Decode
    members: dict[type, Shape]


@dataclass(slots=True, eq=False, kw_only=True)
class Items(Shape):
    """An array of like items; `least` and `most` count what `build` made (a set drops repeats).

    `portion` decodes some of the items, as a list.
    """

    item: Shape
    portion: Decode | None = None
    build: Callable[[list[object]], "list[object] | tuple[object, ...] | set[object] | frozenset[object]"]
    least: int
    most: int | None


@dataclass(slots=True, eq=False, kw_only=True)
class Mapping(Shape):
    """An object with free keys; `key` decodes `{key: null}`, None where any text is a key.

    `portion` decodes some of the members.
    """

    key_annotation: Any
    key: Decode | None
    portion: Decode | None = None
    hides_keys: bool
    value: Shape
    least: int
    most: int | None


@dataclass(slots=True, frozen=True)
class Field:
    """A field of a `Record`: its name in Python, its name on the wire, and what it admits."""

    name: str
    wire_name: str
    shape: Shape


@dataclass(slots=True, eq=False, kw_only=True)
class Record(Shape):
    """An object with known fields, by wire name: a Struct, a TypedDict or a dataclass.

    `pick` decodes the tag of a Struct that has one; `build` makes the value of fields by Python name, running
    the model's own checks.
    """

    fields: dict[str, Field] = field(default_factory=dict[str, Field])
    required: tuple[str, ...] = ()
    tag_field: str | None
    pick: Decode | None
    is_closed: bool
    build: Callable[[dict[str, object]], object]


@dataclass(slots=True, eq=False, kw_only=True)
class Row(Shape):
    """An array with a meaning for each position: a fixed tuple, a NamedTuple or an `array_like` Struct.

    `least` and `most` count the whole array, with the tag that `pick` decodes; `short` and `long` are the
    words for a wrong length (`{}`: the length found).
    """

    positions: tuple[Shape, ...] = ()
    pick: Decode | None
    least: int = 0
    most: int | None = None
    short: str = ""
    long: str = ""
    build: Callable[[list[object]], object]
