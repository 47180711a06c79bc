"""How routes are written for ASGI: they take the scope and the two callables, and send their messages themselves."""

import asyncio
from collections.abc import Mapping

from jero._asgi.messages import Receive, Scope
from jero._asgi.replies import send_reply
from jero._asgi.request import ASGIRequest
from jero._runtime.bodies.waits import timed_out
from jero._runtime.bodies.whole import BodyReader
from jero._runtime.deadlines import Wait
from jero._runtime.emit.heads import header_list
from jero._runtime.emit.scans import emit_scan
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs, left_early
from jero._runtime.request_log import log_unsent


class ASGIDialect:
    """Routes that no `Request` is made for, unless something unusual comes."""

    name = "asgi"
    parameters = "scope, receive, send, slots"
    has_request = False
    serves_head = False
    knows_length = False
    ending = None
    request = "make_request(scope, receive, slots)"
    slots = "slots"
    query = 'scope.get("query_string", b"")'
    headers = 'scope["headers"]'

    @property
    def names(self) -> Mapping[str, object]:
        """The objects that its snippets refer to."""
        return _NAMES

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write the scan of the scope's pairs."""
        emit_scan(text, wanted, self.headers)

    def receive(self, text: SourceText, body: BodyReader) -> None:
        """Write the wait for the first message, which mostly has the whole body, under its deadline."""
        watch = text.bind("watch", body.watch)
        text.line("_task = current_task()", f"{watch}.waiting[_task] = scope")
        with text.block(f"if not {watch}.is_running:"):
            text.line(f"{watch}.run()")
        with text.block("try:"):
            text.line("_message = await receive()")
            with text.block('if _message["type"] != "http.request":'):
                text.line("raise left_early()")
            text.line('body = _message.get("body", b"")')
            with text.block('if _message.get("more_body", False):'):
                read_rest = text.bind("read_rest", body.read_rest)
                text.line(f"body = await {read_rest}(make_request(scope, receive, slots), body, Wait({watch}))")
        with text.block("except CancelledError:"):
            with text.block(f"if not {watch}.take_back(_task):"):
                text.line("raise")
            text.line(f"raise timed_out({watch}.seconds) from None")
        with text.block("finally:"):
            text.line(f"del {watch}.waiting[_task]")

    def answer(self, text: SourceText, status: int, static: HeaderPairs, content: str | None) -> None:
        """Write the two messages of a whole response."""
        pairs = "[]" if content is None else header_list(text, static, content)
        body = 'b""' if content is None else content
        with text.block("try:"):
            start = f'"type": "http.response.start", "status": {status}, "headers": {pairs}'
            text.line(f"await send({{{start}}})", f'await send({{"type": "http.response.body", "body": {body}}})')
        with text.block("except OSError:"):
            text.line("log_unsent(make_request(scope, receive, slots), plan)")

    def reply(self, text: SourceText) -> None:
        """Write the sending of whatever the reply is."""
        text.line("return await send_reply(reply, request, send)")


ASGI = ASGIDialect()


def _make_request(scope: Scope, receive: Receive, slots: tuple[str, ...]) -> ASGIRequest:
    request = ASGIRequest(scope, receive)
    request.slots = slots
    return request


_NAMES: Mapping[str, object] = {
    "CancelledError": asyncio.CancelledError,
    "Wait": Wait,
    "current_task": asyncio.current_task,
    "left_early": left_early,
    "log_unsent": log_unsent,
    "make_request": _make_request,
    "send_reply": send_reply,
    "timed_out": timed_out,
}
