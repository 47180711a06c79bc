"""A return plan to the function that turns a result into a reply."""

from collections.abc import Callable
from typing import cast

import msgspec

from jero._plan import AnswerPlan, ReturnKind, ReturnPlan
from jero._runtime.links.headers import encode_links
from jero._runtime.links.urls import URLs
from jero._runtime.reply import Reply
from jero._runtime.request import HeaderPairs, Request
from jero._runtime.response_headers import encode_raw, encode_typed
from jero._runtime.server_faults import ServerFaultError
from jero.responses import BytesResponse, JSONResponse, Response

type Write = Callable[[object, Request], Reply]
type Encode = Callable[[object], bytes]

BODILESS = frozenset({204, 205, 304})
_FIRST_STATUS, _LAST_STATUS = 200, 599

JSON_TYPE = (b"content-type", b"application/json")
TEXT_TYPE = (b"content-type", b"text/plain; charset=utf-8")
BYTES_TYPE = (b"content-type", b"application/octet-stream")
NOSNIFF = (b"x-content-type-options", b"nosniff")

SHORT = 2048
LENGTHS = tuple((b"content-length", b"%d" % length) for length in range(SHORT))
"""The header pairs for the lengths of short bodies, by their lengths."""

STATIC_HEADERS: dict[ReturnKind, HeaderPairs] = {
    ReturnKind.JSON: [JSON_TYPE],
    ReturnKind.TEXT: [TEXT_TYPE],
    ReturnKind.BYTES: [BYTES_TYPE, NOSNIFF],
}


def make_writer(plan: AnswerPlan, urls: URLs) -> Write:
    """Make the writer of an operation, or of whatever else answers with a result."""
    if plan.returns.wrapper is not None:
        return _make_wrapper_writer(plan, plan.returns.wrapper, urls)
    if plan.returns.kind is ReturnKind.EMPTY:
        return _make_empty_writer(plan)
    return _make_body_writer(plan)


def content_length(body: bytes) -> tuple[bytes, bytes]:
    """Give the header pair for a body's length."""
    return LENGTHS[len(body)] if len(body) < SHORT else (b"content-length", b"%d" % len(body))


def _make_body_writer(plan: AnswerPlan) -> Write:
    status = plan.status
    accepts = plan.returns.accepts
    only = accepts[0] if len(accepts) == 1 else None
    encode = _ENCODERS[plan.returns.kind]
    static = STATIC_HEADERS[plan.returns.kind]

    def write(result: object, _request: Request) -> Reply:
        if type(result) is not only and not isinstance(result, accepts):
            raise wrong_type(plan.returns, result)
        body = encode(result)
        return status, [*static, content_length(body)], body

    return write


def _make_empty_writer(plan: AnswerPlan) -> Write:
    def write(result: object, _request: Request) -> Reply:
        if result is not None:
            raise wrong_type(plan.returns, result)
        return 204, [], b""

    return write


def _make_wrapper_writer(plan: AnswerPlan, wrapper: type, urls: URLs) -> Write:
    returns = plan.returns
    encode = _ENCODERS[returns.kind]
    static = STATIC_HEADERS[returns.kind]
    body_of = _body_of(wrapper)

    def write(result: object, request: Request) -> Reply:
        if not isinstance(result, wrapper):
            raise wrong_type(returns, result)
        response = cast("Response[msgspec.Struct]", result)  # wiring has said that the wrapper is one
        value = body_of(result)
        if not isinstance(value, returns.accepts):
            raise wrong_type(returns, value)
        status = plan.status if response.status_code is None else check_status(response.status_code)
        headers = extra_headers(plan, response, request, urls)
        if status in BODILESS:
            return status, [pair for pair in headers if pair[0] != b"content-type"], b""
        body = encode(value)
        return status, [*defaults(static, headers), content_length(body), *headers], body

    return write


def extra_headers(plan: AnswerPlan, response: Response[msgspec.Struct], request: Request, urls: URLs) -> HeaderPairs:
    """Give the headers that a wrapper carries: typed, raw, `location`, `link`, in this order."""
    headers: HeaderPairs = []
    if response.headers is not None:
        if not isinstance(response.headers, _header_class(plan.returns)):
            raise wrong_type(plan.returns, response.headers)
        headers += encode_typed(response.headers, plan.returns.header_fields)
    headers += encode_raw(response.raw_headers, plan.subject)
    if response.location is not None or response.links:
        headers += encode_links(response, headers, request, plan, urls)
    return headers


def defaults(static: HeaderPairs, headers: HeaderPairs) -> HeaderPairs:
    """Give the default headers that the response does not replace."""
    given = {name for name, _ in headers}
    return [pair for pair in static if pair[0] not in given]


def check_status(status: object) -> int:
    """Give a status that a response may have: an int from 200 to 599."""
    if isinstance(status, bool) or not isinstance(status, int) or not _FIRST_STATUS <= status <= _LAST_STATUS:
        raise ServerFaultError(f"status_code={status!r} is no response status; give an int from 200 to 599")
    return status


def _body_of(wrapper: type) -> Callable[[object], object]:
    if issubclass(wrapper, JSONResponse):
        return lambda result: cast("JSONResponse[object]", result).json  # checked by the writer
    return lambda result: cast("BytesResponse", result).content  # checked by the writer


def _header_class(returns: ReturnPlan) -> type:
    annotation = returns.headers_type
    return cast("type", getattr(annotation, "__origin__", annotation)) if annotation is not None else type(None)


def wrong_type(returns: ReturnPlan, result: object) -> ServerFaultError:
    """Give the error of a handler whose result is not what it declares."""
    declared = getattr(returns.annotation, "__name__", str(returns.annotation))
    return ServerFaultError(f"the handler gave a `{type(result).__name__}`, and its return type is `{declared}`")


def _encode_text(result: object) -> bytes:
    return cast("str", result).encode()  # the writer has checked the type


def _encode_bytes(result: object) -> bytes:
    return cast("bytes", result)  # the writer has checked the type


ENCODE = msgspec.json.Encoder().encode
_ENCODERS: dict[ReturnKind, Encode] = {
    ReturnKind.JSON: ENCODE,
    ReturnKind.TEXT: _encode_text,
    ReturnKind.BYTES: _encode_bytes,
}
