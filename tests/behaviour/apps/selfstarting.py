"""An app that tells how often it was started; for servers that run no lifespan."""

import asyncio

from msgspec import Struct

from jero import BaseApp, Endpoint


class Starts(Struct):
    starts: int


class StartCount(Endpoint, path="/starts"):
    def __init__(self, starts: int) -> None:
        self._starts = starts

    async def get(self) -> Starts:
        return Starts(self._starts)


class App(BaseApp):
    _starts = 0

    async def _wire(self) -> None:
        self._starts += 1
        await asyncio.sleep(0)  # a start that takes a turn of the loop: other requests come meanwhile
        self._include_endpoint(StartCount(self._starts))


app = App()
