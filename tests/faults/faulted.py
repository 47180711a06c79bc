"""An app whose surroundings fail: it uses files, a database over TCP and one in a file, and descriptors.

FAULTS_TCP is the port of the first, FAULTS_SQLITE the file of the second. FAULTS_FILE_SIZE limits how large a file of
this process may become, in bytes; FAULTS_DESCRIPTORS how many descriptors it may have.
"""

import asyncio
import logging
import os
import resource
import sqlite3
from collections.abc import AsyncIterator

from apps.leftovers import Leftovers
from msgspec import Struct

from jero import BaseApp, Endpoint, HTTPError, NDJSONStreamingResponse, SpooledFilePart

logger = logging.getLogger("jero.trace")

_KINDS = {"FAULTS_FILE_SIZE": resource.RLIMIT_FSIZE, "FAULTS_DESCRIPTORS": resource.RLIMIT_NOFILE}

for variable, kind in _KINDS.items():
    if variable in os.environ:
        resource.setrlimit(kind, (int(os.environ[variable]), resource.getrlimit(kind)[1]))


class UnavailableError(HTTPError, status=503, type="unavailable", title="Unavailable"):
    pass


class Upload(Struct):
    file: SpooledFilePart


class Size(Struct):
    size: int


class Row(Struct):
    number: int


class Uploads(Endpoint, path="/uploads"):
    async def post(self, form: Upload) -> Size:
        return Size(form.file.size)


class Held(Endpoint, path="/held"):
    def __init__(self) -> None:
        self._gate = asyncio.Event()

    async def get(self) -> Row:
        logger.debug("in progress")
        await self._gate.wait()
        self._gate.clear()
        return Row(1)

    async def post(self) -> None:
        self._gate.set()


class Ticks(Endpoint, path="/ticks"):
    async def get(self) -> NDJSONStreamingResponse[Row]:
        return NDJSONStreamingResponse(stream=self._ticks())

    async def _ticks(self) -> AsyncIterator[Row]:
        number = 0
        while True:
            yield Row(number)
            number += 1
            await asyncio.sleep(0.001)


class Descriptors(Endpoint, path="/descriptors"):
    """Takes all the descriptors that there are, and gives them back."""

    def __init__(self) -> None:
        self._taken: list[int] = []

    async def post(self) -> Size:
        try:
            while True:
                self._taken.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return Size(len(self._taken))

    async def delete(self) -> None:
        while self._taken:
            os.close(self._taken.pop())


class OverTCP(Endpoint, path="/tcp"):
    """Asks a database that answers `row` to `get`."""

    async def get(self) -> Row:
        logger.debug("in progress")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["FAULTS_TCP"]))
        try:
            writer.write(b"get\n")
            await writer.drain()
            await reader.readexactly(len(b"row\n"))
        finally:
            writer.close()
        return Row(1)


class InAFile(Endpoint, path="/sqlite", threaded=True):
    """Counts up in a database that others lock."""

    def get(self) -> Row:
        connection = sqlite3.connect(os.environ["FAULTS_SQLITE"], timeout=0)
        try:
            with connection:
                connection.execute("UPDATE counts SET number = number + 1")
                [number] = connection.execute("SELECT number FROM counts").fetchone()
        except sqlite3.OperationalError as error:
            raise UnavailableError("the database does not answer") from error
        finally:
            connection.close()
        return Row(number)


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Uploads(), max_part_memory=64 * 1024)
        for endpoint in (Held(), Ticks(), Descriptors(), OverTCP(), InAFile(), Leftovers()):
            self._include_endpoint(endpoint)


app = App()
