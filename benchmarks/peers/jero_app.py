"""The scenarios as an application of this version of jero."""

from jero_resources import Credentials, Scenarios, User
from models import TOKEN

from jero import AuthenticationRequiredError


class BearerAuth:
    """Lets the one token in."""

    async def authenticate(self, headers: Credentials) -> User:
        """Give the user of the token."""
        if headers.authorization != TOKEN:
            raise AuthenticationRequiredError("unknown token")
        return User("ada")


class App(Scenarios):
    """All scenarios."""

    async def _wire(self) -> None:
        self._include_all(BearerAuth())


app = App()
