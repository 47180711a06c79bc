"""An app that opens two resources and cannot start, in the way that NO_START names: `wire`, `opening` or `exit`."""

import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from jero import BaseApp

logger = logging.getLogger("jero.trace")


@asynccontextmanager
async def resource(name: str) -> AsyncGenerator[str]:
    """Open a resource that tells when it is closed."""
    try:
        yield name
    finally:
        logger.debug("closed %s", name)


@asynccontextmanager
async def unreachable() -> AsyncGenerator[str]:
    """Fail to open."""
    raise ConnectionError("the database is unreachable")
    yield "never"


class App(BaseApp):
    async def _wire(self) -> None:
        await self._aenter(resource("first"))
        await self._aenter(resource("second"))
        match os.environ["NO_START"]:
            case "wire":
                raise RuntimeError("the configuration is wrong")
            case "opening":
                await self._aenter(unreachable())
            case _:
                raise SystemExit("nothing to serve")


app = App()
