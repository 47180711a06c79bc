"""The app's own answers to errors: plans of exception handlers and of the error renderer to what `Failures` calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

import msgspec

from jero._plan import AppPlan, ErrorRendererPlan, ExceptionHandlerPlan, ReturnKind, ReturnPlan, SourceKind, SourcePlan
from jero._runtime.failures import Failures, Handle, Render
from jero._runtime.links.urls import URLs
from jero._runtime.problems import error_headers
from jero._runtime.readers import make_header_reader, wanted_headers
from jero._runtime.reply import BufferedReply
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import scan_headers
from jero._runtime.writers import NOSNIFF, make_writer
from jero.errors import HTTPError
from jero.headers import RawHeaders
from jero.limits import Limits

_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class _Answer:
    subject: str
    status: int
    returns: ReturnPlan


def make_failures(plan: AppPlan, urls: URLs) -> Failures:
    """Make the exception funnel of an app."""
    handlers: dict[type, Handle] = {}
    for handler in plan.exception_handlers:
        handle = _make_handle(handler, urls)
        handlers.update(dict.fromkeys(handler.exceptions, handle))
    render = None if plan.error_renderer is None else _make_render(plan.error_renderer, urls)
    return Failures(handlers, render)


def _make_handle(plan: ExceptionHandlerPlan, urls: URLs) -> Handle:
    write = None if plan.returns is None else make_writer(_Answer(plan.subject, plan.status, plan.returns), urls)

    async def handle(error: BaseException, request: Request) -> BufferedReply | HTTPError | None:
        outcome = plan.handle(error)
        if plan.is_async:
            outcome = await cast("Awaitable[object]", outcome)  # as the plan says
        if outcome is None or isinstance(outcome, HTTPError):
            return outcome
        if write is None:
            raise TypeError(f"{plan.subject} gave a `{type(outcome).__name__}`, and declares HTTPError or None")
        status, headers, body = cast("BufferedReply", write(outcome, request))  # wiring refuses streams here
        is_covered = status < _FIRST_ERROR or NOSNIFF in headers
        return (status, headers, body) if is_covered else (status, [*headers, NOSNIFF], body)

    return handle


def _make_render(plan: ErrorRendererPlan, urls: URLs) -> Render:
    write = make_writer(plan, urls)
    wanted = frozenset(name for source in plan.sources if source is not None for name in wanted_headers(source))
    reads = [None if source is None else _make_read(source) for source in plan.sources]
    sends_nosniff = plan.returns.kind is not ReturnKind.BYTES  # which has it already

    async def render(error: HTTPError, request: Request) -> BufferedReply:
        if wanted:
            request.found = _scan_leniently(request, wanted)
        body = plan.render(*[error if read is None else read(request) for read in reads])
        if plan.is_async:
            body = await cast("Awaitable[object]", body)  # as the plan says
        _, headers, payload = cast("BufferedReply", write(body, request))  # wiring refuses streams here
        extra = [NOSNIFF] if sends_nosniff else []
        return error.status, [*headers, *extra, *error_headers(error)], payload

    return render


def _make_read(source: SourcePlan) -> Callable[[Request], object]:
    """Make the reader of a renderer's headers. Those that do not bind are as if not sent: the error is answered."""
    if source.kind is SourceKind.RAW_HEADERS:
        return lambda request: RawHeaders.from_wire(request.headers)
    read = make_header_reader(source, Limits()).read

    def read_or_default(request: Request) -> object:
        try:
            return read(request.found)
        except (msgspec.ValidationError, HTTPError):
            return msgspec.convert({}, source.annotation)  # wiring has seen that every field has a default

    return read_or_default


def _scan_leniently(request: Request, wanted: frozenset[bytes]) -> FoundHeaders:
    try:
        return scan_headers(request.headers, wanted)
    except HTTPError:  # a header that may occur once was sent twice
        return {}
