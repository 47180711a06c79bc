"""What stands in for the factory and for opened resources while an app is checked: typed, and never opened."""

from textwrap import dedent

import pytest
from command_runs import Command

HEAD = """
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Sequence
    from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
    from dataclasses import dataclass
    from enum import Enum
    from typing import Literal, Protocol, Self

    from msgspec import Struct

    from jero import Authenticator, BackgroundTasks, BaseApp, BaseFactory, Endpoint, HTTPError, Resource


    class User(Struct):
        name: str


    class Credentials(Struct):
        authorization: str


    class ItemPath(Struct):
        id: int


    class Items[T: Struct](Resource):
        def __init__(self, store: object) -> None:
            self.store = store

        async def read_one(self, path: ItemPath) -> T: ...


    class Users(Items[User], path="/users"): ...


    class Mine(Endpoint, path="/me"):
        async def get(self, user: User) -> User:
            return user


    class Health(Endpoint):
        async def get(self) -> str:
            return "ok"


    class Bearer:
        challenge = "Bearer"

        def __init__(self, users: object) -> None:
            if not users:
                raise ValueError("no users")

        async def authenticate(self, headers: Credentials) -> User: ...


    class Never:
        def __enter__(self) -> Self:
            raise AssertionError("opened")

        def __exit__(self, *error: object) -> None: ...

        async def __aenter__(self) -> Self:
            raise AssertionError("opened")

        async def __aexit__(self, *error: object) -> None: ...

        async def migrate(self) -> None:
            raise AssertionError("called")

        def pair(self) -> tuple[Self, int]:
            raise AssertionError("called")


    class Item(Struct):
        id: int


    @dataclass(frozen=True, slots=True)
    class Services:
        users: Never
        tasks: BackgroundTasks

        async def store(self, item: Item) -> None: ...
"""

