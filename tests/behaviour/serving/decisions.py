"""What each server decides itself, told in words in docs/security.md: each question, and what each edge answers."""

from collections.abc import Mapping

_BAD_REQUEST = "HTTP/1.1 400 Bad Request"
_SERVER_ERROR = "HTTP/1.1 500 Internal Server Error"
_CLOSED = ""


def _answers[T](h11: T, httptools: T, native: T, granian: T) -> Mapping[str, T]:
    """Give the answers of each server by edge; an edge that has a wire and is not in here fails what asks for it."""
    return {
        "uvicorn": h11,
        "uvicorn-httptools": httptools,
        "native": native,
        "granian-asgi": granian,
        "granian-rsgi": granian,
    }


STATUSES = {
    "no host": _answers(400, 200, 400, 200),
    "two hosts": _answers(400, 200, 400, 200),
    "folded header": _answers(200, 400, 400, 400),
    "101 headers": _answers(200, 200, 431, 431),
    "absolute target": _answers(404, 200, 200, 200),
    "target without a slash": _answers(404, 400, 400, 400),
    "target with a fragment": _answers(404, 200, 400, 200),
    "CONNECT": _answers(404, 400, 404, 405),
    "unknown method": _answers(405, 400, 405, 405),
    "method in lower case": _answers(405, 400, 405, 405),
    "further transfer coding": _answers(400, 200, 501, 200),
}
"""The status of each request about which servers differ, whoever answers it: h11, httptools, native, granian."""

TARGET_OVER_64_KIB = _answers({400, 404}, {400}, {414}, {414})
"""The statuses of a target so long."""

BODY_THAT_ENDS_EARLY = _answers(_CLOSED, _CLOSED, _CLOSED, _SERVER_ERROR)
"""What a client that still listens is told first, where jero answers nothing."""

BROKEN_CHUNKS = _answers(_BAD_REQUEST, _BAD_REQUEST, _BAD_REQUEST, _SERVER_ERROR)
"""The same for a body whose chunks are broken."""

SENT_PREFIX = {
    "in-process": "",
    "uvicorn": "",
    "uvicorn-httptools": "",
    "native": "",
    "granian-asgi": "/api",
    "granian-rsgi": "/api",
}
"""What a client sends before a URL of an app under `/api`: nothing where a proxy is to have taken it off."""

HAS_SHORT_REQUEST_LINES = frozenset({"native"})
"""The edges that refuse a request line over 8 KiB (414), so that longer queries never reach jero's own limit."""

DECODES_SLASHES = frozenset({"granian-rsgi"})
"""The edges that are handed a path decoded, and not as sent: `%2F` is a slash to them."""

LOSES_NON_ASCII_HEADERS = frozenset({"granian-rsgi"})
"""The edges that are not handed a header's value with bytes outside of ASCII: it is read as the one byte 255."""
