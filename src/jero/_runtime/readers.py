"""A source plan to the function that fills it from a request, and to the one that tells all that is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from jero._plan import SourceKind, SourcePlan
from jero._runtime.bodies.streams import make_content_stream, make_json_stream
from jero._runtime.deadlines import Deadlines
from jero._runtime.query import split_query
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import check_cookies
from jero._runtime.text import make_converter
from jero._runtime.text_binding import TextBinding, in_wire_names, make_header_gatherer
from jero._runtime.violations.search import Violations, find_json_violations, find_violations
from jero.limits import Limits

type Read = Callable[[Request], object]


@dataclass(frozen=True, slots=True)
class Reader:
    """Fills one argument. `explain` lists everything wrong with its source, after `read` has failed."""

    source: SourceKind
    read: Read
    explain: Callable[[Request], Violations] | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a reader may need besides its plan: the limits, the app's deadlines."""

    limits: Limits
    deadlines: Deadlines


class TextReader[T]:
    """Reads a Struct from the text that `T` holds: the slots of a path, a query, the headers that were found."""

    __slots__ = ("_gather", "_plan")

    def __init__(self, plan: SourcePlan, gather: Callable[[T], dict[str, object]]) -> None:
        self._plan = plan
        self._gather = gather

    def read(self, text: T) -> object:
        """Give the Struct. Raises msgspec.ValidationError, or HTTPError for text that cannot be taken apart."""
        return msgspec.convert(self._gather(text), self._plan.annotation)

    def explain(self, text: T) -> Violations:
        """Give everything that keeps the Struct from being made."""
        return in_wire_names(find_violations(self._plan.annotation, self._gather(text)), self._plan.fields)


def make_reader(plan: SourcePlan, around: Surroundings) -> Reader:
    """Make the reader of a source that can fail to bind once the body is there."""
    return _MAKERS[plan.kind](plan, around)


def make_path_reader(plan: SourcePlan, slots: tuple[str, ...]) -> TextReader[tuple[str, ...]]:
    """Make what reads the texts of a template's slots, which are named in their order."""
    by_key = {field.key: make_converter(field.reads) for field in plan.fields}
    converters = tuple((key, by_key[key]) for key in slots)

    def gather(texts: tuple[str, ...]) -> dict[str, object]:
        return {
            key: text if convert is None else convert(text)
            for (key, convert), text in zip(converters, texts, strict=True)
        }

    return TextReader(plan, gather)


def make_params_reader(plan: SourcePlan, limits: Limits) -> TextReader[bytes]:
    """Make what reads a query string."""
    bindings = {field.wire_name: TextBinding(field) for field in plan.fields}
    forbids_unknown = plan.forbids_unknown

    def gather(query: bytes) -> dict[str, object]:
        values: dict[str, object] = {}
        if query:
            for name, text in split_query(query, limits):
                binding = bindings.get(name)
                if binding is not None:
                    binding.put(values, text)
                elif forbids_unknown:
                    values[name] = text
        return values

    return TextReader(plan, gather)


def make_header_reader(plan: SourcePlan, limits: Limits) -> TextReader[FoundHeaders]:
    """Make what reads headers: a handler's, an authenticator's, an error renderer's."""
    gather = make_header_gatherer(plan.fields)
    max_cookies = limits.max_cookies
    if max_cookies is None or b"cookie" not in wanted_headers(plan):
        return TextReader(plan, gather)

    def gather_with_cookies(found: FoundHeaders) -> dict[str, object]:
        check_cookies(found.get(b"cookie"), max_cookies)
        return gather(found)

    return TextReader(plan, gather_with_cookies)


def wanted_headers(plan: SourcePlan) -> set[bytes]:
    """Give the names of the headers that a source reads."""
    return {field.wire_name.encode() for field in plan.fields} if plan.kind is SourceKind.HEADERS else set()


def _make_json(plan: SourcePlan, _around: Surroundings) -> Reader:
    decode = msgspec.json.Decoder(plan.annotation).decode

    def explain(request: Request) -> Violations:
        return find_json_violations(plan.annotation, request.body)

    return Reader(plan.kind, lambda request: decode(request.body), explain)


def _make_form(plan: SourcePlan, _around: Surroundings) -> Reader:
    from jero._runtime.forms.binding import FormBinder  # noqa: PLC0415 - only an app with forms needs a parser

    binder = FormBinder(plan)
    return Reader(plan.kind, binder.read, binder.explain)


def _make_params(plan: SourcePlan, around: Surroundings) -> Reader:
    text = make_params_reader(plan, around.limits)
    return Reader(plan.kind, lambda request: text.read(request.query), lambda request: text.explain(request.query))


def _make_headers(plan: SourcePlan, around: Surroundings) -> Reader:
    text = make_header_reader(plan, around.limits)
    return Reader(plan.kind, lambda request: text.read(request.found), lambda request: text.explain(request.found))


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


_MAKERS: dict[SourceKind, Callable[[SourcePlan, Surroundings], Reader]] = {
    SourceKind.JSON: _make_json,
    SourceKind.FORM: _make_form,
    SourceKind.PARAMS: _make_params,
    SourceKind.HEADERS: _make_headers,
    SourceKind.CONTENT_STREAM: _make_content_stream,
    SourceKind.JSON_STREAM: _make_json_stream,
}
