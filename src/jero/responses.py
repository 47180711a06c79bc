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
    """A JSON body (RFC 8259) with headers and a status.

        async def create(self, json: NewWidget) -> JSONResponse[Widget, WidgetHeaders]:
            widget = await self._store.add(json)
            return JSONResponse(
                json=widget,
                headers=WidgetHeaders(x_revision=widget.revision),
                location=Location.from_operation(Widgets.read_one, path=WidgetPath(widget.id)),
            )

    - `json`: the body, of the type `T`: a Struct, a union of Structs, or a `list` of Structs.
    - `headers`: a Struct of typed headers, of the type `H`: `x_trace_id` is sent as `x-trace-id`, None is omitted.
    - `raw_headers`: more headers, a mapping, pairs or `RawHeaders`; repeats are kept.
    - `status_code`: 200 to 599, in place of the operation's own. 204, 205 and 304 are sent without a body.
    - `location` and `links`: the `Location` header, and the `Link` header.

    What does not fit, a body of another type or a header with a line break, is a fault of the server: it is logged
    and answered with 500, and nothing of it is sent.
    """

    json: T


@dataclass(slots=True, kw_only=True, eq=False)
class BytesResponse[H: Struct | None = None](Response[H]):
    """A body of bytes, `application/octet-stream` unless a header says otherwise, with headers and a status.

        async def get(self) -> BytesResponse:
            return BytesResponse(content=self._png, raw_headers={"content-type": "image/png"})

    `content` is the body; the other keywords are those of `JSONResponse`.
    """

    content: bytes
