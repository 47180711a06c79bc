"""The access log: uvicorn's logger, in uvicorn's form, with the address that a trusted proxy tells."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

if TYPE_CHECKING:
    from jero._http.request import HTTPRequest

logger = logging.getLogger("uvicorn.access")

type LogAccess = Callable[["HTTPRequest", int], None]


def make_access_log(config: Config) -> LogAccess | None:
    """Make what logs an answer; None where there is no access log, or nobody to read it."""
    if not (config.access_log and logger.hasHandlers()):
        return None
    trusted = config.forwarded_allow_ips if config.proxy_headers else None

    def log_access(request: "HTTPRequest", status: int) -> None:
        client = request.wire.client
        if trusted is not None and any(name == b"x-forwarded-for" for name, _ in request.headers):
            client = _forwarded_client(trusted, request, client)
        logger.info(
            '%s - "%s %s HTTP/%s" %d',
            "" if client is None else f"{client[0]}:{client[1]}",
            request.method,
            request.root_path + request.head.target.decode("latin-1"),
            request.head.http_version.decode("latin-1"),
            status,
        )

    return log_access


def _forwarded_client(
    trusted: list[str] | str, request: "HTTPRequest", client: tuple[str, int] | None
) -> tuple[str, int] | None:
    """Ask uvicorn's own middleware whom it takes for the client, by the headers that it trusts."""
    scope: dict[str, Any] = {"type": "http", "client": client, "scheme": "http", "headers": request.headers}
    middleware = cast("Callable[..., Coroutine[None, None, None]]", ProxyHeadersMiddleware(_app, trusted))
    with suppress(StopIteration):  # it waits for nothing but the app, which does not wait
        middleware(scope, None, None).send(None)
    return scope["client"]


async def _app(*_: object) -> None:
    """Stand in for the app: nothing is served."""
