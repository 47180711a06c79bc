"""What each type needs for the walk, made on first use and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from jero._runtime.violations_compiler import compile_shape
from jero._runtime.violations_shapes import Decode, Shape

_KEPT = 1024
_unhashable: dict[int, tuple[object, "Plan"]] = {}


@dataclass(slots=True, frozen=True)
class Plan:
    """A type made ready for the walk.

    `decode` is the decoder of the whole type; `is_exact`: numbers must reach the walk as they were written.
    """

    shape: Shape
    decode: Decode
    is_exact: bool


def plan_of(type_: object) -> Plan:
    """Give the plan of a type. Raises TypeError for one that msgspec does not support."""
    try:
        hash(type_)
    except TypeError:
        return _plan_of_unhashable(type_)
    return _hashed_plan(type_)


@lru_cache(maxsize=_KEPT)
def _hashed_plan(type_: object) -> Plan:
    return _make_plan(type_)


def _plan_of_unhashable(type_: object) -> Plan:
    known = _unhashable.get(id(type_))
    if known is None:
        while len(_unhashable) >= _KEPT:
            _unhashable.pop(next(iter(_unhashable)))
        # The entry holds the type too, so that its id stays its own.
        known = _unhashable[id(type_)] = (type_, _make_plan(type_))
    return known[1]


def _make_plan(type_: Any) -> Plan:
    decode = msgspec.json.Decoder(type_).decode
    shape, is_exact = compile_shape(type_)
    return Plan(shape, decode, is_exact)
