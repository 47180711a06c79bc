"""One operation as its plan has it, in sections of lines: what `jero explain` shows."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from msgspec import structs

from jero._cli.answers import (
    LIMITS_OF,
    MEDIA_TYPES,
    answers_of_plan,
    body_media_types,
    handled_exceptions,
)
from jero._cli.places import shown
from jero._cli.type_words import result_in_words, struct_fields, struct_words, structs_in, type_in_words
from jero._plan import BODY_KINDS, AppPlan, AuthPlan, OperationPlan, ReturnKind, SourceKind, SourcePlan
from jero._wiring.annotations import describe
from jero.limits import KIB, MIB
from jero.operations import OperationMeta


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a section, in columns that are aligned with those of its neighbours; `depth` indents it."""

    cells: tuple[str, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an explanation under its heading."""

    heading: str
    lines: list[Line] = field(default_factory=list[Line])


def explain_plan(plan: OperationPlan, app: AppPlan) -> list[Section]:
    """Give everything that wiring has decided about an operation; sections without lines are left out."""
    sections = [
        Section("Handler", list(_handler(plan))),
        Section("Sources", [line for source in plan.sources for line in _source(source, plan)]),
        Section("Authentication", [] if plan.auth is None else list(_authentication(plan.auth))),
        Section("Result", list(_result(plan))),
        Section("Answers", list(_answers(plan, app))),
        Section("Limits", list(_limits(plan))),
    ]
    return [section for section in sections if section.lines]


def summary_of(plan: OperationPlan) -> str:
    """Give an operation's summary, or the first line of its docstring."""
    if isinstance(plan.meta, OperationMeta) and plan.meta.summary:
        return plan.meta.summary
    return (inspect.getdoc(plan.handler) or "").partition("\n")[0]


def _handler(plan: OperationPlan) -> Iterator[Line]:
    plain = "def, on a worker thread" if plan.is_threaded else "def, on the event loop"
    yield Line(("operation", plan.subject))
    yield Line(("is", "async def" if plan.is_async else plain))
    yield Line(("at", shown(plan.location)))
    yield Line(("mounted at", plan.mount))
    if plan.ref is not None:
        yield Line(("ref", plan.ref))


def _source(source: SourcePlan, plan: OperationPlan) -> Iterator[Line]:
    shape = source.annotation
    words = type_in_words(shape)
    given = f"{source.argument}: {f'NDJSONStream[{words}]' if source.kind is SourceKind.JSON_STREAM else words}"
    yield Line((given, "; ".join([_whence(source, plan), *struct_words(shape)])))
    if source.kind in {SourceKind.PATH, SourceKind.PARAMS, SourceKind.HEADERS}:
        yield from _text_fields(source)
    elif source.kind is SourceKind.FORM:
        yield from _form_fields(source)
    elif source.kind in {SourceKind.JSON, SourceKind.JSON_STREAM}:
        yield from _struct_lines(shape)


def _whence(source: SourcePlan, plan: OperationPlan) -> str:
    if source.kind in BODY_KINDS:
        media_types = body_media_types(source)
        how = "the body as it comes" if source.kind in _STREAMED else "the body"
        return f"{how}, {' or '.join(media_types)}" if media_types else f"{how}, of any media type"
    if source.kind is SourceKind.USER:
        return f"what {plan.auth.owner} returns" if plan.auth is not None else ""
    return _PLACES[source.kind]


def _text_fields(source: SourcePlan) -> Iterator[Line]:
    """Give the fields of a text source under the names that they have on the wire."""
    words = {name: (type_words, default) for name, type_words, default in struct_fields(source.annotation)}
    for item in source.fields:
        type_words, default = words[item.key]
        repeats = "; repeats gather" if item.is_list else ""
        yield Line((item.wire_name, type_words, f"{default}{repeats}"), depth=1)


def _form_fields(source: SourcePlan) -> Iterator[Line]:
    """Give the fields of a form, each that has typed part headers with these under it."""
    words = {words[0]: words for words in struct_fields(source.annotation)}
    for item in source.form_fields:
        yield Line(words[item.key], depth=1)
        headers = {name: its for name, *its in struct_fields(item.headers_type)} if item.header_fields else {}
        for header in item.header_fields:
            yield Line((f"header {header.wire_name}", *headers[header.key]), depth=2)


def _struct_lines(shape: object) -> Iterator[Line]:
    members = structs_in(shape)
    for struct in members:
        if len(members) > 1:
            yield Line((describe(struct), "; ".join(struct_words(struct))), depth=1)
        for words in struct_fields(struct):
            yield Line(words, depth=1 + (len(members) > 1))


def _authentication(auth: AuthPlan) -> Iterator[Line]:
    way = "async" if auth.is_async else "sync, on the event loop"
    user = describe(auth.user_type)
    yield Line((auth.owner, f"reads {describe(auth.headers.annotation)}, gives {user} ({way})"))
    yield from _text_fields(auth.headers)
    yield Line(("challenge", f"www-authenticate: {auth.challenge}" if auth.challenge else "none"))


def _result(plan: OperationPlan) -> Iterator[Line]:
    returns = plan.returns
    yield Line(("annotation", result_in_words(returns.annotation)))
    yield Line(("sent as", "nothing" if returns.kind is ReturnKind.EMPTY else MEDIA_TYPES[returns.kind]))
    if returns.header_fields:
        types = {name: (words, default) for name, words, default in _attributes(returns.headers_type)}
        for header in returns.header_fields:
            words, default = types[header.attribute]
            yield Line(("header", f"{header.wire_name}: {words}, {default}"))
    if returns.wrapper is not None:
        yield Line(("as well", "`status_code`, `raw_headers`, `location` and `links` of the response"))


def _attributes(struct: object) -> Iterator[tuple[str, str, str]]:
    """Give the fields of a Struct under the names of its attributes."""
    names = [info.name for info in structs.fields(struct)]  # pyright: ignore[reportArgumentType] - a Struct, as its plan says
    for name, (_, words, default) in zip(names, struct_fields(struct), strict=True):
        yield name, words, default


def _answers(plan: OperationPlan, app: AppPlan) -> Iterator[Line]:
    for answer in answers_of_plan(plan, app):
        yield Line((str(answer.status), answer.type or "-", answer.why))
    yield Line(("4xx 5xx", "its own type", "an HTTPError that the handler raises, or what it calls"))
    for handled in handled_exceptions(app):
        yield Line(("", "", f"handled: {handled}"))


def _limits(plan: OperationPlan) -> Iterator[Line]:
    kinds = [source.kind for source in plan.sources]
    names = dict.fromkeys(name for kind in kinds for name in LIMITS_OF.get(kind, ()))
    headers = [source for source in plan.sources if source.kind is SourceKind.HEADERS]
    headers += [] if plan.auth is None else [plan.auth.headers]
    if not any(item.wire_name == "cookie" for source in headers for item in source.fields):
        names.pop("max_cookies", None)
    for name in names:
        value = cast("float | None", getattr(plan.limits, name))
        yield Line((name, limit_in_words(name, value)))


def limit_in_words(name: str, value: float | None) -> str:
    """Give a limit with its unit; `none` where there is none."""
    if value is None:
        return "none"
    if name == "body_timeout":
        return f"{value:g} s"
    if name in _COUNTS:
        return f"{value:,}"
    for unit, size in (("MiB", MIB), ("KiB", KIB)):
        if value % size == 0:
            return f"{value // size:g} {unit}"
    return f"{value:,} bytes"


_STREAMED = frozenset({SourceKind.CONTENT_STREAM, SourceKind.JSON_STREAM})
_COUNTS = frozenset({"max_form_parts", "max_part_headers", "max_query_pairs", "max_cookies"})
_PLACES: dict[SourceKind, str] = {
    SourceKind.PATH: "the slots of the path",
    SourceKind.PARAMS: "the query",
    SourceKind.HEADERS: "the request headers",
    SourceKind.RAW_HEADERS: "the request headers, as sent",
}
