"""The scenarios as a Falcon application on ASGI, with msgspec in hand as its documentation shows."""

from collections.abc import AsyncIterator

import falcon
import falcon.asgi
import msgspec
from models import HELLO, ITEMS, ROWS, TOKEN, WIDGET, Movie, Search, Uploaded

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Movie).decode


class Widget:
    """Scenario a."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Give a widget."""
        _ = req
        resp.content_type = falcon.MEDIA_JSON
        resp.data = encode(WIDGET)


class Widgets:
    """Scenario b."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, widget_id: int) -> None:
        """Give back what was asked."""
        page = req.get_param_as_int("page", default=1)
        in_stock = req.get_param_as_bool("in_stock", default=False)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = encode(Search(widget_id, req.get_param("q", default=""), page, in_stock))


class Movies:
    """Scenarios c and g."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Give the movie back."""
        if req.get_header("Authorization") != TOKEN:
            raise falcon.HTTPUnauthorized
        try:
            movie = decode(await req.stream.read())
        except msgspec.ValidationError as error:
            raise falcon.HTTPUnprocessableEntity(description=str(error)) from None
        resp.status = falcon.HTTP_201
        resp.content_type = falcon.MEDIA_JSON
        resp.data = encode(movie)


class Rows:
    """Scenario d."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Give all rows."""
        _ = req
        resp.content_type = falcon.MEDIA_JSON
        resp.data = encode(ROWS)


class Stream:
    """Scenario e."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Give the items one at a time."""
        _ = req
        resp.content_type = "application/x-ndjson"
        resp.stream = self._lines()

    async def _lines(self) -> AsyncIterator[bytes]:
        for item in ITEMS:
            yield encode(item) + b"\n"


class Upload:
    """Scenario f."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Tell the size of the file."""
        title = filename = ""
        size = 0
        async for part in await req.get_media():
            if part.name == "file":
                filename, size = part.filename, len(await part.get_data())
            else:
                title = await part.get_text()
        resp.content_type = falcon.MEDIA_JSON
        resp.data = encode(Uploaded(title, filename, size))


class Hello:
    """Scenario h."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Say hello."""
        _ = req
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = HELLO


app = falcon.asgi.App()
app.add_route("/widget", Widget())
app.add_route("/widgets/{widget_id:int}", Widgets())
app.add_route("/movies", Movies())
app.add_route("/rows", Rows())
app.add_route("/stream", Stream())
app.add_route("/upload", Upload())
app.add_route("/hello", Hello())
