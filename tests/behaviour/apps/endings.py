"""An app with work in progress and resources to close when it ends; a named pipe, ENDINGS_GATE, lets the work go on."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from jero import BackgroundTasks, BaseApp, Endpoint

logger = logging.getLogger("jero.trace")


class Item(Struct):
    number: int


class Done(Struct):
    what: str


async def pass_gate() -> str:
    """Wait until something is written to the pipe, and give it."""
    return await asyncio.to_thread(Path(os.environ["ENDINGS_GATE"]).read_text)


class Held(Endpoint, path="/held"):
    async def get(self) -> Done:
        logger.debug("in progress")
        return Done(await pass_gate())


class Items(Endpoint, path="/items"):
    def __init__(self, tasks: BackgroundTasks) -> None:
        self._tasks = tasks

    async def post(self, json: Item) -> None:
        await self._tasks.add(json)


async def handle(item: Item) -> None:
    """Handle what was queued, once the gate is open."""
    logger.debug("handling %d", item.number)
    if item.number == 0:
        await pass_gate()
    logger.debug("handled %d", item.number)


@asynccontextmanager
async def resource(name: str) -> AsyncGenerator[str]:
    """Open a resource; the name says how it closes."""
    try:
        yield name
    finally:
        if name == "hanging":
            await asyncio.Event().wait()
        logger.debug("closed %s", name)
        if name == "failing":
            raise ConnectionError("the connection was lost")


class App(BaseApp):
    async def _wire(self) -> None:
        for name in os.environ.get("ENDINGS_RESOURCES", "").split():
            await self._aenter(resource(name))
        tasks = await self._aenter(BackgroundTasks())
        tasks.register(handle)
        self._include_endpoint(Held())
        self._include_endpoint(Items(tasks))


app = App(shutdown_timeout=0.2)
