"""Every kind of mistake that a JSON document can hold, where it is said to stand, and in which words."""

import dataclasses
import datetime as dt
import enum
import sys
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, TypedDict

import msgspec
import pytest
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from jero._runtime.violations.annotations import annotation_of
from jero._runtime.violations.findings import DEEPEST
from jero._runtime.violations.plans import plan_of
from jero._runtime.violations.search import Violation, Violations, find_json_violations, find_violations
from jero._runtime.violations.shapes import Shape
from jero._runtime.violations.walk import walk

type Found = list[tuple[str, str]]

SECRET = Meta(extra={"secret": True})


def found(type_: object, document: object) -> Found:
    """Give the entries for a document, which are the same for its JSON; none may be left out."""
    violations = find_violations(type_, document)
    assert not violations.truncated
    assert find_json_violations(type_, msgspec.json.encode(document)) == violations
    return [(entry.pointer, entry.detail) for entry in violations.entries]


def found_in_json(type_: object, body: bytes) -> Found:
    return [(entry.pointer, entry.detail) for entry in find_json_violations(type_, body).entries]


def own_words(type_: object, document: object) -> str:
    """Give what msgspec itself says, without the path."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode(document), type=type_)
    return str(caught.value).split(" - at `")[0]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Item(Struct):
    price: int
    tags: list[str] = []


class Order(Struct):
    customer: str
    items: list[Item]
    note: str | None = None


class Node(Struct):
    value: int = 0
    next: "Node | None" = None
    others: list["Node"] = []


class Cat(Struct, tag="cat"):
    lives: int


class Dog(Struct, tag="dog"):
    name: str
    friend: "Cat | Dog | None" = None


class Page[T](Struct):
    items: list[T]
    first: T


class Closed(Struct, forbid_unknown_fields=True):
    x: int = 0


class Span(Struct):
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("start is after end")


class Leg(Struct):
    day: dt.date
    spans: tuple[Span, ...] = ()


class Trip(Struct):
    legs: list[Leg]
    price: Decimal
    others: list["Trip"] = []

    def __post_init__(self) -> None:
        if any(leg.day.year > 2020 for leg in self.legs):
            raise TypeError(f"too late for {self.price}")


NOTHING: dict[str, object] = {}
WRONG: list[tuple[Any, object]] = [
    (int, 1.0),
    (int, "1"),
    (float, "1.5"),
    (bool, 1),
    (str, None),
    (None, 0),
    (Annotated[int, Meta(ge=1, le=5)], 6),
    (Annotated[int, Meta(multiple_of=3)], 4),
    (Annotated[int, Meta(ge=0)], -(2**80)),
    (Annotated[float, Meta(gt=0)], 0),
    (Annotated[str, Meta(min_length=2)], "é"),
    (Annotated[str, Meta(max_length=2)], "abc"),
    (Annotated[str, Meta(pattern="^a+$")], "b"),
    (Literal["a", "b"], "c"),
    (Literal["a", "b"], 1),
    (Literal[1, 2], 3),
    (Colour, "green"),
    (Level, 3),
    (Level, "1"),
    (dt.datetime, "yesterday"),
    (dt.datetime, 1),
    (Annotated[dt.datetime, Meta(tz=True)], "2020-01-01T00:00:00"),
    (dt.date, "2020-02-30"),
    (dt.time, "25:00:00"),
    (dt.timedelta, "1 day"),
    (uuid.UUID, "6f96575d"),
    (Decimal, "1,5"),
    (bytes, "aGk"),
    (Annotated[bytes, Meta(min_length=3)], "aGk="),
    (NewType("UserId", int), "x"),
    (int | str | None, 1.5),
    (Mapping[str, int], 1),
    (Sequence[int], "x"),
    (list[int] | None, True),
    (int, {"deep": [1]}),
    (str, [[1], NOTHING]),
]
RIGHT: list[tuple[Any, object]] = [
    (float, 1),
    (float, 2**70),
    (int, 10**100),
    (Decimal, 1.5),
    (Decimal, "1.5"),
    (object, [1, {"a": None}]),
    (Any, {"a": [1.5]}),
    (Raw, {"a": [1.5]}),
    (uuid.UUID, "6f96575dbffa43828682 6d2e6daae6aa".replace(" ", "")),
    (Literal[1, "a"] | None, None),
    (Sequence[int], [1]),
    (int | UnsetType, 1),
]


# What is listed


def test_all_mistakes_are_listed_at_once_in_the_order_of_the_document() -> None:
    """Every mistake has an entry; what is missing from an object comes after what is in it."""
    document = {"note": 1, "items": [{"price": "x", "tags": ["a", 2]}, 3, NOTHING]}
    assert found(Order, document) == [
        ("#/note", "Expected `str | null`, got `int`"),
        ("#/items/0/price", "Expected `int`, got `str`"),
        ("#/items/0/tags/1", "Expected `str`, got `int`"),
        ("#/items/1", "Expected `object`, got `int`"),
        ("#/items/2/price", "Object missing required field `price`"),
        ("#/customer", "Object missing required field `customer`"),
    ]


def test_a_document_that_decodes_has_no_entries() -> None:
    """Nothing is listed, and nothing is said to be left out."""
    nothing = Violations((), truncated=False)
    document: object = {"customer": "c", "items": [{"price": 1}]}
    assert find_violations(Order, document) == nothing
    assert find_json_violations(Order, msgspec.json.encode(document)) == nothing


def test_a_mistake_of_the_whole_document_points_to_the_root() -> None:
    """The pointer of the root is a bare `#`."""
    assert found(Order, [1]) == [("#", "Expected `object`, got `array`")]
    assert found(int, "x") == [("#", "Expected `int`, got `str`")]
    assert found(list[int], {}) == [("#", "Expected `array`, got `object`")]
    assert found(dict[str, int], 1) == [("#", "Expected `object`, got `int`")]


@pytest.mark.parametrize(("type_", "value"), WRONG)
def test_a_wrong_value_is_told_in_the_words_of_msgspec(type_: Any, value: object) -> None:
    """A value has the entry that decoding it alone would raise, wherever it stands."""
    said = own_words(type_, value)
    assert found(type_, value) == [("#", said)]
    assert found(list[type_], [value, value]) == [("#/0", said), ("#/1", said)]
    wrapping = msgspec.defstruct("Wrapping", [("value", type_)])
    assert found(wrapping, {"value": value}) == [("#/value", said)]


@pytest.mark.parametrize(("type_", "value"), RIGHT)
def test_a_value_that_json_admits_has_no_entry(type_: Any, value: object) -> None:
    """What decoding takes without being lax is right: an int for a float, a number for a Decimal."""
    assert found(type_, value) == []
    wrapping = msgspec.defstruct("Wrapping", [("value", type_), ("other", int)])
    assert found(wrapping, {"value": value, "other": "x"}) == [("#/other", "Expected `int`, got `str`")]


# Objects


def test_a_missing_field_has_the_pointer_that_it_would_have() -> None:
    """The entry names the missing field itself, by its wire name."""

    class Named(Struct, rename="camel"):
        first_name: str
        last_name: str = msgspec.field(name="surname")

    assert found(Named, {"first_name": "x"}) == [
        ("#/firstName", "Object missing required field `firstName`"),
        ("#/surname", "Object missing required field `surname`"),
    ]
    assert found(Named, {"firstName": 1, "surname": 2}) == [
        ("#/firstName", "Expected `str`, got `int`"),
        ("#/surname", "Expected `str`, got `int`"),
    ]


def test_each_unknown_field_of_a_closed_object_has_an_entry() -> None:
    """`forbid_unknown_fields` is reported for every field at its own pointer; elsewhere they are ignored."""
    assert found(Closed, {"y": 1, "x": 2, "z": [1]}) == [
        ("#/y", "Object contains unknown field `y`"),
        ("#/z", "Object contains unknown field `z`"),
    ]
    assert found(Item, {"price": "x", "y": 1}) == [("#/price", "Expected `int`, got `str`")]


def test_defaults_and_unset_fields_may_be_absent_and_not_wrong() -> None:
    """A field with a default, or UNSET, is checked where it is given only."""

    class Patch(Struct, omit_defaults=True):
        name: str | UnsetType = UNSET
        size: int = 3

    assert found(Patch, {}) == []
    assert found(Patch, {"name": None, "size": None}) == [
        ("#/name", "Expected `str`, got `null`"),
        ("#/size", "Expected `int`, got `null`"),
    ]


def test_generic_structs_are_checked_with_their_arguments() -> None:
    """`Page[int]` checks ints, `Page[Item]` items."""
    assert found(Page[int], {"items": [1, "x"], "first": None}) == [
        ("#/items/1", "Expected `int`, got `str`"),
        ("#/first", "Expected `int`, got `null`"),
    ]
    assert found(Page[Item], {"items": [NOTHING], "first": {"price": "x"}}) == [
        ("#/items/0/price", "Object missing required field `price`"),
        ("#/first/price", "Expected `int`, got `str`"),
    ]


def test_recursive_structs_are_followed() -> None:
    """A type that holds itself is checked at each level."""
    document = {"next": {"value": "x", "next": {"others": [{"value": None}, 1]}}}
    assert found(Node, document) == [
        ("#/next/value", "Expected `int`, got `str`"),
        ("#/next/next/others/0/value", "Expected `int`, got `null`"),
        ("#/next/next/others/1", "Expected `object`, got `int`"),
    ]


def test_typed_dicts_and_dataclasses_are_walked() -> None:
    """They are objects with known fields as Structs are."""

    class Box(TypedDict):
        size: int
        label: NotRequired[str]

    @dataclasses.dataclass
    class Crate:
        box: Box
        weight: float = 1.0
        parts: list[int] = dataclasses.field(default_factory=list[int])

    assert found(Crate, {"box": {"label": 1}, "parts": ["x"]}) == [
        ("#/box/label", "Expected `str`, got `int`"),
        ("#/box/size", "Object missing required field `size`"),
        ("#/parts/0", "Expected `int`, got `str`"),
    ]
    assert found(list[Crate], [NOTHING, {"box": {"size": 1}}]) == [("#/0/box", "Object missing required field `box`")]


# Arrays


def test_arrays_of_every_make_are_walked_by_index() -> None:
    """A list, set, frozenset and tuple say which item is wrong."""
    for make in (list[int], set[int], frozenset[int], tuple[int, ...]):
        assert found(make, [1, "x", 3, None]) == [
            ("#/1", "Expected `int`, got `str`"),
            ("#/3", "Expected `int`, got `null`"),
        ]


def test_a_long_array_lists_its_few_wrong_items() -> None:
    """However many items are right, the wrong ones are found."""
    document: list[object] = list(range(10_000))
    for at in (0, 127, 128, 129, 5_000, 9_999):
        document[at] = "x"
    pointers = [pointer for pointer, _ in found(list[int], document)]
    assert pointers == ["#/0", "#/127", "#/128", "#/129", "#/5000", "#/9999"]


def test_a_fixed_tuple_has_its_length_and_its_positions_checked() -> None:
    """A wrong length is told of the array, wrong items of their positions."""
    assert found(tuple[int, str], ["x", 1]) == [
        ("#/0", "Expected `int`, got `str`"),
        ("#/1", "Expected `str`, got `int`"),
    ]
    assert found(tuple[int, str], ["x"]) == [
        ("#/0", "Expected `int`, got `str`"),
        ("#", "Expected `array` of length 2"),
    ]
    assert found(tuple[int, str], [1, "a", 3]) == [("#", "Expected `array` of length 2")]
    assert found(tuple[()], [1]) == [("#", "Expected `array` of length 0")]


def test_a_named_tuple_may_leave_out_its_defaults() -> None:
    """Its length is told as msgspec tells it."""

    class Point(NamedTuple):
        x: int
        y: int = 0

    assert found(Point, [1]) == []
    assert found(Point, []) == [("#", own_words(Point, []))]
    assert found(Point, [1, "y"]) == [("#/1", "Expected `int`, got `str`")]
    assert found(Point, [1, 2, 3]) == [("#", "Expected `array` of length 1 to 2")]
    assert found(Point, {"x": 1}) == [("#", "Expected `array`, got `object`")]


def test_an_array_like_struct_is_checked_by_position() -> None:
    """Its fields stand at indexes, after its tag; a closed one refuses more."""

    class Pair(Struct, array_like=True):
        left: int
        right: int = 0

    class KeywordPair(Struct, array_like=True, kw_only=True):
        left: int = 0
        right: int

    class ClosedPair(Struct, array_like=True, forbid_unknown_fields=True, tag="pair"):
        left: int

    assert found(Pair, ["x", "y", "z"]) == [
        ("#/0", "Expected `int`, got `str`"),
        ("#/1", "Expected `int`, got `str`"),
    ]
    assert found(Pair, []) == [("#", "Expected `array` of at least length 1, got 0")]
    assert found(KeywordPair, [1]) == [("#", "Expected `array` of at least length 2, got 1")]
    assert found(Pair, {}) == [("#", "Expected `array`, got `object`")]
    assert found(ClosedPair, ["pear", "x", 3]) == [
        ("#/0", "Invalid value 'pear'"),
        ("#/1", "Expected `int`, got `str`"),
        ("#", "Expected `array` of at most length 1"),
    ]
    assert found(ClosedPair, ["pair", 1]) == []
    assert found(ClosedPair, ["pair", 1, 2]) == [("#", "Expected `array` of at most length 1")]
    assert found(ClosedPair, []) == [("#", own_words(ClosedPair, []))]


@pytest.mark.parametrize("make", [list[int], tuple[int, ...], set[int], frozenset[int], dict[str, int]])
@pytest.mark.parametrize("size", [0, 1, 3, 4])
def test_the_length_of_a_container_is_checked(make: Any, size: int) -> None:
    """Too few and too many are told of the container, in the words of msgspec."""
    limited = Annotated[make, Meta(min_length=2, max_length=3)]
    document = {str(at): at for at in range(size)} if "dict" in str(make) else list(range(size))
    expected = [] if size == 3 else [("#", own_words(limited, document))]
    assert found(limited, document) == expected


def test_the_length_of_a_set_counts_what_differs() -> None:
    """Repeats count once, and ints that read alike are one key; while some are wrong nothing is said."""
    two = Meta(min_length=2)
    assert found(Annotated[set[int], two], [1, 1]) == [("#", "Expected `array` of length >= 2")]
    assert found(Annotated[set[int], two], [1, 2]) == []
    assert found(Annotated[set[int], two], ["x"]) == [("#/0", "Expected `int`, got `str`")]
    assert found(Annotated[list[int], two], [1, "x"]) == [("#/1", "Expected `int`, got `str`")]
    assert found(Annotated[list[int], two], ["x"]) == [
        ("#/0", "Expected `int`, got `str`"),
        ("#", "Expected `array` of length >= 2"),
    ]
    assert found(Annotated[dict[int, int], two], {"x": 1}) == [("#/x", "Invalid key: Expected `int`, got `str`")]
    assert found(Annotated[dict[float, int], two], {"1.0": 1, "1e0": 2}) == [("#", "Expected `object` of length >= 2")]


# Keys


def test_the_keys_of_an_object_are_decoded_as_their_type() -> None:
    """A wrong key has an entry at its member, apart from that of a wrong value."""
    assert found(dict[int, int], {"1": 1, "-2": 2, "x": 3, "1.5": "y"}) == [
        ("#/x", "Invalid key: Expected `int`, got `str`"),
        ("#/1.5", "Invalid key: Expected `int`, got `str`"),
        ("#/1.5", "Expected `int`, got `str`"),
    ]
    assert found(dict[uuid.UUID, int], {"x": 1}) == [("#/x", "Invalid key: Invalid UUID")]
    assert found(dict[Colour, int], {"red": 1, "x": 1}) == [("#/x", "Invalid key: Invalid enum value 'x'")]
    short = Annotated[str, Meta(max_length=1)]
    assert found(dict[short, int], {"a": 1, "bc": 2}) == [("#/bc", "Invalid key: Expected `str` of length <= 1")]


def test_a_pointer_escapes_what_a_key_holds() -> None:
    """`~` and `/` as RFC 6901 says, then what a URI fragment does not admit in percent-encoded UTF-8."""
    keys = {
        "a/b": "#/a~1b",
        "m~n": "#/m~0n",
        "": "#/",
        " %": "#/%20%25",
        "é": "#/%C3%A9",
        "a.b?c=d": "#/a.b?c=d",
    }
    for key, pointer in keys.items():
        assert found(dict[str, int], {key: "x"}) == [(pointer, "Expected `int`, got `str`")]


# Unions


def test_an_untagged_union_goes_on_with_the_member_of_the_same_kind() -> None:
    """An object is checked as the member that takes objects, an array as the one that takes arrays."""
    union = Item | list[int] | str | None
    assert found(union, {"price": "x"}) == [("#/price", "Expected `int`, got `str`")]
    assert found(union, [1, "x"]) == [("#/1", "Expected `int`, got `str`")]
    assert found(union, 1.5) == [("#", own_words(union, 1.5))]
    assert found(int | list[int], {"a": 1}) == [("#", own_words(int | list[int], {}))]
    assert found(int | Item, [1]) == [("#", own_words(int | Item, []))]


def test_a_tagged_union_goes_on_with_the_struct_that_the_tag_names() -> None:
    """The fields are those of the named Struct, also further down."""
    document = {"friend": {"lives": "x", "type": "cat"}, "type": "dog"}
    assert found(Cat | Dog, document) == [
        ("#/friend/lives", "Expected `int`, got `str`"),
        ("#/name", "Object missing required field `name`"),
    ]


def test_a_tag_that_is_wrong_or_missing_is_all_that_can_be_said() -> None:
    """The entry is at the tag; the rest is of no known type."""
    union = Cat | Dog
    assert found(union, {"lives": "x", "type": "cow"}) == [("#/type", "Invalid value 'cow'")]
    assert found(union, {"lives": "x", "type": 1}) == [("#/type", own_words(union, {"type": 1}))]
    assert found(union, {"lives": "x"}) == [("#/type", "Object missing required field `type`")]


def test_a_struct_of_its_own_may_leave_out_its_tag_but_not_have_another() -> None:
    """Outside a union the tag is checked where it is given, and is no unknown field."""

    class Strict(Struct, tag_field="kind", tag=7, forbid_unknown_fields=True):
        x: int

    assert found(Strict, {"x": 1}) == []
    assert found(Strict, {"x": 1, "kind": 7}) == []
    assert found(Strict, {"x": "y", "kind": 8}) == [
        ("#/x", "Expected `int`, got `str`"),
        ("#/kind", "Invalid value 8"),
    ]
    assert found(Strict, {"x": 1, "kind": True}) == [("#/kind", "Expected `int`")]


def test_tagged_unions_of_arrays_have_their_tag_first() -> None:
    """The tag stands at index 0, the fields after it."""

    class One(Struct, array_like=True, tag=1):
        x: int

    class Two(Struct, array_like=True, tag=2):
        y: str

    union = One | Two | None
    assert found(union, [2, 3]) == [("#/1", "Expected `str`, got `int`")]
    assert found(union, [3, 3]) == [("#/0", "Invalid value 3")]
    assert found(union, []) == [("#", own_words(union, []))]
    assert found(list[One | Two], [[1, 1], [1], 5]) == [
        ("#/1", "Expected `array` of at least length 2, got 1"),
        ("#/2", "Expected `array`, got `int`"),
    ]


def test_a_union_with_any_takes_all() -> None:
    """`Any` beside other types admits whatever JSON holds."""
    assert found(dict[str, int] | Any, {"a": "x"}) == []
    assert found(list[dict[str, int] | Any], [[1]]) == []
    assert found(list[int | Any], [NOTHING, "x"]) == []


# A model's own checks


def test_a_models_own_check_is_reported_at_the_object() -> None:
    """What `__post_init__` raises (ValueError, TypeError) is the detail."""
    document = [{"start": 1, "end": 2}, {"start": 3, "end": 2}]
    assert found(list[Span], document) == [("#/1", "start is after end")]
    assert found(Span, {"start": 3, "end": 2}) == [("#", "start is after end")]


def test_a_models_own_check_waits_for_its_fields() -> None:
    """It runs only where all that is in the object is right: fields, keys, tag, and nothing unknown."""

    class Never(Struct, array_like=True, tag="never"):
        x: int = 0

        def __post_init__(self) -> None:
            raise ValueError("never")

    class Strict(Struct, forbid_unknown_fields=True, tag="strict"):
        counts: dict[int, int] = {}
        nevers: list[Never] = []

        def __post_init__(self) -> None:
            raise ValueError("strict")

    assert found(Strict, {}) == [("#", "strict")]
    assert found(Strict, {"y": 1}) == [("#/y", "Object contains unknown field `y`")]
    assert found(Strict, {"type": "x"}) == [("#/type", "Invalid value 'x'")]
    assert found(Strict, {"counts": {"x": 1}}) == [("#/counts/x", "Invalid key: Expected `int`, got `str`")]
    assert found(Never, ["x", 1]) == [("#/0", "Invalid value 'x'")]
    assert found(Never, ["never", 1]) == [("#", "never")]
    assert found(Span, {"start": 3, "end": "x"}) == [("#/end", "Expected `int`, got `str`")]
    assert found(Span, {"start": 3}) == [("#/end", "Object missing required field `end`")]


def test_a_models_own_check_runs_on_what_decoding_would_make() -> None:
    """It sees decoded values with defaults, at any depth, whatever stands around it."""
    late: dict[str, object] = {"legs": [{"day": "2021-01-01"}], "price": 1.10}
    document: dict[str, object] = {"legs": [], "price": 1, "others": [late, {"legs": [], "price": "x"}]}
    assert found(Trip, document) == [
        ("#/others/0", "too late for 1.1"),
        ("#/others/1/price", "Invalid decimal string"),
    ]
    spans = [{"start": 1, "end": 0}]
    assert found(Trip, {"legs": [{"day": "2021-01-01", "spans": spans}], "price": 1}) == [
        ("#/legs/0/spans/0", "start is after end")
    ]


def test_every_kind_of_model_may_check_itself() -> None:
    """Array-like Structs and dataclasses do so too."""

    class Pair(Struct, array_like=True):
        left: int
        right: int = 1

        def __post_init__(self) -> None:
            if self.left == self.right:
                raise ValueError("twins")

    class Point(NamedTuple):
        x: Node | None
        y: int = 2
        z: int = 3

    @dataclasses.dataclass(frozen=True, slots=True)
    class Both:
        pair: Pair
        point: Point = Point(None)  # noqa: RUF009  # a NamedTuple cannot change
        other: Any = None
        names: list[str] = dataclasses.field(default_factory=list[str])
        size: int = 1

        def __post_init__(self) -> None:
            if self.point != (self.point.x, 2, 3) or self.other not in (None, {"a": [1]}):
                raise ValueError("not what was sent")
            if self.size != len(self.names) + 1:
                raise ValueError("wrong size")

    assert found(list[Pair], [[1], [1, 2]]) == [("#/0", "twins")]
    assert found(Both, {"pair": [1, 1]}) == [("#/pair", "twins")]
    assert found(Both, {"pair": [1, 2], "size": 2}) == [("#", "wrong size")]
    assert found(Both, {"pair": [1, 2]}) == []
    assert found(Both, {"pair": [1, 2], "point": [NOTHING], "other": {"a": [1]}, "size": 2}) == [("#", "wrong size")]


def test_numbers_reach_a_models_own_check_as_they_were_written() -> None:
    """A Decimal keeps digits that a float does not have."""

    class Price(Struct):
        amount: Decimal

        def __post_init__(self) -> None:
            if self.amount != Decimal("0.1000000000000000000001"):
                raise ValueError(f"not {self.amount}")

    assert found_in_json(Price, b'{"amount": 0.1000000000000000000001}') == []
    assert found_in_json(list[Price], b'[{"amount": 0.1000000000000000000002}]') == [
        ("#/0", "not 0.1000000000000000000002")
    ]


def test_an_exception_that_is_no_mistake_of_the_client_stays_one() -> None:
    """What decoding takes for no mistake is raised once nothing else is wrong; till then it leaves a gap."""

    class Faulty(Struct):
        x: int

        def __post_init__(self) -> None:
            raise KeyError(self.x)

    violations = find_violations(list[Faulty | int], [{"x": 1}, "y"])
    assert [entry.pointer for entry in violations.entries] == ["#/1"]
    assert violations.truncated
    with pytest.raises(KeyError):
        find_violations(list[Faulty], [{"x": 1}])


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nope",
        b'[{"price": "x"}',
        b'["x"] trailing',
        b'["x", NaN]',
        b'["x", "\\ud800"]',
        b'\xef\xbb\xbf["x"]',
        b'["x", "\xff"]',
        pytest.param(
            b'["x", ' + b"[" * 100_000 + b"]" * 100_000 + b"]",
            marks=pytest.mark.skipif(sys.version_info >= (3, 14), reason="its stack lets msgspec skip as deep as this"),
        ),
        b'["x"'.decode().encode("utf-16"),
    ],
)
def test_a_body_that_is_not_json_raises_a_plain_decode_error(body: bytes) -> None:
    """Also behind a first mistake: malformed comes before wrong."""
    with pytest.raises(msgspec.DecodeError) as caught:
        find_json_violations(list[Item], body)
    assert type(caught.value) is msgspec.DecodeError


def test_what_msgspec_itself_finds_malformed_first_is_no_other_error() -> None:
    """Invalid UTF-8 is a plain decode error too, where msgspec raises something else for it."""
    for body in (b'["\xff", 1]', b"[" * 100_000):
        with pytest.raises(msgspec.DecodeError, match="malformed"):
            find_json_violations(list[str], body)


def test_numbers_beyond_a_float_are_mistakes_like_others() -> None:
    """1e999 is JSON: wrong for a float, right for a Decimal and in what is ignored."""
    assert found_in_json(list[float], b'[1e999, "x"]') == [
        ("#/0", "Number out of range"),
        ("#/1", "Expected `float`, got `str`"),
    ]
    assert found_in_json(list[Decimal], b'[1e999, "x"]') == [("#/1", "Invalid decimal string")]
    assert found_in_json(list[Decimal], b"[1e99999999999999999999]") == [("#/0", "Invalid decimal string")]
    assert found_in_json(Item, b'{"price": "x", "ignored": 1e999}') == [("#/price", "Expected `int`, got `str`")]
    assert found_in_json(tuple[list[Any], int], b'[[{}, [1e999]], "x"]') == [
        ("#/0/1/0", "Number out of range"),
        ("#/1", "Expected `int`, got `str`"),
    ]


def test_an_integer_of_too_many_digits_is_reported_alone() -> None:
    """Python does not read it, so the document cannot be walked: msgspec's own mistake stands for all."""
    huge = b"9" * 5_000
    violations = find_json_violations(list[Item], b'[{"price": ' + huge + b'}, {"price": "x"}]')
    assert violations == Violations((Violation("#/0/price", "Integer value out of range"),), truncated=True)
    ignored = b'{"price": 1, "ignored": ' + huge + b"}"
    assert find_json_violations(Item, ignored) == Violations((), truncated=False)

    class Quoting(Struct):
        name: str

        def __post_init__(self) -> None:
            raise ValueError(self.name)

    quoted = b'{"name": "' + b"n" * 100 + b'", "ignored": ' + huge + b"}"
    assert found_in_json(Quoting, quoted) == [("#", "n" * 63 + "…")]
    named = b'{"name": "meet - at `noon`", "ignored": ' + huge + b"}"
    assert found_in_json(Quoting, named) == [("#", "meet - at `noon`")]


