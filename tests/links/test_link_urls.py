"""Which URL each kind of link becomes, and where it stands in the response."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import pytest
from link_apps import Answer, App, BookPath, Books, Cafe, Done, NamePath, Names, Root
from link_header import parse_link_header
from msgspec import Meta, Struct

from jero import (
    BaseApp,
    Endpoint,
    JSONResponse,
    Link,
    Location,
    NDJSONStreamingResponse,
    Resource,
)
from jero.testing import TestClient, TestResponse
from jero.testing.protocol import Receive, Scope, Send

BOOK = BookPath("sci fi", "50%/50")
BOOK_URL = "/shelves/sci%20fi/books/50%25%2F50"


def answer_with(location: Location | None = None, *links: Link) -> TestResponse:
    app = App()
    app.answer.location, app.answer.links = location, links
    with TestClient(app) as client:
        return client.get("/answer")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (Location.from_operation(Books.read_one, path=BOOK), BOOK_URL),
        (Location.from_operation(Books.delete, path=BOOK), BOOK_URL),
        (Location.from_ref("books.read_one", path=BOOK), BOOK_URL),
        (Location.from_operation(Cafe.get), "/caf%C3%A9;a=b/im%20&%20ex"),
        (Location.from_operation(Root.get), "/"),
        (Location.from_path("/a b/ü?q=1&r=%20x#part"), "/a%20b/%C3%BC?q=1&r=%20x#part"),
        (Location.from_path("/\\evil.com"), "/%5Cevil.com"),
        (Location.from_path("/100%"), "/100%25"),
        (Location.from_url("https://example.com/a//b?c=%20#d"), "https://example.com/a//b?c=%20#d"),
        (Location.from_url("mailto:ann@example.com"), "mailto:ann@example.com"),
    ],
)
def test_a_location_becomes_a_url(location: Location, url: str) -> None:
    """Without more to go by, URLs are relative to the origin; `from_url` is sent verbatim."""
    assert answer_with(location).headers["location"] == url


def test_links_are_followed() -> None:
    """The URL of a link leads to the operation that it names, the static text of its template encoded."""
    with TestClient(App()) as client:
        assert client.get("/caf%C3%A9;a=b/im%20&%20ex").text == "open"
        assert client.get(BOOK_URL).json() == {"shelfName": "sci fi", "bookTitle": "50%/50"}


def test_dot_segments_are_encoded() -> None:
    """A slot that holds `.` or `..` is encoded, as clients remove plain dot segments (RFC 3986, 5.2.4)."""
    response = answer_with(Location.from_operation(Books.read_one, path=BookPath("..", ".")))
    assert response.headers["location"] == "/shelves/%2E%2E/books/%2E"


def test_the_prefix_of_the_mount_comes_in_front() -> None:
    """`root_path` stands before the path of every link but `from_url`."""
    app = App()
    app.answer.links = [
        Link.from_operation(Books.read_one, path=BOOK, rel="item"),
        Link.from_ref("books.read_one", path=BOOK, rel="item"),
        Link.from_path("/a", rel="next"),
        Link.from_operation(Root.get, rel="start"),
        Link.from_url("/b", rel="next"),
    ]
    with TestClient(app, root_path="/api") as client:
        response = client.get("/answer")
        assert client.get(BOOK_URL).status_code == 200
    urls = [link.url for link in parse_link_header(response.headers["link"])]
    assert urls == [f"/api{BOOK_URL}", f"/api{BOOK_URL}", "/api/a", "/api/", "/b"]


@pytest.mark.parametrize(
    ("root_path", "url"),
    [
        ("/api/", "/api/a"),
        ("api", "/api/a"),
        ("//evil.com", "/evil.com/a"),
        ("/", "/a"),
        ("/an api/é", "/an%20api/%C3%A9/a"),
    ],
)
def test_a_prefix_is_put_right(root_path: str, url: str) -> None:
    """`root_path`, which servers hand over decoded and in several forms, gives one slash and is encoded."""
    app = App()
    app.answer.location = Location.from_path("/a")

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": root_path}, receive, send)

    with TestClient(mounted) as client:
        assert client.get("/answer").headers["location"] == url


def test_links_say_what_they_are() -> None:
    """Relation, title and media type are quoted, and several links join in one header."""
    response = answer_with(
        None,
        Link.from_path("/2", rel="next"),
        Link.from_path("/0", rel="prev first", title='say "hi" \\ there', media_type="application/json"),
        Link.from_url("https://example.com/", rel="https://example.com/rel#x", title="日本"),
    )
    assert response.multi_headers.count(("link", response.headers["link"])) == 1
    assert response.headers["link"] == (
        '</2>; rel="next", </0>; rel="prev first"; title="say \\"hi\\" \\\\ there"; type="application/json",'
        " <https://example.com/>; rel=\"https://example.com/rel#x\"; title*=UTF-8''%E6%97%A5%E6%9C%AC"
    )


class Headers(Struct):
    x_typed: str = "t"


class Ordered(Endpoint, path="/ordered"):
    async def get(self) -> JSONResponse[Done, Headers]:
        return JSONResponse(
            json=Done(),
            links=[Link.from_path("/b", rel="next")],
            location=Location.from_path("/a"),
            raw_headers={"x-raw": "r", "link": "</raw>"},
            headers=Headers(),
        )


class Flowing(Endpoint, path="/flowing"):
    async def _items(self) -> AsyncIterator[Done]:
        yield Done()

    async def get(self) -> NDJSONStreamingResponse[Done]:
        return NDJSONStreamingResponse(stream=self._items(), links=[Link.from_path("/b", rel="next")])


class Made(Resource, path="/made"):
    async def create(self, json: NamePath) -> JSONResponse[NamePath]:
        location = Location.from_operation(self.read_one, path=json)
        return JSONResponse(json=json, location=location, links=[Link.from_path("/made", rel="collection")])

    async def read_one(self, path: NamePath) -> NamePath:
        return path


class VariedApp(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Ordered())
        self._include_endpoint(Flowing())
        self._include_resource(Made())


def test_order_on_the_wire() -> None:
    """Typed headers come first, then raw ones, then `location`, then `link`."""
    with TestClient(VariedApp()) as client:
        headers = client.get("/ordered").multi_headers
    assert headers[-5:] == [
        ("x-typed", "t"),
        ("x-raw", "r"),
        ("link", "</raw>"),
        ("location", "/a"),
        ("link", '</b>; rel="next"'),
    ]


def test_a_head_request_gets_the_same_links() -> None:
    """HEAD has the links that GET has."""
    with TestClient(VariedApp()) as client:
        assert client.head("/ordered").multi_headers == client.get("/ordered").multi_headers


def test_a_stream_has_links() -> None:
    """The streaming wrappers carry `location` and `links`, too."""
    with TestClient(VariedApp()) as client:
        assert client.get("/flowing").headers["link"] == '</b>; rel="next"'


def test_a_creation_tells_where() -> None:
    """A 201 with the Location of what was created, by the handler's own operation."""
    with TestClient(VariedApp()) as client:
        response = client.post("/made", json=NamePath("é/1"))
        assert response.status_code == 201
        assert client.get(response.headers["location"]).json() == {"name": "é/1"}


