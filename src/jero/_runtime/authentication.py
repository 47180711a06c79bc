"""What becomes of a request that an authenticator refuses, or whose credentials do not bind."""

from jero._plan import AuthPlan
from jero._runtime.response_headers import pairs_of
from jero._runtime.server_faults import ServerFaultError
from jero.errors import AuthenticationRequiredError, HTTPError

_UNAUTHORIZED = 401


class Refusals:
    """The errors of one authenticator.

    Every 401, also one that the authenticator raises, carries its challenge as `WWW-Authenticate` (RFC 9110, section
    11.6.1) unless it has that header already.
    """

    __slots__ = ("_challenge", "_owner")

    def __init__(self, auth: AuthPlan) -> None:
        self._owner = auth.owner
        self._challenge = auth.challenge

    def unidentified(self) -> HTTPError:
        """Give the error of a request whose credentials do not bind."""
        return self.challenged(AuthenticationRequiredError("the credentials are missing or malformed"))

    def challenged(self, error: HTTPError) -> HTTPError:
        """Give the error that the authenticator raised; a 401 with its challenge."""
        if self._challenge is not None and error.status == _UNAUTHORIZED:
            pairs = list(pairs_of(error.headers or ()))
            if not any(name.lower() == "www-authenticate" for name, _ in pairs):
                error.headers = [*pairs, ("www-authenticate", self._challenge)]
        return error

    def wrong_user(self, user: object) -> ServerFaultError:
        """Give the error of an authenticator that gave what it does not declare."""
        return ServerFaultError(
            f"{self._owner}.authenticate gave a `{type(user).__name__}`, and declares another type: to refuse, it"
            " raises an HTTPError"
        )
