"""Request headers: one scan for the names that a route reads, and their joining into text."""

from collections.abc import Iterable

from jero._runtime.request import FoundHeaders
from jero.errors import MalformedRequestError

SINGLE = frozenset({b"authorization", b"content-type", b"content-length", b"host", b"proxy-authorization"})
"""Headers that may occur once (RFC 9110): a second one means that somebody on the way is being fooled."""


def scan_headers(headers: Iterable[tuple[bytes, bytes]], wanted: frozenset[bytes]) -> FoundHeaders:
    """Collect the wanted headers; one that occurs again becomes a list, in the order sent.

    Raises MalformedRequestError where a header that may occur only once occurs twice.
    """
    found: FoundHeaders = {}
    for name, value in headers:
        if name in wanted:
            if name in found:
                repeat_header(found, name, value)
            else:
                found[name] = value
    return found


def repeat_header(found: FoundHeaders, name: bytes, value: bytes) -> None:
    """Add the repeat of a header that was found. Raises MalformedRequestError for one that may occur only once."""
    before = found[name]
    if name in SINGLE:
        raise MalformedRequestError(f"the header `{name.decode('latin-1')}` is given twice; send it once")
    if isinstance(before, list):
        before.append(value)
    else:
        found[name] = [before, value]


def repeat_headers(found: FoundHeaders, name: bytes, values: list[bytes]) -> None:
    """Put a header that occurs more than once. Raises MalformedRequestError for one that may occur only once."""
    found[name] = values[0]
    for value in values[1:]:
        repeat_header(found, name, value)


def join_header(name: bytes, value: bytes | list[bytes]) -> str:
    """Give a header as one text: repeats join with `, `, cookies with `; ` (RFC 9110, 5.3; RFC 9113, 8.2.3)."""
    if isinstance(value, list):
        value = (b"; " if name == b"cookie" else b", ").join(value)
    return value.decode("latin-1")


def first_header(found: FoundHeaders, name: bytes) -> bytes | None:
    """Give a header that was scanned for, the first of its repeats."""
    value = found.get(name)
    return value[0] if isinstance(value, list) else value


def check_cookies(value: bytes | list[bytes] | None, limit: int) -> None:
    """Refuse a request with more cookies than the limit.

    Raises MalformedRequestError.
    """
    if value is not None:
        count = value.count(b";") + 1 if isinstance(value, bytes) else sum(it.count(b";") + 1 for it in value)
        if count > limit:
            raise MalformedRequestError(f"the request has more than {limit} cookies")
