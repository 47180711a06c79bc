"""The scenarios as a Litestar application, with msgspec Structs, which it serves natively."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Litestar, MediaType, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import Body
from litestar.response import Stream
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Movie, Row, Search, Uploaded, Widget

encode = msgspec.json.Encoder().encode


@dataclass
class UploadForm:
    """The form of scenario f."""

    title: str
    file: UploadFile


def bearer(connection: ASGIConnection, handler: BaseRouteHandler) -> None:
    """Let the one token in."""
    _ = handler
    if connection.headers.get("authorization") != TOKEN:
        raise NotAuthorizedException


@get("/widget")
async def widget() -> Widget:
    """Scenario a."""
    return WIDGET


@get("/widgets/{widget_id:int}")
async def search(widget_id: int, q: str = "", page: int = 1, in_stock: bool = False) -> Search:  # noqa: FBT002 - a query
    """Scenario b."""
    return Search(widget_id, q, page, in_stock)


@post("/movies", guards=[bearer])
async def create(data: Movie) -> Movie:
    """Scenarios c and g."""
    return data


@get("/rows")
async def rows() -> list[Row]:
    """Scenario d."""
    return ROWS


@get("/stream")
async def stream() -> Stream:
    """Scenario e."""
    return Stream(_lines(), media_type="application/x-ndjson")


async def _lines() -> AsyncIterator[bytes]:
    for item in ITEMS:
        yield encode(item) + b"\n"


@post("/upload", status_code=200)
async def upload(data: Annotated[UploadForm, Body(media_type=RequestEncodingType.MULTI_PART)]) -> Uploaded:
    """Scenario f."""
    return Uploaded(data.title, data.file.filename, len(await data.file.read()))


@get("/hello", media_type=MediaType.TEXT)
async def hello() -> str:
    """Scenario h."""
    return HELLO


app = Litestar([widget, search, create, rows, stream, upload, hello], openapi_config=None, logging_config=None)
