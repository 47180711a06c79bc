"""The statuses that an operation can answer with, as far as its plan knows them, and why each."""

from collections.abc import Iterator
from dataclasses import dataclass

from jero._cli.type_words import result_in_words
from jero._plan import BODY_KINDS, FILE_KINDS, AppPlan, OperationPlan, ReturnKind, SourceKind, SourcePlan
from jero._wiring.annotations import describe
from jero.errors import HTTPError
from jero.limits import Limits

MEDIA_TYPES: dict[ReturnKind, str] = {
    ReturnKind.JSON: "application/json",
    ReturnKind.TEXT: "text/plain; charset=utf-8",
    ReturnKind.BYTES: "application/octet-stream",
    ReturnKind.BYTES_STREAM: "application/octet-stream",
    ReturnKind.NDJSON_STREAM: "application/x-ndjson",
    ReturnKind.SSE_STREAM: "text/event-stream",
}
_EMPTY_STATUS = 204


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which an operation answers: `type` is an error's stable identity."""

    status: int
    type: str | None
    why: str


def answers_of_plan(plan: OperationPlan, app: AppPlan) -> list[Answer]:
    """Give all answers that wiring knows of, by status; what handlers raise themselves is not among them."""
    found = [_success(plan), *_refusals(plan), _server_error(app)]
    return sorted(found, key=lambda answer: answer.status)


def handled_exceptions(app: AppPlan) -> list[str]:
    """Give the exceptions that handlers of the app answer for, with the handler's name."""
    return [
        f"{exception.__name__} ({handler.subject})"
        for handler in app.exception_handlers
        for exception in handler.exceptions
    ]


def body_media_types(source: SourcePlan) -> tuple[str, ...]:
    """Give the media types that a body may have; none where it may have any."""
    match source.kind:
        case SourceKind.JSON:
            return "application/json", "a `+json` type"
        case SourceKind.JSON_STREAM:
            return ("application/x-ndjson",)
        case SourceKind.FORM:
            has_files = any(field.kind in FILE_KINDS for field in source.form_fields)
            return ("multipart/form-data", *(() if has_files else ("application/x-www-form-urlencoded",)))
        case _:
            return ()


def _success(plan: OperationPlan) -> Answer:
    returns = plan.returns
    if returns.kind is ReturnKind.EMPTY:
        return Answer(_EMPTY_STATUS, None, "the handler returned; there is no body")
    what = f"{result_in_words(returns.annotation)} as {MEDIA_TYPES[returns.kind]}"
    other = "" if returns.wrapper is None else "; `status_code=` of the response replaces it"
    return Answer(plan.status, None, f"{what}{other}")


def _refusals(plan: OperationPlan) -> Iterator[Answer]:
    for source in plan.sources:
        if source.kind in BODY_KINDS:
            yield from _body_refusals(source, plan.limits)
        elif source.kind is SourceKind.PARAMS:
            yield from _query_refusals(source, plan.limits)
        elif source.kind is SourceKind.HEADERS:
            yield Answer(400, "validation-failed", f"a header does not fit {describe(source.annotation)}")
        elif source.kind is SourceKind.PATH:
            slots = " or ".join(f"`{field.wire_name}`" for field in source.fields)
            why = f"{slots} does not fit {describe(source.annotation)}: answered as an unknown URL"
            yield Answer(404, "not-found", why)
    if plan.auth is not None:
        why = f"the headers do not fit {describe(plan.auth.headers.annotation)}, or {plan.auth.owner} refuses"
        yield Answer(401, "authentication-required", why)


def _body_refusals(source: SourcePlan, limits: Limits) -> Iterator[Answer]:
    kind, shape = source.kind, describe(source.annotation)
    if kind is SourceKind.JSON:
        yield Answer(400, "malformed-request", "the body is empty, or is not JSON")
        yield Answer(422, "validation-failed", f"the body does not fit {shape}")
    elif kind is SourceKind.FORM:
        yield Answer(400, "malformed-request", "the body is no form that can be read")
        yield Answer(422, "validation-failed", f"a part is missing, or does not fit {shape}")
    elif kind is SourceKind.JSON_STREAM:
        yield Answer(400, "malformed-request", "a line is not JSON")
        yield Answer(422, "validation-failed", f"a line does not fit {shape}")
    media_types = body_media_types(source)
    if media_types:
        why = f"the body is not {' or '.join(media_types)}, or is compressed"
        yield Answer(415, "unsupported-media-type", why)
    sizes = [name for name in LIMITS_OF[kind] if name in _SIZES and getattr(limits, name) is not None]
    if sizes:
        yield Answer(413, "content-too-large", f"the body is over {' or '.join(f'`{name}`' for name in sizes)}")
    if limits.body_timeout is not None:
        why = f"the body made no progress for `body_timeout`, {limits.body_timeout:g} s"
        yield Answer(408, "request-timeout", why)


def _query_refusals(source: SourcePlan, limits: Limits) -> Iterator[Answer]:
    yield Answer(400, "validation-failed", f"the query does not fit {describe(source.annotation)}")
    pairs = "" if limits.max_query_pairs is None else ", or has more than `max_query_pairs`"
    yield Answer(400, "malformed-request", f"the query is not UTF-8{pairs}")
    if limits.max_query is not None:
        yield Answer(414, "uri-too-long", "the query is over `max_query`")


def _server_error(app: AppPlan) -> Answer:
    handled = handled_exceptions(app)
    but = f" (but for {', '.join(handled)})" if handled else ""
    why = f"the handler raised what is no {HTTPError.__name__}{but}, or returned another type; it is logged"
    return Answer(500, "internal-server-error", why)


LIMITS_OF: dict[SourceKind, tuple[str, ...]] = {
    SourceKind.JSON: ("max_body", "body_timeout"),
    SourceKind.CONTENT: ("max_body", "body_timeout"),
    SourceKind.FORM: (
        "max_form",
        "max_form_field",
        "max_form_parts",
        "max_part_memory",
        "max_part_headers",
        "max_part_header",
        "max_boundary",
        "max_preamble",
        "body_timeout",
    ),
    SourceKind.CONTENT_STREAM: ("max_upload", "body_timeout"),
    SourceKind.JSON_STREAM: ("max_upload", "max_body", "body_timeout"),
    SourceKind.PARAMS: ("max_query", "max_query_pairs"),
    SourceKind.HEADERS: ("max_cookies",),
}
"""Which limits count for a source; `max_cookies` only where it reads `cookie`."""

_SIZES = frozenset({"max_body", "max_form", "max_form_field", "max_form_parts", "max_upload"})
