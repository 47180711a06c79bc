"""What a route looks for among the headers: all that some Struct reads, and what its body needs to be told."""

import pytest
from emit_dialects import DIALECTS
from emit_operations import Movie, Person, Recorded
from msgspec import Struct

from jero import Resource
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.operation import emit_operation
from jero._runtime.services import Services


class Sized(Struct):
    content_length: int
    content_type: str


class Movies(Resource, path="/movies"):
    async def create(self, headers: Sized, json: Movie) -> Movie: ...


class Gated(Resource, path="/movies"):
    async def create(self, json: Movie) -> Movie: ...


class SizedAuth:
    async def authenticate(self, headers: Sized) -> Person: ...


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("operation", [Recorded(Movies()), Recorded(Gated(), SizedAuth())], ids=["headers", "auth"])
def test_headers_of_bodies(dialect: Dialect, operation: Recorded) -> None:
    """A Struct may read the headers that are about the body, whatever the edge itself knows of it."""
    function = emit_operation(operation.plan(), Services(), dialect).function
    wanted = str(function.__globals__["wanted"])
    assert "content-length" in wanted
    assert "content-type" in wanted
    assert "content-encoding" in wanted
