"""A source plan to the function that fills it from a request, and to the one that tells all that is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from jero._plan import SourceKind, SourcePlan
from jero._runtime.bodies.streams import make_content_stream, make_json_stream
from jero._runtime.deadlines import Deadlines
from jero._runtime.forms.binding import FormBinder
from jero._runtime.query import split_query
from jero._runtime.request import Request
from jero._runtime.request_headers import check_cookies
from jero._runtime.text import make_converter
from jero._runtime.text_binding import TextBinding, in_wire_names, make_header_gatherer
from jero._runtime.violations.search import Violations, find_json_violations, find_violations
from jero.headers import RawHeaders
from jero.limits import Limits

type Read = Callable[[Request], object]
type Gather = Callable[[Request], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Fills one argument. `explain` lists everything wrong with its source, after `read` has failed."""

    source: SourceKind
    read: Read
    explain: Callable[[Request], Violations] | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a reader may need besides its plan: the names of the template's slots, the limits, the app's deadlines."""

    slots: tuple[str, ...]
    limits: Limits
    deadlines: Deadlines


def make_reader(plan: SourcePlan, around: Surroundings) -> Reader:
    """Make the reader of one source."""
    return _MAKERS[plan.kind](plan, around)


def make_header_reader(plan: SourcePlan, limits: Limits) -> Read:
    """Make the function that binds a request's headers to a Struct, for an authenticator or an error renderer."""
    return _make_header_reader(plan, limits).read


def wanted_headers(plan: SourcePlan) -> set[bytes]:
    """Give the names of the headers that a source reads."""
    return {field.wire_name.encode() for field in plan.fields} if plan.kind is SourceKind.HEADERS else set()


def _make_json(plan: SourcePlan, _around: Surroundings) -> Reader:
    decode = msgspec.json.Decoder(plan.annotation).decode

    def read(request: Request) -> object:
        return decode(request.body)

    def explain(request: Request) -> Violations:
        return find_json_violations(plan.annotation, request.body)

    return Reader(plan.kind, read, explain)


def _make_content(plan: SourcePlan, _around: Surroundings) -> Reader:
    return Reader(plan.kind, lambda request: request.body)


def _make_form(plan: SourcePlan, _around: Surroundings) -> Reader:
    binder = FormBinder(plan)
    return Reader(plan.kind, binder.read, binder.explain)


def _make_user(plan: SourcePlan, _around: Surroundings) -> Reader:
    return Reader(plan.kind, lambda request: request.user)


def _make_raw_headers(plan: SourcePlan, _around: Surroundings) -> Reader:
    return Reader(plan.kind, lambda request: RawHeaders.from_wire(request.headers))


def _make_content_stream(plan: SourcePlan, around: Surroundings) -> Reader:
    def read(request: Request) -> object:
        request.streams_body = True
        return make_content_stream(request, around.limits, around.deadlines)

    return Reader(plan.kind, read)


def _make_json_stream(plan: SourcePlan, around: Surroundings) -> Reader:
    decode = msgspec.json.Decoder(plan.annotation).decode

    def read(request: Request) -> object:
        request.streams_body = True
        return make_json_stream(request, around.limits, around.deadlines, decode, plan.annotation)

    return Reader(plan.kind, read)


def _make_path(plan: SourcePlan, around: Surroundings) -> Reader:
    by_key = {field.key: make_converter(field.reads) for field in plan.fields}
    converters = tuple((key, by_key[key]) for key in around.slots)

    def gather(request: Request) -> dict[str, object]:
        return {
            key: text if convert is None else convert(text)
            for (key, convert), text in zip(converters, request.slots, strict=True)
        }

    return _make_text_reader(plan, gather)


def _make_params(plan: SourcePlan, around: Surroundings) -> Reader:
    bindings = {field.wire_name: TextBinding(field) for field in plan.fields}
    forbids_unknown, limits = plan.forbids_unknown, around.limits

    def gather(request: Request) -> dict[str, object]:
        values: dict[str, object] = {}
        if request.query:
            for name, text in split_query(request.query, limits):
                binding = bindings.get(name)
                if binding is not None:
                    binding.put(values, text)
                elif forbids_unknown:
                    values[name] = text
        return values

    return _make_text_reader(plan, gather)


def _make_headers(plan: SourcePlan, around: Surroundings) -> Reader:
    return _make_header_reader(plan, around.limits)


def _make_header_reader(plan: SourcePlan, limits: Limits) -> Reader:
    gather_found = make_header_gatherer(plan.fields)

    def gather(request: Request) -> dict[str, object]:
        return gather_found(request.found)

    max_cookies = limits.max_cookies
    if max_cookies is None or b"cookie" not in wanted_headers(plan):
        return _make_text_reader(plan, gather)

    def gather_with_cookies(request: Request) -> dict[str, object]:
        check_cookies(request.found.get(b"cookie"), max_cookies)
        return gather(request)

    return _make_text_reader(plan, gather_with_cookies)


def _make_text_reader(plan: SourcePlan, gather: Gather) -> Reader:
    annotation = plan.annotation
    convert = msgspec.convert

    def read(request: Request) -> object:
        return convert(gather(request), annotation)

    def explain(request: Request) -> Violations:
        return in_wire_names(find_violations(annotation, gather(request)), plan.fields)

    return Reader(plan.kind, read, explain)


_MAKERS: dict[SourceKind, Callable[[SourcePlan, Surroundings], Reader]] = {
    SourceKind.JSON: _make_json,
    SourceKind.CONTENT: _make_content,
    SourceKind.FORM: _make_form,
    SourceKind.PARAMS: _make_params,
    SourceKind.PATH: _make_path,
    SourceKind.HEADERS: _make_headers,
    SourceKind.RAW_HEADERS: _make_raw_headers,
    SourceKind.USER: _make_user,
    SourceKind.CONTENT_STREAM: _make_content_stream,
    SourceKind.JSON_STREAM: _make_json_stream,
}
