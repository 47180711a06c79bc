"""Which apps are served natively: a bare `BaseApp`. Whatever stands in front of one is served the ASGI way."""

from typing import cast

from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from jero._service import Service

_DOOR = "_service"
"""The property by which an app hands over its service."""


def find_service(config: Config) -> Service | None:
    """Give the service of the app that uvicorn has loaded; None where it is no bare `BaseApp`.

    uvicorn's own proxy headers are looked through: they change nothing but the access log, which reads them itself.
    """
    app = loaded_app(config)
    if isinstance(app, ProxyHeadersMiddleware):
        app = cast("object", app.app)  # whatever was loaded
    # The class that offers the service has to come before the one whose `__call__` is in force: where a subclass, or
    # another class around the app, answers calls by itself, its word goes.
    door = next((cls for cls in type(app).__mro__ if _DOOR in vars(cls) or "__call__" in vars(cls)), object)
    service: object = getattr(app, _DOOR, None) if _DOOR in vars(door) else None
    return service if isinstance(service, Service) else None


def loaded_app(config: Config) -> object:
    """Give the app that uvicorn has loaded, with what it has put around it."""
    return cast("object", config.loaded_app)  # pyright: ignore[reportUnknownMemberType] - whatever it was told to load
