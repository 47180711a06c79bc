"""The `Location` and `Link` headers of a response (RFC 9110, section 10.2.2; RFC 8288, section 3)."""

from urllib.parse import quote

import msgspec

from jero._plan import AnswerPlan
from jero._runtime.links.urls import URLs
from jero._runtime.request import HeaderPairs, Request
from jero._runtime.response_headers import encode_pair
from jero._runtime.server_faults import ServerFaultError
from jero.links import Link, Location
from jero.responses import Response

_ATTR_CHARS = "!#$&+-.^_`|~"
"""What stands as it is in an extended value besides letters and digits (RFC 8187, section 3.2.1)."""


def encode_links(
    response: Response[msgspec.Struct], given: HeaderPairs, request: Request, plan: AnswerPlan, urls: URLs
) -> HeaderPairs:
    """Give the headers for a response's `location` and `links`; `given` are those that it has already.

    Raises ServerFaultError where one of them cannot be sent.
    """
    pairs: HeaderPairs = []
    if response.location is not None:
        if any(name == b"location" for name, _ in given):
            raise ServerFaultError("the response has `location` and a header of that name; keep one of them")
        pairs.append(encode_pair("location", _encode_location(response.location, request, plan, urls)))
    if response.links:
        values = [_encode_link(link, request, plan, urls) for link in response.links]
        pairs.append(encode_pair("link", ", ".join(values)))
    return pairs


def _encode_location(location: object, request: Request, plan: AnswerPlan, urls: URLs) -> str:
    if not isinstance(location, Location):
        raise ServerFaultError(
            f"`location` is a `{type(location).__name__}`; make it with `Location.from_path` or its like"
        )
    return urls.resolve(location.target, request, plan)


def _encode_link(link: object, request: Request, plan: AnswerPlan, urls: URLs) -> str:
    if not isinstance(link, Link):
        raise ServerFaultError(f"`links` holds a `{type(link).__name__}`; make it with `Link.from_path` or its like")
    parts = [f"<{urls.resolve(link.target, request, plan)}>", f'rel="{link.rel}"']
    if link.title is not None:
        parts.append(_encode_title(link.title))
    if link.media_type is not None:
        parts.append(f'type="{link.media_type}"')
    return "; ".join(parts)


def _encode_title(title: str) -> str:
    """Give a quoted string, its quotes and backslashes escaped; what is not ASCII as UTF-8 (RFC 8187)."""
    if title.isascii():
        escaped = title.replace("\\", "\\\\").replace('"', '\\"')
        return f'title="{escaped}"'
    return f"title*=UTF-8''{quote(title, safe=_ATTR_CHARS)}"
