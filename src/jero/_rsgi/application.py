"""What makes an app an RSGI application: three methods that granian calls."""

import inspect
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from jero._rsgi.protocol import HTTPProtocol, Scope, WebSocketProtocol

if TYPE_CHECKING:
    import asyncio

    from jero._rsgi.edge import RSGIEdge


class RSGIApplication:
    """An app that is served over RSGI by its edge."""

    _rsgi: "RSGIEdge"

    @inspect.markcoroutinefunction
    def __rsgi__(self, scope: Scope, protocol: HTTPProtocol | WebSocketProtocol) -> Coroutine[object, object, None]:
        """Serve one RSGI scope. It hands over the coroutine of the route itself, which is one `await` less."""
        edge = self._rsgi
        routes, slots = edge.find(scope.path)
        if routes is not None:
            route = routes.get(scope.method)
            if route is not None and scope.proto == "http":
                return route(scope, protocol, slots)
        return edge.serve(scope, protocol)

    def __rsgi_init__(self, loop: "asyncio.AbstractEventLoop") -> None:
        """Start up, on the loop that granian is about to run. Raises SystemExit(1) where it fails."""
        self._rsgi.start(loop)

    def __rsgi_del__(self, loop: "asyncio.AbstractEventLoop") -> None:
        """Shut down, on the loop that granian has run."""
        self._rsgi.stop(loop)
