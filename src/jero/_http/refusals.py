"""What the edge itself refuses: requests that are no HTTP/1.1, too long, too slow, or too many."""

from jero._http.heads import CLOSE, write_head
from jero._runtime.problems import problem_reply
from jero.errors import (
    HTTPError,
    MalformedRequestError,
    RequestTimeoutError,
    ServiceUnavailableError,
    URITooLongError,
)
from jero.limits import KIB

MAX_REQUEST_LINE = 8 * KIB
MAX_HEADERS = 32 * KIB
MAX_HEADER_COUNT = 100
"""The parser's own limit; it has one of 16 KiB for a single line besides."""

TOO_LARGE = "message exceeded configured size limit"
"""What the parser says where any of its limits is passed."""

_HEADERS_TOO_LARGE, _NOT_IMPLEMENTED, _VERSION_NOT_SUPPORTED = 431, 501, 505


def write_refusal(error: HTTPError, standing: bytes) -> bytes:
    """Give a whole response that refuses a request and closes the connection (RFC 9457)."""
    status, headers, body = problem_reply(error)
    return b"%b%bcontent-length: %d\r\n%b\r\n%b" % (write_head(status, headers), standing, len(body), CLOSE, body)


def malformed_head() -> HTTPError:
    """Refuse what is no request head (RFC 9112)."""
    return MalformedRequestError("this is no HTTP/1.1 request, or its head is malformed")


def malformed_body() -> HTTPError:
    """Refuse a body whose framing breaks (RFC 9112, section 7.1)."""
    return MalformedRequestError("the chunks of the body are malformed")


def malformed_target() -> HTTPError:
    """Refuse a target in none of the forms of RFC 9112, section 3.2."""
    return MalformedRequestError("the target of the request is malformed; send a path, percent-encoded")


def long_request_line() -> HTTPError:
    """Refuse a request line over its limit."""
    return URITooLongError(f"the request line is over {MAX_REQUEST_LINE} bytes")


def large_headers() -> HTTPError:
    """Refuse headers over their limits (RFC 6585, section 5)."""
    return HTTPError(
        _HEADERS_TOO_LARGE, f"the request has more than {MAX_HEADER_COUNT} headers, or over {MAX_HEADERS} bytes of them"
    )


def unknown_coding() -> HTTPError:
    """Refuse a transfer coding that is not decoded here (RFC 9112, section 6.1)."""
    return HTTPError(_NOT_IMPLEMENTED, "the body has a transfer coding other than `chunked`; send it without")


def slow_head() -> HTTPError:
    """Refuse a head that does not come to its end."""
    return RequestTimeoutError("the head of the request took too long")


def too_many() -> HTTPError:
    """Refuse a request beyond the limit of concurrency that the server is set to."""
    return ServiceUnavailableError("the server is busy", headers={"retry-after": "1"})


def repeated_length() -> HTTPError:
    """Refuse a length that is given twice, even if it is the same (RFC 9110, section 8.6)."""
    return MalformedRequestError("the header `content-length` is given twice; send it once")


def padded_coding() -> HTTPError:
    """Refuse white space behind a coding by which two servers may part (RFC 9112, section 11.2)."""
    return MalformedRequestError("a tab follows `chunked`; send the coding without")


def unknown_version() -> HTTPError:
    """Refuse any version of HTTP/1 but the two there are (RFC 9110, section 15.6.6)."""
    return HTTPError(_VERSION_NOT_SUPPORTED, "send HTTP/1.1")


def coding_of_old_client() -> HTTPError:
    """Refuse chunks in HTTP/1.0, where their framing is faulty (RFC 9112, section 6.1)."""
    return MalformedRequestError("HTTP/1.0 has no transfer codings; send a length, or HTTP/1.1")
