"""Sources that are read from text, as source: the ordinary request in place, anything unusual by their reader.

What does not bind raises ValidationError, without words: the readers find them, for all sources at once.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from keyword import iskeyword
from typing import cast

import msgspec

from jero._plan import SourcePlan, TextField
from jero._runtime.emit.source_text import SourceText
from jero._runtime.readers import make_header_reader, make_params_reader, make_path_reader
from jero._runtime.request_headers import SINGLE, join_header
from jero._runtime.text import make_converter, make_strict_converter
from jero.limits import Limits

_MOST_FIELDS = 8
"""A query's names are compared with so many fields in a row; with more, a dict is faster."""
_SHORT_QUERY = 1000
"""Bytes of a query that is split in place; it has less pairs than bytes."""
_SAFE_DIGITS = 18
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Target:
    """What is emitted for: the source, the name its value gets, and the limits in force."""

    plan: SourcePlan
    name: str
    limits: Limits

    @property
    def role(self) -> str:
        """The name that stands for the Struct."""
        return self.name.capitalize()

    @property
    def is_plain(self) -> bool:
        """Whether the Struct may be built in place: its plan is plain, and source can call its fields by their names.

        Python reads what is not ASCII as another name, where Unicode holds the two for the same.
        """
        names = [field.attribute for field in self.plan.fields]
        return self.plan.is_plain and all(name.isascii() and not iskeyword(name) for name in names)


def emit_path(text: SourceText, target: Target, names: tuple[str, ...], slots: str) -> None:
    """Write what binds the slots; `names` are the template's, and `slots` is an expression for what they hold."""
    if not target.is_plain or not names:
        read = text.bind(f"read_{target.name}", make_path_reader(target.plan, names).read)
        text.line(f"{target.name} = {read}({slots})")
        return
    by_key = {field.key: field for field in target.plan.fields}
    texts = [f"_slot_{number}" for number in range(len(names))]
    text.line(f"{', '.join(texts)}, = {slots}" if len(texts) == 1 else f"{', '.join(texts)} = {slots}")
    for name, slot in zip(names, texts, strict=True):
        _emit_strict(text, by_key[name], _local(target, by_key[name]), slot)
    _emit_struct(text, target)


def emit_params(text: SourceText, target: Target, query: str) -> None:
    """Write what binds the query; one with escapes, or a long one, goes to the reader."""
    plan, limits = target.plan, target.limits
    read = text.bind(f"read_{target.name}", make_params_reader(plan, limits).read)
    has_blank_name = any(not field.wire_name for field in plan.fields)  # no empty piece of a query is a pair
    if plan.forbids_unknown or has_blank_name or len(plan.fields) > _MOST_FIELDS:
        text.line(f"{target.name} = {read}({query})")
        return
    most = min(_SHORT_QUERY, limits.max_query or _SHORT_QUERY, limits.max_query_pairs or _SHORT_QUERY)
    text.line(f"_query = {query}")
    text.line("_pairs = _query.decode()")
    with text.block(f'if "%" in _pairs or "+" in _pairs or len(_pairs) >= {most} or not _pairs.isascii():'):
        text.line(f"{target.name} = {read}(_query)")
    with text.block("else:"):
        if target.is_plain:
            with text.block("try:"):
                _emit_pairs(text, target, _plain_steps(text, target))
            with text.block("except ValidationError:"):  # a repeat that comes later may have put it right
                text.line(f"{target.name} = {read}(_query)")
        else:
            _emit_pairs(text, target, _gathering_steps(text, target))


def emit_headers(text: SourceText, target: Target) -> None:
    """Write what binds the headers that were `found`."""
    plan = target.plan
    if not target.is_plain or any(field.wire_name == "cookie" for field in plan.fields):
        read = text.bind(f"read_{target.name}", make_header_reader(plan, target.limits).read)
        text.line(f"{target.name} = {read}({'found' if plan.fields else '{}'})")
        return
    join = text.bind("join_header", join_header)
    for field in plan.fields:
        local, wire = _local(target, field), field.wire_name.encode()
        text.line(f"_value = found.get({wire!r})")
        if field.is_required:
            with text.block("if _value is None:"):
                text.line("raise ValidationError")
        else:
            text.line(f"{local} = {text.literal('default', field.default)}")
        with _absence(text, field):
            decoded = '_value.decode("latin-1")'
            is_single = wire in SINGLE  # the scan refuses a second one
            text.line(
                f"_text = {decoded}" + ("" if is_single else f" if type(_value) is bytes else {join}({wire!r}, _value)")
            )
            if field.keeps_blank:
                _emit_strict(text, field, local, "_text")
            else:
                with text.block("if _text:"):
                    _emit_strict(text, field, local, "_text")
                if field.is_required:
                    with text.block("else:"):
                        text.line("raise ValidationError")
    _emit_struct(text, target)