@pytest.mark.parametrize("status", [204, 303, 304])
def test_links_leave_with_every_status(status: int) -> None:
    """A redirect has its Location, and a response without a body keeps its links."""
    app = App()
    app.answer.status_code = status
    app.answer.location, app.answer.links = Location.from_path("/a"), [Link.from_path("/b", rel="up")]
    with TestClient(app) as client:
        response = client.get("/answer")
    assert (response.status_code, response.headers["location"]) == (status, "/a")
    assert response.headers["link"] == '</b>; rel="up"'


def test_no_links_no_headers() -> None:
    """A response without links has neither header."""
    names = {name for name, _ in answer_with().multi_headers}
    assert names == {"content-type", "content-length"}


class Versioned(Resource):
    """A class that is mounted twice: it links to its own mount, of the same object or of another."""

    async def read_one(self, path: NamePath) -> JSONResponse[Done]:
        return JSONResponse(
            json=Done(),
            location=Location.from_operation(Versioned.read_one, path=path),
            links=[Link.from_operation(self.read_one, path=path, rel="self")],
        )


class VersionedApp(BaseApp):
    def __init__(self, make: Callable[[], Versioned], answer: Answer) -> None:
        super().__init__()
        self._make = make
        self._answer = answer

    async def _wire(self) -> None:
        self._include_resource(self._make(), path="/v1/things")
        self._include_resource(self._make(), path="/v2/things")
        self._include_endpoint(self._answer)


