"""Wrong uses of jero: every type checker reports each line that is marked, and no other.

An exception names the checker that does not see the fault (its version is pinned in pyproject.toml).
"""

from collections.abc import AsyncIterator

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
    Resource,
    SSEResponse,
    StreamingResponse,
)


class Widget(Struct):
    id: str


class Owner(Struct):
    name: str


class Headers(Struct):
    x_trace_id: str


class Widgets(Resource, path="/widgets"):
    async def read_many(self) -> list[Widget]:
        return [Owner("wrong")]  # error: a list of another Struct

    async def create(self, json: Widget) -> JSONResponse[Widget]:
        return JSONResponse(json=Owner(json.id))  # error: a wrong body

    async def update(self, json: Widget) -> JSONResponse[Widget, Headers]:
        return JSONResponse(json=json, headers=Owner("wrong"))  # error: wrong headers

    async def delete(self) -> BytesResponse:
        return BytesResponse(content="text")  # error: text for bytes


class BadKeyword(Resource, pth="/x"):  # error except ty: an unknown class keyword
    async def read_many(self) -> list[Widget]:
        return []


class Feed(Endpoint, path="/feed"):
    async def _widgets(self) -> AsyncIterator[Widget]:
        yield Widget("1")

    async def _owners(self) -> AsyncIterator[Owner]:
        yield Owner("1")

    async def get(self) -> SSEResponse[Widget]:
        return SSEResponse(stream=self._owners())  # error: items of another type

    async def post(self) -> NDJSONStreamingResponse[Widget]:
        return NDJSONStreamingResponse(stream=self._owners())  # error: items of another type

    async def put(self) -> StreamingResponse:
        return StreamingResponse(stream=self._widgets())  # error: Structs for bytes

    async def patch(self, content_stream: ContentStream) -> Widget:
        async for chunk in content_stream:
            chunk.encode()  # error: bytes have no `encode`
        return Widget("1")

    async def delete(self, json_stream: NDJSONStream[Widget]) -> Widget:
        async for widget in json_stream:
            return Widget(widget.name)  # error: no such field
        return Widget("1")


class NoAuthenticator:
    def check(self) -> None: ...


class Factory(BaseFactory):
    value = 1


class OtherFactory(BaseFactory):
    value = 2


class App(BaseApp[Factory]):
    async def _wire(self) -> None:
        self._include_resource(Feed())  # error: an Endpoint for a Resource
        self._include_endpoint(Widgets())  # error: a Resource for an Endpoint
        self._include_resource(Widgets)  # error: a class for an object
        self._include_resource(Widgets(), auth=NoAuthenticator())  # error: no authenticator
        self._include_resource(Widgets(), max_bdy=1)  # error except ty: an unknown limit
        self._include_resource(Widgets(), max_body="1 MiB")  # error: a limit that is no number
        self._factory.missing  # error: the factory is typed


class Unwired(BaseApp):
    pass


Unwired()  # error: `_wire` is abstract
App(factory=OtherFactory)  # error: a class, and of another factory
HTTPError(404, 5)  # error: a detail that is no text
JSONResponse(Widget("1"))  # error: wrappers are keyword-only
