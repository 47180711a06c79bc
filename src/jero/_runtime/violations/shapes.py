"""The shapes that the walk follows: what each place of a type admits, and the decoders that judge there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

type Decode = Callable[[bytes], object]


@dataclass(slots=True, eq=False, kw_only=True)
class Shape:
    """What a value may be at one place.

    Most values are judged by their class alone: one in `natives` is right as it is, and decoding makes that very
    value of it; for one in `refusals` (an int of more than 64 bits excepted) msgspec has these words. `is_wanted`
    tells that what decoding makes here counts: a model's own check may look at it.
    """

    annotation: Any
    parts: tuple["Shape", ...] = ()
    height: int = 0
    holds_secret: bool = False
    is_wanted: bool = False
    natives: frozenset[type] = frozenset()
    refusals: dict[type, str] = field(default_factory=dict[type, str])


@dataclass(slots=True, eq=False, kw_only=True)
class Leaf(Shape):
    """A value that msgspec judges alone: a scalar, or (`is_opaque`) anything that is not walked.

    `known` has the texts and ints of a Literal or an Enum, with what decoding makes of each; for any other text
    msgspec's words are `echo` and the text. `is_free`: whatever JSON holds is right.
    """

    decode: Decode
    is_opaque: bool = False
    is_free: bool = False
    takes_ints: bool = False
    """Whether it is a plain float, which an int is read as."""
    known: dict[object, object] = field(default_factory=dict[object, object])
    longest: int = 0
    """Characters of the longest text in `known`."""
    echo: str | None = None


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

    `pick` decodes the tag alone, to an instance of one of the keys of `members`; `by_tag` has them by tag. For any
    other text msgspec's words are `echo` and the text.
    """

    tag_field: str | None
    pick: Decode
    members: dict[type, Shape]
    by_tag: dict[str | int, Shape]
    echo: str | None


@dataclass(slots=True, eq=False, kw_only=True)
class Items(Shape):
    """An array of like items; `least` and `most` count what `build` made (a set drops repeats).

    `portion` decodes some of the items, as a list; the first `few` are looked at alone.
    """

    item: Shape
    few: int = 0
    portion: Decode | None = None
    build: Callable[[list[object]], "list[object] | tuple[object, ...] | set[object] | frozenset[object]"]
    is_set: bool
    least: int
    most: int | None


@dataclass(slots=True, eq=False, kw_only=True)
class Mapping(Shape):
    """An object with free keys; `key` decodes `{key: null}`, None where any text is a key.

    `portion` decodes some of the members; the first `few` are looked at alone.
    """

    few: int = 0

    key_annotation: Any
    key: Decode | None
    portion: Decode | None = None
    hides_keys: bool
    value: Shape
    least: int
    most: int | None


@dataclass(slots=True)
class Field:
    """A field of a `Record`: its name in Python, its step in a pointer (`/name`), and what it admits.

    `natives` are the shape's own; `record` is what it admits of objects, if that is one kind of record.
    """

    name: str
    step: str
    shape: Shape
    record: "Record | None" = None
    natives: frozenset[type] = frozenset()


@dataclass(slots=True, eq=False, kw_only=True)
class Record(Shape):
    """An object with known fields, by wire name: a Struct, a TypedDict or a dataclass.

    `pick` decodes the tag of a Struct that has one; `build` makes the value of fields by Python name, running
    the model's own check (`has_check`).
    """

    fields: dict[str, Field] = field(default_factory=dict[str, Field])
    required: dict[str, str] = field(default_factory=dict[str, str])
    """By wire name, with msgspec's words for an object without it."""
    tag_field: str | None
    tag: str | int | None = None
    has_check: bool
    pick: Decode | None
    is_closed: bool
    judges_extras: bool = False
    """Whether a member that is no field can be wrong: it is closed, or has a tag."""
    build: Callable[[dict[str, object]], object]


@dataclass(slots=True, eq=False, kw_only=True)
class Row(Shape):
    """An array with a meaning for each position: a fixed tuple, a NamedTuple or an `array_like` Struct.

    `least` and `most` count the whole array, with the tag that `pick` decodes; `short` and `long` are the
    words for a wrong length (`{}`: the length found). `plain` has the classes of values that are right together.
    """

    positions: tuple[Shape, ...] = ()
    plain: frozenset[tuple[type, ...]] = frozenset()
    has_check: bool = False
    pick: Decode | None
    least: int = 0
    most: int | None = None
    short: str = ""
    long: str = ""
    build: Callable[[list[object]], object]
