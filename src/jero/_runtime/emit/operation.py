"""A whole operation as source, top to bottom: bind the path, authenticate, read the body, bind, call, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from jero._plan import AuthPlan, OperationPlan, ReturnKind, SourceKind
from jero._runtime.authentication import Refusals
from jero._runtime.bodies.checks import BODY_HEADERS
from jero._runtime.bodies.whole import BodyReader
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.explanations import Explanations
from jero._runtime.emit.functions import make_function
from jero._runtime.emit.source_text import SourceText
from jero._runtime.emit.text_sources import Target, emit_headers, emit_params, emit_path
from jero._runtime.readers import Surroundings, make_reader, wanted_headers
from jero._runtime.services import Services
from jero._runtime.streams.writers import STREAM_KINDS, make_stream_writer
from jero._runtime.writers import ENCODE, STATIC_HEADERS, make_writer, wrong_type
from jero.errors import HTTPError, NotFoundError
from jero.headers import RawHeaders
from jero.limits import Limits

BODIES = frozenset(
    {SourceKind.JSON, SourceKind.CONTENT, SourceKind.FORM, SourceKind.CONTENT_STREAM, SourceKind.JSON_STREAM}
)
REQUEST_BODIES = frozenset({SourceKind.FORM, SourceKind.CONTENT_STREAM, SourceKind.JSON_STREAM})
"""Bodies that are read through the request: a dialect without a `request` cannot write these operations."""

_BOUND = REQUEST_BODIES | {SourceKind.JSON, SourceKind.PARAMS, SourceKind.HEADERS}
"""What can fail to bind once the body is there."""
_WHOLE_BODIES = frozenset({SourceKind.JSON, SourceKind.CONTENT})
_NO_CONTENT = 204

_NAMES: dict[str, object] = {
    "ValidationError": msgspec.ValidationError,
    "BINDING_FAULTS": (msgspec.DecodeError, UnicodeDecodeError, RecursionError, HTTPError),
    "HTTPError": HTTPError,
    "NotFoundError": NotFoundError,
}


@dataclass(frozen=True, slots=True)
class Emitted:
    """A route: the function, and the source that it was compiled from."""

    function: Callable[..., Any]  # Any: what it takes and gives, its dialect says
    source: str


def covers(plan: OperationPlan, dialect: Dialect) -> bool:
    """Say whether a dialect can write an operation."""
    return dialect.has_request or not any(source.kind in REQUEST_BODIES for source in plan.sources)


def emit_operation(plan: OperationPlan, services: Services, dialect: Dialect) -> Emitted:
    """Write and compile the route of a plan for one edge."""
    text = SourceText({**_NAMES, **dialect.names, "fail": services.failures.reply, "plan": plan})
    with text.block(f"async def route({dialect.parameters}):"):
        if dialect.ending is None:
            _emit_request_and_answer(text, plan, services, dialect)
        else:
            with text.block("try:"):
                _emit_request_and_answer(text, plan, services, dialect)
            with text.block("finally:"):
                _emit_ending(text, plan, dialect.ending)
    filename = f"<jero {dialect.name} {plan.method} {plan.template}>"
    return Emitted(make_function(text, filename, plan.subject), str(text))


def _emit_request_and_answer(text: SourceText, plan: OperationPlan, services: Services, dialect: Dialect) -> None:
    with text.block("try:"):
        _emit_path(text, plan, dialect)
        _emit_found(text, plan, dialect)
        if plan.auth is not None:
            _emit_user(text, plan.auth, plan.limits)
        _emit_body(text, plan, services, dialect)
        _emit_arguments(text, plan, services, dialect)
        _emit_call(text, plan)
        content = _emit_result(text, plan, services, dialect)
    with text.block("except BaseException as error:"):
        request = _emit_request(text, dialect)
        text.line(f"reply = await fail(error, {request}, plan)")
        dialect.reply(text)
    if plan.returns.kind is ReturnKind.EMPTY and plan.returns.wrapper is None:
        dialect.answer(text, _NO_CONTENT, [], None)
    elif content is None:
        dialect.reply(text)
    else:
        dialect.answer(text, plan.status, STATIC_HEADERS[plan.returns.kind], content)


def _emit_ending(text: SourceText, plan: OperationPlan, ending: str) -> None:
    """Write what ends a request: of those with a form, first what its files need."""
    if any(source.kind is SourceKind.FORM for source in plan.sources):
        with text.block("try:"), text.block("if request.endings is not None:"):
            text.line("await request.end()")
        with text.block("finally:"):
            text.line(ending)
    else:
        text.line(ending)


def _emit_path(text: SourceText, plan: OperationPlan, dialect: Dialect) -> None:
    """Write what binds the slots: where they do not convert, it is a URL that does not exist."""
    for source in plan.sources:
        if source.kind is SourceKind.PATH:
            with text.block("try:"):
                names = tuple(segment.text for segment in plan.segments if segment.is_slot)
                emit_path(text, Target(source, source.argument, plan.limits), names, dialect.slots)
            with text.block("except ValidationError:"):
                text.line("raise NotFoundError from None")


def _emit_found(text: SourceText, plan: OperationPlan, dialect: Dialect) -> None:
    """Write the one scan of the headers for those that something reads."""
    wanted = {name for source in plan.sources for name in wanted_headers(source)}
    if plan.auth is not None:
        wanted |= wanted_headers(plan.auth.headers)
    if any(source.kind in BODIES for source in plan.sources):
        is_length_known = dialect.knows_length and any(source.kind in _WHOLE_BODIES for source in plan.sources)
        wanted |= BODY_HEADERS - {b"content-length"} if is_length_known else BODY_HEADERS
    if wanted:
        dialect.find(text, frozenset(wanted))


def _emit_user(text: SourceText, auth: AuthPlan, limits: Limits) -> None:
    refusals = Refusals(auth)
    with text.block("try:"):
        emit_headers(text, Target(auth.headers, "credentials", limits))
    with text.block("except ValidationError:"):
        text.line(f"raise {text.bind('unidentified', refusals.unidentified)}() from None")
    with text.block("try:"):
        wait = "await " if auth.is_async else ""
        text.line(f"user = {wait}{text.bind('authenticate', auth.authenticate)}(credentials)")
    with text.block("except HTTPError as error:"):
        text.line(f"raise {text.bind('challenged', refusals.challenged)}(error) from error.__cause__")
    _emit_type_check(text, "user", auth.user_classes, "User")
    text.line(f"    raise {text.bind('wrong_user', refusals.wrong_user)}(user)")


def _emit_type_check(text: SourceText, name: str, classes: tuple[type, ...], role: str) -> None:
    """Write the head of a block for a value that is of none of the classes."""
    if len(classes) == 1:
        cls = text.bind(role, classes[0])
        text.line(f"if type({name}) is not {cls} and not isinstance({name}, {cls}):")
    else:
        text.line(f"if not isinstance({name}, {text.bind(f'{role}_classes', classes)}):")


def _emit_body(text: SourceText, plan: OperationPlan, services: Services, dialect: Dialect) -> None:
    """Write what reads the body before the sources are bound."""
    for source in plan.sources:
        if source.kind is SourceKind.FORM:
            from jero._runtime.forms.reading import FormReader  # noqa: PLC0415 - only an app with forms needs a parser

            reader = FormReader(source, plan.limits, services.deadlines)
            text.line("request.found = found", f"body = await {text.bind('receive_form', reader.read)}(request)")
        elif source.kind in _WHOLE_BODIES:
            body = BodyReader(source.kind, plan.limits, services.deadlines)
            _emit_body_check(text, body, dialect)
            dialect.receive(text, body)
            _emit_whole_check(text, body)
        elif source.kind in REQUEST_BODIES:
            text.line("request.found = found")


def _emit_body_check(text: SourceText, body: BodyReader, dialect: Dialect) -> None:
    """Write what looks at the headers of a body: the usual ones need no more than a look."""
    doubts: list[str] = []
    if body.is_json:
        doubts += ['found[b"content-type"] != b"application/json"', 'b"content-encoding" in found']
    if body.limit is not None and not dialect.knows_length:  # a length with less digits than the limit is below it
        doubts.append(f'len(found[b"content-length"]) >= {len(str(body.limit))}')
    if doubts:
        with text.block("try:"):
            text.line(f"_is_usual = not ({' or '.join(doubts)})")
        with text.block("except KeyError:"):
            text.line("_is_usual = False")
        with text.block("if not _is_usual:"):
            text.line(f"{text.bind('check_body', body.check)}(found)")


def _emit_whole_check(text: SourceText, body: BodyReader) -> None:
    doubts = ["not body"] if body.is_json else []
    if body.limit is not None:
        doubts.append(f"len(body) > {body.limit}")
    if doubts:
        with text.block(f"if {' or '.join(doubts)}:"):
            text.line(f"{text.bind('check_whole', body.check_whole)}(body)")


def _emit_arguments(text: SourceText, plan: OperationPlan, services: Services, dialect: Dialect) -> None:
    """Write what binds the sources that are left; where one fails, all are asked for what is wrong with them."""
    sources = [source for source in plan.sources if source.kind in _BOUND]
    if any(source.kind is SourceKind.RAW_HEADERS for source in plan.sources):
        text.line(f"raw_headers = {text.bind('RawHeaders', RawHeaders)}.from_wire({dialect.headers})")
    if not sources:
        return
    around = Surroundings(plan.limits, services.deadlines)
    with text.block("try:"):
        for source in sources:
            target = Target(source, source.argument, plan.limits)
            if source.kind is SourceKind.PARAMS:
                emit_params(text, target, dialect.query)
            elif source.kind is SourceKind.HEADERS:
                emit_headers(text, target)
            elif source.kind is SourceKind.JSON:
                decode = msgspec.json.Decoder(source.annotation).decode
                text.line(f"{source.argument} = {text.bind('decode', decode)}(body)")
            else:
                read = text.bind(f"read_{source.argument}", make_reader(source, around).read)
                text.line(f"{source.argument} = {read}(request)")
    explain = text.bind("explain", Explanations(sources, around).explain)
    with text.block("except BINDING_FAULTS as fault:"):
        request = _emit_request(text, dialect)
        found = "found" if "wanted" in text.names else "{}"
        body = "body" if any(source.kind is SourceKind.JSON for source in sources) else 'b""'
        text.line(f"raise {explain}(fault, {request}, {found}, {body}) from fault")


def _emit_call(text: SourceText, plan: OperationPlan) -> None:
    names = {source: "body" if source.kind is SourceKind.CONTENT else source.argument for source in plan.sources}
    arguments = [f"{source.argument}={name}" if source.is_keyword_only else name for source, name in names.items()]
    handler = text.bind("handler", plan.handler)
    if plan.is_threaded:
        from anyio import to_thread  # noqa: PLC0415 - only an app with threaded operations needs it

        run, bound = text.bind("run_in_thread", to_thread.run_sync), text.bind("partial", partial)
        text.line(f"result = await {run}({bound}({', '.join([handler, *arguments])}))")
    else:
        wait = "await " if plan.is_async else ""
        text.line(f"result = {wait}{handler}({', '.join(arguments)})")


def _emit_result(text: SourceText, plan: OperationPlan, services: Services, dialect: Dialect) -> str | None:
    """Write what turns the result into bytes, and give their name; None where `reply` stands for the whole answer."""
    returns = plan.returns
    if returns.wrapper is not None or returns.kind in STREAM_KINDS:
        is_stream = returns.kind in STREAM_KINDS
        write = make_stream_writer(plan, services) if is_stream else make_writer(plan, services.urls)
        request = _emit_request(text, dialect)
        text.line(f"reply = {text.bind('write', write)}(result, {request})")
        return None
    if returns.kind is ReturnKind.EMPTY:
        text.line("if result is not None:")
    else:
        _emit_type_check(text, "result", returns.accepts, "Result")
    text.line(f"    raise {text.bind('wrong_type', partial(wrong_type, returns))}(result)")
    if returns.kind is ReturnKind.JSON:
        text.line(f"payload = {text.bind('encode', ENCODE)}(result)")
    elif returns.kind is ReturnKind.TEXT:
        text.line("payload = result.encode()")
    return None if returns.kind is ReturnKind.EMPTY else "result" if returns.kind is ReturnKind.BYTES else "payload"


def _emit_request(text: SourceText, dialect: Dialect) -> str:
    """Write what makes the request where the dialect has none yet, and give its name."""
    if not dialect.has_request:
        text.line(f"request = {dialect.request}")
    return "request"
