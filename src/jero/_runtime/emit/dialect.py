"""What an edge says of its protocol, so that routes can be written for it: the pieces that differ between edges."""

from collections.abc import Mapping
from typing import Protocol

from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs


class Dialect(Protocol):
    """One edge's way to write a route.

    Its snippets are lines of an async function. They may use the function's parameters, what stands in `names`, and
    names of their own that begin with an underscore.
    """

    @property
    def name(self) -> str:
        """The edge, in file names: `asgi`."""
        ...

    @property
    def parameters(self) -> str:
        """The parameters of the function."""
        ...

    @property
    def names(self) -> Mapping[str, object]:
        """The objects that its snippets refer to."""
        ...

    @property
    def has_request(self) -> bool:
        """Whether `request` is a parameter. Otherwise it is made where it is needed, by `request`."""
        ...

    @property
    def serves_head(self) -> bool:
        """Whether its routes for GET serve HEAD as well."""
        ...

    @property
    def knows_length(self) -> bool:
        """Whether the edge knows how long a body is declared to be, and has that checked itself in `receive`."""
        ...

    @property
    def ending(self) -> str | None:
        """A statement that ends every request, whatever happened; None where the edge does all that is to be done."""
        ...

    @property
    def request(self) -> str:
        """An expression for the request, its slots set."""
        ...

    @property
    def slots(self) -> str:
        """An expression for what the slots of the template hold."""
        ...

    @property
    def query(self) -> str:
        """An expression for the bytes of the query string."""
        ...

    @property
    def headers(self) -> str:
        """An expression for the pairs of the request's headers."""
        ...

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write what sets `found` to the headers that are wanted, by name; bind them to the name `wanted`."""
        ...

    def receive(self, text: SourceText, body: BodyReader) -> None:
        """Write what sets `body` to the bytes of the request's body."""
        ...

    def answer(self, text: SourceText, status: int, static: HeaderPairs, content: str | None) -> None:
        """Write what sends a whole response: `content` is the name of its bytes, None where there is no body."""
        ...

    def reply(self, text: SourceText) -> None:
        """Write what sends the `reply` to the `request`, and returns; None is nothing to be sent."""
        ...
