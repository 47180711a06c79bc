"""The synchronous test client: an app on an event loop in a thread of its own, without a socket."""

from asyncio import get_running_loop, run_coroutine_threadsafe
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Self, Unpack
from warnings import warn
from weakref import finalize

from anyio.from_thread import start_blocking_portal

from jero.testing.async_client import AsyncTestClient, StreamOptions
from jero.testing.protocol import ASGIApp
from jero.testing.requests import RequestHeaders, RequestOptions
from jero.testing.responses import TestResponse
from jero.testing.sessions import StreamSession


class TestClient:
    """Sends requests to an ASGI app that runs on an event loop in a thread of its own: `TestClient(app)`.

        def test_create() -> None:
            with TestClient(App()) as client:
                response = client.post("/widgets", json=NewWidget(name="cog"), headers={"Authorization": "Bearer t"})
                assert response.status_code == 201
                assert response.json(Widget).name == "cog"

    Making the client runs the app's startup and raises its failure, the very exception. Leaving its context,
    or `close()`, closes the streams that are open, runs the shutdown and raises its failure. The app's
    background tasks go on between requests, as under a server. Each request is held against the ASGI 3
    specification and fails the test with `ASGIViolationError` where the app breaks it.

    - `base_url`: what the URLs of the requests are resolved against; it may have a path prefix.
    - `root_path`: the prefix that the app is mounted under; the scope's `path` begins with it.
    - `raise_server_exceptions`: raise an unhandled exception of the app in the test, instead of its 500.
    - `headers`: sent with every request, unless the request names the same header.
    - `send_raises_after_disconnect`: `send()` raises an `OSError` into the app after the client has left, as
      ASGI 2.4 servers may; otherwise it does nothing.
    - `exit_timeout`: seconds that the app's task has to end after its response, or after the client left.

    Raises:
        BaseException: the very exception that made the start fail; a `WiringError` stays one.
        LifespanError: the app told of a failed start and reported no exception.
        ASGIViolationError: the app's lifespan broke the specification.
        ValueError: `base_url`, `root_path` or `headers` is malformed.

    """

    __test__: ClassVar[bool] = False  # pytest collects classes whose names begin with Test

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
        self._client = AsyncTestClient(
            app,
            base_url=base_url,
            root_path=root_path,
            raise_server_exceptions=raise_server_exceptions,
            headers=headers,
            send_raises_after_disconnect=send_raises_after_disconnect,
            exit_timeout=exit_timeout,
        )
        self._closed = False
        with ExitStack() as stack:
            self._loop = stack.enter_context(start_blocking_portal()).call(get_running_loop)
            self._run(self._client.start)
            self._finalizer = finalize(self, _close_forgotten, stack.pop_all())

    def close(self) -> None:
        """Close the open streams, run the app's shutdown, end the loop; does nothing the second time.

        Raises:
            BaseException: the very exception that made the shutdown fail.
            LifespanError: the app told of a failed shutdown and reported no exception.
            BaseExceptionGroup: several of these, where there are several.

        """
        self._close(self._client.close)

    def __enter__(self) -> Self:
        """Return the client, which is started."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the client. An exception of the context goes on, with a failure here as its note."""
        self._close(self._client.__aexit__, kind, exc, traceback)

    def get(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a GET request; see `request`."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a POST request; see `request`."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a PUT request; see `request`."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a PATCH request; see `request`."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a DELETE request; see `request`."""
        return self.request("DELETE", url, **options)

    def head(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send a HEAD request; see `request`."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
        """Send an OPTIONS request; see `request`."""
        return self.request("OPTIONS", url, **options)

    def request(self, method: str, url: str, **options: Unpack[RequestOptions]) -> TestResponse:
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
        return self._run(lambda: self._client.request(method, url, **options))

    def disconnect_in_body(
        self, method: str, url: str, *, disconnect_after: int | None = None, **options: Unpack[RequestOptions]
    ) -> TestResponse | None:
        """Send a request and disconnect inside its body, `disconnect_after` bytes after its begin.

        The app receives those bytes in messages that promise more, then `http.disconnect`. None: it receives
        all the bytes, but never the end. 0: nothing but the disconnect. An iterable `content` goes piece by
        piece, the last one cut. The headers are those of the whole body.

        Returns the response if the app completed one before it received the disconnect, else None.
        """
        return self._run(
            lambda: self._client.disconnect_in_body(method, url, disconnect_after=disconnect_after, **options)
        )

    def stream_get[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a GET request; see `stream_request`."""
        return self.stream_request("GET", url, **options)

    def stream_post[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a POST request; see `stream_request`."""
        return self.stream_request("POST", url, **options)

    def stream_put[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a PUT request; see `stream_request`."""
        return self.stream_request("PUT", url, **options)

    def stream_patch[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a PATCH request; see `stream_request`."""
        return self.stream_request("PATCH", url, **options)

    def stream_delete[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a DELETE request; see `stream_request`."""
        return self.stream_request("DELETE", url, **options)

    def stream_head[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream a HEAD request; see `stream_request`."""
        return self.stream_request("HEAD", url, **options)

    def stream_options[T = Any](self, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Stream an OPTIONS request; see `stream_request`."""
        return self.stream_request("OPTIONS", url, **options)

    def stream_request[T = Any](self, method: str, url: str, **options: Unpack[StreamOptions[T]]) -> StreamSession[T]:
        """Send a request and return a session that streams its response.

        `type` is what each line of an NDJSON stream is decoded into (builtins without it). The session opens
        with the first `http.response.body` of the app, even an empty one: ASGI servers need not send the head
        before that.
        """
        return StreamSession(self._client.stream_request(method, url, **options), self._run)

    def _run[*A, R](self, work: Callable[[*A], Awaitable[R]], *args: *A) -> R:
        """Run an async function on the app's loop, wait for it, and return or raise what it does."""
        if self._closed:
            raise RuntimeError("this test client is closed; make a new one")
        future = None
        try:
            future = run_coroutine_threadsafe(_outcome(work, *args), self._loop)
            outcome = future.result()
        except BaseException:  # the test is interrupted: so is the work
            if future is not None:
                future.cancel()
            raise
        if isinstance(outcome, _Raised):
            raise outcome.error
        return outcome

    def _close[*A](self, work: Callable[[*A], Awaitable[None]], *args: *A) -> None:
        """Close once, and end the loop whatever happens."""
        if forgotten := self._finalizer.detach():
            (stack,) = forgotten[2]
            with stack:
                try:
                    self._run(work, *args)
                finally:
                    self._closed = True


def _close_forgotten(stack: ExitStack) -> None:
    """End the loop of a client that was never closed, when it is collected or the interpreter exits."""
    with stack:
        warn("a TestClient was not closed: use it as a context manager, or call close()", ResourceWarning, 2)


@dataclass(frozen=True, slots=True)
class _Raised:
    """What async work raised: handed over as a value, as SystemExit and the like would end the loop."""

    error: BaseException


async def _outcome[*A, R](work: Callable[[*A], Awaitable[R]], *args: *A) -> R | _Raised:
    """Await the work and return what it returned or raised."""
    try:
        return await work(*args)
    except BaseException as error:  # noqa: BLE001 - raised again in the thread of the test
        return _Raised(error)
