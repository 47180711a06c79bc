"""Which apps are served natively, and which over ASGI."""

from typing import Any, override

import uvicorn
from http_app import WireApp

from jero._http.applications import find_service
from jero.testing.protocol import ASGIApp, Receive, Scope, Send


class _Answering(WireApp):
    """An app whose class has put something in front of its calls."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override] - a coroutine function instead
        await super().__call__(scope, receive, send)


class _Lookalike:
    """A middleware that shows all attributes of the app that it wraps."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:  # whatever the app has
        return getattr(self._app, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _is_native(app: ASGIApp, *, proxy_headers: bool = True) -> bool:
    config = uvicorn.Config(app, log_config=None, proxy_headers=proxy_headers)
    config.load()
    return find_service(config) is not None


def test_bare_app() -> None:
    """A bare app is served natively, whether uvicorn reads the headers of proxies or not."""
    assert _is_native(WireApp())
    assert _is_native(WireApp(), proxy_headers=False)


def test_app_with_something_in_front() -> None:
    """What stands in front of an app is never passed by: not a subclass's own `__call__`, nor a middleware."""
    assert not _is_native(_Answering())
    assert not _is_native(_Lookalike(WireApp()))
