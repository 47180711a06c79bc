"""The scenarios as resources and endpoints of jero, and all in one app: for this version and for the published one."""

from collections.abc import AsyncIterator
from typing import Protocol

from models import HELLO, ITEMS, ROWS, WIDGET, Item, Movie, Row, Search, Uploaded, Widget
from msgspec import Struct

from jero import BaseApp, Endpoint, FilePart, NDJSONStreamingResponse, Resource


class WidgetPath(Struct):
    """The slot of scenario b."""

    widget_id: int


class SearchParams(Struct):
    """The query of scenario b."""

    q: str = ""
    page: int = 1
    in_stock: bool = False


class Credentials(Struct):
    """What the authenticator reads."""

    authorization: str


class User(Struct):
    """Who is asking."""

    name: str


class UploadForm(Struct):
    """The form of scenario f."""

    title: str
    file: FilePart


class Widgets(Resource, path="/widgets/{widget_id}"):
    """Scenario b."""

    async def read_many(self, path: WidgetPath, params: SearchParams) -> Search:
        """Give back what was asked."""
        return Search(path.widget_id, params.q, params.page, params.in_stock)


class Gizmo(Endpoint, path="/widget"):
    """Scenario a."""

    async def get(self) -> Widget:
        """Give a widget."""
        return WIDGET


class Movies(Resource, path="/movies"):
    """Scenarios c and g."""

    async def create(self, json: Movie, user: User) -> Movie:
        """Give the movie back."""
        _ = user
        return json


class Rows(Endpoint, path="/rows"):
    """Scenario d."""

    async def get(self) -> list[Row]:
        """Give all rows."""
        return ROWS


class Stream(Endpoint, path="/stream"):
    """Scenario e."""

    async def get(self) -> NDJSONStreamingResponse[Item]:
        """Give the items one at a time."""
        return NDJSONStreamingResponse(stream=self._items())

    async def _items(self) -> AsyncIterator[Item]:
        for item in ITEMS:
            yield item


class Upload(Endpoint, path="/upload"):
    """Scenario f."""

    async def post(self, form: UploadForm) -> Uploaded:
        """Tell the size of the file."""
        return Uploaded(form.title, form.file.filename, len(form.file.data))


class Hello(Endpoint, path="/hello"):
    """Scenario h."""

    async def get(self) -> str:
        """Say hello."""
        return HELLO


class Authenticator(Protocol):
    """What lets the one token in."""

    async def authenticate(self, headers: Credentials) -> User:
        """Give the user of the token."""
        ...


class Scenarios(BaseApp):
    """All scenarios; what starts it is named differently in each version."""

    def _include_all(self, auth: Authenticator) -> None:
        self._include_endpoint(Gizmo())
        self._include_resource(Widgets())
        self._include_resource(Movies(), auth=auth)
        self._include_endpoint(Rows())
        self._include_endpoint(Stream())
        self._include_endpoint(Upload())
        self._include_endpoint(Hello())
