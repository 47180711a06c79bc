"""An app that answers with links to itself: what they hold must arrive as it was, whatever server is between."""

from msgspec import Struct

from jero import BaseApp, Endpoint, JSONResponse, Link, Location


class Note(Struct):
    folder: str
    title: str


class Notes(Endpoint, path="/folders/{folder}/notes/{title}"):
    async def get(self, path: Note) -> Note:
        return path


class NewNotes(Endpoint, path="/notes"):
    async def post(self, json: Note) -> JSONResponse[Note]:
        title = json.title if json.title.isprintable() else None  # control characters are refused on the spot
        return JSONResponse(
            json=json,
            location=Location.from_operation(Notes.get, path=json),
            links=[Link.from_operation(Notes.get, rel="self", title=title, path=json)],
        )


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Notes())
        self._include_endpoint(NewNotes())


app = App()
