"""A streaming return plan to the function that turns a result into a reply whose body flows."""

from typing import cast

import msgspec

from jero._plan import OperationPlan, ReturnKind
from jero._runtime.reply import Reply
from jero._runtime.request import HeaderPairs, Request
from jero._runtime.server_faults import ServerFaultError
from jero._runtime.services import Services
from jero._runtime.streams.bodies import EventStreamBody, StreamBody, UnsentBody
from jero._runtime.streams.framings import make_framing
from jero._runtime.streams.pump import StreamService
from jero._runtime.writers import BODILESS, BYTES_TYPE, NOSNIFF, Write, check_status, defaults, extra_headers
from jero.responses import Response
from jero.streaming import NDJSONStreamingResponse, SSEResponse, StreamingResponse

type AnyStreaming = StreamingResponse | NDJSONStreamingResponse[object] | SSEResponse

STREAM_KINDS = frozenset({ReturnKind.BYTES_STREAM, ReturnKind.NDJSON_STREAM, ReturnKind.SSE_STREAM})

_STATIC_HEADERS: dict[ReturnKind, HeaderPairs] = {
    ReturnKind.BYTES_STREAM: [BYTES_TYPE, NOSNIFF],
    ReturnKind.NDJSON_STREAM: [(b"content-type", b"application/x-ndjson")],
    ReturnKind.SSE_STREAM: [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),
    ],
}


def make_stream_writer(plan: OperationPlan, services: Services) -> Write:
    """Make the writer of an operation that returns a stream."""
    returns = plan.returns
    wrapper = cast("type[Response]", returns.wrapper)  # streams come only in wrappers
    static = _STATIC_HEADERS[returns.kind]
    service = StreamService(
        plan=plan,
        framing=make_framing(returns),
        failures=services.failures,
        open_streams=services.open_streams,
    )

    def write(result: object, request: Request) -> Reply:
        if not isinstance(result, wrapper):
            raise ServerFaultError(
                f"the handler gave a `{type(result).__name__}`, and its return type is `{wrapper.__name__}`"
            )
        response = cast("Response[msgspec.Struct]", result)  # whatever its H
        status = plan.status if response.status_code is None else check_status(response.status_code)
        headers = extra_headers(plan, response, request, services.urls)
        streaming = cast("AnyStreaming", result)  # the wrapper is one of the three
        if status in BODILESS:
            bare = [pair for pair in headers if pair[0] != b"content-type"]
            return status, bare, UnsentBody(streaming.stream, service, (status, bare, b""))
        if isinstance(streaming, SSEResponse):
            body = EventStreamBody(streaming.stream, service, streaming.keepalive)
        else:
            body = StreamBody(streaming.stream, service)
        return status, [*defaults(static, headers), *headers], body

    return write