def test_a_key_given_twice_is_reported_though_the_last_one_is_right() -> None:
    """Decoding checks both, the document keeps the last: msgspec's own mistake is not lost."""
    assert found_in_json(Order, b'{"customer": 1, "customer": "c", "items": []}') == [
        ("#/customer", "Expected `str`, got `int`")
    ]
    assert found_in_json(Cat | Dog, b'{"type": "cat", "name": "x", "type": "dog"}') != []
    body = b'{"items": [{"price": 1, "tags": [1], "tags": []}], "customer": ""}'
    assert found_in_json(Order, body) == [("#/items/0/tags/0", "Expected `str`, got `int`")]
    assert found_in_json(dict[str, list[int]], b'{"a": ["x"], "a": []}') == [("#", "Expected `int`, got `str`")]
    assert found_in_json(dict[str, dict[int, int]], b'{"a": {"x": 1}, "a": {}}') == [("#", "Expected `int`, got `str`")]
    assert found_in_json(list[Span], b'[{"start": 1, "end": 2, "end": 0, "end": "x"}]') != []


def test_what_msgspec_skips_does_not_make_a_right_body_wrong() -> None:
    """A body that decodes has no entries, even if what is ignored in it could not be read."""
    assert find_json_violations(Item, b'{"price": 1, "ignored": "\xff"}') == Violations((), truncated=False)


