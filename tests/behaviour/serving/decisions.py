"""What each server decides itself, told in words in docs/security.md: one entry for each edge, with every answer."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_BAD_REQUEST = "HTTP/1.1 400 Bad Request"
_CLOSED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireDecisions:
    """The statuses that a request may be answered with, whoever answers, where servers differ."""

    no_host: int
    two_hosts: int
    folded_header: int
    hundred_and_one_headers: int
    absolute_target: int
    target_without_slash: int
    target_with_fragment: int
    target_over_64_kib: AbstractSet[int]
    connect: int
    unknown_method: int
    method_in_lower_case: int
    further_transfer_coding: int
    body_that_ends_early: str
    """What a client that still listens is told first, where jero answers nothing."""
    broken_chunks: str
    """The same for a body whose chunks are broken."""


_UVICORN_H11 = WireDecisions(
    no_host=400,
    two_hosts=400,
    folded_header=200,
    hundred_and_one_headers=200,
    absolute_target=404,
    target_without_slash=404,
    target_with_fragment=404,
    target_over_64_kib={400, 404},
    connect=404,
    unknown_method=405,
    method_in_lower_case=405,
    further_transfer_coding=400,
    body_that_ends_early=_CLOSED,
    broken_chunks=_BAD_REQUEST,
)
_UVICORN_HTTPTOOLS = WireDecisions(
    no_host=200,
    two_hosts=200,
    folded_header=400,
    hundred_and_one_headers=200,
    absolute_target=200,
    target_without_slash=400,
    target_with_fragment=200,
    target_over_64_kib={400},
    connect=400,
    unknown_method=400,
    method_in_lower_case=400,
    further_transfer_coding=200,
    body_that_ends_early=_CLOSED,
    broken_chunks=_BAD_REQUEST,
)
_GRANIAN = WireDecisions(
    no_host=200,
    two_hosts=200,
    folded_header=400,
    hundred_and_one_headers=431,
    absolute_target=200,
    target_without_slash=400,
    target_with_fragment=200,
    target_over_64_kib={414},
    connect=405,
    unknown_method=405,
    method_in_lower_case=405,
    further_transfer_coding=200,
    body_that_ends_early="HTTP/1.1 500 Internal Server Error",
    broken_chunks="HTTP/1.1 500 Internal Server Error",
)
_NATIVE = WireDecisions(
    no_host=400,
    two_hosts=400,
    folded_header=400,
    hundred_and_one_headers=431,
    absolute_target=200,
    target_without_slash=400,
    target_with_fragment=404,
    target_over_64_kib={414},
    connect=404,
    unknown_method=405,
    method_in_lower_case=405,
    further_transfer_coding=501,
    body_that_ends_early=_CLOSED,
    broken_chunks=_BAD_REQUEST,
)

ON_THE_WIRE = {
    "uvicorn": _UVICORN_H11,
    "uvicorn-httptools": _UVICORN_HTTPTOOLS,
    "native": _NATIVE,
    "granian-asgi": _GRANIAN,
    "granian-rsgi": _GRANIAN,
}
"""An edge that has a wire and is not in here fails the tests that ask for it."""

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
