"""An app behind authenticators: sync and async ones, with and without a challenge, and ones that fail."""

from typing import ClassVar, cast, override

from msgspec import Struct

from jero import (
    AuthenticationRequiredError,
    BaseApp,
    Endpoint,
    ForbiddenError,
    HTTPError,
    RawHeaders,
    Resource,
)


class Credentials(Struct):
    authorization: str


class APIKey(Struct):
    x_api_key: str
    x_level: int = 0


class Person(Struct):
    name: str


class Admin(Person):
    level: int = 0


class ItemPath(Struct):
    item_id: int


class Note(Struct):
    text: str


class Seen(Struct):
    name: str


class Bearer:
    """Knows two tokens; async, with a challenge."""

    challenge: ClassVar[str] = 'Bearer realm="notes"'

    async def authenticate(self, headers: Credentials) -> Person:
        match headers.authorization:
            case "Bearer eve":
                return Person("eve")
            case "Bearer banned":
                raise ForbiddenError("you are banned")
            case "Bearer broken":
                raise RuntimeError("s3cr3t-of-the-server")
            case _:
                raise AuthenticationRequiredError(
                    "unknown token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
                )


class Keys:
    """Sync, without a challenge; gives a subclass of what handlers ask for."""

    def authenticate(self, headers: APIKey) -> Admin:
        if headers.x_api_key != "key":
            raise HTTPError(401, "unknown key")
        return Admin("admin", headers.x_level)


class Careless:
    """Gives what it does not declare."""

    async def authenticate(self, headers: APIKey) -> Person:
        things: dict[str, object] = {"none": None, "other": Note("x"), "text": "eve"}
        return cast("Person", things[headers.x_api_key])  # wrong, on purpose


class Notes(Resource, path="/notes"):
    async def create(self, json: Note, user: Person) -> Seen:
        return Seen(f"{user.name} {json.text}")

    async def read_many(self, user: Person) -> list[Seen]:
        return [Seen(user.name)]

    async def read_one(self, path: ItemPath, user: Person) -> Seen:
        return Seen(f"{user.name} {path.item_id}")

    async def delete(self, path: ItemPath) -> None:
        """Ask not who it is."""
        assert path.item_id


class KeyedNotes(Endpoint, path="/keyed"):
    async def get(self, user: Person) -> Seen:
        return Seen(f"{user.name} {type(user).__name__}")

    async def post(self, raw_headers: RawHeaders, user: Admin, json: Note) -> Seen:
        return Seen(f"{user.level} {json.text} {raw_headers['x-api-key']}")


class Uploads(Endpoint, path="/uploads"):
    async def post(self, content: bytes) -> Seen:
        return Seen(str(len(content)))


class CarelessNotes(Endpoint, path="/careless"):
    async def get(self) -> Seen:
        return Seen("let in")

    async def post(self, user: Person) -> Seen:
        return Seen(f"let in {user}")


class Open(Endpoint, path="/open"):
    async def get(self) -> Seen:
        return Seen("anybody")


class App(BaseApp):
    @override
    async def _wire(self) -> None:
        bearer = Bearer()
        self._include_resource(Notes(), auth=bearer)
        self._include_endpoint(Uploads(), auth=bearer, max_body=1000)
        self._include_endpoint(KeyedNotes(), auth=Keys())
        self._include_endpoint(CarelessNotes(), auth=Careless())
        self._include_endpoint(Open())


app = App()
