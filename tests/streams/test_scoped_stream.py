"""The one-yield lifecycle generator as users write it: a resource opened, streamed from, and released."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

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
        TOLD.append(f"cursor closed with {exc[0]}")

    async def rows_iterator(self) -> AsyncIterator[Movie]:
        for title in ("first", "second"):
            TOLD.append(title)
            yield Movie(title=title)


class ExportEndpoint(Endpoint, path="/movies/export"):
    async def _lifecycle(self) -> AsyncGenerator[AsyncIterable[Movie]]:
        async with Cursor() as cursor:
            yield cursor.rows_iterator()

    async def get(self) -> "NDJSONStreamingResponse[Movie]":
        return NDJSONStreamingResponse(stream=self._lifecycle())


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(ExportEndpoint())


def test_the_resource_is_open_while_its_rows_are_sent() -> None:
    """The cursor opens before the first row, closes after the last, and is closed where the client leaves half-way."""
    with TestClient(App()) as client:
        TOLD.clear()
        response = client.get("/movies/export")
        assert response.text == '{"title":"first"}\n{"title":"second"}\n'
        assert TOLD == ["cursor opened", "first", "second", "cursor closed with None"]
        TOLD.clear()
        with client.stream_get("/movies/export") as session:
            assert next(iter(session)) == {"title": "first"}
        assert TOLD[0] == "cursor opened"
        assert TOLD[-1].startswith("cursor closed with")
        TOLD.clear()
        assert client.head("/movies/export").content == b""
        assert TOLD == []
