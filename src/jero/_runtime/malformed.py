"""Bodies that are no JSON at all: what msgspec raises for them, and what the client is told."""

import msgspec

MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""A ValidationError is a DecodeError too: it has to be caught before."""


def malformed_detail(error: Exception, what: str = "the body") -> str:
    """Say in a client's words why a body, or a line of one, is no JSON document."""
    if isinstance(error, RecursionError):
        return f"{what} is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"{what} is not UTF-8: {error.reason} at byte {error.start} of a string"
    return f"{what} is not valid JSON: {error}"
