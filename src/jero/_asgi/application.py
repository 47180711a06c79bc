"""What makes an app an ASGI application: being called. All that it takes for an ordinary request stands here."""

import inspect
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from jero._asgi.messages import Receive, Scope, Send

if TYPE_CHECKING:
    from jero._asgi.edge import ASGIEdge


class ASGIApplication:
    """An app that is served over ASGI by its edge."""

    _asgi: "ASGIEdge"

    @inspect.markcoroutinefunction
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[object, object, None]:
        """Serve one ASGI 3 scope. It hands over the coroutine of the route itself, which is one `await` less."""
        edge = self._asgi
        try:
            if type(scope["headers"]) is list and not scope["root_path"]:
                routes = edge.exact.get(scope["raw_path"])
                if routes is not None:
                    return routes[scope["method"]](scope, receive, send, ())
                routes, slots = edge.find(scope["raw_path"])
                if routes is not None:
                    return routes[scope["method"]](scope, receive, send, slots)
        except KeyError:  # no HTTP, or no such method, or a server that leaves out what is optional
            pass
        return edge.serve(scope, receive, send)
