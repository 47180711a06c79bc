"""The scenarios as an application of the published jero 0.1.9, whose `wire` has no underscore."""

from jero_resources import Credentials, Gizmo, Hello, Movies, Rows, Stream, Upload, User, Widgets
from models import TOKEN

from jero import BaseApp, HTTPError
from jero import BearerAuth as PublishedBearerAuth


class UnknownTokenError(HTTPError, type="unknown-token", title="Unknown token", status=401):
    """The token is not the one."""


class BearerAuth(PublishedBearerAuth[Credentials, User]):
    """Lets the one token in."""

    async def authenticate(self, headers: Credentials) -> User:
        """Give the user of the token."""
        if headers.authorization != TOKEN:
            raise UnknownTokenError
        return User("ada")


class App(BaseApp):
    """All scenarios."""

    async def wire(self) -> None:
        """Include them."""
        self._include_endpoint(Gizmo())
        self._include_resource(Widgets())
        self._include_resource(Movies(), auth=BearerAuth())
        self._include_endpoint(Rows())
        self._include_endpoint(Stream())
        self._include_endpoint(Upload())
        self._include_endpoint(Hello())


app = App()
