"""Types in words, with what `describe` leaves out: aliases followed, the constraints of `Meta` told."""

from collections.abc import Iterator
from typing import Annotated, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct, UnsetType
from msgspec import structs as fields_of_structs

from jero._wiring.annotations import describe, list_item, struct_class, unalias, union_members

_CONSTRAINTS = (
    ("gt", "> {}"),
    ("ge", ">= {}"),
    ("lt", "< {}"),
    ("le", "<= {}"),
    ("multiple_of", "multiple of {}"),
    ("min_length", "length >= {}"),
    ("max_length", "length <= {}"),
    ("pattern", "pattern {}"),
)


def type_in_words(annotation: object) -> str:
    """Give a type as it reads: `int (>= 1, <= 100)`, `list[str (length <= 80)]`, `str | None`."""
    annotation = unalias(annotation, keeps_metadata=True)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return f"{type_in_words(arguments[0])}{_constraints(arguments[1:])}"
    if origin is Union or len(union_members(annotation)) > 1:
        members = [member for member in arguments if member is not UnsetType]
        optional = " (may be absent)" if len(members) != len(arguments) else ""
        return " | ".join(map(type_in_words, members)) + optional
    if origin is not None and isinstance(origin, type) and arguments and not struct_class(annotation):
        inner = ", ".join("..." if argument is ... else type_in_words(argument) for argument in arguments)
        return f"{describe(origin)}[{inner}]"
    return describe(annotation)


def result_in_words(annotation: object) -> str:
    """Give a return annotation as it is written: without the headers of a response that has none."""
    return describe(annotation).replace(", None]", "]")


def structs_in(annotation: object) -> list[object]:
    """Give the Structs that a body may be: itself, the members of a union, the item of a list."""
    annotation = unalias(annotation)
    item = list_item(annotation)
    return [member for member in union_members(item or annotation) if struct_class(member)]


def struct_fields(annotation: object) -> Iterator[tuple[str, str, str]]:
    """Give the fields of a Struct: the name on the wire, the type, and `required` or the default."""
    for field in fields_of_structs.fields(annotation):  # pyright: ignore[reportArgumentType] - a Struct, plain or generic
        yield field.encode_name, type_in_words(field.type), _default(field)


def struct_words(annotation: object) -> list[str]:
    """Give what the configuration of a Struct says of its wire form."""
    cls = struct_class(annotation)
    if cls is None:
        return []
    config = cls.__struct_config__
    words: list[str] = []
    if config.tag is not None:
        words.append(f"tagged `{config.tag_field}: {config.tag}`")
    if config.forbid_unknown_fields:
        words.append("unknown fields are refused")
    if config.array_like:
        words.append("an array on the wire")
    return words


def _default(field: fields_of_structs.FieldInfo) -> str:
    if field.required:
        return "required"
    if field.default is not NODEFAULT:
        value = field.default
        return "optional" if isinstance(value, UnsetType) else f"default {_value(value)}"
    factory = field.default_factory
    return f"default {factory()!r}" if factory in {list, dict, set, tuple, frozenset} else "default computed"


def _value(value: object) -> str:
    return type(value).__name__ if isinstance(value, Struct) else repr(value)


def _constraints(metadata: tuple[object, ...]) -> str:
    words = [
        form.format(getattr(meta, name))
        for meta in metadata
        if isinstance(meta, Meta)
        for name, form in _CONSTRAINTS
        if getattr(meta, name) is not None
    ]
    return f" ({', '.join(words)})" if words else ""
