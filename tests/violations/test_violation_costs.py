"""What keeps failing cheap: what is listed of a small body, what is not looked at, what is judged without msgspec."""

import enum
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from jero._plan import SourceKind
from jero._runtime.binding import binding_failure
from jero._runtime.readers import Reader
from jero._runtime.request import Request
from jero._runtime.violations.plans import plan_of
from jero._runtime.violations.search import Violations, find_json_violations, find_violations
from jero.errors import ValidationFailedError

NOTHING: dict[str, object] = {}


class Item(Struct):
    sku: str
    count: int
    price: float


class Order(Struct):
    customer: str
    items: list[Item]


class Loose(Struct):
    x: int = 0


class Nest(Struct):
    x: int = 0
    inner: "Nest | None" = None


class Tagged(Struct, tag=True):
    x: int = 0


class OtherTagged(Struct, tag=True):
    x: str = ""
    y: int = 0


class Priced(Struct):
    x: Decimal = Decimal(0)


class Closed(Struct, forbid_unknown_fields=True):
    x: int
    values: list[list[int]] = []


def entries_of(type_: object, document: object) -> list[tuple[str, str]]:
    found = find_json_violations(type_, msgspec.json.encode(document))
    return [(entry.pointer, entry.detail) for entry in found.entries]


def own_words(type_: object, document: object) -> str:
    """Give what msgspec itself says, without the path."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode(document), type=type_)
    return str(caught.value).split(" - at `")[0]


# How many are listed


def test_a_small_body_has_all_of_its_ten_mistakes_listed() -> None:
    """Ten wrong fields in some 300 bytes are ten entries."""
    document = {"customer": "c", "items": [{"sku": "s", "count": "x", "price": 1.5}] * 10}
    assert len(msgspec.json.encode(document)) < 450
    found = find_json_violations(Order, msgspec.json.encode(document))
    assert (len(found.entries), found.truncated) == (10, False)


@pytest.mark.parametrize("value", [None, ""])
def test_a_form_of_sixty_fields_has_each_of_them_listed(value: str | None) -> None:
    """However short the body, one object can be told all that is wrong with it: missing or wrong fields."""
    form = msgspec.defstruct("Form", [(f"field_{at}", int) for at in range(60)])
    document: dict[str, object] = {} if value is None else {f"field_{at}": value for at in range(60)}
    found = find_json_violations(form, msgspec.json.encode(document))
    assert (len(found.entries), found.truncated) == (60, False)


def test_a_small_body_of_very_many_mistakes_has_only_some_listed() -> None:
    """To list a mistake is dearer than to decode three bytes: the larger the body, the more, a hundred at most."""
    lengths: list[int] = []
    for count in (100, 500, 10_000):
        found = find_json_violations(list[int], msgspec.json.encode(["x"] * count))
        assert found.truncated
        lengths.append(len(found.entries))
    assert 10 < lengths[0] < lengths[1] < lengths[2] == 100


@pytest.mark.parametrize(("type_", "wrong"), [(int, "x"), (Literal["a", "b"], "c"), (Closed, NOTHING)])
def test_a_body_of_some_size_has_a_hundred_mistakes_listed(type_: Any, wrong: object) -> None:
    """With 256 bytes for each of them, none is left out."""
    document = [wrong, " " * 512] * 50
    found = find_json_violations(list[type_], msgspec.json.encode(document))
    assert (len(found.entries), found.truncated) == (100, False)


# What is not looked at


JUNK = [
    b"[" + b"[]," * 20_000 + b"1]",
    b"[" + b'"a",' * 20_000 + b"1]",
    b"{" + b",".join(b'"k%d":1' % at for at in range(20_000)) + b"}",
]
ITEM_MISTAKES = [
    ("#/sku", "Expected `str`, got `int`"),
    ("#/count", "Expected `int`, got `str`"),
    ("#/price", "Object missing required field `price`"),
]


@pytest.mark.parametrize("junk", JUNK)
def test_what_decoding_skips_is_skipped_in_looking_for_mistakes_too(junk: bytes) -> None:
    """However much it is, every mistake beside it is listed."""
    found = find_json_violations(Item, b'{"junk":' + junk + b',"sku":1,"count":"x"}')
    assert ([(entry.pointer, entry.detail) for entry in found.entries], found.truncated) == (ITEM_MISTAKES, False)
    found = find_json_violations(Item, b'{"sku":1,"count":"x",' + JUNK[2][1:])
    assert ([(entry.pointer, entry.detail) for entry in found.entries], found.truncated) == (ITEM_MISTAKES, False)


@pytest.mark.parametrize(
    ("type_", "document", "read"),
    [
        (Loose, {"junk": 1, "x": "y"}, {"x": "y"}),
        (list[Loose], [{"junk": 1, "x": "y"}], [{"x": "y"}]),
        (dict[str, list[Loose]], {"a": [{"junk": 1}]}, {"a": [NOTHING]}),
        (list[Loose | int] | None, [{"junk": 1}, 1.5, None], [NOTHING, 1.5, None]),
        (Annotated[Loose, Meta(extra={"secret": True})], {"junk": 1}, NOTHING),
        (Tagged | OtherTagged, {"type": "Tagged", "x": [1], "y": 2, "z": 3}, {"type": "Tagged", "x": [1], "y": 2}),
        (list[Loose], {"a": {"junk": 1}}, {"a": {"junk": 1}}),  # no array: it is wrong as a whole
        (Closed, {"junk": 1, "x": 2}, {"junk": 1, "x": 2}),  # unknown fields are mistakes
        (Nest, {"junk": 1, "inner": {"junk": 1}}, {"inner": {"junk": 1}}),  # within itself
    ],
)
def test_reading_makes_what_has_a_field(type_: Any, document: object, read: object) -> None:
    """What has none is left out, in arrays, under keys and in unions as well; what is of another kind stays."""
    assert plan_of(type_).read(msgspec.json.encode(document)) == read
    assert find_json_violations(type_, msgspec.json.encode(document)) == find_violations(type_, document)


@pytest.mark.parametrize("junk", JUNK)
def test_a_large_body_full_of_tiny_things_that_are_read_has_one_mistake_listed(junk: bytes) -> None:
    """To make what msgspec skips would be dear: its own mistake is the entry, and it says that there may be more."""
    found = find_json_violations(Nest, b'{"inner":{"inner":{"junk":' + junk + b',"x":"y"},"x":"y"}}')
    assert [(entry.pointer, entry.detail) for entry in found.entries] == [
        ("#/inner/inner/x", "Expected `int`, got `str`")
    ]
    assert found.truncated


@pytest.mark.parametrize("type_", [Priced, Loose])
def test_a_number_that_is_dear_to_keep_has_one_mistake_listed(type_: Any) -> None:
    """One beyond a float, where an object should be, in a large body: the mistake that msgspec finds is the entry."""
    body = b'[{"x":"y","junk":[' + b"1," * 20_000 + b"1]},%b]"
    found = find_json_violations(list[type_], body % b"1e999")
    assert ([entry.pointer for entry in found.entries], found.truncated) == (["#/0/x"], True)
    small = find_json_violations(list[type_], b'[{"x":"y"},1e999]')
    assert ([entry.pointer for entry in small.entries], small.truncated) == (["#/0/x", "#/1"], False)


def test_a_large_array_of_tiny_things_has_the_mistakes_of_its_beginning_listed() -> None:
    """As many as there may be; where the beginning is right, the mistake of msgspec is the entry."""
    found = find_json_violations(list[Item], b"[" + b"{}," * 99_999 + b"{}]")
    assert [entry.pointer for entry in found.entries][:4] == ["#/0/sku", "#/0/count", "#/0/price", "#/1/sku"]
    assert (len(found.entries), found.truncated) == (100, True)
    found = find_json_violations(list[Nest], b'[{"x":"y"},' + b"{}," * 99_999 + b"1]")
    assert ([entry.pointer for entry in found.entries], found.truncated) == (["#/0/x"], True)
    some = Annotated[list[Nest], Meta(min_length=50_000)]
    found = find_json_violations(some, b"[" + b"{}," * 39_999 + b'{"x":"y"}]')
    assert [(entry.pointer, entry.detail) for entry in found.entries] == [("#/39999/x", "Expected `int`, got `str`")]
    assert found.truncated
    found = find_json_violations(some, b"[" + b"{}," * 39_999 + b"{}]")
    assert [(entry.pointer, entry.detail) for entry in found.entries] == [("#", "Expected `array` of length >= 50000")]


def test_a_large_body_full_of_tiny_things_that_is_right_has_no_entries() -> None:
    """What is not looked at is not called wrong."""
    body = b'{"junk":[' + b"[]," * 20_000 + b'1],"sku":"","count":1,"price":1}'
    assert find_json_violations(Item, body) == Violations((), truncated=False)


@pytest.mark.parametrize("type_", [Item, Nest])
@pytest.mark.parametrize("end", [b"]", b',"x":"\xff"}', b"[" * 100_000 + b"]" * 100_000 + b"}"])
def test_a_large_body_full_of_tiny_things_that_is_no_json_is_malformed(type_: Any, end: bytes) -> None:
    """Malformed comes before wrong, here too: unfinished, not UTF-8, nested too deeply."""
    with pytest.raises(msgspec.DecodeError) as caught:
        find_json_violations(type_, b'{"sku":1,"x":"y","junk":[' + b"[]," * 20_000 + b"1]" + end)
    assert type(caught.value) is msgspec.DecodeError


def test_tiny_things_that_are_all_decoded_are_all_looked_at() -> None:
    """Where the type leaves nothing out, each mistake of a large body is listed."""
    body = b'{"x":"y","values":[' + b"[]," * 20_000 + b'["x"]],"z":1}'
    assert [entry.pointer for entry in find_json_violations(Closed, body).entries] == [
        "#/x",
        "#/values/20000/0",
        "#/z",
    ]


class Wordy(Struct):
    name: str

    def __post_init__(self) -> None:
        raise ValueError(f"{self.name} is not a name that anybody could have, at least not in this world of ours")


class Secretive(Struct):
    token: Annotated[str, Meta(extra={"secret": True})]

    def __post_init__(self) -> None:
        raise ValueError("no")


def test_long_words_of_very_many_models_are_cut() -> None:
    """To find what they may not repeat takes time: after some, only their beginning is told, and then no more."""
    found = find_json_violations(list[Wordy], msgspec.json.encode([{"name": "n" * 200}] * 100))
    details = [entry.detail for entry in found.entries]
    assert (10 < len(details) < 100, found.truncated) == (True, True)
    assert details[0] == "n" * 63 + "… is not a name that anybody could have, at least not in this world of ours"
    assert details[-1] == "n" * 63 + "…"


class Verbose(Struct):
    name: str

    def __post_init__(self) -> None:
        raise ValueError(f"{self.name} is not a name that anybody could have, at least not in this world of ours")


def test_long_words_that_quote_nothing_long_are_told_whole() -> None:
    """However many models say so: there is nothing to look for in what they say."""
    found = find_json_violations(list[Verbose], msgspec.json.encode([{"name": "n"}] * 10))
    whole = "n is not a name that anybody could have, at least not in this world of ours"
    assert ([entry.detail for entry in found.entries], found.truncated) == ([whole] * 10, False)


def test_the_first_long_words_of_a_small_body_are_told_but_for_the_long_value() -> None:
    """Two models that quote a long value are told nearly whole, more of them cut: each is listed."""
    found = find_json_violations(list[Wordy], msgspec.json.encode([{"name": "n" * 100}] * 4))
    cut = "n" * 63 + "…"
    whole = f"{cut} is not a name that anybody could have, at least not in this world of ours"
    assert ([entry.detail for entry in found.entries], found.truncated) == ([whole, whole, cut, cut], False)


@pytest.mark.parametrize("size", [3, 4, 8, 16, 40])
def test_members_that_are_dear_to_look_at_are_found_wherever_they_stand(size: int) -> None:
    """Each of rows, of lists of lists and of objects of objects, whether the first ones are right or wrong."""
    for wrong in ({0}, {size - 1}, {0, 1}, {1, size - 1}, {2}, set(range(size)), set(range(size)) - {2}):
        rows = [[at, "x" if at in wrong else 1.5] for at in range(size)]
        pointers = [f"#/{at}/1" for at in sorted(wrong)]
        assert [entry.pointer for entry in find_violations(list[tuple[int, float]], rows).entries] == pointers
        lists = {f"k{at}": [[1], ["x" if at in wrong else 1]] for at in range(size)}
        pointers = [f"#/k{at}/1/0" for at in sorted(wrong)]
        assert [entry.pointer for entry in find_violations(dict[str, list[list[int]]], lists).entries] == pointers
        keys = {f"k{at}" if at in wrong else f"{at}": {"a": 1} for at in range(size)}
        pointers = [f"#/k{at}" for at in sorted(wrong)]
        assert [entry.pointer for entry in find_violations(dict[int, dict[str, int]], keys).entries] == pointers


def test_words_of_very_many_models_with_secrets_are_not_told() -> None:
    """Whether they hold the secret is looked up for some; the others might."""
    details = [detail for _, detail in entries_of(list[Secretive], [{"token": "t" * 300}] * 100)]
    assert len(details) == 100
    assert details[0] == "no"
    assert details[-1] == "Invalid value"


# What is judged without msgspec, in its words


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Lenient(enum.Enum):
    LOW = "low"

    @classmethod
    def _missing_(cls, value: object) -> "Lenient | None":
        return cls.LOW if value == "LOW" else None


@pytest.mark.parametrize("type_", [Level, Literal["low", "high"], Level | None])
@pytest.mark.parametrize("value", ["", "x", "it's", 'a "b"', 'it\'s "b"', "\u200b\n\\", "é日", "LOW"])
def test_a_text_that_is_none_of_a_few_is_repeated_as_msgspec_repeats_it(type_: Any, value: str) -> None:
    """The quotes and escapes are the same."""
    assert entries_of(list[type_], [value]) == [("#/0", own_words(type_, value))]


def test_an_enum_that_takes_other_values_is_asked_for_them() -> None:
    """What its `_missing_` admits is right."""
    assert entries_of(list[Lenient], ["LOW", "low", "x"]) == [("#/2", own_words(Lenient, "x"))]


@pytest.mark.parametrize("type_", [str, bool, None, Level, str | None])
@pytest.mark.parametrize("value", [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, 10**400])
def test_an_int_of_any_size_is_refused_in_the_words_of_msgspec(type_: Any, value: int) -> None:
    """It takes some large ones for floats, and says so."""
    assert entries_of(list[type_], [value]) == [("#/0", own_words(type_, value))]


class Quoting(Struct):
    price: float

    def __post_init__(self) -> None:
        raise ValueError(f"{self.price!r}")


def test_an_int_that_stands_for_a_float_is_one() -> None:
    """A model's own check sees what decoding would make."""
    assert entries_of(list[Quoting], [{"price": 1}]) == [("#/0", "1.0")]
    assert entries_of(list[float], [1, 2**70, 10**400]) == [("#/2", "Number out of range")]


