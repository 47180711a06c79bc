"""An authenticator's plan to the function that turns a request into its user, or refuses it."""

from collections.abc import Awaitable, Callable
from typing import cast

import msgspec

from jero._plan import AuthPlan
from jero._runtime.readers import make_header_reader
from jero._runtime.request import Request
from jero._runtime.response_headers import pairs_of
from jero._runtime.server_faults import ServerFaultError
from jero.errors import AuthenticationRequiredError, HTTPError
from jero.limits import Limits

type Authenticate = Callable[[Request], Awaitable[object]]

_UNAUTHORIZED = 401


def make_authenticate(auth: AuthPlan, limits: Limits) -> Authenticate:
    """Make the function that authenticates a request.

    Headers that do not bind are a 401. Every 401, also one that the authenticator raises, carries its challenge as
    `WWW-Authenticate` (RFC 9110, section 11.6.1) unless it has that header already.
    """
    read_credentials = make_header_reader(auth.headers, limits)
    challenge, function, is_async = auth.challenge, auth.authenticate, auth.is_async

    async def authenticate(request: Request) -> object:
        try:
            credentials = read_credentials(request)
        except msgspec.ValidationError:
            error = AuthenticationRequiredError("the credentials are missing or malformed")
            raise _challenged(error, challenge) from None
        try:
            user = function(credentials)
            if is_async:
                user = await cast("Awaitable[object]", user)  # as its plan says
        except HTTPError as error:
            raise _challenged(error, challenge) from error.__cause__
        if not isinstance(user, auth.user_classes):
            raise ServerFaultError(
                f"{auth.owner}.authenticate gave a `{type(user).__name__}`, and declares another type: to refuse, it"
                " raises an HTTPError"
            )
        return user

    return authenticate


def _challenged(error: HTTPError, challenge: str | None) -> HTTPError:
    """Give a 401 its challenge."""
    if challenge is not None and error.status == _UNAUTHORIZED:
        pairs = list(pairs_of(error.headers or ()))
        if not any(name.lower() == "www-authenticate" for name, _ in pairs):
            error.headers = [*pairs, ("www-authenticate", challenge)]
    return error