# What is never repeated


def test_long_values_and_keys_are_cut() -> None:
    """A message or a pointer repeats 64 characters of what was submitted at the most."""
    long = "k" * 1_000
    cut = "k" * 63 + "…"
    assert found(Closed, {long: 1}) == [("#/" + "k" * 63 + "%E2%80%A6", f"Object contains unknown field `{cut}`")]
    assert found(dict[str, int], {long: "x"}) == [("#/" + "k" * 63 + "%E2%80%A6", "Expected `int`, got `str`")]
    assert found(Colour, long) == [("#", f"Invalid enum value '{cut}'")]
    assert found(Literal["a"], long) == [("#", f"Invalid enum value '{cut}'")]
    assert found(Cat | Dog, {"type": long}) == [("#/type", f"Invalid value '{cut}'")]
    assert found(dict[Colour, int], {long: 1})[0][1] == f"Invalid key: Invalid enum value '{cut}'"
    assert found(Colour, "k" * 64) == [("#", f"Invalid enum value '{'k' * 64}'")]


def test_long_values_are_cut_in_a_models_own_words() -> None:
    """Also where a model's message quotes them, as often as it does."""

    class Quoting(Struct):
        name: str
        others: dict[str, list[str]] = {}

        def __post_init__(self) -> None:
            raise ValueError(f"{self.name} is {self.name!r} among {list(self.others)}")

    long = "n" * 70
    cut = "n" * 63 + "…"
    other = "o" * 65
    assert found(Quoting, {"name": long, "others": {other: []}}) == [("#", f"{cut} is '{cut}' among ['{'o' * 63}…']")]
    assert found(Quoting, {"name": "short"}) == [("#", "short is 'short' among []")]
    ((_, detail),) = found(Quoting, {"name": "x" * 100_000})
    assert len(detail) < 200
    assert "x" * 65 not in detail
    many = {str(at): ["m" * 70] for at in range(2_000)}
    ((_, detail),) = found(Quoting, {"name": "short", "others": many})
    assert detail == "short is 'short' among ['0', '1', '2', '3', '4', '5', '6', '7',"[:63] + "…"


