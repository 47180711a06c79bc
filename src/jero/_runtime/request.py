"""One request as the runtime sees it: what every edge hands over, and what reading it fills in."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jero._runtime.forms.parts import FormParts

from jero.errors import ClientDisconnectedError

type HeaderPairs = list[tuple[bytes, bytes]]
type FoundHeaders = dict[bytes, bytes | list[bytes]]


def left_early() -> ClientDisconnectedError:
    """Give the error of a request whose client left before all of it had come."""
    return ClientDisconnectedError("the client left while its request was read")


class Request(ABC):
    """What an edge knows of a request. Header names are lower-case bytes, `query` is as sent, without the `?`."""

    __slots__ = (
        "body",
        "endings",
        "form",
        "found",
        "headers",
        "method",
        "path",
        "query",
        "root_path",
        "slots",
        "streams_body",
    )

    method: str
    path: str
    root_path: str
    query: bytes
    headers: Iterable[tuple[bytes, bytes]]
    slots: tuple[str, ...]
    """What the slots of the template hold, decoded, in their order; set by the lookup."""
    found: FoundHeaders
    """The headers that the route reads; set by it."""
    body: bytes
    form: "FormParts"
    """The parts of the form that was read; set by the route."""
    streams_body: bool
    """Whether the handler itself reads the body while it answers; set by the route."""
    endings: list[Callable[[], None]] | None
    """What `end` has to call; None, which an edge begins with, for nothing."""

    @abstractmethod
    async def wait_disconnect(self) -> None:
        """Return once the client has left. One such wait at a time; it may run beside `receive_body`."""

    @abstractmethod
    async def receive_body(self) -> tuple[bytes, bool]:
        """Give the next piece of the body and whether more is to come.

        Raises ClientDisconnectedError where the client left before the end.
        """

    def at_end(self, ending: Callable[[], None]) -> None:
        """Have `ending` called when the request ends, whatever happens; it may block, and does not raise."""
        if self.endings is None:
            self.endings = []
        self.endings.append(ending)

    async def end(self) -> None:
        """Call the `endings` in a thread; where there are any, an edge awaits this after its last message."""
        from anyio import to_thread  # noqa: PLC0415 - what has endings (a form's files) has imported it

        endings, self.endings = self.endings or [], None
        for ending in reversed(endings):
            try:
                await to_thread.run_sync(ending)
            except BaseException:
                ending()  # cancelled before the thread began, or meanwhile: it may be called again
                raise

    def failed(self, error: BaseException) -> None:  # noqa: B027 - most edges have nobody to tell
        """Take note of an error that is the server's own; the test client's requests keep it."""
