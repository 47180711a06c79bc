"""Links that cannot be: refused as they are made, or faults of the server when the response is written."""

import logging
from collections.abc import Callable
from functools import partial
from math import inf, nan
from typing import TYPE_CHECKING, Annotated, Any, cast

import pytest
from link_apps import (
    App,
    BookPath,
    Books,
    CountPath,
    Counts,
    Done,
    NamePath,
    Names,
    Root,
    Unmounted,
)
from msgspec import Meta, Struct

from jero import BaseApp, Endpoint, JSONResponse, Link, Location, Resource
from jero.testing import TestClient

if TYPE_CHECKING:
    from link_apps import TypedPath

BOOK = BookPath("a", "b")


class DeepBookPath(BookPath):
    page: int


type Aliased = NamePath


class Annotations(Resource):
    """Operations whose `path` is annotated in other ways than by a class."""

    async def read_one(self, path: Aliased) -> Done: ...
    async def update(self, path: Annotated[NamePath, Meta(description="a name")]) -> Done: ...
    async def partial_update(self, path: "NamePath") -> Done: ...
    async def delete(self, *, path: NamePath) -> Done: ...


class Later(Resource, path="/later"):
    """What its `path` is cannot be told at run time."""

    async def read_one(self, path: "TypedPath") -> Done: ...


class Generic[P: Struct](Resource):
    async def read_one(self, path: P) -> Done:
        return Done(done=bool(path))


class Numbers(Generic[CountPath], path="/numbers"):
    pass


WRONG_PATHS: list[tuple[Callable[[], object], str]] = [
    (lambda: Location.from_operation(Books.read_one), r"give `path=BookPath\(\.\.\.\)`"),
    (
        lambda: Location.from_operation(Books.read_one, path=NamePath("a")),
        "`path` is a `NamePath`; the operation takes `BookPath`",
    ),
    (lambda: Location.from_operation(Root.get, path=BOOK), "takes no `path`; leave it out"),
    (
        lambda: Location.from_operation(Books.read_one, path=cast("Any", {"a": 1})),
        "is a `dict`; the operation takes",
    ),
    (lambda: Location.from_operation(Books().read_one, path=NamePath("a")), "takes `BookPath`"),
    (lambda: Location.from_operation(Annotations.read_one, path=BOOK), "takes `NamePath`"),
    (lambda: Location.from_operation(Annotations.update, path=BOOK), "takes `NamePath`"),
    (lambda: Location.from_operation(Annotations.partial_update, path=BOOK), "takes `NamePath`"),
    (lambda: Location.from_operation(Annotations.delete, path=BOOK), "takes `NamePath`"),
    (lambda: Link.from_operation(Books.read_one, rel="item"), r"give `path=BookPath"),
    (lambda: Location.from_ref("books.read_one", path=cast("Any", "a")), "is a `str`, not a Struct"),
    (lambda: Location.from_ref(cast("Any", Books)), 'give the handle as "ref.operation"'),
    (lambda: Location.from_operation(cast("Any", "books.read_one")), "is no operation"),
    (lambda: Location.from_operation(Books), "is no operation"),
    (lambda: Location.from_operation(partial(Books.read_one)), "is no operation"),
]


@pytest.mark.parametrize(("make", "words"), WRONG_PATHS)
def test_a_wrong_operation_or_path_is_a_type_error_on_the_spot(make: Callable[[], object], words: str) -> None:
    """The operation's own annotation says what `path` is; anything else raises where the link is made."""
    with pytest.raises(TypeError, match=words):
        make()


def test_a_subclass_of_the_path_will_do() -> None:
    """A Struct that derives from the operation's own is accepted."""
    assert Location.from_operation(Books.read_one, path=DeepBookPath("a", "b", 1))


WRONG_TEXTS: list[tuple[Callable[[], object], str]] = [
    (lambda: Location.from_path("a"), "exactly one slash"),
    (lambda: Location.from_path(""), "exactly one slash"),
    (lambda: Location.from_path("//evil.com"), "exactly one slash"),
    (lambda: Location.from_path(cast("Any", None)), "exactly one slash"),
    (lambda: Location.from_path("/\t/evil.com"), "control character"),
    (lambda: Location.from_path("/a\r\nset-cookie: a=b"), "control character"),
    (lambda: Location.from_path("/\ud800"), "lone surrogate"),
    (lambda: Location.from_url(""), "is no URL"),
    (lambda: Location.from_url(cast("Any", None)), "is no URL"),
    (lambda: Location.from_url("https://example.com/a b"), "percent-encode"),
    (lambda: Location.from_url("https://example.com/é"), "percent-encode"),
    (lambda: Location.from_url("https://example.com/100%"), "percent-encode"),
    (lambda: Location.from_url("https://example.com/\r\nset-cookie: a=b"), "percent-encode"),
    (lambda: Link.from_url('a>; rel="next", <b', rel="next"), "percent-encode"),
    (lambda: Link.from_path("/a", rel=""), "rel"),
    (lambda: Link.from_path("/a", rel="Next"), "rel"),
    (lambda: Link.from_path("/a", rel='next"; title="x'), "rel"),
    (lambda: Link.from_path("/a", rel="next  prev"), "rel"),
    (lambda: Link.from_path("/a", rel="next", title="a\r\nb"), "title"),
    (lambda: Link.from_path("/a", rel="next", title="\ud800"), "title"),
    (lambda: Link.from_path("/a", rel="next", media_type="json"), "media_type"),
    (lambda: Link.from_path("/a", rel="next", media_type='a/b"; x="y'), "media_type"),
]


