"""Emitted source can be seen: in tracebacks, by `inspect`, and in what is emitted."""

import inspect
import linecache
import logging
import re
import traceback

import pytest
from emit_dialects import DIALECTS
from emit_operations import OPERATIONS, Recorded
from msgspec import Struct

from jero import BaseApp, Endpoint, Resource
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.operation import Emitted, emit_operation
from jero._runtime.services import Services
from jero.testing import TestClient


class Movie(Struct):
    title: str


class Movies(Resource, path="/movies"):
    async def create(self, json: Movie) -> Movie:
        raise LookupError(json.title)

    async def read_many(self) -> Movie:
        raise LookupError("none")


class Series(Endpoint, path="/series"):
    async def get(self) -> Movie:
        raise LookupError("none")


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_resource(Movies())
        self._include_endpoint(Series())


@pytest.mark.parametrize(
    ("method", "path", "subject"),
    [("POST", "/movies", "Movies.create"), ("GET", "/movies", "Movies.read_many"), ("GET", "/series", "Series.get")],
)
def test_traceback(caplog: pytest.LogCaptureFixture, method: str, path: str, subject: str) -> None:
    """The traceback of a handler's error shows the line of the route that called it, its operation and its file."""
    with TestClient(App()) as client, caplog.at_level(logging.ERROR, "jero"):
        content = b'{"title": "Alien"}' if method == "POST" else None
        assert client.request(method, path, content=content).status_code == 500
    (record,) = caplog.records
    assert record.exc_info
    assert record.exc_info[1]
    frames = traceback.extract_tb(record.exc_info[1].__traceback__)
    frame = next(it for it in frames if it.name == subject and it.filename.startswith("<jero "))
    assert re.fullmatch(rf"<jero \w+ {method} {path}>", frame.filename)
    assert frame.line is not None
    assert "handler(" in frame.line
    assert frames[frames.index(frame) + 1].filename == __file__


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_same_shape(dialect: Dialect) -> None:
    """Two operations of the same shape are one compiled text, each under a file and a name of its own."""
    one, other = emit(dialect, OPERATIONS["no_sources"]), emit(dialect, Recorded(Other()))
    assert one.source == other.source
    codes = one.function.__code__, other.function.__code__
    assert codes[0].co_linetable is codes[1].co_linetable
    assert codes[0].co_consts is codes[1].co_consts
    assert [code.co_filename for code in codes] == [f"<jero {dialect.name} GET {path}>" for path in ("/movies", "/a")]
    assert [code.co_qualname for code in codes] == ["NoSources.get", "Other.get"]
    assert [it.function.__name__ for it in (one, other)] == ["NoSources.get", "Other.get"]


class Other(Endpoint, path="/a"):
    async def get(self) -> Movie: ...


def emit(dialect: Dialect, operation: Recorded) -> Emitted:
    """Emit an operation."""
    return emit_operation(operation.plan(), Services(), dialect)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_source(dialect: Dialect) -> None:
    """The source of a route is what was compiled, and what `inspect` and `linecache` show; it is never stale."""
    emitted = emit(dialect, OPERATIONS["json"])
    assert inspect.getsource(emitted.function) == emitted.source
    linecache.checkcache()
    assert "".join(linecache.getlines(emitted.function.__code__.co_filename)) == emitted.source
    assert inspect.iscoroutinefunction(emitted.function)
    compile(emitted.source, "route", "exec")
