"""An app to be mounted under a prefix."""

from msgspec import Struct

from jero import BaseApp, Endpoint


class Slot(Struct):
    value: str


class Names(Endpoint):
    def __init__(self, name: str) -> None:
        self._name = name

    async def get(self) -> str:
        return self._name


class Values(Endpoint, path="/values/{value}"):
    async def get(self, path: Slot) -> Slot:
        return path


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Names("root"), path="/")
        self._include_endpoint(Names("widgets"), path="/widgets")
        self._include_endpoint(Names("inner"), path="/api/widgets")
        self._include_endpoint(Names("other"), path="/apix")
        self._include_endpoint(Values())


app = App()
