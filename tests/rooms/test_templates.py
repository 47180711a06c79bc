"""Path templates: their segments, their text again, and every fault of their grammar."""

import pytest

from jero._plan import Segment
from jero._wiring.faults import Faults, Place
from jero._wiring.templates import format_template, is_snake_case, parse_template

PLACE = Place("Widgets", "app.py:1")


def parse(path: str) -> tuple[Segment, ...] | None:
    """Parse a path that has no faults."""
    faults = Faults()
    segments = parse_template(path, PLACE, faults)
    faults.raise_if_any()
    return segments


def problems(path: str) -> list[str]:
    """Give what is wrong with a path that is refused."""
    faults = Faults()
    assert parse_template(path, PLACE, faults) is None
    assert {(fault.subject, fault.location) for fault in faults.found} == {("Widgets", "app.py:1")}
    return [fault.problem for fault in faults.found]


def test_static_path() -> None:
    """A static path is its segments."""
    assert parse("/shops/open") == (Segment("shops"), Segment("open"))


def test_root() -> None:
    """`/` has no segments."""
    assert parse("/") == ()


def test_slots() -> None:
    """A slot is a segment that holds a name."""
    expected = (Segment("shops"), Segment("shop_id", is_slot=True), Segment("x"))
    assert parse("/shops/{shop_id}/x") == expected


@pytest.mark.parametrize("path", ["/", "/a", "/a/{b}/c", "/{a}", "/café/日本", "/a b;v=1", "/-/~/..."])
def test_text_again(path: str) -> None:
    """The text of a template is what it was parsed from; text beyond ASCII is written as it is."""
    segments = parse(path)
    assert segments is not None
    assert format_template(segments) == path


@pytest.mark.parametrize("path", ["", "a", "{a}", "http://a", "*"])
def test_relative_path(path: str) -> None:
    """A path that does not start with `/` is refused."""
    assert problems(path) == [f'the path "{path}" does not start with "/"']


@pytest.mark.parametrize(("path", "number"), [("//", 1), ("/a/", 2), ("//a", 1), ("/a//b", 2)])
def test_empty_segment(path: str, number: int) -> None:
    """An empty segment is refused, a trailing slash being one."""
    assert problems(path)[0] == f'segment {number} of the path "{path}", "", is empty'


@pytest.mark.parametrize("segment", [".", ".."])
def test_dot_segment(segment: str) -> None:
    """A dot segment is refused."""
    assert problems(f"/a/{segment}") == [
        f'segment 2 of the path "/a/{segment}", "{segment}", is a dot segment, which clients remove'
    ]


@pytest.mark.parametrize("char", ["?", "#", "%", "\n", "\0", "\x7f", "\u2028"])
def test_character_that_ends_a_path(char: str) -> None:
    """A character that no path holds is refused."""
    assert problems(f"/a{char}") == [f'segment 1 of the path "/a{char}", "a{char}", contains {char!r}']


@pytest.mark.parametrize("segment", ["{", "}", "{a", "a}", "}a{", "{a}}", "{{a}"])
def test_unbalanced_braces(segment: str) -> None:
    """Braces that do not pair are refused."""
    assert problems(f"/{segment}") == [f'the slot "{segment}" of the path "/{segment}" has unbalanced braces']


@pytest.mark.parametrize("segment", ["{}", "{a}b", "a{b}", "{a}{b}", "{1}", "{a-b}", "{a.b}", "{é}", "{a }"])
def test_slot_that_is_no_name(segment: str) -> None:
    """A slot that is not one ASCII name, or that does not fill its segment, is refused."""
    assert problems(f"/{segment}") == [
        f'the slot "{segment}" of the path "/{segment}" is not a name in braces that fills its segment'
    ]


def test_repeated_slot() -> None:
    """A slot's name is used once in a path; static text may repeat."""
    assert problems("/{a}/{b}/{a}") == ['the slot "{a}" of the path "/{a}/{b}/{a}" is used twice']
    assert parse("/a/a") == (Segment("a"), Segment("a"))


def test_all_faults() -> None:
    """Every fault of a path is found."""
    assert len(problems("/{a}/{a}/../{b/%")) == 4


def test_snake_case() -> None:
    """Snake case is small letters, digits and `_`, with no digit first."""
    assert [name for name in ("a", "a_1", "_a", "A", "aB", "1a", "é") if is_snake_case(name)] == [
        "a",
        "a_1",
        "_a",
    ]
