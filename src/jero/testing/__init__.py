"""The door of the testing tools: clients that drive an app in process and hold it against ASGI 3."""

from jero.testing.async_client import AsyncTestClient
from jero.testing.client import TestClient
from jero.testing.errors import (
    AppStillRunningError,
    ASGIViolationError,
    IncompleteResponseError,
    LifespanError,
    NoResponseError,
)
from jero.testing.framings import TestSSEEvent
from jero.testing.harness import FactoryHarness
from jero.testing.protocol import Reporter
from jero.testing.responses import ResponseHeaders, TestResponse
from jero.testing.sessions import AsyncStreamSession, StreamSession

__all__ = [
    "ASGIViolationError",
    "AppStillRunningError",
    "AsyncStreamSession",
    "AsyncTestClient",
    "FactoryHarness",
    "IncompleteResponseError",
    "LifespanError",
    "NoResponseError",
    "Reporter",
    "ResponseHeaders",
    "StreamSession",
    "TestClient",
    "TestResponse",
    "TestSSEEvent",
]
