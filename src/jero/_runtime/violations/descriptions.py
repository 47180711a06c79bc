"""Questions to msgspec's description of a type: what it takes, what its union is made of, what is marked or checked."""

from collections.abc import Iterable
from typing import Any, Union, get_origin

import msgspec
from msgspec import inspect

from jero._runtime.violations.builders import BUILD_ITEMS

_OF_OBJECTS = (inspect.StructType, inspect.DictType, inspect.TypedDictType, inspect.DataclassType)
_OF_ARRAYS = (*BUILD_ITEMS, inspect.TupleType, inspect.NamedTupleType)


def has_check(cls: type) -> bool:
    """Tell whether a class checks its instances itself."""
    return hasattr(get_origin(cls) or cls, "__post_init__")


def marks_secret(info: inspect.Metadata) -> bool:
    """Tell whether metadata marks a secret."""
    extra: dict[str, object] | None = getattr(info, "extra")  # noqa: B009  # typed, its items would be unknown
    return bool(extra and extra.get("secret"))


def flatten(types: Iterable[inspect.Type]) -> tuple[list[inspect.Type], bool]:
    """Give the members of a union, out of nested unions and metadata, and whether any is marked secret."""
    members: list[inspect.Type] = []
    is_secret = False
    for info in types:
        if isinstance(info, inspect.Metadata | inspect.UnionType):
            within = info.types if isinstance(info, inspect.UnionType) else (info.type,)
            inner, inner_secret = flatten(within)
            members += inner
            is_secret |= inner_secret or (isinstance(info, inspect.Metadata) and marks_secret(info))
        else:
            members.append(info)
    return members, is_secret


def takes_objects(info: inspect.Type) -> bool:
    """Tell whether a JSON object may be right."""
    return isinstance(info, _OF_OBJECTS) and not (isinstance(info, inspect.StructType) and info.array_like)


def takes_arrays(info: inspect.Type) -> bool:
    """Tell whether a JSON array may be right."""
    return isinstance(info, _OF_ARRAYS) or (isinstance(info, inspect.StructType) and info.array_like)


def union_of(*members: Any) -> Any:
    """Give the union of some annotations."""
    return Union[members]  # noqa: UP007  # built at run time


def bare_struct(info: inspect.StructType) -> type[msgspec.Struct]:
    """Give a Struct with the tag of `info` and nothing else, by which msgspec judges a tag alone."""
    return msgspec.defstruct("Tag", [], tag=info.tag, tag_field=info.tag_field, array_like=info.array_like)
