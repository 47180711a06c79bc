"""What holds of the walk for any type and document: it agrees with msgspec, its pointers can be followed."""

import dataclasses
import datetime as dt
import enum
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, cast
from urllib.parse import unquote

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Raw, Struct

from jero._runtime.violations.plans import plan_of
from jero._runtime.violations.search import Violation, find_json_violations, find_violations
from jero._runtime.violations.walk import walk

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Draw = st.DrawFn

# Typed, these could be called with literals only.
make_named_tuple: Any = NamedTuple
make_typed_dict: Any = TypedDict

# A long run: `HYPOTHESIS_EXAMPLES=20000 task test-one -- tests/violations`.
EXAMPLES = settings(max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")), deadline=None)
WORK = 1_000_000
UNLUCKY = 13


@dataclass(frozen=True)
class Kind:
    """A type with a valid value, how to draw values that mostly fit, and the kind that stands at a token."""

    annotation: Any
    specimen: Json
    draw: Callable[[Draw], Json] = field(repr=False)
    child: Callable[[Json, str], "Kind"] = field(repr=False)
    is_key: bool = False


def no_child(value: Json, token: str) -> Kind:
    raise AssertionError(f"nothing stands below a leaf, but {token} was named in {value!r}")


def leaf(annotation: Any, *values: Json, is_key: bool = False) -> Kind:
    return Kind(annotation, values[0], lambda draw: draw(st.sampled_from(values)), no_child, is_key)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


UserId = NewType("UserId", int)
BOTH = (True, False)
ANYTHING = leaf(Any, 1, None, {"a": [1.5]})
LEAVES = [
    leaf(int, 1, -5, 10**30, is_key=True),
    leaf(Annotated[int, Meta(ge=0, le=10)], 0, 10, is_key=True),
    leaf(Annotated[int, Meta(multiple_of=5)], 5, -10, is_key=True),
    leaf(float, 1.5, 2, 1e300, is_key=True),
    leaf(Annotated[float, Meta(gt=0.5)], 0.75, 1),
    leaf(str, "a", "", "é/~", is_key=True),
    leaf(Annotated[str, Meta(min_length=2, max_length=4)], "ab", "éééé", is_key=True),
    leaf(Annotated[str, Meta(pattern="^a+$")], "aa", is_key=True),
    leaf(bool, *BOTH),
    leaf(None, None),
    leaf(Literal["a", "b"], "a", "b", is_key=True),
    leaf(Literal[1, 2], 1, 2, is_key=True),
    leaf(Literal["a", 1], 1, "a"),
    leaf(Colour, "red", "blue", is_key=True),
    leaf(Level, 1, 2, is_key=True),
    leaf(dt.datetime, "2020-01-01T00:00:00", "2020-01-01T00:00:00Z", is_key=True),
    leaf(Annotated[dt.datetime, Meta(tz=True)], "2020-01-01T00:00:00Z"),
    leaf(dt.date, "2020-01-01", is_key=True),
    leaf(dt.time, "10:00:00"),
    leaf(dt.timedelta, "P1D"),
    leaf(uuid.UUID, "6f96575d-bffa-4382-8682-6d2e6daae6aa", is_key=True),
    leaf(Decimal, "1.10", 5, 1.5),
    leaf(bytes, "aGk=", ""),
    leaf(Annotated[bytes, Meta(max_length=2)], "aGk="),
    leaf(int | str, 1, "a"),
    leaf(int | float | None, 1, 1.5, None),
    leaf(Literal["a"] | bool | None, "a", *BOTH, None),
    leaf(Annotated[UserId, Meta(ge=1)], 1, 7),
    leaf(object, 1, [1], {}),
    ANYTHING,
]
KEYS = [kind for kind in LEAVES if kind.is_key]
RAW = leaf(Raw, 1, [1], {"a": None})
JUNK: list[Json] = [
    *(*BOTH, None, 0, 1, -1, UNLUCKY, 2**63, -(2**70), 1.0, 1.5, -1e-9),
    *("", "a", "zz", "1", "01", "-1", "é/~", "2020-01-01", "red", "aGk=", "9" * 30),
    *([], [1], ["a"], [[]], ["a"], ["b", 1], [1, 2, 3]),
    *(
        {},
        {"a": 1},
        {"type": "a"},
        {"type": "b"},
        {"kind": 1},
        {"1": "1"},
        {"type": 5},
        {"type": "zz", "value": 1},
    ),
]


def array(make: Any, item: Kind, least: int = 0, most: int | None = None) -> Kind:
    """Make an array of like items."""
    bare = tuple[item.annotation, ...] if make is tuple else make[item.annotation]
    annotation = Annotated[bare, Meta(min_length=least, max_length=most)] if most is not None else bare
    return Kind(
        annotation,
        [item.specimen] * least,
        lambda draw: [item.draw(draw) for _ in range(draw(st.integers(least, most or 3)))],
        lambda _, __: item,
    )


def mapping(key: Kind, value: Kind, least: int = 0, most: int | None = None) -> Kind:
    """Make an object of free keys."""
    bare = dict[key.annotation, value.annotation]
    annotation = Annotated[bare, Meta(min_length=least, max_length=most)] if most is not None else bare

    def as_key(text: Json) -> str:
        return text if isinstance(text, str) else str(text)

    return Kind(
        annotation,
        {as_key(key.specimen): value.specimen} if least else {},
        lambda draw: {as_key(key.draw(draw)): value.draw(draw) for _ in range(draw(st.integers(least, most or 3)))},
        lambda _, __: value,
    )


def row(annotation: Any, parts: Sequence[Kind], tag: Json = None) -> Kind:
    """Make an array with a meaning for each position, after the tag where there is one."""
    tags = [] if tag is None else [leaf(None, tag)]
    places = [*tags, *parts]
    return Kind(
        annotation,
        [part.specimen for part in places],
        lambda draw: [part.draw(draw) for part in places],
        lambda _, token: places[int(token)],
    )


def record(annotation: Any, fields: dict[str, Kind], optional: set[str], tag: tuple[str, Json] | None = None) -> Kind:
    """Make an object with known fields, by their wire names."""
    tags = {} if tag is None else {tag[0]: leaf(None, tag[1])}
    places = {**fields, **tags}
    required = {name: kind for name, kind in places.items() if name not in optional}

    def draw_one(draw: Draw) -> Json:
        names = [name for name in places if name not in optional or draw(st.booleans())]
        return {name: places[name].draw(draw) for name in draw(st.permutations(names))}

    specimen: Json = {name: kind.specimen for name, kind in required.items()}
    return Kind(annotation, specimen, draw_one, lambda _, token: places[token])


def struct_of(kinds: Sequence[Kind], draw: Draw, tag: Json) -> Kind:
    """Make a Struct with a field for each kind; some check themselves, and refuse an unlucky first field."""
    names = [f"field_{chr(97 + at)}" for at in range(len(kinds))]
    required = draw(st.integers(0, len(kinds)))
    fields: list[Any] = [(name, kind.annotation) for name, kind in zip(names, kinds, strict=True)]
    fields[required:] = [(name, hint | msgspec.UnsetType, msgspec.UNSET) for name, hint in fields[required:]]
    array_like = tag is None and draw(st.booleans())

    def check(self: object) -> None:
        if names and getattr(self, names[0]) in (UNLUCKY, "zz"):
            raise ValueError("unlucky")

    tag_field = draw(st.sampled_from(["type", "kind"])) if tag is not None else None
    cls = msgspec.defstruct(
        "Drawn",
        fields,
        namespace={"__post_init__": check} if draw(st.booleans()) else None,
        rename=draw(st.sampled_from(["camel", None])),
        forbid_unknown_fields=draw(st.booleans()),
        array_like=array_like,
        tag=cast("Any", tag),
        tag_field=tag_field,
    )
    if array_like:
        return row(cls, kinds, tag)
    wire = dict(zip(cls.__struct_encode_fields__, kinds, strict=True))
    optional = {*cls.__struct_encode_fields__[required:]}
    return record(cls, wire, optional, None if tag_field is None else (tag_field, tag))


@st.composite
def structs(draw: Draw, kinds: st.SearchStrategy[Kind]) -> Kind:
    """Draw a Struct."""
    tag = draw(st.sampled_from([None, None, "a"]))
    return struct_of(draw(st.lists(kinds, max_size=4)), draw, tag)


@st.composite
def tagged_unions(draw: Draw, kinds: st.SearchStrategy[Kind]) -> Kind:
    """Draw a union of two or three tagged Structs, as objects or as arrays, maybe with null."""
    tags = draw(st.sampled_from([["a", "b"], ["a", "b", "zz"], [1, 2], [1, 5, 2**40]]))
    array_like = draw(st.booleans())
    tag_field = draw(st.sampled_from(["type", "kind"]))
    members: dict[Json, Kind] = {}
    for tag in tags:
        parts = draw(st.lists(kinds, max_size=2))
        names = [f"field_{chr(97 + at)}" for at in range(len(parts))]
        fields: list[Any] = [(name, kind.annotation) for name, kind in zip(names, parts, strict=True)]
        cls = msgspec.defstruct("Drawn", fields, tag=tag, tag_field=tag_field, array_like=array_like)
        wire = dict(zip(names, parts, strict=True))
        members[tag] = row(cls, parts, tag) if array_like else record(cls, wire, set(), (tag_field, tag))

    def child(value: Json, token: str) -> Kind:
        found = value[0] if isinstance(value, list) else cast("dict[str, Json]", value).get(tag_field)
        right = isinstance(found, type(tags[0])) and not isinstance(found, bool) and found in members
        return members[found if right and token not in ("0", tag_field) else tags[0]].child(value, token)

    first = members[tags[0]]
    annotation = first.annotation
    for tag in tags[1:]:
        annotation |= members[tag].annotation
    if draw(st.booleans()):
        annotation |= None
    return Kind(annotation, first.specimen, lambda it: members[it(st.sampled_from(tags))].draw(it), child)


@st.composite
def mixed_unions(draw: Draw, kinds: st.SearchStrategy[Kind]) -> Kind:
    """Draw a union of at most one kind for objects, at most one for arrays, and scalars."""
    inner = draw(kinds)
    plain = record(msgspec.defstruct("Drawn", [("inner", inner.annotation)]), {"inner": inner}, set())
    of_object = draw(st.sampled_from([mapping(KEYS[5], inner), plain]))
    of_array = draw(st.sampled_from([array(list, inner), array(tuple, inner), row(tuple[inner.annotation], [inner])]))
    members = draw(st.sampled_from([[of_object], [of_array], [of_object, of_array]]))
    annotation = draw(st.sampled_from([None, int | None, str | bool, dt.date | float]))
    for member in members:
        annotation |= member.annotation

    def child(value: Json, token: str) -> Kind:
        return (of_array if isinstance(value, list) else of_object).child(value, token)

    return Kind(annotation, members[0].specimen, lambda it: it(st.sampled_from(members)).draw(it), child)


@st.composite
def containers(draw: Draw, kinds: st.SearchStrategy[Kind]) -> Kind:
    """Draw an array or an object of other kinds."""
    item = draw(kinds)
    least, most = draw(st.sampled_from([(0, None), (1, 2), (2, 2), (0, 1)]))
    make = draw(st.sampled_from([list, tuple, set, frozenset, dict]))
    if make not in (list, tuple):
        least = min(least, 1)  # a specimen has one item only where items must differ
    if make is dict:
        return mapping(draw(st.sampled_from(KEYS)), item, least, most)
    if make in (set, frozenset):
        return array(make, draw(st.sampled_from(KEYS)), least, most)
    return array(make, item, least, most)


@st.composite
def products(draw: Draw, kinds: st.SearchStrategy[Kind]) -> Kind:
    """Draw a fixed tuple, a NamedTuple, a TypedDict, a dataclass or a generic Struct."""
    drawn = draw(st.lists(kinds, min_size=1, max_size=3))
    # msgspec 0.22 itself refuses every value of a required Raw in a TypedDict.
    parts = [ANYTHING if kind is RAW else kind for kind in drawn]
    names = [f"field_{chr(97 + at)}" for at in range(len(parts))]
    hints: Any = {name: kind.annotation for name, kind in zip(names, parts, strict=True)}
    wire = dict(zip(names, parts, strict=True))
    made: list[Callable[[], Kind]] = [
        lambda: row(tuple[tuple(hints.values())], parts),
        lambda: row(make_named_tuple("Drawn", [*hints.items()]), parts),
        lambda: record(make_typed_dict("Drawn", hints), wire, set()),
        lambda: record(make_typed_dict("Drawn", hints, total=False), wire, {*names}),
        lambda: record(dataclasses.make_dataclass("Drawn", [*hints.items()]), wire, set()),
        lambda: record(Page[parts[0].annotation], {"items": array(list, parts[0]), "first": parts[0]}, set()),
    ]
    return draw(st.sampled_from(made))()


class Page[T](Struct):
    items: list[T]
    first: T


class Tree(Struct, forbid_unknown_fields=True):
    value: int
    branches: list["Tree"] = []
    named: dict[str, "Tree"] = {}
    other: "Tree | None" = None

    def __post_init__(self) -> None:
        if self.value == UNLUCKY or any(tree.value > self.value for tree in self.branches):
            raise ValueError("unlucky")


def draw_tree(draw: Draw) -> Json:
    value = draw(st.integers(-1, 20))
    tree: dict[str, Json] = {"value": value}
    if value % 3 == 0:
        tree["branches"] = [draw_tree(draw) for _ in range(draw(st.integers(0, 2)))]
    elif value % 3 == 1:
        tree["named"] = {"a": draw_tree(draw)}
    return tree


def tree_child(_: Json, token: str) -> Kind:
    below = {
        "branches": array(list, TREE),
        "named": mapping(KEYS[5], TREE),
        "other": TREE,
        "value": LEAVES[0],
    }
    return below[token]


TREE = Kind(Tree, {"value": 1}, draw_tree, tree_child)
SOME_KINDS = st.recursive(
    st.sampled_from([*LEAVES, RAW, TREE]),
    lambda kinds: structs(kinds) | containers(kinds) | products(kinds) | tagged_unions(kinds) | mixed_unions(kinds),
    max_leaves=6,
)


@st.composite
def documents(draw: Draw) -> tuple[Kind, Json]:
    """Draw a type and a document that fits it, but for a few changes."""
    kind = draw(SOME_KINDS)
    document = kind.draw(draw)
    for _ in range(draw(st.integers(0, 5))):
        document = spoil(document, draw)
    return kind, document


def spoil(document: Json, draw: Draw) -> Json:
    """Replace, remove or add something somewhere."""
    deed = draw(st.sampled_from(["below", "below", "below", "replace", "remove", "add"]))
    if deed == "replace" or not isinstance(document, list | dict):
        return draw(st.sampled_from(JUNK))
    keys: list[Any] = list(range(len(document))) if isinstance(document, list) else list(document)
    if deed == "add":
        return with_more(document, draw)
    if not keys:
        return document
    key = draw(st.sampled_from(keys))
    parent: Any = document.copy()
    if deed == "below":
        parent[key] = spoil(parent[key], draw)
    else:
        del parent[key]
    return parent


def with_more(document: list[Json] | dict[str, Json], draw: Draw) -> Json:
    junk = draw(st.sampled_from(JUNK))
    if isinstance(document, list):
        return [*document, junk]
    return {**document, draw(st.sampled_from(["x", "type", "1", "é/~ %", "field_a"])): junk}


def decodes(kind: Kind, body: bytes) -> bool:
    return own_words(kind, body) is None


def own_words(kind: Kind, body: bytes) -> str | None:
    """Give what msgspec says of a body, without the path; None where it has nothing to say."""
    try:
        msgspec.json.decode(body, type=kind.annotation)
    except msgspec.ValidationError as error:
        return str(error).rpartition(" - at `")[0] or str(error)
    return None


def tokens_of(pointer: str) -> list[str]:
    assert pointer[0] == "#"
    return [unquote(token).replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")[1:]]


def follow(document: Json, tokens: Sequence[str]) -> Json:
    """Give what stands at the place; fails where nothing does."""
    for token in tokens:
        if isinstance(document, list):
            document = document[int(token)]
        else:
            assert isinstance(document, dict)
            document = document[token]
    return document


def repaired(kind: Kind, document: Json, entry: Violation) -> Json:
    """Do what the entry asks for: put, drop or replace something at its pointer."""
    tokens = tokens_of(entry.pointer)
    at = document
    for token in tokens[:-1]:
        kind, at = kind.child(at, token), follow(at, [token])
    if not tokens:
        return kind.specimen
    parent, last = cast("Any", at), tokens[-1]
    if entry.detail.startswith(("Object contains unknown field", "Invalid key")):
        parent.pop(last, None)
    else:
        parent[int(last) if isinstance(parent, list) else last] = kind.child(at, last).specimen
    return document


def repair_order(entry: Violation) -> tuple[int, bool]:
    """Repair what stands deeper first, and drop a key after its value."""
    return -entry.pointer.count("/"), entry.detail.startswith("Invalid key")


@EXAMPLES
@given(documents())
def test_the_walk_finds_nothing_exactly_where_decoding_succeeds(drawn: tuple[Kind, Json]) -> None:
    """Without its fallback, the walk over a document agrees with msgspec's decoding of it."""
    kind, document = drawn
    found = walk(plan_of(kind.annotation).shape, document, limit=1_000, work=WORK)
    assert not found.is_partial
    assert (not found.mistakes) == decodes(kind, msgspec.json.encode(document))


@EXAMPLES
@given(documents())
def test_what_msgspec_says_first_is_among_the_entries(drawn: tuple[Kind, Json]) -> None:
    """The words of msgspec's own single error are never lost."""
    kind, document = drawn
    body = msgspec.json.encode(document)
    said = own_words(kind, body)
    details = [entry.detail for entry in find_json_violations(kind.annotation, body, limit=1_000).entries]
    assert said in details or f"Invalid key: {said}" in details if said else not details


@EXAMPLES
@given(documents())
def test_each_pointer_can_be_followed(drawn: tuple[Kind, Json]) -> None:
    """A pointer leads to something in the document; to a missing field leads that of its parent."""
    kind, document = drawn
    for entry in find_violations(kind.annotation, document, limit=1_000).entries:
        tokens = tokens_of(entry.pointer)
        if entry.detail.startswith("Object missing required field"):
            parent = follow(document, tokens[:-1])
            assert isinstance(parent, dict)
            assert tokens[-1] not in parent
        else:
            follow(document, tokens)


@EXAMPLES
@given(documents())
def test_repairing_each_entry_makes_decoding_succeed(drawn: tuple[Kind, Json]) -> None:
    """Doing what every entry asks for leads, in a few rounds, to a document that decodes."""
    kind, document = drawn
    for _ in range(12):
        entries = find_violations(kind.annotation, document, limit=1_000).entries
        if not entries:
            break
        document = msgspec.json.decode(msgspec.json.encode(document))  # specimens are shared; repairs are not
        for entry in sorted(entries, key=repair_order):
            document = repaired(kind, document, entry)
    assert decodes(kind, msgspec.json.encode(document))


@EXAMPLES
@given(documents())
def test_no_entry_is_false(drawn: tuple[Kind, Json]) -> None:
    """While one mistake is left, with all that is apart from it repaired, decoding fails."""
    kind, document = drawn
    entries = find_violations(kind.annotation, document, limit=1_000).entries
    for left in entries[:5]:
        body = msgspec.json.encode(document)
        others = [entry for entry in entries if not left.pointer.startswith(entry.pointer)]
        partly: Json = msgspec.json.decode(body)
        for entry in sorted(others, key=repair_order):
            partly = repaired(kind, partly, entry)
        assert not decodes(kind, msgspec.json.encode(partly))


@EXAMPLES
@given(documents(), st.data())
def test_a_body_with_repeated_keys_and_odd_numbers_fails_exactly_with_entries(
    drawn: tuple[Kind, Json], data: st.DataObject
) -> None:
    """Whatever its spelling, a body has entries exactly where decoding it fails."""
    kind, document = drawn
    body = spell(document, data.draw).encode()
    found = find_json_violations(kind.annotation, body, limit=1_000, work=WORK)
    assert (not found.entries) == decodes(kind, body)


ODD_NUMBERS = ["1e999", "-1e-999", "1E0", "9" * 4_301, "0.10000000000000000000000001", "10e-1"]


def spell(document: Json, draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """Write JSON in unusual ways: keys twice, numbers beyond a float or an int, exponents."""
    if isinstance(document, list):
        return "[" + ",".join(spell(item, draw) for item in document) + "]"
    if isinstance(document, dict):
        pairs = [f"{msgspec.json.encode(key).decode()}:{spell(item, draw)}" for key, item in document.items()]
        if pairs and draw(st.integers(0, 3)) == 0:
            key = draw(st.sampled_from([*document]))
            pairs.insert(0, f"{msgspec.json.encode(key).decode()}:{spell(draw(st.sampled_from(JUNK)), draw)}")
        return "{" + ",".join(pairs) + "}"
    if isinstance(document, int | float) and not isinstance(document, bool) and draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(ODD_NUMBERS))
    return msgspec.json.encode(document).decode()


@EXAMPLES
@given(documents(), st.integers(1, 3), st.integers(1, 20))
def test_limits_hold_and_are_told(drawn: tuple[Kind, Json], limit: int, work: int) -> None:
    """There are never more entries than the limit, nor visits than the budget; less than all is told."""
    kind, document = drawn
    whole = find_violations(kind.annotation, document, limit=1_000, work=WORK).entries
    some = find_violations(kind.annotation, document, limit=limit, work=WORK)
    assert some.entries == whole[:limit]
    assert some.truncated == (len(whole) > limit)
    hurried = find_violations(kind.annotation, document, limit=limit, work=work)
    assert len(hurried.entries) <= limit
    assert bool(hurried.entries) == bool(whole)
    assert walk(plan_of(kind.annotation).shape, document, limit=limit, work=work).visits <= work


MARK = "s3cr3t" * 20


@EXAMPLES
@given(documents(), st.data())
def test_nothing_secret_and_nothing_long_is_repeated(drawn: tuple[Kind, Json], data: st.DataObject) -> None:
    """Whatever stands under a secret field appears nowhere; of a long text elsewhere, only its beginning."""
    kind, document = drawn
    marked = mark(document, data.draw)

    def check(self: object) -> None:
        raise ValueError(f"{self!r} is {self!r}")

    hint = Annotated[kind.annotation, Meta(extra={"secret": True})]
    secret = msgspec.defstruct("Secret", [("inner", hint)], namespace={"__post_init__": check})
    open_ = msgspec.defstruct("Open", [("inner", kind.annotation)], namespace={"__post_init__": check})
    body: Json = {"inner": marked}
    for cls, longest in ((secret, "s3c"), (open_, (MARK * 2)[:65])):
        cases: list[tuple[Any, Json]] = [
            (cls, body),
            (list[cls], [body]),
            (dict[str, cls | None], {"x": body}),
        ]
        for type_, value in cases:
            for entry in find_violations(type_, value, limit=1_000).entries:
                assert longest not in entry.detail + entry.pointer


def mark(document: Json, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Json:
    """Put the mark in place of some strings and keys."""
    if isinstance(document, list):
        return [mark(item, draw) for item in document]
    if isinstance(document, dict):
        keys = [key if draw(st.booleans()) else MARK + str(at) for at, key in enumerate(document)]
        return {key: mark(item, draw) for key, item in zip(keys, document.values(), strict=True)}
    return MARK if isinstance(document, str) and draw(st.booleans()) else document
