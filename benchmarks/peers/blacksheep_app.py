"""The scenarios as a BlackSheep application: dataclasses and bound values, as its documentation writes them.

JSON goes through msgspec, by the settings that it offers for that; bodies in are dataclasses, which it binds itself.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
from blacksheep import Application, FromJSON, Request, Response, StreamedContent, get, json, post, text
from blacksheep.exceptions import Unauthorized
from blacksheep.settings.json import json_settings
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Search, Uploaded

_encode = msgspec.json.Encoder().encode
_TOKEN = TOKEN.encode()


@dataclass
class Movie:
    """The body of scenarios c and g."""

    title: str
    year: int
    director: str
    rating: float
    genres: list[str]


def _dumps(value: Any) -> str:
    return _encode(value).decode()


json_settings.use(loads=msgspec.json.decode, dumps=_dumps)


@get("/widget")
async def widget() -> Response:
    """Scenario a."""
    return json(WIDGET)


@get("/widgets/{int:widget_id}")
async def search(widget_id: int, q: str = "", page: int = 1, in_stock: bool = False) -> Response:  # noqa: FBT002 - a query
    """Scenario b."""
    return json(Search(widget_id, q, page, in_stock))


@post("/movies")
async def create(request: Request, movie: FromJSON[Movie]) -> Response:
    """Scenarios c and g."""
    if request.get_first_header(b"authorization") != _TOKEN:
        raise Unauthorized
    return json(movie.value, 201)


@get("/rows")
async def rows() -> Response:
    """Scenario d."""
    return json(ROWS)


@get("/stream")
async def stream() -> Response:
    """Scenario e."""
    return Response(200, content=StreamedContent(b"application/x-ndjson", _lines))


async def _lines() -> AsyncIterator[bytes]:
    for item in ITEMS:
        yield _encode(item) + b"\n"


@post("/upload")
async def upload(request: Request) -> Response:
    """Scenario f."""
    form = await request.form() or {}
    file = form["file"][0]
    return json(Uploaded(form["title"], file.file_name.decode(), len(file.data)))


@get("/hello")
async def hello() -> Response:
    """Scenario h."""
    return text(HELLO)


app = Application()
