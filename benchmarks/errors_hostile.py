"""Bodies made to fail dearly, each with a right body of the same type and about the same size beside it.

Each case says how one piece of its body reads, wrong and right, and where the wrong pieces stand; `errors_cost.py`
measures them. The right body is the wrong one put right with the least change, so that what is compared is failing
with passing: where objects check themselves (`__post_init__`), those of the right body do too.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta, Struct


class Item(Struct):
    """A line of an order."""

    sku: str
    count: int
    price: float


class Closed(Struct, forbid_unknown_fields=True):
    """Takes no other field."""

    x: int
    note: str = ""


class Picky(Struct):
    """Takes few values."""

    x: Literal["a", "b"]
    note: str = ""


class Node(Struct):
    """Holds more of itself."""

    value: int = 0
    next: "Node | None" = None
    left: "Node | None" = None
    others: list["Node"] = []


class Event(Struct):
    """Nothing in it is plain text or a plain number."""

    at: dt.datetime
    until: dt.datetime
    id: uuid.UUID
    amount: Annotated[int, Meta(ge=0)]
    day: dt.date
    cost: Decimal | None = None


class Checked(Struct):
    """Checks itself."""

    start: int
    end: int
    name: str = ""

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("start is after end")


class Wordy(Struct):
    """Checks itself, and says at length what it was given."""

    name: str
    start: int
    end: int
    texts: list[str] = []

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"{self.name}: {self.start} is after {self.end}, {self.texts}")


class Discreet(Struct):
    """Checks itself, and holds a secret."""

    start: int
    end: int
    token: Annotated[str, Meta(extra={"secret": True})] = ""

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("start is after end, which it must not be in any case at all, whatever one may think")


class Whole(Struct):
    """Checks itself, and holds all the rest."""

    items: list[Item]
    names: dict[str, int] = {}

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("no items")


class Colour(enum.Enum):
    """Few values."""

    RED = "red"
    BLUE = "blue"


def _member(number: int) -> type[Struct]:
    fields: list[Any] = [("name", str), ("size", int), (f"field_{number}", int, 0)]
    return msgspec.defstruct(f"Member{number}", fields, tag=f"member-{number}")


MEMBERS = [_member(number) for number in range(20)]
UNION: Any = Union[tuple(MEMBERS)]  # noqa: UP007  # built at run time


class Priced(Struct):
    """Numbers of it are read as they were written."""

    cost: Decimal = Decimal(0)
    next: "Priced | None" = None


class Loose(Struct):
    """Has a field for anything."""

    x: int
    other: Any = None
    raw: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Hostile:
    """A kind of body: its name, its type, and a wrong and a right body of about so many bytes."""

    name: str
    type: Any
    make: Callable[[int], tuple[bytes, bytes]]


def repeated(wrong: str, right: str, *, every: int = 1, around: str = "[]") -> Callable[[int], tuple[bytes, bytes]]:
    """Make arrays (or objects) of one piece, of which the last is wrong, and each one in `every` (0: no other).

    `#` in a piece stands for its number.
    """

    def make(size: int) -> tuple[bytes, bytes]:
        count = max(2, size // (max(len(wrong), len(right)) + 6))

        def pieces(*, is_right: bool) -> Iterator[str]:
            for at in range(count):
                is_wrong = at == count - 1 or (every > 0 and at % every == every - 1)
                yield (right if is_right or not is_wrong else wrong).replace("#", str(at))

        def body(*, is_right: bool) -> bytes:
            return (around[:-1] + ",".join(pieces(is_right=is_right)) + around[-1]).encode()

        return body(is_right=False), body(is_right=True)

    return make


def filled(wrong: str, right: str, filling: str = "w") -> Callable[[int], tuple[bytes, bytes]]:
    """Make one object around a long filling, which stands where `~` is."""

    def make(size: int) -> tuple[bytes, bytes]:
        long = (filling * (size // len(filling))).rstrip(",")
        return wrong.replace("~", long).encode(), right.replace("~", long).encode()

    return make


def deep(levels: int) -> Callable[[int], tuple[bytes, bytes]]:
    """Make an array of chains of so many levels, each wrong at its bottom."""
    chain = '{"value":1,"next":' * levels + '{"value":@}' + "}" * levels
    return repeated(chain.replace("@", '"x"'), chain.replace("@", "1"))


def bushy(size: int) -> tuple[bytes, bytes]:
    """Make one tree with two branches at each place, wrong in its last leaf."""
    tree = '{"value":1}'
    while len(tree) < size // 2:
        tree = f'{{"left":{tree},"next":{tree}}}'
    return (tree[::-1].replace("1", '"x"', 1)[::-1]).encode(), tree.encode()


def _nested(wrong: bytes, right: bytes) -> tuple[bytes, bytes]:
    return b'{"next":{"next":' + wrong + b"}}", b'{"next":{"next":' + right + b"}}"


def _whole(wrong: bytes, right: bytes) -> tuple[bytes, bytes]:
    return b'{"items":' + wrong + b"}", b'{"items":' + right + b"}"


EVENT = (
    '{"at":"2020-01-01T00:00:00Z","until":"2020-01-01T00:00:00Z","id":"6f96575d-bffa-4382-8682-6d2e6daae6aa",'
    '"amount":@,"day":"2020-01-01","cost":"1.5"}'
)
ITEM = '{"sku":"s-#","count":1,"price":1.5}'
BAD_ITEM = '{"sku":"s-#","count":"x","price":1.5}'
MEMBER = '{"type":"member-19","name":"n","size":1}'
PADDING = "p" * 700

CASES = [
    Hostile("wrong items", list[Item], repeated(BAD_ITEM, ITEM)),
    Hostile("all fields wrong", list[Item], repeated('{"sku":1,"count":"x","price":"y"}', ITEM)),
    Hostile("the last item wrong", list[Item], repeated(BAD_ITEM, ITEM, every=0)),
    Hostile("each 20th item wrong", list[Item], repeated(BAD_ITEM, ITEM, every=20)),
    Hostile("each 130th item wrong", list[Item], repeated(BAD_ITEM, ITEM, every=130)),
    Hostile("missing fields", list[Item], repeated("{}", ITEM)),
    Hostile("no objects at all", list[Item], repeated("1", ITEM)),
    Hostile("empty objects, the last wrong", list[Node], repeated('{"value":"x"}', "{}", every=0)),
    Hostile("wrong ints", list[int], repeated('"x"', "11")),
    Hostile("the last int wrong", list[int], repeated('"x"', "11", every=0)),
    Hostile("floats written as ints, the last wrong", list[float], repeated('"x"', "11", every=0)),
    Hostile("the last text wrong", list[str], repeated("1", '"a"', every=0)),
    Hostile("the last one of a set wrong", set[int], repeated('"x"', "1#", every=0)),
    Hostile("empty lists, the last wrong", list[list[int]], repeated('["x"]', "[]", every=0)),
    Hostile("rows, the last wrong", list[tuple[int, str, float]], repeated('[1,"a",""]', '[1,"a",1.5]', every=0)),
    Hostile("wrong rows", list[tuple[int, str, float]], repeated('["",1,""]', '[1,"a",1.5]')),
    Hostile("enums wrong", list[Colour], repeated('"pink"', '"blue"')),
    Hostile("the last enum wrong", list[Colour], repeated('"pink"', '"blue"', every=0)),
    Hostile("literals wrong", list[Picky], repeated('{"x":"c"}', '{"x":"a"}')),
    Hostile("unknown fields", list[Closed], repeated('{"x":1,"y#":1}', '{"x":1}')),
    Hostile(
        "one closed object, all fields unknown",
        Closed,
        repeated('"k#":1', '"x":1', around="{}"),
    ),
    Hostile("wrong keys", dict[int, int], repeated('"k#":1', '"1#":1', around="{}")),
    Hostile("wrong UUIDs for keys", dict[uuid.UUID, int], repeated('"k":1', f'"{uuid.UUID(int=7)}":1', around="{}")),
    Hostile("the last key wrong", dict[int, int], repeated('"k#":1', '"1#":1', around="{}", every=0)),
    Hostile("wrong values under keys", dict[str, int], repeated('"k#":"x"', '"k#":1', around="{}")),
    Hostile("the last value under a key wrong", dict[str, int], repeated('"k#":"x"', '"k#":1', around="{}", every=0)),
    Hostile(
        "dicts of lists, the last wrong",
        dict[str, dict[str, list[int]]],
        repeated('"k#":{"a":[1,2,"x"]}', '"k#":{"a":[1,2,3]}', around="{}", every=0),
    ),
    Hostile("a wide union, wrong tags", list[UNION], repeated('{"type":"x"}', MEMBER)),
    Hostile("a wide union, wrong fields", list[UNION], repeated(MEMBER.replace(":1", ':"1"'), MEMBER)),
    Hostile("a wide union, the last wrong", list[UNION], repeated('{"type":"x"}', MEMBER, every=0)),
    Hostile(
        "dates and UUIDs, all wrong",
        list[Event],
        repeated(EVENT.replace("2020", "20").replace("@", '""'), EVENT.replace("@", "1")),
    ),
    Hostile(
        "dates and UUIDs, the last wrong",
        list[Event],
        repeated(EVENT.replace("@", "-1"), EVENT.replace("@", "1"), every=0),
    ),
    Hostile("chains of 5", list[Node], deep(5)),
    Hostile("chains of 90", list[Node], deep(90)),
    Hostile("chains of 300", list[Node], deep(300)),
    Hostile("a bushy tree, its last leaf wrong", Node, bushy),
    Hostile("their own check fails", list[Checked], repeated('{"start":2,"end":1}', '{"start":1,"end":2}')),
    Hostile(
        "their own check fails for the last",
        list[Checked],
        repeated('{"start":2,"end":1}', '{"start":1,"end":2}', every=0),
    ),
    Hostile(
        "large objects whose own check fails",
        list[Checked],
        repeated(f'{{"start":2,"end":1,"name":"{PADDING}"}}', f'{{"start":1,"end":2,"name":"{PADDING}"}}'),
    ),
    Hostile(
        "their own check fails at length",
        list[Wordy],
        repeated(f'{{"start":2,"end":1,"name":"{PADDING}"}}', f'{{"start":1,"end":2,"name":"{PADDING}"}}'),
    ),
    Hostile(
        "their own check quotes many texts",
        list[Wordy],
        repeated(
            f'{{"name":"n","start":2,"end":1,"texts":[{",".join([f'"{PADDING[:70]}{at}"' for at in range(20)])}]}}',
            f'{{"name":"n","start":1,"end":2,"texts":[{",".join([f'"{PADDING[:70]}{at}"' for at in range(20)])}]}}',
        ),
    ),
    Hostile(
        "their own check fails, with secrets",
        list[Discreet],
        repeated('{"start":2,"end":1,"token":"abcdefgh"}', '{"start":1,"end":2,"token":"abcdefgh"}'),
    ),
    Hostile(
        "one whole that checks itself, its last item wrong",
        Whole,
        lambda size: _whole(*repeated(BAD_ITEM, ITEM, every=0)(size)),
    ),
    Hostile("a long text for a number", Closed, filled('{"x":"~"}', '{"x":1,"note":"~"}')),
    Hostile("a long text for a literal", Picky, filled('{"x":"~"}', '{"x":"a","note":"~"}')),
    Hostile("a long unknown key", Closed, filled('{"~":1}', '{"x":1,"note":"~"}')),
    Hostile(
        "much that is skipped: lists", Item, filled('{"junk":[~]}', '{"junk":[~],"sku":"","count":1,"price":1}', "[],")
    ),
    Hostile(
        "much that is skipped: keys",
        Item,
        filled('{"junk":[~]}', '{"junk":[~],"sku":"","count":1,"price":1}', '{"a":1},'),
    ),
    Hostile(
        "much that is skipped: ints", Item, filled('{"junk":[~]}', '{"junk":[~],"sku":"","count":1,"price":1}', "1,")
    ),
    Hostile(
        "much that is skipped: texts", Item, filled('{"junk":[~]}', '{"junk":[~],"sku":"","count":1,"price":1}', '"a",')
    ),
    Hostile("members that are skipped, a wrong one", Node, repeated('"value":"x"', '"k#":1', every=0, around="{}")),
    Hostile(
        "much that is skipped, two levels down: lists",
        Node,
        filled('{"next":{"next":{"junk":[~],"value":""}}}', '{"next":{"next":{"junk":[~],"value":1}}}', "[],"),
    ),
    Hostile(
        "members that are skipped, two levels down",
        Node,
        lambda size: _nested(*repeated('"value":"x"', '"k#":1', every=0, around="{}")(size)),
    ),
    Hostile(
        "members that are skipped, beside a Decimal",
        Priced,
        repeated('"cost":"x"', '"k#":1.5', every=0, around="{}"),
    ),
    Hostile(
        "members that are skipped, and a number beyond a float",
        Priced,
        repeated('"next":1e999', '"k#":1', every=0, around="{}"),
    ),
    Hostile("much for a field that takes anything", Loose, filled('{"other":[~]}', '{"other":[~],"x":1}', "[],")),
    Hostile("much for a field that is kept raw", Loose, filled('{"raw":[~]}', '{"raw":[~],"x":1}', "[],")),
    Hostile(
        "one key again and again", Item, filled('{"sku":1,~,"sku":""}', '{"sku":"",~,"count":1,"price":1}', '"sku":"",')
    ),
]
