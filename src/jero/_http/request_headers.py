"""The headers that a route reads, from what the parser holds."""

from collections.abc import Iterable

from jero._http.request import HTTPRequest
from jero._runtime.request import FoundHeaders
from jero._runtime.request_headers import scan_headers


def find_headers(request: HTTPRequest, wanted: Iterable[bytes]) -> FoundHeaders:
    """Give the wanted headers.

    Raises MalformedRequestError where a header that may occur only once occurs twice.
    """
    fields = request.head.headers
    if isinstance(fields, list):
        return scan_headers(request.headers, frozenset(wanted))
    found: FoundHeaders = {}
    for name in wanted:
        values = fields.getall(name)
        if len(values) == 1:
            found[name] = values[0]
        elif values:
            return scan_headers(request.headers, frozenset(wanted))
    return found
