"""The ASGI 3 edge: any scope to what serves it, and lifespan. Nothing else knows ASGI."""

from collections.abc import Mapping

from jero._asgi.dialect import ASGI
from jero._asgi.messages import Receive, Scope, Send, report
from jero._asgi.replies import send_reply
from jero._asgi.request import ASGIRequest
from jero._runtime.table import EdgeRoutes, FindRaw, RouteTable, find_nothing
from jero._service import Service


class ASGIEdge:
    """Serves one app over ASGI 3 (https://asgi.readthedocs.io/en/latest/specs/www.html)."""

    __slots__ = ("_service", "exact", "find")

    def __init__(self, service: Service) -> None:
        self._service = service
        self.exact: Mapping[bytes, EdgeRoutes] = {}
        """The routes of the paths that need no more than a look, while the app runs."""
        self.find: FindRaw = find_nothing
        """Gives the routes of any other path, and what the slots hold."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve any scope: an HTTP request, the app's lifespan, or a WebSocket, which is refused."""
        if scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            raise RuntimeError(
                f"the ASGI scope {scope['type']!r} is none that jero serves; it serves http and lifespan"
            )

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = ASGIRequest(scope, receive)
        try:
            table = self._service.table or await self._start_itself()
            if table is None:
                reply = await self._service.refuse(request)
            else:
                reply = await table.dispatch(request, is_encoded=request.is_encoded)
            await send_reply(reply, request, send)
        finally:
            if request.endings is not None:
                await request.end()

    async def _start_itself(self) -> RouteTable | None:
        table = await self._service.start_itself(ASGI)
        if table is not None:
            self._serve_from(table)
        return table

    def _serve_from(self, table: RouteTable) -> None:
        if table.dialect is ASGI:  # else another edge serves the app, and what comes here goes the long way round
            self.exact, self.find = table.exact, table.find_raw

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._serve_from(await self._service.start(ASGI))
        except BaseException as error:  # noqa: BLE001 - also SystemExit: the server is told, and ends itself
            report(scope, "startup_failed", error)
            await send({"type": "lifespan.startup.failed", "message": _first_line(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.exact, self.find = {}, find_nothing
        try:
            await self._service.stop()
        except BaseException as error:  # noqa: BLE001 - as above
            report(scope, "shutdown_failed", error)
            await send({"type": "lifespan.shutdown.failed", "message": _first_line(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def _first_line(error: BaseException) -> str:
    """Say in one line what servers print: the whole of it is in the log of `jero` already."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]
