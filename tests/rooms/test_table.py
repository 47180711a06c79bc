"""The route table: which template a path finds, and what its slots then hold."""

import itertools

import pytest

from jero import Endpoint
from jero._plan import Segment
from jero._runtime.reply import Reply
from jero._runtime.request import Request
from jero._runtime.services import Services
from jero._runtime.table import Entry, RouteTable
from jero._wiring.compiler import compile_app
from jero._wiring.faults import Faults, Place
from jero._wiring.mounts import ENDPOINT, Mount
from jero._wiring.templates import parse_template
from jero.limits import Limits


class Nothing(Endpoint, path="/nothing"):
    async def get(self) -> None: ...


PLAN = compile_app([Mount(ENDPOINT, Nothing(), None, None, {}, "")], Limits(), Faults())[0]
"""Stands for the plan of any operation: a lookup does not look at it."""


async def no_route(_request: Request) -> Reply | None:
    """Stand for the answer to an unknown URL."""


class Table:
    """A table of templates that are found by their own text."""

    def __init__(self, *templates: str) -> None:
        self.names: dict[Entry, str] = {}
        entries: list[tuple[tuple[Segment, ...], Entry]] = []
        for template in templates:
            segments = parse_template(template, Place("", None), Faults())
            assert segments is not None
            entry = Entry({"GET": PLAN}, {}, Services())
            self.names[entry] = template
            entries.append((segments, entry))
        self.table = RouteTable(entries, no_route)

    def find(self, path: str, *, is_encoded: bool = True) -> tuple[str, ...] | None:
        """Give the template that a path finds and what its slots hold."""
        found = self.table.find(path, is_encoded=is_encoded)
        if is_encoded and path.isascii():
            self._check_raw(path.encode(), found)
        return None if found is None else (self.names[found[0]], *found[1])

    def _check_raw(self, path: bytes, found: tuple[Entry, tuple[str, ...]] | None) -> None:
        """Hold that the two quick ways to look up a path that was sent find what the whole way finds."""
        exact = self.table.exact.get(path)
        routes, slots = self.table.find_raw(path) if exact is None else (exact, ())
        assert routes is (None if found is None else found[0].for_edge)
        assert slots == (() if found is None else found[1])


EVERY_SHAPE = ("/a/b/c", "/{x}/b/c", "/a/{y}/c", "/a/b/{z}", "/{x}/{y}/c", "/{x}/b/{z}", "/{x}/{y}/{z}")


@pytest.mark.parametrize("turn", range(len(EVERY_SHAPE)))
def test_precedence(turn: int) -> None:
    """A static segment beats a slot, leftmost first, whatever the order of registration."""
    table = Table(*EVERY_SHAPE[turn:], *EVERY_SHAPE[:turn])
    assert table.find("/a/b/c") == ("/a/b/c",)
    assert table.find("/1/b/c") == ("/{x}/b/c", "1")
    assert table.find("/a/2/c") == ("/a/{y}/c", "2")
    assert table.find("/a/b/3") == ("/a/b/{z}", "3")
    assert table.find("/1/2/c") == ("/{x}/{y}/c", "1", "2")
    assert table.find("/1/b/3") == ("/{x}/b/{z}", "1", "3")
    assert table.find("/1/2/3") == ("/{x}/{y}/{z}", "1", "2", "3")
    assert table.find("/a/2/3") == ("/{x}/{y}/{z}", "a", "2", "3")


def test_leftmost_first() -> None:
    """Of two templates with one static segment each, the one whose segment is further left wins."""
    for order in itertools.permutations(["/{x}/b", "/a/{y}"]):
        assert Table(*order).find("/a/b") == ("/a/{y}", "b")


def test_backtracking() -> None:
    """A static branch that leads nowhere is left again, and the slots on the way are given back."""
    table = Table("/a/{y}/c", "/{x}/b/{z}", "/{x}/{y}/{z}/d")
    assert table.find("/a/b/d") == ("/{x}/b/{z}", "a", "d")
    assert table.find("/a/b/c") == ("/a/{y}/c", "b")
    assert table.find("/a/x/d") is None
    assert table.find("/a/b/c/d") == ("/{x}/{y}/{z}/d", "a", "b", "c")


