"""The shapes of ASGI 3 as a test client sees them, and the extension by which an app reports its failures."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

# ASGI hands over open dictionaries: their values are of any type (https://asgi.readthedocs.io).
type Scope = dict[str, Any]
type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]
type ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

EXTENSION = "jero.testing"
"""The key in `scope["extensions"]` under which an app finds its `Reporter`."""


class Reporter(Protocol):
    """What `scope["extensions"]["jero.testing"]` offers to an app under test.

    ASGI carries only texts and responses. An app that finds a reporter in its scope hands over the exception
    itself, before it sends `lifespan.startup.failed`, `lifespan.shutdown.failed` or the 500 response.
    Each method may be called from any place in the app; the first exception of a kind counts.
    """

    def startup_failed(self, exc: BaseException, /) -> None:
        """Report the exception that made the start fail; the client raises this very object."""

    def shutdown_failed(self, exc: BaseException, /) -> None:
        """Report the exception that made the shutdown fail; `close()` raises this very object."""

    def request_failed(self, exc: BaseException, /) -> None:
        """Report an unhandled exception of a request; raised when `raise_server_exceptions` is set."""


class Report:
    """The `Reporter` of one scope: keeps the first exception of each kind, or None."""

    __slots__ = ("request", "shutdown", "startup")

    def __init__(self) -> None:
        """Begin with nothing reported."""
        self.startup: BaseException | None = None
        self.shutdown: BaseException | None = None
        self.request: BaseException | None = None

    def startup_failed(self, exc: BaseException, /) -> None:
        """Keep the first failure of the start."""
        self.startup = exc if self.startup is None else self.startup

    def shutdown_failed(self, exc: BaseException, /) -> None:
        """Keep the first failure of the shutdown."""
        self.shutdown = exc if self.shutdown is None else self.shutdown

    def request_failed(self, exc: BaseException, /) -> None:
        """Keep the first unhandled exception of the request."""
        self.request = exc if self.request is None else self.request
