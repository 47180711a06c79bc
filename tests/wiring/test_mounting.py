"""Where classes are served: paths, slots, item segments, several mounts, and which template wins."""

import itertools

import pytest
from fault_cases import MountingApp
from msgspec import Struct

from jero import BaseApp, Endpoint, Resource
from jero.testing import TestClient


class Widget(Struct):
    name: str


class WidgetPath(Struct):
    widget_id: str


class ShopPath(Struct):
    shop_id: int


class ShopWidgetPath(ShopPath):
    widget_id: str
    part: int


class Widgets(Resource):
    async def read_many(self) -> list[Widget]:
        return [Widget("many")]

    async def read_one(self, path: WidgetPath) -> Widget:
        return Widget(path.widget_id)


def test_class_mounted_twice() -> None:
    """One class may be mounted at two paths, one object too."""
    widgets = Widgets()

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(widgets, path="/one")
            self._include_resource(widgets, path="/two")
            self._include_resource(Widgets(), path="/three")

    with TestClient(App()) as client:
        for path in ("/one", "/two", "/three"):
            assert client.get(f"{path}/a").json() == {"name": "a"}


def test_same_path_twice() -> None:
    """The include may repeat the path of the class."""

    class Health(Endpoint, path="/health"):
        async def get(self) -> None: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), path="/health")

    with TestClient(App()) as client:
        assert client.get("/health").status_code == 204


def test_shared_path() -> None:
    """A Resource and an Endpoint may share a path with different methods; `Allow` has them all."""

    class Actions(Endpoint):
        async def post(self) -> Widget:
            return Widget("posted")

        async def patch(self) -> Widget:
            return Widget("patched")

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets(), path="/widgets")
            self._include_endpoint(Actions(), path="/widgets")

    with TestClient(App()) as client:
        assert client.get("/widgets").json() == [{"name": "many"}]
        assert client.post("/widgets").json() == {"name": "posted"}
        assert client.delete("/widgets").headers["allow"] == "GET, HEAD, POST, PATCH, OPTIONS"


def test_slots_of_other_names() -> None:
    """Templates that differ in their slots' names may share a URL with different methods."""

    class Renamer(Endpoint, path="/widgets/{name}"):
        class Path(Struct):
            name: str

        async def post(self, path: Path) -> Widget:
            return Widget(path.name)

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets(), path="/widgets")
            self._include_endpoint(Renamer())

    with TestClient(App()) as client:
        assert client.get("/widgets/a").json() == {"name": "a"}
        assert client.post("/widgets/b").json() == {"name": "b"}


def test_root() -> None:
    """`/` is a mount path: the collection is at the root, its items one segment below."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets(), path="/")

    with TestClient(App()) as client:
        assert client.get("/").json() == [{"name": "many"}]
        assert client.get("/a").json() == {"name": "a"}
        assert client.get("/a/").status_code == 404


def test_item_segments() -> None:
    """`path` fields beyond the slots extend an item's URL, in the order of their declaration."""

    class Parts(Resource, path="/shops/{shop_id}/widgets"):
        async def read_many(self, path: ShopPath) -> Widget:
            return Widget(f"{path.shop_id}")

        async def read_one(self, path: ShopWidgetPath) -> Widget:
            return Widget(f"{path.shop_id}:{path.widget_id}:{path.part}")

    with TestClient(MountingApp(Parts())) as client:
        assert client.get("/shops/3/widgets").json() == {"name": "3"}
        assert client.get("/shops/3/widgets/w/4").json() == {"name": "3:w:4"}
        assert client.get("/shops/3/widgets/w").status_code == 404


def test_slot_that_does_not_convert() -> None:
    """A slot's value that does not convert is answered as a URL that does not exist."""

    class Shop(Endpoint, path="/shops/{shop_id}"):
        async def get(self, path: ShopPath) -> None: ...

    with TestClient(MountingApp(Shop())) as client:
        assert client.get("/shops/x").content == client.get("/nowhere").content
        assert client.get("/shops/x").status_code == 404


class CamelPath(Struct, rename="camel"):
    widget_id: int


class CamelQuery(Struct, rename="camel"):
    page_size: int = 1


class CamelHeaders(Struct, rename="camel"):
    trace_id: str = "-"


class CamelBody(Struct, rename="camel"):
    full_name: str


def test_renamed_fields() -> None:
    """`rename` holds for every source: slots, queries, headers and bodies have the encoded names."""

    class Widget(Endpoint, path="/widgets/{widgetId}"):
        async def put(self, path: CamelPath, params: CamelQuery, headers: CamelHeaders, json: CamelBody) -> CamelBody:
            return CamelBody(f"{path.widget_id} {params.page_size} {headers.trace_id} {json.full_name}")

    with TestClient(MountingApp(Widget())) as client:
        answer = client.put("/widgets/3?pageSize=4", json={"fullName": "n"}, headers={"traceId": "t"})
        assert answer.json() == {"fullName": "3 4 t n"}


def test_renamed_item_segments() -> None:
    """Item segments of a renamed Struct are its encoded names."""

    class Widgets(Resource, path="/widgets"):
        async def read_one(self, path: CamelPath) -> CamelBody:
            return CamelBody(str(path.widget_id))

    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets/3").json() == {"fullName": "3"}


def test_limits() -> None:
    """Limits are the app's, or where an include gives its own, that mount's; None is no limit."""

    class Upload(Endpoint):
        async def post(self, content: bytes) -> None: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Upload(), path="/app")
            self._include_endpoint(Upload(), path="/own", max_body=3, body_timeout=0.5)
            self._include_endpoint(Upload(), path="/none", max_body=None)

    with TestClient(App(max_body=2)) as client:
        assert [client.post(path, content=b"abc").status_code for path in ("/app", "/own", "/none")] == [413, 204, 204]


class Static(Endpoint):
    async def get(self) -> Widget:
        return Widget("static")


class FirstPath(Struct):
    first: str


class LastPath(Struct):
    last: str


class BothPath(Struct):
    first: str
    last: str


class FirstSlot(Endpoint):
    async def get(self, path: FirstPath) -> Widget:
        return Widget(f"first={path.first}")


class LastSlot(Endpoint):
    async def get(self, path: LastPath) -> Widget:
        return Widget(f"last={path.last}")


class BothSlots(Endpoint):
    async def get(self, path: BothPath) -> Widget:
        return Widget(f"first={path.first} last={path.last}")


MOUNTS: dict[str, type[Endpoint]] = {
    "/a/b": Static,
    "/{first}/b": FirstSlot,
    "/a/{last}": LastSlot,
    "/{first}/{last}": BothSlots,
}


@pytest.mark.parametrize("order", list(itertools.permutations(MOUNTS)))
def test_precedence(order: tuple[str, ...]) -> None:
    """A static segment beats a slot, leftmost first, whatever the order of the includes."""

    class App(BaseApp):
        async def _wire(self) -> None:
            for path in order:
                self._include_endpoint(MOUNTS[path](), path=path)

    with TestClient(App()) as client:
        assert client.get("/a/b").json() == {"name": "static"}
        assert client.get("/a/x").json() == {"name": "last=x"}
        assert client.get("/x/b").json() == {"name": "first=x"}
        assert client.get("/x/y").json() == {"name": "first=x last=y"}
