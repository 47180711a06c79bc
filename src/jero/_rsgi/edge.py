"""The RSGI edge: granian's calls to requests, replies to its calls, start-up and shutdown around its event loop."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Coroutine
from typing import cast

from jero._rsgi.dialect import RSGIDialect
from jero._rsgi.prefix import url_path_prefix
from jero._rsgi.protocol import HTTPProtocol, Scope, WebSocketProtocol
from jero._rsgi.replies import send_reply
from jero._rsgi.request import RSGIRequest
from jero._runtime.table import FindText, RouteTable, find_nothing
from jero._service import Service

logger = logging.getLogger("jero")


class RSGIEdge:
    """Serves one app over RSGI (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._prefix = url_path_prefix(sys.argv, os.environ)
        self._dialect = RSGIDialect(self._prefix)
        self.find: FindText = find_nothing
        """Gives the routes of a path that needs no more than a look-up, and what the slots hold, while the app runs."""

    def serve(self, scope: Scope, protocol: HTTPProtocol | WebSocketProtocol) -> Coroutine[object, object, None]:
        """Serve any HTTP request, or refuse a WebSocket."""
        if scope.proto == "http":
            return self._serve(scope, cast("HTTPProtocol", protocol))  # as `proto` says
        return self._refuse(cast("WebSocketProtocol", protocol))  # as `proto` says

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the app on the loop that is to run. Raises SystemExit(1), which ends granian's worker, if it fails."""
        error = loop.run_until_complete(_outcome(self._start()))
        if error is not None:  # the service has logged it
            raise SystemExit(1) from error

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop the app on the loop that has run; what fails is logged, as nobody is left to be told."""
        self.find = find_nothing
        error = loop.run_until_complete(_outcome(self._service.stop()))
        if error is not None:
            logger.error("the app has not shut down in order: %s", str(error).partition("\n")[0])

    async def _start(self) -> None:
        self._serve_from(await self._service.start(self._dialect))

    async def _serve(self, scope: Scope, protocol: HTTPProtocol) -> None:
        request = RSGIRequest(scope, protocol, self._prefix)
        try:
            table = self._service.table or await self._start_itself()
            if table is None:
                reply = await self._service.refuse(request)
            else:
                reply = await table.dispatch(request, is_encoded=False)
            await send_reply(reply, request)
        finally:
            if request.endings is not None:
                await request.end()

    async def _start_itself(self) -> RouteTable | None:
        table = await self._service.start_itself(self._dialect)
        if table is not None:
            self._serve_from(table)
        return table

    def _serve_from(self, table: RouteTable) -> None:
        if not self._prefix and table.dialect is self._dialect:
            self.find = table.find_text

    async def _refuse(self, protocol: WebSocketProtocol) -> None:
        protocol.close()


async def _outcome(running: Awaitable[object]) -> BaseException | None:
    """Give what it raises: raised in a task, an exit would leave the loop by its own way."""
    try:
        await running
    except BaseException as error:  # noqa: BLE001 - the caller raises it, or logs it
        return error
    return None
