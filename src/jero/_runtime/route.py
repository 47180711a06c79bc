"""A whole request on one screen: authenticate, read, call, write."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

import anyio.to_thread
import msgspec

from jero._plan import OperationPlan, SourceKind
from jero._runtime.authentication import make_authenticate
from jero._runtime.binding import binding_failure
from jero._runtime.bodies.whole import BODY_HEADERS, BodyReader
from jero._runtime.deadlines import Deadlines
from jero._runtime.failures import Failures
from jero._runtime.forms.reading import FormReader
from jero._runtime.readers import Surroundings, make_reader, wanted_headers
from jero._runtime.reply import Reply, Route
from jero._runtime.request import Request
from jero._runtime.request_headers import scan_headers
from jero._runtime.services import Services
from jero._runtime.streams.writers import STREAM_KINDS, make_stream_writer
from jero._runtime.writers import make_writer
from jero.errors import HTTPError, NotFoundError

type Call = Callable[[list[object]], Awaitable[object]]

type ReadBody = Callable[[Request], Awaitable[bytes]]

_BODIES = frozenset(
    {
        SourceKind.JSON,
        SourceKind.CONTENT,
        SourceKind.FORM,
        SourceKind.CONTENT_STREAM,
        SourceKind.JSON_STREAM,
    }
)
_BINDING_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, HTTPError)


def make_route(plan: OperationPlan, services: Services) -> Route:
    """Make the route of a plan; nothing that the plan knows is decided again in it."""
    slots = tuple(segment.text for segment in plan.segments if segment.is_slot)
    around = Surroundings(slots, plan.limits, services.deadlines)
    readers = [make_reader(source, around) for source in plan.sources]
    reads = [_take_path if reader.source is SourceKind.PATH else reader.read for reader in readers]
    bound = [reader for reader in readers if reader.source is not SourceKind.PATH]
    read_path = next((reader.read for reader in readers if reader.source is SourceKind.PATH), None)
    read_body = _make_read_body(plan, services.deadlines)
    authenticate = None if plan.auth is None else make_authenticate(plan.auth, plan.limits)
    wanted = _wanted_headers(plan)
    call = _make_call(plan)
    is_stream = plan.returns.kind in STREAM_KINDS
    write = make_stream_writer(plan, services) if is_stream else make_writer(plan, services.urls)
    failures = services.failures

    async def route(request: Request) -> Reply | None:
        try:
            if read_path is not None:
                request.bound_path = _read_path(read_path, request)
            if wanted:
                request.found = scan_headers(request.headers, wanted)
            if authenticate is not None:
                request.user = await authenticate(request)
            if read_body is not None:
                request.body = await read_body(request)
            try:
                arguments = [read(request) for read in reads]
            except _BINDING_FAULTS as fault:
                raise (binding_failure(request, bound) or fault) from fault
            return write(await call(arguments), request)
        except BaseException as error:  # noqa: BLE001 - the funnel decides what becomes of each
            return await failures.reply(error, request, plan)

    route.__qualname__ = f"route:{plan.subject}"
    return route


def make_error_route(error: Callable[[], HTTPError], failures: Failures) -> Route:
    """Make a route that answers with an error: what an unknown URL or a wrong method gets."""

    async def route(request: Request) -> Reply | None:
        return await failures.reply(error(), request, None)

    return route


def _take_path(request: Request) -> object:
    return request.bound_path


def _read_path(read: Callable[[Request], object], request: Request) -> object:
    """Bind the slots; one that does not convert is answered as a URL that does not exist."""
    try:
        return read(request)
    except msgspec.ValidationError:
        raise NotFoundError from None


def _wanted_headers(plan: OperationPlan) -> frozenset[bytes]:
    wanted = {name for source in plan.sources for name in wanted_headers(source)}
    if plan.auth is not None:
        wanted |= wanted_headers(plan.auth.headers)
    if any(source.kind in _BODIES for source in plan.sources):
        wanted |= BODY_HEADERS
    return frozenset(wanted)


def _make_read_body(plan: OperationPlan, deadlines: Deadlines) -> ReadBody | None:
    """Make what reads the body before the sources are bound; None where nothing does."""
    limits = plan.limits
    for source in plan.sources:
        if source.kind is SourceKind.FORM:
            return FormReader(source, limits, deadlines).read
        if source.kind in {SourceKind.JSON, SourceKind.CONTENT}:
            return BodyReader(source.kind, limits.max_body, limits.body_timeout, deadlines).read
    return None


def _make_call(plan: OperationPlan) -> Call:
    handler = plan.handler
    keyword_only = [source.argument for source in plan.sources if source.is_keyword_only]
    if keyword_only:
        inner, count = handler, len(plan.sources) - len(keyword_only)

        def with_keywords(*arguments: object) -> object:
            return inner(*arguments[:count], **dict(zip(keyword_only, arguments[count:], strict=True)))

        handler = with_keywords

    async def call_async(arguments: list[object]) -> object:
        return await cast("Awaitable[object]", handler(*arguments))  # `is_async`

    async def call_threaded(arguments: list[object]) -> object:
        return await anyio.to_thread.run_sync(partial(handler, *arguments))

    async def call_plain(arguments: list[object]) -> object:
        return handler(*arguments)

    if plan.is_async:
        return call_async
    return call_threaded if plan.is_threaded else call_plain