FINE = {
    "a factory that opens in its constructor": (
        """
        class Factory(BaseFactory):
            def __init__(self, es: object, aes: object) -> None:
                raise AssertionError("built")

            def users(self) -> Users: ...
        """,
        "self._include_resource(self._factory.users())",
    ),
    "services of an awaited method": (
        """
        class Factory(BaseFactory):
            async def create(self) -> Services:
                raise AssertionError("called")
        """,
        """
        services = await self._factory.create()
        await services.users.migrate()
        assert isinstance(services.users, Never)
        first, number = services.users.pair()
        assert isinstance(first, Never) and number + 1
        self._include_resource(Users(services.users))
        self._include_endpoint(Mine(), auth=Bearer(services.users))
        """,
    ),
    "an authenticator that the factory gives": (
        """
        class Factory(BaseFactory):
            def auth(self) -> Bearer: ...
        """,
        "self._include_endpoint(Mine(), auth=self._factory.auth())",
    ),
    "an authenticator by its protocol": (
        """
        class Factory(BaseFactory):
            def auth(self) -> Authenticator[Credentials, User]: ...
        """,
        "self._include_endpoint(Mine(), auth=self._factory.auth())",
    ),
    "a generic resource that the factory gives": (
        """
        class Factory(BaseFactory):
            def users(self) -> Items[User]: ...
        """,
        'self._include_resource(self._factory.users(), path="/items")',
    ),
    "resources in a list and in a tuple": (
        """
        class Factory(BaseFactory):
            def all(self) -> list[Users]: ...
            def both(self) -> tuple[Mine, Bearer]: ...
        """,
        """
        for users in self._factory.all():
            self._include_resource(users)
        mine, auth = self._factory.both()
        self._include_endpoint(mine, auth=auth)
        """,
    ),
    "what the app opens itself": (
        """
        @asynccontextmanager
        async def open_services(url: str) -> AsyncGenerator[Services]:
            raise AssertionError("opened")
            yield


        @contextmanager
        def open_untyped():
            raise AssertionError("opened")
            yield


        class Factory(BaseFactory): ...
        """,
        """
        services = await self._aenter(open_services("x"))
        assert isinstance(services, Services)
        assert isinstance(self._enter(Never()), Never)
        unknown = self._enter(open_untyped())
        assert await unknown.anything(1)["key"].more
        self._include_resource(Users(services))
        """,
    ),
    "handlers of background tasks": (
        """
        class Factory(BaseFactory):
            def create(self) -> Services: ...
        """,
        """
        tasks = await self._aenter(BackgroundTasks())
        tasks.register(self._factory.create().store)
        self._include_endpoint(Health(), path="/health")
        """,
    ),
    "scalars": (
        """
        class Colour(Enum):
            RED = "red"


        @dataclass
        class Config:
            prefix: str
            size: int
            mode: Literal["a", "b"]
            colour: Colour
            retries: int = 3
            note: str | None = None


        class Factory(BaseFactory):
            config: Config
            opener: Callable[[], Config]

            @property
            def settings(self) -> Config: ...
        """,
        """
        config = self._factory.config
        assert config.retries == 3 and config.mode == "a" and config.colour.value == "red"
        assert self._factory.settings.size + self._factory.opener().size
        self._include_endpoint(Health(), path=config.prefix, max_body=config.size)
        """,
    ),
    "all that a class may have": (
        """
        from collections.abc import Awaitable
        from functools import cached_property
        from typing import TYPE_CHECKING, Any

        if TYPE_CHECKING:
            from somewhere import Secret


        class Store:
            kind = "memory"

            def __init__(self, users: Never, size: int, secret: "Secret", anything: Any) -> None:
                raise AssertionError("constructed")

            @classmethod
            def made(cls) -> Self:
                raise AssertionError("called")

            @staticmethod
            def count() -> int:
                raise AssertionError("called")

            @cached_property
            def more(self) -> "Store":
                raise AssertionError("called")

            def later(self) -> Awaitable[Users]:
                raise AssertionError("called")

            def opened(self) -> AbstractAsyncContextManager[Never]:
                raise AssertionError("called")

            def optional(self) -> Users | None:
                raise AssertionError("called")

            def nothing(self) -> None:
                raise AssertionError("called")

            def __call__(self) -> Never:
                raise AssertionError("called")


        class Factory(BaseFactory):
            def store(self) -> Store:
                raise AssertionError("called")
        """,
        """
        store = self._factory.store()
        assert isinstance(store.users, Never) and store._size + 1
        assert store.kind == "memory" and isinstance(store.made(), Store) and store.count() + 1
        assert isinstance(store.more.more, Store) and isinstance(store(), Never)
        assert store.secret.anything and store.anything.more and store.absent and store.nothing() is None
        async with store.opened() as never:
            assert isinstance(never, Never)
        with store.secret as opened:
            assert opened
        assert "x" not in store.secret and len(store.secret) == 0 and list(store.secret) == []
        assert [item async for item in store.secret] == []
        assert "stand-in for _factory.store().secret" in repr(store.secret) and open
        store.retries = 3
        assert store.retries == 3
        self._include_resource(await store.later())
        self._include_resource(store.optional(), path="/users") if store is None else None
        """,
    ),
    "a constructor that fails on stand-ins": (
        """
        class Eager(Endpoint, path="/eager"):
            def __init__(self, store: Services) -> None:
                raise ValueError(store)

            async def get(self) -> str: ...


        class Generic[T: Struct](Endpoint, path="/generic"):
            def __init__(self, store: Services) -> None:
                raise ValueError(store)

            async def get(self) -> T: ...


        class Factory(BaseFactory):
            def eager(self) -> Eager: ...
            def generic(self) -> Generic[User]: ...
        """,
        """
        self._include_endpoint(self._factory.eager())
        self._include_endpoint(self._factory.generic())
        """,
    ),
    "a factory without annotations": (
        """
        class Factory(BaseFactory):
            def create(self): ...
        """,
        """
        services = await self._factory.create().prepare()
        async with services.session() as session:
            for row in await session.rows():
                raise AssertionError(row)
        self._include_resource(Users(services))
        """,
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_fine(jero: Command, name: str) -> None:
    """An app whose factory and resources would fail where they are opened or called is checked all the same."""
    factory, wire = FINE[name]
    jero.write("shop.py", app_of(factory, wire))
    outcome = jero("check", "shop:app")
    assert (outcome.code, outcome.err) == (0, ""), outcome.out


def test_given_factory(jero: Command) -> None:
    """A factory that the app is given is stood in for as well."""
    factory = """
        class Factory(BaseFactory):
            def users(self) -> Users:
                raise AssertionError("called")
    """
    text = app_of(factory, "self._include_resource(self._factory.users())")
    jero.write("shop.py", text.replace("app = App()", "app = App(factory=Factory.__new__(Factory))"))
    assert jero("check", "shop:app").code == 0


def test_fault_of_what_a_factory_gives(jero: Command) -> None:
    """A resource that only the factory constructs has its faults found."""
    factory = """
        class Wrong(Endpoint, path="/wrong"):
            async def get(self, n: int) -> str: ...


        class Factory(BaseFactory):
            def wrong(self) -> Wrong: ...
    """
    jero.write("shop.py", app_of(factory, "self._include_endpoint(self._factory.wrong())"))
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "JERO-W101 Wrong.get, argument `n`" in outcome.out


def test_constructor_that_works(jero: Command) -> None:
    """A constructor that needs a real object is told with its place, beside the faults found before it; exit code 1."""
    factory = """
        class Wrong(Endpoint, path="/wrong"):
            async def get(self, n: int) -> str: ...


        class Eager(Endpoint, path="/eager"):
            def __init__(self, store) -> None:
                self.size = store.size() + 1

            async def get(self) -> str: ...


        class Factory(BaseFactory):
            def store(self): ...
    """
    wire = """
        self._include_endpoint(Wrong())
        self._include_endpoint(Eager(self._factory.store()))
    """
    text = app_of(factory, wire)
    jero.write("shop.py", text)
    line = next(at for at, words in enumerate(text.lstrip().splitlines(), 1) if "store.size() + 1" in words)
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "JERO-W101 Wrong.get, argument `n`" in outcome.out
    assert f"\ncannot be checked\n  at shop.py:{line}\n" in outcome.out
    assert "fault:  `_wire` could not be followed to its end: TypeError in `__init__`: " in outcome.out
    assert "remedy: what the factory gives and what is opened are stand-ins here" in outcome.out
    assert jero("routes", "shop:app").code == 1


def test_unknown_class(jero: Command) -> None:
    """What is included without its class being known is no wiring fault, and is told with a remedy."""
    factory = """
        class Factory(BaseFactory):
            def users(self): ...
            def any(self) -> Resource: ...
    """
    wire = """
        self._include_resource(self._factory.users())
        self._include_resource(self._factory.any())
        self._include_endpoint(Mine(), auth=self._factory.users())
    """
    jero.write("shop.py", app_of(factory, wire))
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "JERO-" not in outcome.out
    assert outcome.out.count("fault:  the class of what is included here cannot be known") == 2
    assert "fault:  the class of `auth` here cannot be known: it is <stand-in for _factory.users()>" in outcome.out


def test_endless_wire(jero: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `_wire` that waits for what never comes ends the check after a while."""
    monkeypatch.setattr("jero._cli.rehearsal.TIMEOUT", 0.01)
    factory = """
        import asyncio


        class Factory(BaseFactory): ...
    """
    jero.write("shop.py", app_of(factory, "await asyncio.Event().wait()"))
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "`_wire` did not end within 0.01 s" in outcome.out


def app_of(factory: str, wire: str) -> str:
    """Give a module with an app that has this factory and this `_wire`."""
    body = "".join(f"        {line}\n" for line in dedent(wire).strip().splitlines())
    app = f"class App(BaseApp[Factory]):\n    async def _wire(self) -> None:\n{body}\n\napp = App()\n"
    return f"{dedent(HEAD)}\n\n{dedent(factory)}\n\n{app}"