type Steps = tuple[Callable[[], None], Callable[[TextField], None], Callable[[], None]]


def _emit_pairs(text: SourceText, target: Target, steps: Steps) -> None:
    """Write the loop over the pairs of a query, between what comes before it and after it."""
    begin, put, finish = steps
    begin()
    with text.block("if _pairs:"), text.block('for _pair in _pairs.split("&"):'):
        text.line('_name, _, _text = _pair.partition("=")')
        for word, field in zip(_if_elif(), target.plan.fields, strict=False):
            blank = "" if field.keeps_blank else " and _text"
            with text.block(f"{word} _name == {field.wire_name!r}{blank}:"):
                put(field)
    finish()


def _plain_steps(text: SourceText, target: Target) -> Steps:
    """Set a name for each field, then build the Struct."""
    required = [_local(target, field) for field in target.plan.fields if field.is_required]

    def begin() -> None:
        for field in target.plan.fields:
            start = text.bind("absent", _ABSENT) if field.is_required else text.literal("default", field.default)
            text.line(f"{_local(target, field)} = {start}")

    def finish() -> None:
        if required:
            with text.block(f"if {' or '.join(f'{name} is absent' for name in required)}:"):
                text.line("raise ValidationError")
        _emit_struct(text, target)

    def put(field: TextField) -> None:
        _emit_strict(text, field, _local(target, field), "_text", is_short=True)

    return begin, put, finish


def _gathering_steps(text: SourceText, target: Target) -> Steps:
    """Put what each field gets into a dict, then have msgspec make the Struct of it."""

    def put(field: TextField) -> None:
        convert = make_converter(field.reads)
        value = "_text" if convert is None else f"{text.bind('_or_'.join(('read', *field.reads)), convert)}(_text)"
        if field.is_list:
            text.line(f"_values.setdefault({field.key!r}, []).append({value})")
        else:
            text.line(f"_values[{field.key!r}] = {value}")

    def finish() -> None:
        convert = text.bind("convert", msgspec.convert)
        text.line(f"{target.name} = {convert}(_values, {text.bind(target.role, target.plan.annotation)})")

    return lambda: text.line("_values = {}"), put, finish


def _emit_struct(text: SourceText, target: Target) -> None:
    """Write what builds a Struct of the names of its fields, by position where it takes all of them so."""
    cls = cast("type[msgspec.Struct]", target.plan.annotation)  # plain ones are classes
    by_attribute = {field.attribute: _local(target, field) for field in target.plan.fields}
    positional = cast("tuple[str, ...]", getattr(cls, "__match_args__", ()))
    if len(positional) == len(by_attribute):
        arguments = ", ".join(by_attribute[name] for name in positional)
    else:
        arguments = ", ".join(f"{name}={local}" for name, local in by_attribute.items())
    text.line(f"{target.name} = {text.bind(target.role, cls)}({arguments})")


def _emit_strict(text: SourceText, field: TextField, local: str, value: str, *, is_short: bool = False) -> None:
    """Write what sets a name to the value of a text: the usual forms in place, any other by their converter.

    `is_short` says that the text is known to be ASCII, and shorter than what Python refuses to make an int of.
    """
    convert = make_strict_converter(field.reads)
    if convert is None:
        text.line(f"{local} = {value}")
        return
    converted = f"{text.bind('_or_'.join(('strict', *field.reads)), convert)}({value})"
    if field.reads[0] == "int":
        checks = "" if is_short else f" and {value}.isascii() and len({value}) <= {_SAFE_DIGITS}"
        text.line(f"{local} = int({value}) if {value}.isdigit(){checks} else {converted}")
    elif field.reads[0] == "bool":
        text.line(f'{local} = True if {value} == "true" else False if {value} == "false" else {converted}')
    else:
        text.line(f"{local} = {converted}")


@contextmanager
def _absence(text: SourceText, field: TextField) -> Generator[None]:
    """Write below a check that the header was sent, unless it is required, which has been checked."""
    if field.is_required:
        yield
    else:
        with text.block("if _value is not None:"):
            yield


def _local(target: Target, field: TextField) -> str:
    return f"_{target.name}_{field.attribute}"


def _if_elif() -> Iterator[str]:
    yield "if"
    while True:
        yield "elif"
