"""What an exchange asks of the connection that it is on."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from jero._http.heads import StandingLines

if TYPE_CHECKING:
    from jero._http.request import HTTPRequest

type LogAccess = Callable[["HTTPRequest", int], None]


class Wire(Protocol):
    """A connection, as seen from an exchange."""

    loop: asyncio.AbstractEventLoop
    root_path: str
    """What the app is mounted under."""
    standing: StandingLines
    log_access: LogAccess | None
    """Logs an answer with its status; None where that is not asked for."""
    is_usual: bool
    """Whether it is kept, and answers are not logged."""
    keeps_alive: bool
    """Whether the connection is to be kept after the exchange."""
    has_left: bool
    """Whether the client has closed its side, or all."""
    is_lost: bool
    """Whether nothing can be sent any more."""
    is_writing_paused: bool
    """Whether the client is slow, and what waits for it enough."""

    @property
    def client(self) -> tuple[str, int] | None:
        """The address of the client; None where its socket has none."""
        ...

    @property
    def server(self) -> tuple[str, int | None] | None:
        """The address of the server, the path of a UNIX socket without a port; None where it is not known."""
        ...

    @property
    def scheme(self) -> str:
        """What the client connected with: `http`, or `https`."""
        ...

    def write(self, data: bytes) -> None:
        """Send; what comes in one turn of the connection is joined. Nothing happens where it is lost."""
        ...

    def write_soon(self, data: bytes) -> None:
        """Send when all that the loop has received is taken up."""
        ...

    async def wait_writable(self) -> None:
        """Wait until the client has taken what waits for it. Raises ConnectionResetError where it has left."""
        ...

    async def wait_departure(self) -> None:
        """Return once the client has left; one such wait at a time."""
        ...

    def tell_departure(self) -> None:
        """Have that wait return: the client has left, or it does not matter any more."""
        ...

    def pause_reading(self) -> None:
        """Read no more from the client for now."""
        ...

    def resume_reading(self) -> None:
        """Read on."""
        ...

    def conclude(self, request: "HTTPRequest") -> None:
        """End an exchange, and go on to the next, or close."""
        ...
