"""How routes are written for the native edge: they take the exchange, and hand its answer to the connection as bytes."""

from collections.abc import Mapping

from jero._http.heads import write_head
from jero._http.replies import send_reply
from jero._http.request_headers import find_headers
from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs
from jero._runtime.writers import BODILESS


class HTTPDialect:
    """Routes that serve a whole exchange, and conclude it; HEAD, too, since the exchange leaves the body out."""

    name = "native"
    parameters = "request"
    has_request = True
    serves_head = True
    ending = "request.conclude()"
    request = "request"
    slots = "request.slots"
    query = "request.query"
    headers = "request.headers"

    @property
    def names(self) -> Mapping[str, object]:
        """The objects that its snippets refer to."""
        return _NAMES

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write the look-up of each wanted header in what the parser holds: it makes no pairs unless it is asked to."""
        text.line(f"found = find_headers(request, {text.bind('wanted', tuple(sorted(wanted)))})")

    def receive(self, text: SourceText, body: BodyReader) -> None:
        """Write the taking of a body that is there, which is the usual case, or the wait for it."""
        with text.block("if request.is_whole:"):
            text.line("body = request.take_body()")
        with text.block("else:"):
            text.line(f"body = await {text.bind('receive_body', body.read)}(request)")

    def answer(self, text: SourceText, status: int, static: HeaderPairs, content: str | None) -> None:
        """Write the one call that is a whole response, its head written already."""
        head = text.bind("HEAD", write_head(status, static))
        if content is None or status in BODILESS:
            text.line(f"request.send_bodiless({status}, {head})")
        else:
            text.line(f"request.send_head_and_body({status}, {head}, {content})")

    def reply(self, text: SourceText) -> None:
        """Write the sending of whatever the reply is."""
        text.line("return await send_reply(reply, request)")


HTTP = HTTPDialect()

_NAMES: Mapping[str, object] = {"find_headers": find_headers, "send_reply": send_reply}
