"""Faults of authentication: `user`, what authenticators return, and objects that are no authenticators."""
# pyright: reportMissingParameterType=false, reportUnknownParameterType=false, reportArgumentType=false
# (annotations and arguments that are missing or wrong are what these cases are about)
# ruff: noqa: ANN001, ANN202, D401 - the same; a case's docstring states a behaviour

from typing import TYPE_CHECKING

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Endpoint

if TYPE_CHECKING:
    from decimal import Decimal as LaterUser

SHAPE = (
    "give it `async def authenticate(self, headers: YourHeaders) -> YourUser`, both of them Structs;"
    " to refuse, it raises an HTTPError"
)


class User(Struct):
    name: str


class Admin(User):
    pass


class Credentials(Struct):
    authorization: str


class Bearer:
    async def authenticate(self, headers: Credentials) -> User:
        return User(headers.authorization)


class Me(Endpoint, path="/me"):
    async def get(self) -> None: ...


@fault_case(
    Fault(
        "JERO-W401 Profile.get, argument `user`",
        "`user` is declared and the mount has no authenticator",
        "include it with `auth=YourAuthenticator(...)`, or remove `user`",
    )
)
def user_without_auth() -> BaseApp:
    """A handler that takes `user` needs an authenticator on its mount."""

    class Profile(Endpoint, path="/profile"):
        async def get(self, user: User) -> None: ...  # here

    return MountingApp(Profile())


@fault_case(
    Fault(
        "JERO-W402 Profile.get, argument `user`",
        "`user` is `Admin`, and Bearer.authenticate returns `User`",
        "annotate `user` as `User` or a base class of it",
    )
)
def user_narrower_than_returned() -> BaseApp:
    """`user` must be a supertype of what the authenticator returns."""

    class Profile(Endpoint, path="/profile"):
        async def get(self, user: Admin) -> None: ...  # here

    return MountingApp(Profile(), auth=Bearer())


@fault_case(
    Fault(
        "JERO-W104 Profile.get, argument `user`",
        "`user` must be a Struct, not `str`",
        "declare a class that derives from msgspec.Struct and annotate `user` with it",
    )
)
def user_that_is_no_struct() -> BaseApp:
    """`user` must be a Struct."""

    class Profile(Endpoint, path="/profile"):
        async def get(self, user: str) -> None: ...  # here

    return MountingApp(Profile(), auth=Bearer())


@fault_case(
    Fault(
        "JERO-W403 the include of Me",
        "Bearer is no authenticator: it is a class, not an object",
        "pass an object of it: `auth=Bearer(...)`",
    )
)
def authenticator_class() -> BaseApp:
    """An authenticator's class, given in place of an object, is told at the include."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Me(), auth=Bearer)  # here

    return App()


@fault_case(Fault("JERO-W403 the include of Me", "Token is no authenticator: it has no method `authenticate`", SHAPE))
def no_authenticate_method() -> BaseApp:
    """An object without `authenticate` is told at the include."""

    class Token:
        async def check(self, headers: Credentials) -> User: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Me(), auth=Token())  # here

    return App()


@fault_case(
    Fault(
        "JERO-W403 Token.authenticate",
        "Token is no authenticator: `authenticate` does not take `self` and one argument, `headers`",
        SHAPE,
    )
)
def authenticate_with_other_arguments() -> BaseApp:
    """`authenticate` takes the headers and nothing else."""

    class Token:
        async def authenticate(self, headers: Credentials, json: User) -> User: ...  # here

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault(
        "JERO-W403 Token.authenticate",
        "Token is no authenticator: its argument `headers` has no annotation",
        SHAPE,
    )
)
def authenticate_without_annotation() -> BaseApp:
    """The headers of `authenticate` must be annotated."""

    class Token:
        async def authenticate(self, headers) -> User: ...  # here

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault("JERO-W403 Token.authenticate", "Token is no authenticator: its return type has no annotation", SHAPE)
)
def authenticate_without_return_annotation() -> BaseApp:
    """What `authenticate` returns must be annotated."""

    class Token:
        async def authenticate(self, headers: Credentials): ...  # here

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault(
        "JERO-W403 Token.authenticate",
        "Token is no authenticator: it takes `dict[str, str]`, which is not a Struct",
        SHAPE,
    )
)
def authenticate_takes_a_dict() -> BaseApp:
    """What `authenticate` takes is a Struct."""

    class Token:
        async def authenticate(self, headers: dict[str, str]) -> User: ...  # here

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault(
        "JERO-W403 Token.authenticate",
        "Token is no authenticator: it returns `User | None`, which is not a Struct",
        SHAPE,
    )
)
def authenticate_returns_an_optional() -> BaseApp:
    """What `authenticate` returns is a Struct; to refuse it raises, so None is told with that remedy."""

    class Token:
        async def authenticate(self, headers: Credentials) -> User | None: ...  # here

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault(
        "JERO-W403 Token",
        "Token is no authenticator: its `challenge` is 'Bearer\\r\\nX-Evil: 1', not the text of a header",
        'write it as in `challenge = "Bearer"`',
    )
)
def challenge_that_is_no_header() -> BaseApp:
    """A challenge that cannot stand in `WWW-Authenticate` is refused."""

    class Token:  # here
        challenge = "Bearer\r\nX-Evil: 1"

        async def authenticate(self, headers: Credentials) -> User: ...

    return MountingApp(Me(), auth=Token())


@fault_case(
    Fault(
        "JERO-W109 Token.authenticate",
        "the annotation `LaterUser` cannot be resolved: NameError: name 'LaterUser' is not defined",
        "import the name at run time, not only under TYPE_CHECKING: names in handler annotations must be"
        " importable when the app starts",
    )
)
def unresolved_user() -> BaseApp:
    """An annotation of an authenticator that cannot be resolved is told, once for all its mounts."""

    class Token:
        async def authenticate(self, headers: Credentials) -> "LaterUser": ...  # here

    class Other(Endpoint, path="/other"):
        async def get(self) -> None: ...

    return MountingApp(Me(), Other(), auth=Token())
