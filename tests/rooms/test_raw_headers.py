"""RawHeaders: an ordered, repeatable, case-insensitive list of header pairs."""

import pytest

from jero import RawHeaders

HEADERS = RawHeaders([("Set-Cookie", "a=1"), ("X-Trace", "t"), ("set-cookie", "b=2")])


def test_names_compare_without_case() -> None:
    """Every look-up ignores the case of the name, and keeps the case as sent."""
    assert HEADERS["x-trace"] == HEADERS.get("X-TRACE") == "t"
    assert "SET-COOKIE" in HEADERS
    assert "x-other" not in HEADERS
    assert 1 not in HEADERS
    assert next(iter(HEADERS)) == ("Set-Cookie", "a=1")


def test_repeats_are_kept_in_order() -> None:
    """`get` gives the first of several, `get_all` every one, in the order sent."""
    assert HEADERS.get("set-cookie") == "a=1"
    assert HEADERS.get_all("Set-cookie") == ["a=1", "b=2"]
    assert len(HEADERS) == 3


def test_what_is_not_there() -> None:
    """A missing header is None or the default; an index raises KeyError with the name."""
    assert (HEADERS.get("x"), HEADERS.get("x", "-"), HEADERS.get_all("x")) == (None, "-", [])
    with pytest.raises(KeyError, match="x-missing"):
        HEADERS["x-missing"]


def test_a_mapping_and_pairs_make_the_same() -> None:
    """A mapping is taken as its items; equal lists are equal and hash alike."""
    one, other = RawHeaders({"a": "1"}), RawHeaders([("a", "1")])
    assert one == other
    assert hash(one) == hash(other)
    assert one != RawHeaders()
    assert one != [("a", "1")]
    assert repr(one) == "RawHeaders([('a', '1')])"


def test_the_wire_is_latin_1() -> None:
    """Bytes of the wire are decoded as latin-1, so that none is lost."""
    assert list(RawHeaders.from_wire([(b"x", b"\xe9")])) == [("x", "é")]
