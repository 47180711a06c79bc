"""What is known of a value by its class alone, or by a table: so that few values need msgspec to judge them."""

import enum
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from jero._runtime.violations.judging import encode, judge
from jero._runtime.violations.shapes import Decode, Leaf
from jero._runtime.violations.words import echo_of

SHORTEST_INT, LONGEST_INT = -(2**63), 2**63 - 1
"""Beyond these msgspec reads some ints as floats, and says so."""

_NATIVE: tuple[tuple[inspect.Type, type], ...] = (
    (inspect.StrType(), str),
    (inspect.IntType(), int),
    (inspect.FloatType(), float),
    (inspect.BoolType(), bool),
    (inspect.NoneType(), type(None)),
)
_SAMPLES: tuple[tuple[object, str], ...] = (
    ("", "str"),
    (0, "int"),
    (0.5, "float"),
    (True, "bool"),
    (None, "null"),
    ({}, "object"),
    ([], "array"),
)


def make_leaf(annotation: Any, members: Sequence[inspect.Type], *, is_opaque: bool) -> Leaf:
    """Make the leaf of `annotation`, a union where it has several members; opaque ones are not looked into."""
    decode = decoder(annotation)
    if is_opaque:
        is_free = isinstance(members[0], inspect.AnyType | inspect.RawType)
        return Leaf(annotation=annotation, decode=decode, is_opaque=True, is_free=is_free)
    known = _known_values(members, decode)
    return Leaf(
        annotation=annotation,
        decode=decode,
        natives=_native_classes(members),
        refusals=_refusals(decode),
        takes_ints=list(members) == [inspect.FloatType()],
        known=known,
        longest=max((len(value) for value in known if isinstance(value, str)), default=0),
        echo=echo_for_texts(members, decode),
    )


def decoder(annotation: Any) -> Decode:
    """Give the function that decodes JSON as `annotation`."""
    return msgspec.json.Decoder(annotation).decode


def _native_classes(members: Sequence[inspect.Type]) -> frozenset[type]:
    """Give the classes of which every value is right as it is: `str` where any text is admitted.

    Beside other members of a union only null is: they may take a text or a number for something else.
    """
    natives = frozenset(cls for info in members for plain, cls in _NATIVE if info == plain)
    return natives if len(members) == len(natives) else natives & {type(None)}


def _refusals(decode: Decode) -> dict[type, str]:
    """Give msgspec's words for the classes of which no value is admitted.

    Where it says "got `int`" it has looked at the kind of the value only.
    """
    words: dict[type, str] = {}
    for sample, kind in _SAMPLES:
        try:
            decode(encode(sample))
        except msgspec.ValidationError as error:
            if str(error).endswith(f", got `{kind}`"):
                words[type(sample)] = str(error)
    return words


def _known_values(members: Iterable[inspect.Type], decode: Decode) -> dict[object, object]:
    """Give the texts and ints that a Literal or an Enum among `members` names, with what decoding makes of each."""
    known: dict[object, object] = {}
    for info in members:
        values: Iterable[object] = ()
        if isinstance(info, inspect.LiteralType):
            values = info.values
        elif isinstance(info, inspect.EnumType):
            values = [member.value for member in info.cls]
        for value in values:
            made = judge(decode, value)
            if type(value) in (str, int) and not isinstance(made, Exception):
                known[value] = made
    return known


def echo_for_texts(members: Iterable[inspect.Type], decode: Decode, sample: object = "") -> str | None:
    """Give what msgspec says, before it repeats it, of a text that no tag, Literal or Enum among `members` names.

    `sample` has an empty text in the place of one. None where it says something else.
    """
    if any(isinstance(info, inspect.EnumType) and _takes_unnamed(info.cls) for info in members):
        return None
    error = judge(decode, sample)
    return echo_of(str(error)) if isinstance(error, Exception) else None


def _takes_unnamed(cls: type[enum.Enum]) -> bool:
    return cls._missing_.__func__ is not enum.Enum._missing_.__func__  # type: ignore[attr-defined]  # a class method


ANY_OBJECT = make_leaf(dict, (), is_opaque=False)
ANY_ARRAY = make_leaf(list, (), is_opaque=False)
"""What admits any object, any array: for msgspec's words about everything else."""
