"""What each type needs for the walk, made on first use and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from jero._runtime.violations.compiler import Compiled, compile_shape
from jero._runtime.violations.readings import reading_of
from jero._runtime.violations.shapes import Decode, Hidden, Leaf, Shape
from jero._runtime.violations.verdicts import decoder

_KEPT = 1024
_unhashable: dict[int, tuple[object, "Plan"]] = {}


@dataclass(slots=True, frozen=True)
class Plan:
    """A type made ready for the walk.

    `decode` is the decoder of the whole type. `read` reads what the walk needs, and `read_exactly` keeps numbers as
    they were written (it refuses those in the place of an object or an array); `is_exact`: that is how they must reach
    the walk. `may_skip`: decoding passes over more than reading does; `width`: fields of its widest object.
    """

    shape: Shape
    decode: Decode
    read: Decode
    read_exactly: Decode
    is_exact: bool
    may_skip: bool
    width: int


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
    try:
        compiled = compile_shape(type_)
    except Exception:  # noqa: BLE001  # what cannot be described can be decoded all the same
        # msgspec's single mistake is better than none; as its secrets are not known, no value is repeated.
        whole = Leaf(annotation=type_, decode=decode, is_opaque=True)
        shape = Hidden(annotation=type_, parts=(whole,), holds_secret=True, inner=whole)
        compiled = Compiled(shape, is_exact=False, may_skip=True, width=0)
    reading, skips_all = reading_of(compiled.shape, with_floats=True)
    exact_reading, _ = reading_of(compiled.shape, with_floats=False)
    return Plan(
        compiled.shape,
        decode,
        read=decoder(reading),
        read_exactly=msgspec.json.Decoder(exact_reading, float_hook=msgspec.Raw).decode,
        is_exact=compiled.is_exact,
        may_skip=compiled.may_skip and not skips_all,
        width=compiled.width,
    )
