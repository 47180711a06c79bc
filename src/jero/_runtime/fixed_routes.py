"""Routes that no handler stands behind: what an unknown URL, a wrong method or OPTIONS is answered with."""

from collections.abc import Callable

from jero._runtime.failures import Failures
from jero._runtime.reply import Reply, Route
from jero._runtime.request import Request
from jero.errors import HTTPError


def make_error_route(error: Callable[[], HTTPError], failures: Failures) -> Route:
    """Make a route that answers with an error."""

    async def route(request: Request) -> Reply | None:
        return await failures.reply(error(), request, None)

    return route


def make_options_route(allow: str) -> Route:
    """Make the route that says which methods there are."""
    headers = [(b"allow", allow.encode())]

    async def options(_request: Request) -> Reply:
        return 204, headers, b""

    return options