def test_a_models_own_words_are_bounded_and_never_empty() -> None:
    """A message is cut at 512 characters; one that says nothing becomes a general one."""

    class Wordy(Struct):
        words: str

        def __post_init__(self) -> None:
            raise ValueError(("- " if self.words else "") * 1_000)

    ((_, detail),) = found(Wordy, {"words": "x"})
    assert len(detail) == 512
    assert found(Wordy, {"words": ""}) == [("#", "Invalid value")]


type MaybeSecret = Annotated[Colour, SECRET] | None


class Login(Struct):
    name: str
    password: Annotated[str, Meta(min_length=4), SECRET]
    again: Annotated[Literal["hunter2"], SECRET] = "hunter2"


class Vault(Struct, forbid_unknown_fields=True):
    logins: Annotated[dict[str, Login], SECRET] = {}
    keys: dict[Annotated[Colour, SECRET], int] = {}
    kind: Annotated[Colour, SECRET] | None = None
    pet: Annotated[Cat | Dog, SECRET] | None = None
    span: Annotated[Span, SECRET] | None = None
    closed: Annotated[list[Closed], SECRET] = []
    aliased: MaybeSecret | bool = None


class Slot(Struct):
    code: Annotated[str, SECRET] = ""


class Wide(Struct):
    slots: list[Slot]

    def __post_init__(self) -> None:
        raise ValueError("too wide")


