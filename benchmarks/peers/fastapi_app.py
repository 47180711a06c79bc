"""The scenarios as a FastAPI application, with pydantic models as its documentation writes them."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException, UploadFile
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel


class Widget(BaseModel):
    """Scenario a."""

    id: int
    name: str
    price: float
    in_stock: bool


class Search(BaseModel):
    """Scenario b."""

    widget_id: int
    q: str
    page: int
    in_stock: bool


class Movie(BaseModel):
    """Scenarios c and g."""

    title: str
    year: int
    director: str
    rating: float
    genres: list[str]


class Row(BaseModel):
    """Scenario d."""

    id: int
    name: str
    email: str
    price: float
    active: bool


class Item(BaseModel):
    """Scenario e."""

    id: int
    name: str


class Uploaded(BaseModel):
    """Scenario f."""

    title: str
    filename: str
    size: int


app = FastAPI(openapi_url=None)
bearer = HTTPBearer()

WIDGET = Widget(id=7, name="gizmo", price=9.5, in_stock=True)
ROWS = [
    Row(
        id=number,
        name=f"widget {number}",
        email=f"owner-{number}@widgets.example",
        price=number + 0.25,
        active=number % 2 == 0,
    )
    for number in range(100)
]
ITEMS = [Item(id=number, name=f"widget {number}") for number in range(100)]


async def authenticate(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    """Let the one token in."""
    if credentials.credentials != "token":
        raise HTTPException(401, "unknown token")
    return "ada"


@app.get("/widget")
async def widget() -> Widget:
    """Scenario a."""
    return WIDGET


@app.get("/widgets/{widget_id}")
async def search(widget_id: int, q: str = "", page: int = 1, in_stock: bool = False) -> Search:  # noqa: FBT002 - a query
    """Scenario b."""
    return Search(widget_id=widget_id, q=q, page=page, in_stock=in_stock)


@app.post("/movies", status_code=201)
async def create(movie: Movie, user: Annotated[str, Depends(authenticate)]) -> Movie:
    """Scenarios c and g."""
    _ = user
    return movie


@app.get("/rows")
async def rows() -> list[Row]:
    """Scenario d."""
    return ROWS


@app.get("/stream")
async def stream() -> StreamingResponse:
    """Scenario e."""
    return StreamingResponse(_lines(), media_type="application/x-ndjson")


async def _lines() -> AsyncIterator[str]:
    for item in ITEMS:
        yield item.model_dump_json() + "\n"


@app.post("/upload")
async def upload(title: Annotated[str, Form()], file: UploadFile) -> Uploaded:
    """Scenario f."""
    return Uploaded(title=title, filename=file.filename or "", size=len(await file.read()))


@app.get("/hello", response_class=PlainTextResponse)
async def hello() -> PlainTextResponse:
    """Scenario h."""
    return PlainTextResponse("Hello, World!")
