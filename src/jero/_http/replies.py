"""A reply, whole or flowing, to the bytes of the exchange."""

from jero._http.request import HTTPRequest
from jero._http.sink import HTTPSink
from jero._runtime.reply import Reply


async def send_reply(reply: Reply | None, request: HTTPRequest) -> None:
    """Send what a request is answered with; None is nothing: the connection closes."""
    if reply is None:
        return
    status, headers, body = reply
    if isinstance(body, bytes):
        request.send(status, headers, body)
        return
    sink = HTTPSink(request.wire, request, status, headers)
    if request.method == "HEAD":
        await body.discard(request)
        sink.send_head()
        return
    try:
        await body.serve(request, sink)
    finally:
        if not request.is_answered:
            sink.cut_off()
