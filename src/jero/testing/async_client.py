"""The asynchronous test client: an app in the running loop, without a socket."""

from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Self, Unpack, cast

from jero.testing.exchange import Behaviour
from jero.testing.framings import ItemType
from jero.testing.protocol import ASGIApp
from jero.testing.requests import BreakOff, RequestBuilder, RequestHeaders, RequestOptions
from jero.testing.responses import TestResponse
from jero.testing.server import InProcessServer
from jero.testing.sessions import AsyncStreamSession


class StreamOptions[T](RequestOptions, total=False):
    """The keyword arguments of the `stream_` methods: those of a request, and `type` for NDJSON lines."""

    type: ItemType[T]


class AsyncTestClient:
    """Sends requests to an ASGI app in the running loop: `async with AsyncTestClient(app) as client`.

        async def test_feed() -> None:
            async with AsyncTestClient(App()) as client, client.stream_get("/prices") as feed:
                event = await anext(feed)
                assert event.json(Price).amount == 12

    Entering runs the app's startup and raises its failure, the very exception; leaving, or `close()`, closes
    the streams that are open, runs the shutdown and raises its failure. Each request is held against the
    ASGI 3 specification and fails the test with `ASGIViolationError` where the app breaks it.

    - `base_url`: what the URLs of the requests are resolved against; it may have a path prefix.
    - `root_path`: the prefix that the app is mounted under; the scope's `path` begins with it.
    - `raise_server_exceptions`: raise an unhandled exception of the app in the test, instead of its 500.
    - `headers`: sent with every request, unless the request names the same header.
    - `send_raises_after_disconnect`: `send()` raises an `OSError` into the app after the client has left, as
      ASGI 2.4 servers may; otherwise it does nothing.
    - `exit_timeout`: seconds that the app's task has to end after its response, or after the client left.

    Raises:
        ValueError: `base_url`, `root_path` or `headers` is malformed.

    """

    __test__: ClassVar[bool] = False  # some runners collect classes by a part of their name

    def __init__(  # noqa: PLR0913 - all but the app are keyword-only and have defaults
        self,
        app: ASGIApp,
        *,
        base_url: str = "http://testserver",
        root_path: str = "",
        raise_server_exceptions: bool = False,
        headers: RequestHeaders | None = None,
        send_raises_after_disconnect: bool = False,
        exit_timeout: float = 5.0,
    ) -> None:
        if root_path and (not root_path.startswith("/") or root_path.endswith("/")):
            raise ValueError(f"root_path {root_path!r} must begin with / and not end with it; give '' for none")
        behaviour = Behaviour(root_path, raise_server_exceptions, send_raises_after_disconnect, exit_timeout)
        self._requests = RequestBuilder(base_url, headers)
        self._server = InProcessServer(app, behaviour)

    async def start(self) -> None:
        """Run the app's startup; does nothing the second time.

        Raises:
            BaseException: the very exception that made the start fail; a `WiringError` stays one.
            LifespanError: the app told of a failed start and reported no exception.
            RuntimeError: the client was closed before.

        """
        await self._server.start()

    async def close(self) -> None:
        """Close the streams that are open and run the app's shutdown; does nothing the second time.

        Raises:
            BaseException: the very exception that made the shutdown fail.
            LifespanError: the app told of a failed shutdown and reported no exception.
            BaseExceptionGroup: several of these, where there are several.

        """
        await self._server.close()

    async def __aenter__(self) -> Self:
        """Run the app's startup."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Run the app's shutdown. An exception of the context goes on, with a failure here as its note."""
        try:
            await self.close()
        except Exception as failure:
            if exc is None:
                raise
            exc.add_note(f"and the test client failed as it was closed: {failure!r}")

    async def get(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a GET request; see `request`."""
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a POST request; see `request`."""
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a PUT request; see `request`."""
        return await self.request("PUT", url, **options)

    async def patch(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a PATCH request; see `request`."""
        return await self.request("PATCH", url, **options)

    async def delete(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a DELETE request; see `request`."""
        return await self.request("DELETE", url, **options)

    async def head(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a HEAD request; see `request`."""
        return await self.request("HEAD", url, **options)

    async def options(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send an OPTIONS request; see `request`."""
        return await self.request("OPTIONS", url, **options)

    async def request(self, method: str, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a request and return its whole response, once the app's task has ended.

        `url` is a path, resolved against `base_url`, or an absolute URL. For the options see
        `RequestOptions`. An app that raises before it answers gives a 500, as under a server.

        Raises:
            ASGIViolationError: the app broke the ASGI 3 specification.
            NoResponseError: the app returned without sending anything.
            IncompleteResponseError: the app ended inside its response.
            AppStillRunningError: the app's task did not end within `exit_timeout` seconds.
            TypeError, ValueError: the arguments make no request.

        """
        response = await self._server.respond(self._requests.build(method, url, options))
        return cast("TestResponse", response)  # only a request that breaks off has none

    async def disconnect_in_body(
        self, method: str, url: str, *, disconnect_after: int | None = None, **options: Unpack[RequestOptions]
    ) -> TestResponse | None:
        """Send a request and disconnect inside its body, `disconnect_after` bytes after its begin.

        The app receives those bytes in messages that promise more, then `http.disconnect`. None: it receives
        all the bytes, but never the end. 0: nothing but the disconnect. An iterable `content` goes piece by
        piece, the last one cut. The headers are those of the whole body.

        Returns the response if the app completed one before it received the disconnect, else None.
        """
        if disconnect_after is not None and disconnect_after < 0:
            raise ValueError(f"disconnect_after is {disconnect_after}; give a number of bytes, 0 or more, or None")
        request = self._requests.build(method, url, options, BreakOff(disconnect_after))
        return await self._server.respond(request)

    def stream_get[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a GET request; see `stream_request`."""
        return self.stream_request("GET", url, **options)

    def stream_post[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a POST request; see `stream_request`."""
        return self.stream_request("POST", url, **options)

    def stream_put[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a PUT request; see `stream_request`."""
        return self.stream_request("PUT", url, **options)

    def stream_patch[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a PATCH request; see `stream_request`."""
        return self.stream_request("PATCH", url, **options)

    def stream_delete[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a DELETE request; see `stream_request`."""
        return self.stream_request("DELETE", url, **options)

    def stream_head[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream a HEAD request; see `stream_request`."""
        return self.stream_request("HEAD", url, **options)

    def stream_options[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> AsyncStreamSession[T]:
        """Stream an OPTIONS request; see `stream_request`."""
        return self.stream_request("OPTIONS", url, **options)

    def stream_request[T = Any](
        self, method: str, url: str, **options: Unpack[StreamOptions[T]]
    ) -> AsyncStreamSession[T]:
        """Return a session that streams the response: await it, or use it as an async context manager.

        `type` is what each line of an NDJSON stream is decoded into (builtins without it). The session opens
        with the first `http.response.body` of the app, even an empty one: ASGI servers need not send the head
        before that.
        """
        item_type = options.pop("type", None)
        request = self._requests.build(method, url, options)
        return AsyncStreamSession(partial(self._server.open, request), self._server.forget, item_type)
