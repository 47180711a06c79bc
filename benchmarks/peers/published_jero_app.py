"""The scenarios as an application of the published jero 0.1.9, whose `wire` has no underscore."""

from jero_resources import Credentials, Scenarios, User
from models import TOKEN

from jero import BearerAuth as PublishedBearerAuth
from jero import HTTPError


class UnknownTokenError(HTTPError, type="unknown-token", title="Unknown token", status=401):
    """The token is not the one."""


class BearerAuth(PublishedBearerAuth[Credentials, User]):
    """Lets the one token in."""

    async def authenticate(self, headers: Credentials) -> User:
        """Give the user of the token."""
        if headers.authorization != TOKEN:
            raise UnknownTokenError
        return User("ada")


class App(Scenarios):
    """All scenarios."""

    async def wire(self) -> None:
        """Include them."""
        self._include_all(BearerAuth())


app = App()
