"""What a handler returns when a bare body does not say enough: a body with headers, a status, a location, links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from jero.headers import RawHeaders
from jero.links import Link, Location

type RawHeadersInput = RawHeaders | Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(slots=True, kw_only=True, eq=False)
class Response[H: Struct | None = None]:
    """What all response wrappers share; use one of its subclasses.

    `headers` is a Struct of typed headers (`x_trace_id` is sent as `x-trace-id`, None is omitted); `raw_headers` adds
    more, repeats kept; `status_code` (200 to 599) replaces the operation's default. `location` and `links` are the
    `Location` and `Link` headers.
    """

    headers: H | None = None
    raw_headers: RawHeadersInput | None = None
    status_code: int | None = None
    location: Location | None = None
    links: Sequence[Link] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class JSONResponse[T, H: Struct | None = None](Response[H]):
    """A JSON body with headers and a status: `JSONResponse[Widget, WidgetHeaders](json=widget, headers=...)`."""

    json: T


@dataclass(slots=True, kw_only=True, eq=False)
class BytesResponse[H: Struct | None = None](Response[H]):
    """A body of bytes, `application/octet-stream` unless a header says otherwise."""

    content: bytes