def test_nothing_of_a_secret_is_repeated() -> None:
    """No values, keys, tags or unknown fields under it; where it is and what was expected is told."""
    document = {
        "logins": {"hunter2": {"name": 1, "password": "abc"}, "hunter3": 1},
        "keys": {"hunter2": 1},
        "kind": "hunter2",
        "pet": {"type": "hunter2"},
        "span": {"start": 3, "end": 2},
        "closed": [{"hunter2": 1}],
        "aliased": "hunter2",
        "open": 1,
    }
    assert found(Vault, document) == [
        ("#/logins/%E2%80%A6/name", "Expected `str`, got `int`"),
        ("#/logins/%E2%80%A6/password", "Expected `str` of length >= 4"),
        ("#/logins/%E2%80%A6", "Expected `object`, got `int`"),
        ("#/keys/%E2%80%A6", "Invalid key: Invalid enum value"),
        ("#/kind", "Invalid enum value"),
        ("#/pet/type", "Invalid value"),
        ("#/span", "Invalid value"),
        ("#/closed/0/%E2%80%A6", "Object contains unknown field"),
        ("#/aliased", "Invalid enum value"),
        ("#/open", "Object contains unknown field `open`"),
    ]


class Bank(Struct, tag="bank"):
    iban: Annotated[str, SECRET]


