"""Objects with free keys: the keys, the values, and how many there are."""

from collections.abc import Iterable
from typing import Any, cast

from jero._runtime.violations.dispatch import AN_OBJECT, check
from jero._runtime.violations.findings import Findings
from jero._runtime.violations.judging import UNKNOWN, judge, suspects
from jero._runtime.violations.leaves import WRONG, is_length_right, make_key, step_of
from jero._runtime.violations.shapes import Mapping
from jero._runtime.violations.verdicts import ANY_OBJECT


def check_mapping(found: Findings, shape: Mapping, value: Any, parent: str, step: str) -> object:
    """Check an object with free keys."""
    if not isinstance(value, AN_OBJECT):
        return check(found, ANY_OBJECT, value, parent, step)
    natives = shape.value.natives
    if not found.enter(len(value) if natives else 0):
        return WRONG
    pointer = parent + step
    built: dict[object, object] = value
    is_right = are_keys_right = True
    if shape.key is not None or not natives or not natives.issuperset(map(type, value.values())):
        built, is_right, are_keys_right = _each_member(found, shape, value, pointer)
    found.depth -= 1
    if are_keys_right:  # how many differ is not known while some are wrong
        is_right &= is_length_right(found, "object", len(built), shape, pointer)
    return built if is_right and are_keys_right else WRONG


def _each_member(
    found: Findings, shape: Mapping, value: dict[str, Any], pointer: str
) -> tuple[dict[object, object], bool, bool]:
    """Check members that are not all plainly right; give what decoding makes, and whether values and keys are right."""
    pairs = list(value.items())
    natives = shape.value.natives
    is_secret = found.is_secret or shape.hides_keys
    built: dict[object, object] = {}
    is_right = are_keys_right = True
    for at in _suspected_pairs(found, shape, pairs, built):
        key, made = pairs[at]
        made_key: object = key
        if shape.key is not None:
            made_key = make_key(found, shape.key, key, pointer, is_secret=is_secret)
            are_keys_right &= made_key is not WRONG
        if type(made) not in natives:
            made = check(found, shape.value, made, pointer, step_of(key, is_secret=is_secret))
            is_right &= made is not WRONG
        built[made_key] = made
    return built, is_right, are_keys_right


def _suspected_pairs(
    found: Findings, shape: Mapping, pairs: list[tuple[str, object]], built: dict[object, object]
) -> Iterable[int]:
    """Give the indexes of the members to look at alone; what decoding makes of the others goes into `built`."""
    decode = shape.portion
    if decode is None or len(pairs) <= shape.few:
        return range(len(pairs))

    noted = len(found.mistakes)

    def judge_portion(start: int, end: int) -> int | None:
        if start == shape.few <= len(found.mistakes) - noted:  # the first ones were wrong: so will others be
            return 0
        found.spend()
        made = judge(decode, dict(pairs[start:end]))
        if isinstance(made, Exception):
            return UNKNOWN
        built.update(cast("dict[object, object]", made))
        return None

    return suspects(len(pairs), shape.few, judge_portion)
