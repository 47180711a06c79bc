"""Generic bases: type parameters stand, in sources and returns, for what subclasses and aliases give them."""

from typing import Generic, TypeVar

from fault_cases import MountingApp
from msgspec import Struct

from jero import BaseApp, BaseFactory, ForbiddenError, JSONResponse, Resource
from jero.testing import TestClient


class ItemPath(Struct):
    item_id: int


class Widget(Struct):
    name: str


class Gadget(Struct):
    size: int


class Crud[T: Struct](Resource):
    """Keeps its items in memory."""

    def __init__(self) -> None:
        self.items: dict[int, T] = {}

    async def create(self, json: T) -> T:
        self.items[len(self.items) + 1] = json
        return json

    async def read_one(self, path: ItemPath) -> JSONResponse[T]:
        return JSONResponse(json=self.items[path.item_id])

    async def read_many(self) -> list[T]:
        return list(self.items.values())


def test_subscripted_base() -> None:
    """`class Widgets(Crud[Widget])` resolves the parameter in sources, returns and wrappers."""

    class Widgets(Crud[Widget], path="/widgets"):
        pass

    with TestClient(MountingApp(Widgets())) as client:
        assert client.post("/widgets", json={"name": "a"}).status_code == 201
        assert client.post("/widgets", json={"size": 1}).status_code == 422
        assert client.get("/widgets/1").json() == {"name": "a"}
        assert client.get("/widgets").json() == [{"name": "a"}]


def test_two_subclasses_of_one_base() -> None:
    """Two subclasses of one generic base each have their own type."""

    class Widgets(Crud[Widget], path="/widgets"):
        pass

    class Gadgets(Crud[Gadget], path="/gadgets"):
        pass

    with TestClient(MountingApp(Widgets(), Gadgets())) as client:
        assert client.post("/widgets", json={"name": "a"}).status_code == 201
        assert client.post("/gadgets", json={"size": 3}).json() == {"size": 3}
        assert client.post("/gadgets", json={"name": "a"}).status_code == 422


class Page[T](Struct):
    items: list[T]


class Paged[U: Struct](Crud[Page[U]]):
    """Another level: its own parameter stands inside the one of its base."""


class Archive[V: Struct](Paged[V]):
    """A third level, with a parameter of another name."""


def test_several_levels() -> None:
    """A parameter is followed through levels of generic classes, also inside another type."""

    class Pages(Archive[Widget], path="/pages"):
        pass

    with TestClient(MountingApp(Pages())) as client:
        assert client.post("/pages", json={"items": [{"name": "a"}]}).status_code == 201
        refused = client.post("/pages", json={"items": [{"size": 1}]})
        assert refused.json()["errors"][0]["pointer"] == "#/items/0/name"


def test_alias_of_an_instance() -> None:
    """`Crud[Widget]()`, without a subclass, is wired with the type of its alias."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Crud[Widget](), path="/widgets")
            self._include_resource(Crud[Gadget](), path="/gadgets")

    with TestClient(App()) as client:
        assert client.post("/widgets", json={"name": "a"}).status_code == 201
        assert client.post("/gadgets", json={"name": "a"}).status_code == 422


class WithDefault[T: Struct = Widget](Crud[T]):
    """A parameter with a default, handed on to the base."""


def test_default_of_a_parameter() -> None:
    """A parameter that no one gives a type has its default, also where it is handed on to a base."""

    class Widgets(WithDefault, path="/widgets"):
        pass

    class Gadgets(WithDefault[Gadget], path="/gadgets"):
        pass

    with TestClient(MountingApp(Widgets(), Gadgets())) as client:
        assert client.post("/widgets", json={"name": "a"}).status_code == 201
        assert client.post("/gadgets", json={"size": 1}).status_code == 201


class Echo[T: Struct, R: Struct = T](Resource):
    async def update(self, json: R) -> None: ...


def test_default_that_is_another_parameter() -> None:
    """A parameter whose default is another parameter stands for what that one stands for."""

    class Widgets(Echo[Widget], path="/widgets"):
        pass

    with TestClient(MountingApp(Widgets())) as client:
        assert client.put("/widgets", json={"name": "a"}).status_code == 204
        assert client.put("/widgets", json={"size": 1}).status_code == 422


OldT = TypeVar("OldT", bound=Struct)


class OldCrud(Resource, Generic[OldT]):  # noqa: UP046 - the older spelling works too
    async def create(self, json: OldT) -> OldT:
        return json


def test_older_spelling() -> None:
    """A class generic by `Generic[T]` works as one with type parameters, by subclass and by alias."""

    class Widgets(OldCrud[Widget], path="/widgets"):
        pass

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets())
            self._include_resource(OldCrud[Gadget](), path="/gadgets")

    with TestClient(App()) as client:
        assert client.post("/widgets", json={"name": "a"}).status_code == 201
        assert client.post("/gadgets", json={"size": 1}).status_code == 201
        assert client.post("/gadgets", json={"name": "a"}).status_code == 422


class Readable[T: Struct](Resource):
    def list_items(self) -> list[T]:
        return []

    async def read_many(self) -> list[T]:
        return self.list_items()


class Creatable[T: Struct](Resource):
    async def create(self, json: T) -> T:
        return json


def test_mixins() -> None:
    """Operations come from several mixins, each generic in its own right."""

    class Widgets(Readable[Widget], Creatable[Gadget], path="/widgets"):
        pass

    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets").json() == []
        assert client.post("/widgets", json={"size": 1}).status_code == 201


class PlainMixin:
    """A mixin that is no Resource itself."""

    async def read_many(self) -> list[Widget]:
        return [Widget("a")]


def test_plain_mixin() -> None:
    """A mixin need not derive from Resource."""

    class Widgets(PlainMixin, Resource, path="/widgets"):
        pass

    with TestClient(MountingApp(Widgets())) as client:
        assert client.get("/widgets").json() == [{"name": "a"}]


class Credentials(Struct):
    authorization: str


class User(Struct):
    name: str


class Bearer[U: Struct]:
    """An authenticator generic in its user, which it is given ready."""

    def __init__(self, user: U) -> None:
        self.user = user

    async def authenticate(self, headers: Credentials) -> U:
        if headers.authorization != "x":
            raise ForbiddenError
        return self.user


class UserBearer(Bearer[User]):
    pass


def test_generic_authenticator() -> None:
    """An authenticator may get its user's type from a subclass or from an alias."""

    class Profile(Resource):
        async def read_many(self, user: User) -> User:
            return user

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Profile(), path="/mine", auth=UserBearer(User("ann")))
            self._include_resource(Profile(), path="/yours", auth=Bearer[User](User("bob")))

    with TestClient(App(), headers={"authorization": "x"}) as client:
        assert client.get("/mine").json() == {"name": "ann"}
        assert client.get("/yours").json() == {"name": "bob"}


class Factory[T](BaseFactory):
    opened: T | None = None


class FactoryApp[F: BaseFactory](BaseApp[F]):
    built: F

    async def _wire(self) -> None:
        self.built = self._factory


def test_factory_through_a_generic_app() -> None:
    """The factory's class is found through a generic app class, and may be generic itself."""

    class App(FactoryApp[Factory[int]]):
        pass

    app = App()
    TestClient(app).close()
    assert type(app.built) is Factory