class Card(Struct, array_like=True, tag="card"):
    name: str
    code: Annotated[str, SECRET]


class Cheque(Struct, array_like=True, tag="cheque"):
    number: Annotated[str, SECRET]


class Account(Struct):
    says: str
    passwords: Annotated[list[str], SECRET]
    pin: Annotated[int, SECRET] = 0
    token: Annotated[bytes, SECRET] = b""
    logins: list[Login] = []
    keys: dict[Annotated[str, SECRET], int] = {}
    pays: Bank | Cat | None = None
    also: Card | Cheque | None = None
    card: Card | None = None
    more: Annotated[Any, SECRET] = None

    def __post_init__(self) -> None:
        raise ValueError(self.says)


KEPT: dict[str, object] = {
    "passwords": ["new\nline", 'it\'s "it"', "back\\slash"],
    "pin": 4711,
    "token": "aHVudGVyMQ==",
    "logins": [{"name": "admin", "password": "hunter2"}],
    "keys": {"hunter3": 1},
    "pays": {"type": "bank", "iban": "hunter4"},
    "also": ["cheque", "hunter5"],
    "card": ["card", "public", "hunter6"],
}


@pytest.mark.parametrize(
    "secret",
    [
        *("new\nline", r"new\nline", 'it\'s "it"', repr('it\'s "it"'), "back\\slash", repr("back\\slash")),
        *("4711", "b'hunter1'", "hunter1", "hunter2", "hunter3", "hunter4", "hunter5", "hunter6", "-" * 5_000),
    ],
)
def test_a_models_own_words_may_not_tell_its_secrets(secret: str) -> None:
    """A message that holds the value of a secret field, in any form, or that may do so, is replaced."""
    assert found(Account, {**KEPT, "says": f"bad: {secret}!"}) == [("#", "Invalid value")]


