"""The one-yield lifecycle generator as users write it: a resource opened, streamed from, and released."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator

import pytest
from msgspec import Struct

from jero import BaseApp, Endpoint, NDJSONStreamingResponse, TestClient

TOLD: list[str] = []


class Movie(Struct):
    title: str


class Cursor:
    """A resource that names itself in an annotation, quoted as Python 3.13 needs it."""

    async def __aenter__(self) -> "Cursor":  # noqa: PYI034 - the shape under test
        TOLD.append("cursor opened")
        return self

    async def __aexit__(self, *exc: object) -> None:
        TOLD.append(f"cursor closed with {type(exc[1]).__name__}")

    async def rows_iterator(self) -> AsyncIterator[Movie]:
        for title in ("first", "second"):
            TOLD.append(title)
            yield Movie(title=title)

    async def changes_iterator(self) -> AsyncIterator[Movie]:
        yield Movie(title="first")
        await asyncio.Event().wait()


class ExportEndpoint(Endpoint, path="/movies/export"):
    async def _lifecycle(self) -> AsyncGenerator[AsyncIterable[Movie]]:
        async with Cursor() as cursor:
            yield cursor.rows_iterator()

    async def get(self) -> "NDJSONStreamingResponse[Movie]":
        return NDJSONStreamingResponse(stream=self._lifecycle())


class ChangesEndpoint(Endpoint, path="/movies/changes"):
    async def _lifecycle(self) -> AsyncGenerator[AsyncIterable[Movie]]:
        async with Cursor() as cursor:
            yield cursor.changes_iterator()

    async def get(self) -> "NDJSONStreamingResponse[Movie]":
        return NDJSONStreamingResponse(stream=self._lifecycle())


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(ExportEndpoint())
        self._include_endpoint(ChangesEndpoint())


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Serve the app, of which nothing is told yet."""
    TOLD.clear()
    with TestClient(App()) as client:
        yield client


def test_the_resource_is_open_while_its_rows_are_sent(client: TestClient) -> None:
    """The cursor opens before the first row, and closes after the last."""
    response = client.get("/movies/export")
    assert response.text == '{"title":"first"}\n{"title":"second"}\n'
    assert TOLD == ["cursor opened", "first", "second", "cursor closed with NoneType"]


def test_the_resource_of_a_client_that_leaves(client: TestClient) -> None:
    """The cursor is closed where the client leaves half-way, and sees the cancellation."""
    with client.stream_get("/movies/changes") as session:
        assert next(iter(session)) == {"title": "first"}
        assert TOLD == ["cursor opened"]
    assert TOLD == ["cursor opened", "cursor closed with CancelledError"]


def test_the_resource_of_a_head_request(client: TestClient) -> None:
    """HEAD opens no cursor."""
    assert client.head("/movies/export").content == b""
    assert TOLD == []
