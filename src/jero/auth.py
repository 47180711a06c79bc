"""The shape of an authenticator: any object with this one method, sync or async."""

from collections.abc import Awaitable
from typing import Any, Protocol


class Authenticator[H, U](Protocol):
    """Turns request headers into a user, or refuses.

        class Bearer:
            challenge = "Bearer"

            async def authenticate(self, headers: Authorization) -> User:
                user = await self._users.find(headers.authorization.removeprefix("Bearer "))
                if user is None:
                    raise AuthenticationRequiredError("this token is not known")
                return user

        self._include_resource(Widgets(), auth=Bearer())

    Any object with this method is one; it need not inherit. It runs before the body is read, for HEAD as for GET.
    `H` is a Struct that the request's headers bind to (where they do not: 401), `U` a Struct that handlers receive
    by declaring `user`. Raise an `HTTPError` to refuse. A class attribute `challenge: str` becomes the
    `WWW-Authenticate` header of the 401 (RFC 9110, section 11.6.1), for example `challenge = "Bearer"`.
    """

    def authenticate(self, headers: H) -> U | Awaitable[U]:
        """Give the user that these headers prove, or raise an `HTTPError`."""
        ...


type AnyAuthenticator = Authenticator[Any, Any]
"""What `auth=` takes; wiring checks the types of its method, which this alias leaves open."""