def test_a_models_own_words_stay_where_they_tell_no_secret() -> None:
    """What is not secret may be told, also next to secrets."""
    for says in ("public must not be used", "admin, bank, card, cheque", "no"):
        assert found(Account, {**KEPT, "says": says}) == [("#", says)]


def test_a_models_own_words_are_replaced_where_its_secrets_are_too_many_to_tell() -> None:
    """The search for secrets is bounded; beyond the bound nothing is repeated."""
    assert found(Account, {**KEPT, "says": "no", "more": list(range(2_000))}) == [("#", "Invalid value")]
    assert found(Wide, {"slots": [NOTHING] * 6_000}) == [("#", "Invalid value")]
    assert found(Wide, {"slots": [NOTHING] * 60}) == [("#", "too wide")]


def test_the_single_mistake_of_msgspec_tells_no_secret_either() -> None:
    """Where only msgspec's own words are left, those of a type with secrets are told without values."""
    twice = b'{"name": "n", "password": "abcd", "again": "secret!", "again": "hunter2"}'
    assert found_in_json(Login, twice) == [("#/again", "Invalid enum value")]

    class Checked(Struct):
        password: Annotated[str, SECRET]

        def __post_init__(self) -> None:
            if self.password.startswith("bad"):
                raise ValueError(f"not {self.password}")

    twice = b'{"a": {"password": "bad"}, "a": {"password": "good"}}'
    assert found_in_json(dict[str, Checked], twice) == [("#", "Invalid value")]


# Bounds


def test_entries_stop_at_the_limit() -> None:
    """There are never more than asked for; that more were found is told, that none were is too."""
    document = ["x"] * 5
    for limit in (1, 4):
        violations = find_violations(list[int], document, limit=limit)
        assert len(violations.entries) == limit
        assert violations.truncated
    assert not find_violations(list[int], document, limit=5).truncated
    assert len(find_json_violations(list[int], b'["x"' + b',"x"' * 10_000 + b"]").entries) == 100


def test_the_budget_of_visits_stops_the_walk() -> None:
    """Beyond it nothing is looked at; if nothing was found by then, msgspec's own mistake is the entry."""
    document = [{"next": {"value": 1}}] * 1_000 + [{"value": "x"}, 1]
    violations = find_violations(list[Node], document, work=100)
    assert violations == Violations((Violation("#/1000/value", "Expected `int`, got `str`"),), truncated=True)
    assert walk(plan_of(list[Node]).shape, document, limit=100, work=100).visits == 100
    early = find_violations(list[Node], [{"value": "y"}, *document], work=100)
    assert early == Violations((Violation("#/0/value", "Expected `int`, got `str`"),), truncated=True)


def test_the_budget_of_a_body_grows_with_its_length() -> None:
    """A large body of many small things is not walked to its end, but its first mistake is told."""
    body = b"[" + b'{"next":{"others":[]}},' * 20_000 + b'{"value":"x"},1]'
    violations = find_json_violations(list[Node], body)
    assert violations.truncated
    assert [entry.pointer for entry in violations.entries] == ["#/20000/value"]


