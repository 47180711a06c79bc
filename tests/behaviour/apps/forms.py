"""An app that reads forms: fields, files in memory and on disk. It tells how many files without a name are open."""

import hashlib
from pathlib import Path

from msgspec import Struct

from jero import BaseApp, Endpoint, FilePart, FormPart, SpooledFilePart, StreamingResponse


class Price(Struct):
    net: int


class PartHeaders(Struct):
    x_checksum: int | None = None


class Album(Struct, rename="camel"):
    title: str
    page_count: int
    price: FormPart[Price]
    cover: FilePart[PartHeaders]
    tags: list[str] = []
    pages: list[FilePart] = []


class Read(Struct):
    title: str
    page_count: int
    net: int
    tags: list[str]
    files: list[tuple[str, str | None, int, int]]


class Contact(Struct):
    name: str
    age: int | None = None


class Archive(Struct):
    file: SpooledFilePart
    note: str = ""


class Stored(Struct):
    filename: str
    size: int
    digest: str


class Open(Struct):
    count: int


class Albums(Endpoint, path="/albums"):
    async def post(self, form: Album) -> Read:
        files = [(it.filename, it.content_type, len(it.data), sum(it.data)) for it in (form.cover, *form.pages)]
        return Read(form.title, form.page_count, form.price.data.net, form.tags, files)


class Contacts(Endpoint, path="/contacts"):
    async def post(self, form: Contact) -> Contact:
        return form


class Archives(Endpoint):
    async def post(self, form: Archive) -> Stored:
        digest = hashlib.sha256()
        async for chunk in form.file.iter_chunks():
            digest.update(chunk)
        return Stored(form.file.filename, form.file.size, digest.hexdigest())


class Echoes(Endpoint, path="/echoes"):
    async def post(self, form: Archive) -> StreamingResponse:
        return StreamingResponse(stream=form.file.iter_chunks(100_000))


class Raising(Endpoint, path="/raising"):
    async def post(self, form: Archive) -> None:
        raise ValueError(f"{form.file.size} bytes are nothing")


class OpenFiles(Endpoint, path="/open-files"):
    async def get(self) -> Open:
        return Open(_count_open_files())


def _count_open_files() -> int:
    """Count the open files that have no name."""
    links = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    return sum(link.name.endswith(" (deleted)") for link in links)


class App(BaseApp):
    async def _wire(self) -> None:
        for endpoint in (Albums(), Contacts(), Echoes(), Raising(), OpenFiles()):
            self._include_endpoint(endpoint)
        self._include_endpoint(Archives(), path="/archives")
        self._include_endpoint(Archives(), path="/small-archives", max_form=2_000_000)


app = App()
