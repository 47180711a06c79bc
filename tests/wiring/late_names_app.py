"""An app whose annotations name what is defined below them: from Python 3.14 on (PEP 649), this is ordinary code."""

# That names come later is what is tried; the tools are set to 3.13, where they could not.
# ruff: noqa: F821
# pyright: basic, reportUndefinedVariable=false

from collections.abc import AsyncIterator

from msgspec import Struct

from jero import BackgroundTasks, BaseApp, BaseFactory, Endpoint, HTTPError, NDJSONStreamingResponse, Resource


class Crud[T: Struct](Resource):
    """Names its path, which comes later, and its type, which is a parameter."""

    async def read_one(self, path: ItemPath) -> T:
        raise NotImplementedError


class Widgets(Resource, path="/widgets"):
    async def create(self, json: Widget, headers: TraceHeaders, user: Owner) -> Widget:
        return Widget(f"{json.name} of {user.name}, {headers.x_trace_id}")

    async def read_many(self, params: Page) -> list[Widget]:
        return [Widget("nut")]


class Parts(Crud[Struct], path="/parts"):
    async def read_one(self, path: ItemPath) -> Widget:
        return Widget(path.item_id)


class Feed(Endpoint, path="/feed"):
    async def get(self) -> NDJSONStreamingResponse[Widget]:
        return NDJSONStreamingResponse(stream=self.items())

    async def items(self) -> AsyncIterator[Widget]:
        yield Widget("bolt")

    async def post(self, form: Upload) -> Widget:
        raise Missing(form.title)


class Bearer:
    def authenticate(self, headers: TraceHeaders) -> Owner:
        return Owner("ada")


class Handler:
    def handle_exception(self, exception: Missing) -> HTTPError:
        return HTTPError(410, exception.args[0])


class Factory(BaseFactory):
    def tasks(self) -> BackgroundTasks:
        return BackgroundTasks()


class App(BaseApp[Factory]):
    async def _wire(self) -> None:
        tasks = await self._aenter(self._factory.tasks())
        tasks.register(handle)
        self._include_resource(Widgets(), auth=Bearer())
        self._include_resource(Parts())
        self._include_endpoint(Feed())
        self._include_exception_handler(Handler())


async def handle(item: Widget) -> None: ...


class Upload(Struct):
    title: str


class Missing(Exception): ...


class Page(Struct):
    limit: int = 10


class ItemPath(Struct):
    item_id: str


class TraceHeaders(Struct):
    x_trace_id: str


class Owner(Struct):
    name: str


class Widget(Struct):
    name: str