class Anything(Struct):
    other: Any
    raw: msgspec.Raw
    x: int

    def __post_init__(self) -> None:
        if bytes(self.raw) != b"[1.5]" or self.other != {"a": [1.5]}:
            raise ValueError("not what was sent")
        raise ValueError("as sent")


def test_a_field_that_takes_anything_reaches_a_models_own_check_as_decoding_makes_it() -> None:
    """A raw one as raw JSON, another as plain values."""
    assert entries_of(list[Anything], [{"other": {"a": [1.5]}, "raw": [1.5], "x": 1}]) == [("#/0", "as sent")]
    loose = msgspec.defstruct("Loose", [("other", Any), ("raw", msgspec.Raw), ("x", int)])
    assert entries_of(loose, {"other": {"a": [NOTHING]}, "raw": [NOTHING], "x": "y"}) == [
        ("#/x", "Expected `int`, got `str`")
    ]


@pytest.mark.parametrize("count", [17, 20, 130, 300, 1_000])
@pytest.mark.parametrize("every", [1, 2, 3, 5, 17, 64, 129])
def test_wrong_members_are_found_wherever_they_stand(count: int, every: int) -> None:
    """Those of a list, and those of an object by value and by key."""
    wrong = set(range(0, count, every))
    items = [{"sku": "", "count": "x" if at in wrong else 1, "price": 1} for at in range(count)]
    found = find_violations(list[Item], items, limit=2_000)
    assert [entry.pointer for entry in found.entries] == [f"#/{at}/count" for at in sorted(wrong)]
    values = {f"{at}": "x" if at in wrong else at for at in range(count)}
    found = find_violations(dict[int, int], values, limit=2_000)
    assert [entry.pointer for entry in found.entries] == [f"#/{at}" for at in sorted(wrong)]
    keys = {f"k{at}" if at in wrong else f"{at}": at for at in range(count)}
    found = find_violations(dict[int, int], keys, limit=2_000)
    assert [entry.pointer for entry in found.entries] == [f"#/k{at}" for at in sorted(wrong)]


# What is not done twice


def nothing_found(_: Request) -> Violations:
    return Violations((), truncated=False)


def test_the_only_source_that_can_be_wrong_is_not_read_again() -> None:
    """What reading it has raised is known: it is explained at once, and the words of msgspec are kept."""
    reads: list[str] = []
    fault = msgspec.ValidationError("Expected `int`, got `str`")
    request: Any = None  # these readers do not look at it

    def read_user(_: Request) -> object:
        reads.append("user")
        return None

    def read(_: Request) -> object:
        reads.append("json")
        raise fault

    user = Reader(SourceKind.USER, read_user)
    body = Reader(SourceKind.JSON, read, nothing_found)
    error = binding_failure(request, [user, body], fault)
    assert isinstance(error, ValidationFailedError)
    assert [(entry.pointer, entry.detail) for entry in error.errors] == [("#", "Expected `int`, got `str`")]
    assert reads == ["user"]
    other = Reader(SourceKind.PARAMS, read, nothing_found)
    error = binding_failure(request, [body, other], fault)
    assert isinstance(error, ValidationFailedError)
    assert (error.status, len(error.errors)) == (400, 2)
    assert reads == ["user", "json", "json"]
