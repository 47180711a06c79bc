"""The scenarios as an application of this version of jero."""

from jero_resources import Credentials, Gizmo, Hello, Movies, Rows, Stream, Upload, User, Widgets
from models import TOKEN

from jero import AuthenticationRequiredError, BaseApp


class BearerAuth:
    """Lets the one token in."""

    async def authenticate(self, headers: Credentials) -> User:
        """Give the user of the token."""
        if headers.authorization != TOKEN:
            raise AuthenticationRequiredError("unknown token")
        return User("ada")


class App(BaseApp):
    """All scenarios."""

    async def _wire(self) -> None:
        self._include_endpoint(Gizmo())
        self._include_resource(Widgets())
        self._include_resource(Movies(), auth=BearerAuth())
        self._include_endpoint(Rows())
        self._include_endpoint(Stream())
        self._include_endpoint(Upload())
        self._include_endpoint(Hello())


app = App()
