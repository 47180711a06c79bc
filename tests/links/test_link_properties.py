"""What holds of links whatever their values: they arrive as they were, and nothing gets out of its place."""

from collections.abc import Iterator
from datetime import UTC
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from link_apps import (
    App,
    BookPath,
    Books,
    Colour,
    NamePath,
    Names,
    Size,
    Typed,
    TypedPath,
)
from link_header import parse_link_header

from jero import Link, Location
from jero.testing import TestClient

CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
"""What a slot can hold: any text but an empty one, and no NUL."""
awkward = st.sampled_from(
    [
        "?",
        "#",
        " ",
        "%",
        "/",
        ".",
        "..",
        "é",
        "日本",
        "//evil.com",
        "\\evil",
        "%2F",
        "%2e%2e",
        "a+b",
        ";x=1",
        "\r\n",
    ]
)
titles = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS))


class Served:
    """One app for all the examples, and what it answers with."""

    def __init__(self, client: TestClient, app: App) -> None:
        self.client = client
        self._answer = app.answer

    def follow(self, location: Location) -> tuple[str, bytes]:
        """Have the app answer with a location, and request it; give the URL and the body."""
        self._answer.location, self._answer.links = location, ()
        url = self.client.get("/answer").headers["location"]
        response = self.client.get(url)
        assert response.status_code == 200, url
        return url, response.content

    def link_header(self, *links: Link) -> str:
        self._answer.location, self._answer.links = None, links
        response = self.client.get("/answer")
        assert response.status_code == 200
        return response.headers["link"]


@pytest.fixture(scope="module", name="served")
def _served() -> Iterator[Served]:
    app = App()
    with TestClient(app) as client:
        yield Served(client, app)


@settings(deadline=None)
@given(shelf=texts | awkward, title=texts | awkward)
@example(shelf="..", title=".")
def test_text_in_slots_arrives_as_it_was(served: Served, shelf: str, title: str) -> None:
    """Whatever text fills the slots of a link, the handler at its URL receives that very text."""
    path = BookPath(shelf, title)
    url, body = served.follow(Location.from_operation(Books.read_one, path=path))
    assert body == served.client.get(url).content
    assert served.client.get(url).json(BookPath) == path
    assert url.count("/") == 4


@settings(deadline=None)
@given(name=texts | awkward)
def test_a_slot_at_the_root_names_no_other_host(served: Served, name: str) -> None:
    """A URL never begins with `//`, and clients find neither host, query nor fragment in it."""
    url, body = served.follow(Location.from_operation(Names.get, path=NamePath(name)))
    assert body.decode() == name
    assert not url.startswith("//")
    split = urlsplit(url)
    assert (split.scheme, split.netloc, split.path, split.query, split.fragment) == ("", "", url, "", "")
    assert httpx.URL("http://host").join(url).raw_path == url.encode()


@settings(deadline=None)
@given(
    path=st.builds(
        TypedPath,
        number=st.integers(),
        ratio=st.floats(allow_nan=False, allow_infinity=False),
        is_open=st.booleans(),
        colour=st.sampled_from(Colour),
        size=st.sampled_from(Size),
        kind=st.sampled_from(["a b", 7]),
        key=st.uuids(),
        day=st.dates(),
        moment=st.datetimes() | st.datetimes(timezones=st.just(UTC)),
        price=st.decimals(allow_nan=False, allow_infinity=False),
    )
)
def test_values_of_every_type_arrive_as_they_were(served: Served, path: TypedPath) -> None:
    """What is read from a slot's text is what was written into it, for each type that a slot may have."""
    url, _ = served.follow(Location.from_operation(Typed.read_one, path=path))
    assert served.client.get(url).json(TypedPath) == path


@settings(deadline=None)
@given(titles=st.lists(titles | st.sampled_from(['"', "\\", '\\"', '", <//evil>; rel="next', "é", "%22"]), min_size=1))
def test_titles_stay_in_their_place(served: Served, titles: list[str]) -> None:
    """A strict parser finds in the header as many links as were given, each with its own title."""
    links = [
        Link.from_path(f"/{number}", rel="item", title=title, media_type="text/html")
        for number, title in enumerate(titles)
    ]
    parsed = parse_link_header(served.link_header(*links))
    assert [link.url for link in parsed] == [f"/{number}" for number in range(len(titles))]
    for link, title in zip(parsed, titles, strict=True):
        name = "title" if title.isascii() else "title*"
        assert link.parameters == {"rel": "item", name: title, "type": "text/html"}


@settings(deadline=None)
@given(url=st.text() | st.from_regex(r"https?://[a-z]+/[ -~]*", fullmatch=True))
def test_a_url_is_sent_verbatim_or_refused(served: Served, url: str) -> None:
    """`from_url` refuses what no URL may contain; what it takes stands in the header as it was given."""
    try:
        link = Link.from_url(url, rel="next")
    except ValueError:
        return
    (parsed,) = parse_link_header(served.link_header(link))
    assert parsed.url == url


@settings(deadline=None)
@given(path=st.text().map("/{}".format))
def test_a_path_becomes_one_legal_url_or_is_refused(served: Served, path: str) -> None:
    """`from_path` refuses a path that begins with `//` or has control characters, and encodes all else."""
    try:
        link = Link.from_path(path, rel="next")
    except ValueError:
        assert path.startswith("//") or any(not char.isprintable() for char in path)
        return
    (parsed,) = parse_link_header(served.link_header(link))
    assert parsed.url.startswith("/")
    assert not parsed.url.startswith("//")
    assert httpx.URL("http://host").join(parsed.url).host == "host"