@pytest.mark.parametrize(("make", "words"), WRONG_TEXTS)
def test_a_text_that_could_break_out_is_refused(make: Callable[[], object], words: str) -> None:
    """Paths, URLs, relations, titles and media types that no header could carry raise a ValueError."""
    with pytest.raises(ValueError, match=words):
        make()


SERVER_FAULTS: list[tuple[Location, str]] = [
    (Location.from_operation(Unmounted.get), "from_operation(Unmounted.get): it is not mounted"),
    (
        Location.from_operation(Books().read_one, path=BOOK),
        "from_operation(Books.read_one): it is not mounted",
    ),
    (
        Location.from_ref("boks.read_one", path=BOOK),
        'no mounted operation has this handle; there are "books.read_one"',
    ),
    (Location.from_ref("books", path=BOOK), "no mounted operation has this handle"),
    (
        Location.from_ref("books.read_one"),
        "Books.read_one takes `path=BookPath(...)`, and was given `NoneType`",
    ),
    (Location.from_ref("books.read_one", path=NamePath("a")), "and was given `NamePath`"),
    (
        Location.from_operation(Books.read_one, path=BookPath("", "b")),
        "`shelf_name` has no text that fits a URL",
    ),
    (Location.from_operation(Books.read_one, path=BookPath("a", "\0")), "`book_title` has no text"),
    (Location.from_operation(Books.read_one, path=BookPath("a", "\ud800")), "`book_title` has no text"),
    (Location.from_operation(Counts.read_one, path=CountPath(None, 1.0)), "`count` has no text"),
    (Location.from_operation(Counts.read_one, path=CountPath(1, nan)), "`ratio` has no text"),
    (Location.from_operation(Counts.read_one, path=CountPath(1, inf)), "`ratio` has no text"),
    (cast("Location", "/a"), "`location` is a `str`; make it with `Location.from_path`"),
]


@pytest.mark.parametrize(("location", "words"), SERVER_FAULTS)
def test_a_location_that_leads_nowhere_is_a_fault_of_the_server(
    location: Location, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is answered with a plain 500, and the log says why."""
    app = App()
    app.answer.location = location
    with TestClient(app) as client:
        response = client.get("/answer")
    assert response.status_code == 500
    assert "location" not in response.headers
    assert words in fault_of(caplog)


def test_links_hold_only_links(caplog: pytest.LogCaptureFixture) -> None:
    """What is no Link among `links` is a fault of the server."""
    app = App()
    app.answer.links = [Link.from_path("/a", rel="next"), cast("Link", Location.from_path("/b"))]
    with TestClient(app) as client:
        assert client.get("/answer").status_code == 500
    assert "`links` holds a `Location`" in fault_of(caplog)


class Twice(Endpoint, path="/twice"):
    async def get(self) -> JSONResponse[Done]:
        location = Location.from_path("/a")
        return JSONResponse(json=Done(), location=location, raw_headers={"Location": "/b"})


class Wrong(Endpoint, path="/wrong"):
    async def get(self) -> JSONResponse[Done]:
        location = Location.from_operation(Numbers.read_one, path=NamePath("a"))
        return JSONResponse(json=Done(), location=location)


class FaultyApp(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Twice())
        self._include_endpoint(Wrong())
        self._include_resource(Numbers())


def test_two_locations_are_a_fault_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    """A response has one Location: a raw header besides `location` is not sent along."""
    with TestClient(FaultyApp()) as client:
        assert client.get("/twice").status_code == 500
    assert "keep one of them" in fault_of(caplog)


def test_a_path_that_only_the_app_knows_is_checked_when_written(caplog: pytest.LogCaptureFixture) -> None:
    """Where the type of `path` is a type parameter, or cannot be resolved, wiring's own knowledge counts."""
    assert Location.from_operation(Later.read_one, path=NamePath("a"))
    with TestClient(FaultyApp()) as client:
        assert client.get("/wrong").status_code == 500
    assert "a link to Numbers.read_one takes `path=CountPath(...)`" in fault_of(caplog)


def fault_of(caplog: pytest.LogCaptureFixture) -> str:
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    return str(record.exc_info[1])


def test_names_and_paths_of_operations_are_kept() -> None:
    """A link can be made, compared and printed without any app."""
    location = Location.from_operation(Names.get, path=NamePath("a"))
    assert location == Location.from_operation(Names.get, path=NamePath("a"))
    assert location != Location.from_operation(Names.get, path=NamePath("b"))
    assert "NamePath(name='a')" in repr(location)