def test_right_parts_cost_few_visits() -> None:
    """Flat values are judged many at a time, and each mistake adds few visits."""
    shape = plan_of(list[Item]).shape
    document: list[object] = [{"price": at, "tags": ["a", "b"]} for at in range(10_000)]
    none = walk(shape, document, limit=100, work=100_000)
    assert (none.mistakes, none.is_partial) == ([], False)
    assert none.visits < 150
    for at in range(0, 10_000, 200):
        document[at] = {"price": "x"}
    some = walk(shape, document, limit=100, work=100_000)
    assert len(some.mistakes) == 50
    assert some.visits < 1_000


def test_large_items_that_are_all_wrong_are_judged_a_few_times_each() -> None:
    """Mistakes next to each other do not have what follows them judged again and again."""
    shape = plan_of(list[Item]).shape
    found = walk(shape, [{"price": "x"}] * 100, limit=1_000, work=100_000)
    assert len(found.mistakes) == 100
    assert found.visits < 350


def test_what_is_nested_too_deeply_to_walk_still_has_the_mistake_of_msgspec() -> None:
    """Below a depth the walk stops, and says so; no recursion error escapes, and pointers stay bounded."""

    def chain(levels: int, value: object) -> object:
        document: object = {"value": value}
        for _ in range(levels):
            document = {"next": document}
        return document

    assert found(Node, chain(DEEPEST - 2, "x"))[0][1] == "Expected `int`, got `str`"
    for levels in (DEEPEST + 20, DEEPEST * 4):
        deep = find_violations(Node, chain(levels, "x"))
        assert deep.truncated
        assert deep.entries == (Violation("#" + "/next" * DEEPEST, "Expected `int`, got `str`"),)
    assert find_violations(Node, chain(DEEPEST * 4, 1)) == Violations((), truncated=False)
    assert find_violations(Node, chain(200_000, 1)).entries == (Violation("#", "Nested too deeply"),)


def test_deep_nesting_where_none_belongs_is_one_mistake() -> None:
    """A value is not looked into where its kind alone is wrong."""
    deep: object = 1
    for _ in range(200_000):
        deep = [deep]
    entries = find_violations(Item, {"price": deep, "tags": deep}).entries
    assert entries[0] == Violation("#/price", "Expected `int`, got `array`")
    assert find_violations(Cat, {"lives": 1, "type": deep}).entries == (Violation("#/type", "Expected `str`"),)
    violations = find_violations(list[Any | int] | dict[str, Any | Item], {"a": deep})
    assert violations == Violations((Violation("#", "Nested too deeply"),), truncated=True)


def test_a_text_that_is_no_unicode_is_a_mistake() -> None:
    """A document that did not come from JSON may hold a lone surrogate; it is no crash."""
    violations = find_violations(list[str], ["\ud800"])
    assert violations == Violations((Violation("#", "A string is not valid Unicode"),), truncated=True)
    violations = find_violations(list[str], ["\ud800", 1])
    assert violations == Violations((Violation("#/1", "Expected `str`, got `int`"),), truncated=True)


def test_a_set_of_what_cannot_be_hashed_leaves_the_other_mistakes() -> None:
    """It is a fault of the type, which decoding raises once nothing else is wrong."""

    class Odd(Struct):
        values: set[Any]
        x: int

    violations = find_violations(Odd, {"values": [[1]], "x": "y"})
    assert violations.entries == (Violation("#/x", "Expected `int`, got `str`"),)
    with pytest.raises(TypeError, match="unhashable"):
        find_violations(Odd, {"values": [[1]], "x": 1})


def test_a_type_that_msgspec_refuses_raises_a_type_error() -> None:
    """It is refused before anything is looked at."""
    with pytest.raises(TypeError):
        find_violations(list[int] | list[str], [])


def test_what_the_walk_does_not_know_is_told_to_its_developer() -> None:
    """A kind of type or of shape that was never met is refused, not passed over."""

    class OddType(msgspec.inspect.Type):
        pass

    with pytest.raises(TypeError, match="OddType"):
        annotation_of(OddType())
    with pytest.raises(TypeError, match="Shape"):
        walk(Shape(annotation=int), 1, limit=1, work=1)


def test_a_type_that_cannot_be_described_has_the_mistake_of_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where msgspec decodes a type but cannot describe it, its single mistake is the entry, with no values."""

    def refuse(_: object) -> object:
        raise TypeError("not described")

    class Undescribed(Struct):
        colours: list[Colour]
        size: int

    monkeypatch.setattr("msgspec.inspect.type_info", refuse)
    document: object = {"colours": ["red", "pink"], "size": "x"}
    assert found(Undescribed, document) == [("#/colours/1", "Invalid enum value")]
    assert found(Undescribed, {"colours": [], "size": 1}) == []
    missing = "Object missing required field `size`"
    twice = b'{"colours": ["pink"], "colours": [], "size": 1}'
    assert found_in_json(Undescribed, twice) == [("#/colours/0", "Invalid enum value")]
    part: dict[str, object] = {"colours": []}
    assert found(Undescribed, part) == [("#/size", missing)]
    assert found(list[Undescribed], [part]) == [("#/0/size", missing)]
    assert found(dict[str, Undescribed], {"a": part}) == [("#", missing)]


def test_the_plan_of_a_type_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of a type that cannot be hashed, of which a bounded number is kept."""
    unhashable = Annotated[int, Meta(ge=1), []]
    assert plan_of(list[Item]) is plan_of(list[Item])
    assert plan_of(unhashable) is plan_of(unhashable)
    assert found(unhashable, 0) == [("#", "Expected `int` >= 1")]
    monkeypatch.setattr("jero._runtime.violations.plans._KEPT", 1)
    plan = plan_of(unhashable)
    assert plan_of(Annotated[str, []]) is not plan
    assert plan_of(unhashable) is not plan
