"""The side of a server that both clients share: the app's lifespan and the exchanges that are open."""

from asyncio import CancelledError

from jero.testing.exchange import Behaviour, Exchange
from jero.testing.lifespan import Lifespan
from jero.testing.protocol import ASGIApp
from jero.testing.requests import Request
from jero.testing.responses import TestResponse


class InProcessServer:
    """Serves one app in the running loop, without a socket."""

    def __init__(self, app: ASGIApp, behaviour: Behaviour) -> None:
        """Prepare to serve; nothing runs before `start`."""
        self._app = app
        self._behaviour = behaviour
        self._lifespan: Lifespan | None = None
        self._streams: set[Exchange] = set()
        self._closed = False

    async def start(self) -> None:
        """Run the app's startup, once; raises as `Lifespan.startup` does."""
        if self._closed:
            raise RuntimeError("this test client is closed; make a new one")
        if self._lifespan is None:
            self._lifespan = Lifespan(self._app, self._behaviour.exit_timeout)
            try:
                await self._lifespan.startup()
            except BaseException:
                self._closed = True
                raise

    async def close(self) -> None:
        """Leave the streams that are open, then run the app's shutdown; does nothing the second time.

        In this order, as ASGI sends `lifespan.shutdown` once all connections are closed.

        Raises:
            BaseException: the one failure of a stream or of the shutdown.
            BaseExceptionGroup: all of them, where there are several.

        """
        if self._closed:
            return
        self._closed = True
        failures: list[BaseException] = []
        for close in (*(exchange.close for exchange in self._streams), self._shutdown):
            try:
                await close()
            except CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 - all are closed first, then all is raised
                failures.append(error)
        self._streams.clear()
        if len(failures) > 1:
            raise BaseExceptionGroup("the app failed while the test client was closed", failures)
        if failures:
            raise failures[0]

    async def _shutdown(self) -> None:
        """Run the app's shutdown if it was started."""
        if self._lifespan is not None:
            await self._lifespan.shutdown()

    async def respond(self, request: Request) -> TestResponse | None:
        """Run one request to its end; see `Exchange.respond`."""
        exchange = self._exchange(request, streamed=False)
        try:
            return await exchange.respond()
        except CancelledError:
            await exchange.abandon()
            raise

    async def open(self, request: Request) -> Exchange:
        """Run one request up to the head of its response; the exchange is closed with the server at last."""
        exchange = self._exchange(request, streamed=True)
        try:
            await exchange.open()
        except CancelledError:
            await exchange.abandon()
            raise
        self._streams.add(exchange)
        return exchange

    def forget(self, exchange: Exchange) -> None:
        """Leave a stream that has ended to itself."""
        self._streams.discard(exchange)

    def _exchange(self, request: Request, *, streamed: bool) -> Exchange:
        """Start an exchange, if the app is up."""
        if self._closed or self._lifespan is None:
            why = "closed; make a new one" if self._closed else "not started; use it as a context manager"
            raise RuntimeError(f"this test client is {why}")
        state = self._lifespan.state
        return Exchange(self._app, request, self._behaviour, state, streamed=streamed)
