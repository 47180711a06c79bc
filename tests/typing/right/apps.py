"""Right uses of jero: every type checker accepts every line of this file."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import assert_type

from msgspec import Struct

from jero import (
    BaseApp,
    BaseFactory,
    BytesResponse,
    ContentStream,
    Endpoint,
    HTTPError,
    JSONResponse,
    NDJSONStream,
    NDJSONStreamingResponse,
    NotFoundError,
    OperationMeta,
    RawHeaders,
    Resource,
    ResourceMeta,
    ServerSentEvent,
    SSEResponse,
    StreamingResponse,
)


class WidgetPath(Struct):
    widget_id: str


class Widget(Struct):
    id: str


class BigWidget(Widget):
    size: int = 0


class Headers(Struct):
    x_trace_id: str


class Credentials(Struct):
    authorization: str


class User(Struct):
    name: str


class TokenAuth:
    challenge = "Bearer"

    async def authenticate(self, headers: Credentials) -> User:
        return User(headers.authorization)


class PlainAuth:
    def authenticate(self, headers: Credentials) -> User:
        return User(headers.authorization)


class Crud[T: Struct](Resource):
    def __init__(self, item: T) -> None:
        self._item = item

    async def read_one(self, path: WidgetPath, user: User) -> T:
        _ = (path, user)
        return self._item


class Widgets(
    Crud[Widget],
    path="/widgets",
    ref="widgets",
    meta=ResourceMeta(tags=("widgets",)),
    meta_read_one=OperationMeta(summary="One widget"),
):
    async def create(self, json: Widget) -> JSONResponse[Widget, Headers]:
        return JSONResponse(json=json, headers=Headers(x_trace_id="t"), status_code=201)

    async def read_many(self, raw_headers: RawHeaders) -> list[Widget]:
        assert_type(raw_headers.get("x-trace-id"), str | None)
        return [BigWidget("1")]

    async def update(self, path: WidgetPath, content: bytes) -> JSONResponse[list[Widget]]:
        return JSONResponse(json=[Widget(path.widget_id), Widget(content.decode())])


class Export(Endpoint, path="/export", threaded=True):
    async def _rows(self) -> AsyncIterator[Widget]:
        yield Widget("1")

    async def _lifecycle(self) -> AsyncGenerator[AsyncIterable[Widget]]:
        yield self._rows()

    async def get(self) -> NDJSONStreamingResponse[Widget, Headers]:
        return NDJSONStreamingResponse(stream=self._lifecycle(), headers=Headers("t"))

    async def post(self, json_stream: NDJSONStream[Widget]) -> NDJSONStreamingResponse[Widget]:
        async for widget in json_stream:
            assert_type(widget, Widget)
        return NDJSONStreamingResponse(stream=self._rows())

    def put(self) -> BytesResponse:
        return BytesResponse(content=b"", raw_headers={"content-type": "text/csv"})

    async def patch(self, content_stream: ContentStream) -> None:
        async for chunk in content_stream:
            assert_type(chunk, bytes)


class Feed(Endpoint, path="/feed"):
    async def _events(self) -> AsyncIterator[Widget | str | ServerSentEvent[Widget]]:
        yield Widget("1")
        yield "text"
        yield ServerSentEvent(data=Widget("1"), event="added", id="1", retry=100)

    async def get(self) -> SSEResponse[Widget]:
        return SSEResponse(stream=self._events(), keepalive=15.0)


class Download(Endpoint, path="/download"):
    async def _chunks(self) -> AsyncIterator[bytes]:
        yield b""

    async def get(self) -> StreamingResponse:
        return StreamingResponse(stream=self._chunks())


@dataclass
class OutOfStock(HTTPError, status=409, type="out-of-stock", title="Out of stock"):
    left: int


class Factory(BaseFactory):
    def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
        super().__init__(es, aes)
        self.widget = Widget("1")


class Handler:
    def handle_exception(self, exception: KeyError) -> HTTPError | None:
        return NotFoundError(str(exception))


class App(BaseApp[Factory]):
    async def _wire(self) -> None:
        assert_type(self._factory, Factory)
        self._include_resource(Widgets(self._factory.widget), auth=TokenAuth(), max_body=1024)
        self._include_endpoint(Export(), auth=PlainAuth())
        self._include_endpoint(Feed(), path="/feed")
        self._include_endpoint(Download())
        self._include_exception_handler(Handler())


class Plain(BaseApp):
    async def _wire(self) -> None:
        assert_type(self._factory, None)


def build(factory: Factory) -> tuple[App, Plain, list[HTTPError]]:
    """Construct what is constructed by hand."""
    errors = [HTTPError(404, "no such widget", headers={"retry-after": "1"}), NotFoundError("gone"), OutOfStock(3)]
    return App(factory=factory, max_body=None, body_timeout=1.5, shutdown_timeout=None), Plain(), errors
