"""Handlers whose annotations are all text, since their module says `from __future__ import annotations`."""

from __future__ import annotations

from msgspec import Struct

from jero import JSONResponse, Resource


class ItemPath(Struct):
    item_id: int


class Widget(Struct):
    name: str


class Crud[T: Struct](Resource):
    async def create(self, json: T) -> list[T]:
        return [json]


class Widgets(Crud[Widget], path="/widgets"):
    class Filters(Struct):
        """Declared in the body that uses it."""

        limit: int = 1

    async def read_many(self, params: Filters) -> list[Widget]:
        return [Widget("a")] * params.limit

    async def read_one(self, path: ItemPath) -> JSONResponse[Widget]:
        return JSONResponse(json=Widget(str(path.item_id)))


class Bearer:
    async def authenticate(self, headers: Credentials) -> Widget:
        return Widget(headers.authorization)


class Credentials(Struct):
    authorization: str
