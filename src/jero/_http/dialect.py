"""How routes are written for the native edge: they take the exchange, and hand the connection its answer as bytes."""

from collections.abc import Mapping

from jero._http.heads import write_head
from jero._http.replies import send_reply
from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs
from jero._runtime.request_headers import repeat_headers
from jero._runtime.writers import BODILESS


class HTTPDialect:
    """Routes that serve a whole exchange, and conclude it; HEAD, too, since the exchange leaves the body out."""

    name = "native"
    parameters = "request"
    has_request = True
    serves_head = True
    knows_length = True
    ending = "request.wire.conclude(request)"
    request = "request"
    slots = "request.slots"
    query = "request.head.query"
    headers = "request.headers"

    @property
    def names(self) -> Mapping[str, object]:
        """The objects that its snippets refer to."""
        return _NAMES

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write the look-up of each wanted header in what the parser holds: it makes no pairs unless it is asked to."""
        text.bind("wanted", wanted)
        text.line("found = {}", "_fields = request.head.headers")
        for name in sorted(wanted):
            text.line(f"_values = _fields.getall({name!r})")
            with text.block("if len(_values) == 1:"):
                text.line(f"found[{name!r}] = _values[0]")
            with text.block("elif _values:"):
                text.line(f"repeat_headers(found, {name!r}, _values)")

    def receive(self, text: SourceText, body: BodyReader) -> None:
        """Write the taking of a body that is there, which is the usual case, or the wait for it."""
        with text.block("if request.is_whole:"):
            text.line("body = request.take_body()")
        with text.block("else:"):
            text.line(f"{text.bind('check_length', body.check_length)}(request.length)")
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

_NAMES: Mapping[str, object] = {"repeat_headers": repeat_headers, "send_reply": send_reply}
