"""How routes are written for RSGI: they take granian's scope and protocol, and answer with one call."""

import asyncio
from collections.abc import Callable, Mapping

from jero._rsgi.headers import WireHeaders, text_pairs
from jero._rsgi.protocol import HTTPProtocol, Scope
from jero._rsgi.replies import send_reply
from jero._rsgi.request import RSGIRequest
from jero._runtime.bodies.waits import timed_out
from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs, left_early
from jero._runtime.request_headers import scan_headers
from jero._runtime.request_log import log_unsent

_LONG = 10_000
"""Bytes of a body that is received piece by piece."""
_LONG_DIGITS = len(str(_LONG))


class RSGIDialect:
    """Routes that no `Request` is made for, unless something unusual comes; `prefix` is what the app is mounted under.

    Granian frames a whole response itself: its headers are constants.
    """

    name = "rsgi"
    parameters = "scope, protocol, slots"
    has_request = False
    serves_head = False
    knows_length = False
    ending = None
    request = "make_request(scope, protocol, slots)"
    slots = "slots"
    query = 'scope.query_string.encode("latin-1")'
    headers = "wire_headers(scope.headers)"

    def __init__(self, prefix: str) -> None:
        self._names: Mapping[str, object] = {**_NAMES, "make_request": _request_maker(prefix)}

    @property
    def names(self) -> Mapping[str, object]:
        """The objects that its snippets refer to."""
        return self._names

    def find(self, text: SourceText, wanted: frozenset[bytes]) -> None:
        """Write the look-up of each wanted header: granian has them in a map, and a scan would convert all."""
        text.bind("wanted", wanted)
        text.line("_headers = scope.headers", "_get_all = _headers.get_all", "found = {}")  # a new object each time
        for name in sorted(wanted):
            text.line(f"_values = _get_all({name.decode()!r})")
            with text.block("if len(_values) == 1:"):
                text.line(f"found[{name!r}] = _values[0].encode()")
            with text.block(f"elif _values or {name.decode()!r} in _headers:"):
                text.line("found = scan_headers(wire_headers(_headers), wanted)")

    def receive(self, text: SourceText, body: BodyReader) -> None:
        """Write the wait for a short body of declared length; any other is received piece by piece.

        The deadline is for the whole of a short one: granian does not say when a part of it has come.
        """
        watch = text.bind("watch", body.watch)
        receive = text.bind("receive_body", body.read)
        is_long = f'len(found.get(b"content-length", b"{_LONG}")) >= {_LONG_DIGITS}'
        with text.block(f'if {is_long} or "transfer-encoding" in _headers:'):
            text.line(f"body = await {receive}(make_request(scope, protocol, slots))")
        with text.block("else:"):
            text.line("_task = current_task()", f"{watch}.waiting[_task] = scope")
            with text.block(f"if not {watch}.is_running:"):
                text.line(f"{watch}.run()")
            with text.block("try:"):
                text.line("body = await protocol()")
            with text.block("except RuntimeError as error:"):
                text.line("raise left_early() from error")
            with text.block("except CancelledError:"):
                with text.block(f"if not {watch}.take_back(_task):"):
                    text.line("raise")
                text.line(f"raise timed_out({watch}.seconds) from None")
            with text.block("finally:"):
                text.line(f"del {watch}.waiting[_task]")
            with text.block('if len(body) != int(found[b"content-length"]):'):
                text.line("raise left_early()")

    def answer(self, text: SourceText, status: int, static: HeaderPairs, content: str | None) -> None:
        """Write the one call that is a whole response."""
        headers = text.bind("HEADERS", text_pairs(static))
        call = f"response_empty({status}, {headers})"
        if content is not None:
            call = f"response_bytes({status}, {headers}, {content})"
        with text.block("try:"):
            text.line(f"protocol.{call}")
        with text.block("except RuntimeError:"):
            text.line("log_unsent(make_request(scope, protocol, slots), plan)")

    def reply(self, text: SourceText) -> None:
        """Write the sending of whatever the reply is."""
        text.line("return await send_reply(reply, request)")


def _request_maker(prefix: str) -> Callable[[Scope, HTTPProtocol, tuple[str, ...]], RSGIRequest]:
    def make_request(scope: Scope, protocol: HTTPProtocol, slots: tuple[str, ...]) -> RSGIRequest:
        request = RSGIRequest(scope, protocol, prefix)
        request.slots = slots
        return request

    return make_request


_NAMES: Mapping[str, object] = {
    "CancelledError": asyncio.CancelledError,
    "current_task": asyncio.current_task,
    "left_early": left_early,
    "log_unsent": log_unsent,
    "scan_headers": scan_headers,
    "send_reply": send_reply,
    "timed_out": timed_out,
    "wire_headers": WireHeaders,
}
