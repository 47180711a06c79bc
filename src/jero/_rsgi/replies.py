"""A reply, whole or flowing, to the calls that send it."""

from jero._rsgi.request import RSGIRequest
from jero._rsgi.sink import RSGISink, respond
from jero._runtime.reply import Reply
from jero._runtime.request_log import log_unsent


async def send_reply(reply: Reply | None, request: RSGIRequest) -> None:
    """Send what a request is answered with, without its body where it is HEAD, and let go of its connection.

    None is nothing: granian sends a 500 of its own to whoever still listens.
    """
    try:
        if reply is None:
            return
        status, headers, body = reply
        if not isinstance(body, bytes):
            if request.method != "HEAD":
                sink = RSGISink(request, status, headers)
                try:
                    await body.serve(request, sink)
                finally:
                    await sink.close()
                return
            await body.discard(request)
            body = b""
        try:
            respond(request, (status, headers, body))
        except OSError:
            log_unsent(request)
    finally:
        request.close()
