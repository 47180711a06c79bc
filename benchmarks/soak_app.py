"""The app that is soaked: it reads and answers in every way, fails where it is told to, and says what it has open."""

import logging

from msgspec import Struct
from streams_app import Events, Row, Ticks, TornDown, Waits, WhatIsLeft, rows

from jero import BaseApp, Endpoint, HTTPError, NDJSONStreamingResponse, Resource, SpooledFilePart

logging.getLogger("jero").addHandler(logging.NullHandler())  # the faults are meant: they would fill the terminal
logging.getLogger("jero").propagate = False


class Note(Struct):
    """A small body with a list in it."""

    title: str
    tags: list[str] = []
    rating: int = 0


class NotePath(Struct):
    """Which note."""

    note_id: int


class Filter(Struct):
    """What is looked for."""

    tag: list[str] = []
    limit: int = 10


class Count(Struct):
    """How many rows are wanted."""

    count: int = 10


class Credentials(Struct):
    """What a client says that it is."""

    authorization: str


class Cookies(Struct):
    """What a browser sends along."""

    cookie: str = ""


class User(Struct):
    """Who is asking."""

    name: str


class Form(Struct):
    """A form of text."""

    title: str
    rating: int = 0


class FileForm(Struct):
    """A form with a file."""

    file: SpooledFilePart


class Size(Struct):
    """How large something was."""

    size: int


class Bearer:
    """Knows one token."""

    challenge = "Bearer"

    async def authenticate(self, headers: Credentials) -> User:
        """Let in who knows it."""
        if headers.authorization != "Bearer soak":
            raise HTTPError(401, "unknown token")
        return User("soak")


class Notes(Resource, path="/notes"):
    """Reads paths, queries and JSON."""

    async def create(self, json: Note, user: User) -> Note:
        """Give it back, with the name of who has sent it."""
        return Note(json.title, [*json.tags, user.name], json.rating)

    async def read_one(self, path: NotePath, params: Filter) -> Note:
        """Make one up."""
        return Note(f"note {path.note_id}", params.tag)


class Forms(Endpoint, path="/forms"):
    """Reads text."""

    async def post(self, form: Form) -> Size:
        """Measure it."""
        return Size(len(form.title))


class Files(Endpoint, path="/files"):
    """Reads files, large ones by way of the disk."""

    async def post(self, form: FileForm) -> Size:
        """Measure it."""
        return Size(len(await form.file.read()))


class Rows(Endpoint, path="/rows"):
    """Streams."""

    async def get(self, params: Count) -> NDJSONStreamingResponse[Row]:
        """Give so many rows."""
        return NDJSONStreamingResponse(stream=rows(params.count))


class Heads(Endpoint, path="/heads"):
    """Reads cookies."""

    async def get(self, headers: Cookies) -> None:
        """Answer."""


class Faults(Endpoint, path="/faults"):
    """Fails."""

    async def get(self) -> None:
        """Raise what nobody expects."""
        raise RuntimeError("as asked for")


class App(BaseApp):
    """Serves all of these."""

    async def _wire(self) -> None:
        self._include_resource(Notes(), auth=Bearer())
        self._include_endpoint(Files(), max_part_memory=32 * 1024, max_form=1024 * 1024)
        for endpoint in (Forms(), Rows(), Heads(), Faults(), Ticks(), Waits(), Events(), TornDown(), WhatIsLeft()):
            self._include_endpoint(endpoint)


app = App()