def test_exact_count_of_segments() -> None:
    """A template matches paths of as many segments as it has."""
    table = Table("/", "/a", "/{x}/b")
    assert table.find("/") == ("/",)
    assert table.find("/a") == ("/a",)
    assert [table.find(path) for path in ("/a/", "/a/b/", "//a", "/x", "//", "a", "*")] == [None] * 7


def test_empty_path() -> None:
    """An empty path is the root, as in `http://example.com` (RFC 9110, section 4.2.3)."""
    assert Table("/").find("") == ("/",)


def test_empty_slot() -> None:
    """A slot is never empty, first, between or last."""
    table = Table("/{x}", "/{x}/b/{z}")
    assert [table.find(path) for path in ("/", "//b/c", "/a/b/", "/a//c")] == [None] * 4


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("%2541", "%41"),
        ("%252F", "%2F"),
        ("a%2Fb", "a/b"),
        ("%2e%2e", ".."),
        ("%252e%252e", "%2e%2e"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("a;v=1", "a;v=1"),
        ("%0A", "\n"),
    ],
)
def test_decoding(sent: str, held: str) -> None:
    """A segment as sent is percent-decoded exactly once, after the path was split."""
    assert Table("/w/{x}").find(f"/w/{sent}") == ("/w/{x}", held)


def test_encoded_slash_stays_inside() -> None:
    """`%2F` never makes a segment more, so that no other route is reached."""
    table = Table("/a/{x}", "/a/b/c", "/a/{x}/c")
    assert table.find("/a/b%2Fc") == ("/a/{x}", "b/c")
    assert table.find("/a%2Fb/c") is None


def test_encoded_static_segment() -> None:
    """A static segment is found however it is encoded."""
    table = Table("/café/menu", "/{x}/menu")
    assert table.find("/caf%C3%A9/%6Denu") == ("/café/menu",)
    assert table.find("/caf%C3%A9/menu") == ("/café/menu",)


@pytest.mark.parametrize("segment", [".", "..", "%FF", "%C3%28", "%00", "a%00b", "\0"])
def test_refused_segments(segment: str) -> None:
    """Dot segments, bytes that are not UTF-8 and NUL reach no route."""
    table = Table("/w/{x}", "/{x}/w")
    assert table.find(f"/w/{segment}") is None
    assert table.find(f"/{segment}/w") is None


def test_raw_bytes() -> None:
    """A path that was sent with bytes outside of ASCII finds nothing: it should have been percent-encoded."""
    table = Table("/w/{x}", "/{x}/w")
    assert table.find("/w/\xe9") is None
    assert table.table.find_raw(b"/w/\xc3\xa9") == (None, ())


def test_decoded_by_the_server() -> None:
    """A path that the server has decoded is not decoded again; dot segments and NUL are refused as well."""
    table = Table("/w/{x}", "/café")
    assert table.find("/w/%41", is_encoded=False) == ("/w/{x}", "%41")
    assert table.find("/w/é", is_encoded=False) == ("/w/{x}", "é")
    assert table.find("/café", is_encoded=False) == ("/café",)
    assert [table.find(f"/w/{bad}", is_encoded=False) for bad in (".", "..", "a\0")] == [None] * 3


def test_allow_of_the_whole_app() -> None:
    """The table knows every method that any of its entries has, in a fixed order."""
    table = RouteTable(
        [
            ((Segment("a"),), Entry({"PATCH": PLAN, "POST": PLAN}, {}, Services())),
            ((Segment("b"),), Entry({"GET": PLAN}, {}, Services())),
        ],
        no_route,
    )
    assert table.allow == "GET, HEAD, POST, PATCH, OPTIONS"


def test_empty_table() -> None:
    """An app without mounts finds nothing, and offers OPTIONS alone."""
    table = Table()
    assert (table.find("/"), table.find("/a"), table.table.allow) == (None, None, "OPTIONS")
