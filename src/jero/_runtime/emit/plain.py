"""The dialect of no edge: a request in, a reply out. Any edge can serve it, if not at its best."""

from collections.abc import Mapping

from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.heads import header_list
from jero._runtime.emit.scans import emit_scan
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs


class PlainDialect:
    """Routes that take a `Request` and return a `Reply`."""

    name = "plain"
    parameters = "request"
    names: Mapping[str, object] = {}
    has_request = True
    serves_head = False
    knows_length = False
    ending = None
    request = "request"
    query = "request.query"
    headers = "request.headers"
    slots = "request.slots"

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write the scan of the pairs."""
        emit_scan(text, wanted, self.headers)

    def receive(self, text: SourceText, body: BodyReader) -> None:
        text.line(f"body = await {text.bind('receive_body', body.read)}(request)")

    def answer(self, text: SourceText, status: int, static: HeaderPairs, content: str | None) -> None:
        if content is None:
            text.line(f'return {status}, [], b""')
            return
        text.line(f"return {status}, {header_list(text, static, content)}, {content}")

    def reply(self, text: SourceText) -> None:
        text.line("return reply")


PLAIN = PlainDialect()
