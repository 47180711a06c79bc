"""The types of ASGI's messages, and the test client's ear."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]


def report(scope: Scope, event: str, error: BaseException) -> None:
    """Give an error to the test client, where one is driving the app, so that a test sees the original."""
    extensions: Mapping[str, Any] | None = scope.get("extensions")
    reporter = None if extensions is None else extensions.get("jero.testing")
    if reporter is not None:
        getattr(reporter, event)(error)
