"""The life of one app: wired and opened once, its table served, closed in reverse."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from jero._plan import AppPlan, OperationPlan
from jero._runtime.emit.dialect import Dialect
from jero._runtime.error_hooks import make_failures
from jero._runtime.links.urls import URLs
from jero._runtime.reply import BufferedReply
from jero._runtime.request import Request
from jero._runtime.services import Services
from jero._runtime.table import RouteTable, make_table
from jero._shutdown import ShutdownSignals
from jero.errors import InternalServerError, ServiceUnavailableError, WiringError
from jero.lifecycle import ResourceStack

logger = logging.getLogger("jero")

type Wire = Callable[[], Awaitable[AppPlan]]


class Service:
    """Starts and stops an app, and holds the table that it serves while it runs."""

    def __init__(self, wire: Wire, stack: ResourceStack) -> None:
        self.table: RouteTable | None = None
        self._wire = wire
        self._stack = stack
        self._services = Services()
        self._operations: Sequence[OperationPlan] = ()
        self._expected: Dialect | None = None
        self._signals: ShutdownSignals | None = None
        self._self_start: asyncio.Task[RouteTable] | None = None
        self._has_failed = False
        self._is_stopped = False

    def expect(self, dialect: Dialect) -> None:
        """Take note of the edge that will serve the app, where another one is told of its start."""
        self._expected = dialect

    async def start(self, dialect: Dialect) -> RouteTable:
        """Wire the app, and give its table: the routes written for the edge that is expected, else in `dialect`.

        What was opened before a failure is closed, and the failure raised.

        Raises WiringError with all the faults, or what `_wire` raised, its closing errors noted on it.
        """
        self._services = Services()
        self._has_failed = self._is_stopped = False
        try:
            plan = await self._wire()
            urls = URLs(plan)
            self._services = Services(failures=make_failures(plan, urls), urls=urls)
            self._operations = plan.operations
            table = self.table = make_table(plan.operations, self._services, self._expected or dialect)
        except BaseException as error:
            self._has_failed = True
            await self._close_after(error)
            if isinstance(error, WiringError):
                logger.critical("the app cannot start: %s", error)  # its faults tell where; a traceback does not
            else:
                logger.critical("the app cannot start", exc_info=error)
            raise
        self._signals = ShutdownSignals(self._services.open_streams.end_all)
        self._signals.install()
        return table

    def table_in(self, dialect: Dialect) -> RouteTable | None:
        """Give the table, its routes written anew where an edge serves that was not expected as the app started."""
        if self.table is not None and self.table.dialect is not dialect:
            self.table = make_table(self._operations, self._services, dialect)
        return self.table

    async def stop(self) -> None:
        """Close what the app opened. Raises all that the closings raise, together."""
        if self._signals is not None:
            self._signals.remove()
        self._services.open_streams.end_all()
        left = await self._services.open_streams.wait_closed(self._stack.timeout)
        if left:
            logger.error(
                "%d streams have not closed within %s s; what they use is closed now",
                left,
                self._stack.timeout,
            )
        self.table = None
        self._is_stopped = True
        self._self_start = None
        await self._stack.close()

    async def start_itself(self, dialect: Dialect) -> RouteTable | None:
        """Start on the first request where the server runs no lifespan; None where the one start has failed."""
        if self._is_stopped or self._has_failed:
            return None
        if self._self_start is None:
            logger.info("the server runs no lifespan: the app starts at its first request, and nothing will close it")
            self._self_start = asyncio.get_running_loop().create_task(self.start(dialect))
        start = self._self_start
        await asyncio.wait([start])
        if not start.cancelled():
            start.exception()  # has been logged: the loop need not tell it again
        return self.table

    async def refuse(self, request: Request) -> BufferedReply | None:
        """Answer a request to an app that could not start, or has stopped."""
        error = ServiceUnavailableError("the app has stopped") if self._is_stopped else InternalServerError()
        return await self._services.failures.reply(error, request, None)

    async def _close_after(self, error: BaseException) -> None:
        try:
            await self._stack.close(error)
        except BaseExceptionGroup as group:
            for failure in group.exceptions:
                error.add_note(f"closing what was opened failed too: {type(failure).__name__}: {failure}")
