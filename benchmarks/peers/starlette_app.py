"""The scenarios as a Starlette application; Starlette decodes nothing itself, so msgspec does as in the floors."""

from collections.abc import AsyncIterator

import msgspec
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Movie, Search, Uploaded
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Movie).decode

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


async def widget(request: Request) -> Response:
    """Scenario a."""
    _ = request
    return _json(WIDGET)


async def search(request: Request) -> Response:
    """Scenario b."""
    params = request.query_params
    try:
        page, in_stock = int(params.get("page", "1")), _BOOLEANS[params.get("in_stock", "false").lower()]
    except (ValueError, KeyError):
        raise HTTPException(400) from None
    return _json(Search(request.path_params["widget_id"], params.get("q", ""), page, in_stock))


async def create(request: Request) -> Response:
    """Scenarios c and g."""
    if request.headers.get("authorization") != TOKEN:
        raise HTTPException(401)
    try:
        movie = decode(await request.body())
    except msgspec.ValidationError as error:
        raise HTTPException(422, str(error)) from None
    return _json(movie, 201)


async def rows(request: Request) -> Response:
    """Scenario d."""
    _ = request
    return _json(ROWS)


async def stream(request: Request) -> Response:
    """Scenario e."""
    _ = request
    return StreamingResponse(_lines(), media_type="application/x-ndjson")


async def _lines() -> AsyncIterator[bytes]:
    for item in ITEMS:
        yield encode(item) + b"\n"


async def upload(request: Request) -> Response:
    """Scenario f."""
    async with request.form() as form:
        title, file = form.get("title"), form.get("file")
        if not isinstance(title, str) or not isinstance(file, UploadFile):
            raise HTTPException(422)
        return _json(Uploaded(title, file.filename or "", len(await file.read())))


async def hello(request: Request) -> Response:
    """Scenario h."""
    _ = request
    return PlainTextResponse(HELLO)


def _json(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, media_type="application/json")


app = Starlette(
    routes=[
        Route("/widget", widget),
        Route("/widgets/{widget_id:int}", search),
        Route("/movies", create, methods=["POST"]),
        Route("/rows", rows),
        Route("/stream", stream),
        Route("/upload", upload, methods=["POST"]),
        Route("/hello", hello),
    ]
)
