"""The scenarios as a django-bolt API, with msgspec Structs, which it serves natively."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from django_bolt import BoltAPI, StreamingResponse, UploadFile
from django_bolt.exceptions import Unauthorized
from django_bolt.param_functions import File, Form, Header
from django_bolt.responses import PlainText
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Movie, Row, Search, Uploaded, Widget

api = BoltAPI(enable_logging=False)
encode = msgspec.json.Encoder().encode


@api.get("/widget")
async def widget() -> Widget:
    """Scenario a."""
    return WIDGET


@api.get("/widgets/{widget_id}")
async def search(widget_id: int, q: str = "", page: int = 1, in_stock: bool = False) -> Search:  # noqa: FBT002 - a query
    """Scenario b."""
    return Search(widget_id, q, page, in_stock)


@api.post("/movies", status_code=201)
async def create(movie: Movie, authorization: Annotated[str, Header(alias="authorization")]) -> Movie:
    """Scenarios c and g."""
    if authorization != TOKEN:
        raise Unauthorized
    return movie


@api.get("/rows")
async def rows() -> list[Row]:
    """Scenario d."""
    return ROWS


@api.get("/stream")
async def stream() -> StreamingResponse:
    """Scenario e."""
    return StreamingResponse(_lines(), media_type="application/x-ndjson")


async def _lines() -> AsyncIterator[bytes]:
    for item in ITEMS:
        yield encode(item) + b"\n"


@api.post("/upload")
async def upload(title: Annotated[str, Form()], file: Annotated[UploadFile, File()]) -> Uploaded:
    """Scenario f."""
    return Uploaded(title, file.filename, len(await file.read()))


@api.get("/hello")
async def hello() -> PlainText:
    """Scenario h."""
    return PlainText(HELLO)