shared = Versioned()


@pytest.mark.parametrize("make", [Versioned, lambda: shared], ids=["two objects", "one object"])
def test_a_class_that_is_mounted_twice_links_to_the_mount_that_answers(
    make: Callable[[], Versioned], caplog: pytest.LogCaptureFixture
) -> None:
    """Inside, the own mount is meant; from elsewhere the link is ambiguous, a fault of the server."""
    answer = Answer()
    answer.location = Location.from_operation(Versioned.read_one, path=NamePath("a"))
    with TestClient(VersionedApp(make, answer)) as client:
        for version in ("v1", "v2"):
            response = client.get(f"/{version}/things/a")
            assert response.headers["location"] == f"/{version}/things/a"
            assert response.headers["link"] == f'</{version}/things/a>; rel="self"'
        assert client.get("/answer").status_code == 500
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    words = "Versioned.read_one at /v1/things/{name}, Versioned.read_one at /v2/things/{name}"
    assert words in str(record.exc_info[1])


class Crud[T: Struct](Resource):
    """A base whose operations several mounted classes inherit."""

    async def read_one(self, path: NamePath) -> JSONResponse[Done]:
        return JSONResponse(json=Done(), location=Location.from_operation(self.read_one, path=path))

    async def delete(self, path: NamePath) -> JSONResponse[Done]:
        return JSONResponse(json=Done(), location=Location.from_operation(type(self).read_one, path=path))


class Cats(Crud[Done], path="/cats", ref="cats"):
    pass


class Dogs(Crud[Done], path="/dogs", ref="dogs"):
    async def update(self, path: NamePath) -> JSONResponse[Done]:
        return JSONResponse(json=Done(), location=Location.from_ref("cats.read_one", path=path))


class CrudApp(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Cats())
        self._include_resource(Dogs())


def test_an_inherited_operation_is_named_by_its_object() -> None:
    """`self.read_one` of an inherited operation is that of the object's own mount; a ref names one, too."""
    with TestClient(CrudApp()) as client:
        assert client.get("/cats/tom").headers["location"] == "/cats/tom"
        assert client.get("/dogs/rex").headers["location"] == "/dogs/rex"
        assert client.put("/dogs/rex").headers["location"] == "/cats/rex"


def test_an_inherited_operation_of_several_classes_is_ambiguous() -> None:
    """`Dogs.read_one` and `Cats.read_one` are one function: neither is guessed, the server is at fault."""
    with TestClient(CrudApp()) as client:
        assert client.delete("/dogs/rex").status_code == 500


class Slot[T](Struct):
    value: T


class Slots(Resource, path="/slots"):
    """Its `path` is a Struct behind type arguments and metadata."""

    async def read_one(self, path: Annotated[Slot[int], Meta(description="a slot")]) -> JSONResponse[Done]:
        return JSONResponse(json=Done(), location=Location.from_operation(Slots.read_one, path=path))


class SlotsApp(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Slots())


def test_a_generic_path_is_filled() -> None:
    """The `path` of an operation may be a generic Struct, with metadata."""
    with TestClient(SlotsApp()) as client:
        assert client.get("/slots/-7").headers["location"] == "/slots/-7"


def test_links_compare_by_what_they_name() -> None:
    """A handler's result can be compared in a test without an app."""
    assert Location.from_operation(Names.get, path=NamePath("a")) == Location.from_operation(
        Names.get, path=NamePath("a")
    )
    assert Link.from_path("/a", rel="next") != Link.from_path("/b", rel="next")
