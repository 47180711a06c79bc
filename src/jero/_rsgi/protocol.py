"""What granian hands over for a request, as jero uses it.

The specification: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Protocol

type TextPairs = list[tuple[str, str]]


class Headers(Protocol):
    """The headers of a request, names in lower case. A value with bytes outside of ASCII is nowhere but in `keys`."""

    def __len__(self) -> int:
        """Count the names."""
        ...

    def keys(self) -> Iterable[str]:
        """Give the names, each once."""
        ...

    def get(self, name: str) -> str | None:
        """Give the first value of a header."""
        ...

    def get_all(self, name: str) -> list[str]:
        """Give every value of a header."""
        ...

    def __contains__(self, name: str) -> bool:
        """Say whether a header was sent."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """Give all headers, repeats of one name together."""
        ...


class Scope(Protocol):
    """What is known of a request or a WebSocket; `path` is percent-decoded, once, and `query_string` is as sent."""

    @property
    def proto(self) -> str: ...
    @property
    def http_version(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def headers(self) -> Headers: ...


class Transport(Protocol):
    """A response that flows. It ends, as if it were whole, when the last reference to it is gone."""

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Queue a piece without limit; raises RuntimeError where the client has left."""
        ...


class HTTPProtocol(Protocol):
    """How a request is read and answered. What the client's departure makes impossible raises RuntimeError."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body in pieces; an empty piece comes at its end, and two where it breaks off."""
        ...

    async def client_disconnect(self) -> None:
        """Return once the client has left."""
        ...

    def response_empty(self, status: int, headers: TextPairs) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: TextPairs, body: bytes) -> None:
        """Answer with a body."""
        ...

    def response_stream(self, status: int, headers: TextPairs) -> Transport:
        """Send the head of an answer that flows, at once."""
        ...


class WebSocketProtocol(Protocol):
    """How a WebSocket is refused."""

    def close(self) -> None:
        """Answer the handshake with 403."""
        ...
