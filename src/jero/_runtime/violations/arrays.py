"""Arrays: those with a meaning for each position, and those of like items."""

from collections.abc import Iterable
from typing import Any, cast

from jero._runtime.violations.dispatch import AN_ARRAY, CHECKS, check
from jero._runtime.violations.findings import Findings
from jero._runtime.violations.judging import UNKNOWN, judge, neutral, suspects
from jero._runtime.violations.leaves import WRONG, build, is_length_right, judge_tag
from jero._runtime.violations.shapes import Items, Mapping, Record, Row, Tagged
from jero._runtime.violations.verdicts import ANY_ARRAY
from jero._runtime.violations.words import first_index

_CONTAINERS = (Record, Row, Items, Mapping, Tagged)
_INDEXES = tuple(f"/{at}" for at in range(1_024))


def check_row(found: Findings, shape: Row, value: Any, parent: str, step: str) -> object:
    """Check an array with a meaning for each position."""
    if not isinstance(value, AN_ARRAY):
        return check(found, ANY_ARRAY, value, parent, step)
    if not found.enter():
        return WRONG
    pointer = parent + step
    if shape.plain and not shape.is_wanted and tuple(map(type, value)) in shape.plain:
        found.depth -= 1
        return value
    is_right = True
    start = 0
    if shape.pick is not None:
        start = 1
        is_right = not value or judge_tag(found, shape.pick, [neutral(value[0])], pointer + "/0") is not None
    parts: list[object] = []
    for at, (part, made) in enumerate(zip(shape.positions, value[start:], strict=False), start):
        if type(made) not in part.natives:
            made = check(found, part, made, pointer, f"/{at}")  # noqa: PLW2901 - what it becomes
            is_right &= made is not WRONG
        parts.append(made)
    found.depth -= 1
    if len(value) < shape.least:
        found.note(pointer, shape.short.format(len(value)))
    elif shape.most is not None and len(value) > shape.most:
        found.note(pointer, shape.long)
    elif is_right:
        return build(found, shape, parts, value, pointer) if shape.is_wanted else value
    return WRONG


def check_items(found: Findings, shape: Items, value: Any, parent: str, step: str) -> object:
    """Check an array of like items."""
    if not isinstance(value, AN_ARRAY):
        return check(found, ANY_ARRAY, value, parent, step)
    natives = shape.item.natives
    if not found.enter(len(value) if natives else 0):
        return WRONG
    pointer = parent + step
    is_plain = bool(natives) and natives.issuperset(map(type, value))
    made = value if is_plain else _each_item(found, shape, value, pointer)
    found.depth -= 1
    if not shape.is_set and not is_length_right(found, "array", len(value), shape, pointer):
        return WRONG
    if made is None or not shape.is_wanted:
        return WRONG if made is None else value
    try:
        whole = shape.build(made)
    except Exception:  # noqa: BLE001  # a set of what cannot be hashed: a fault of the type, in decoding too
        found.is_partial = True
        return WRONG
    # How many of a set differ is not known while some are wrong.
    return whole if not shape.is_set or is_length_right(found, "array", len(whole), shape, pointer) else WRONG


def _each_item(found: Findings, shape: Items, items: list[Any], pointer: str) -> list[object] | None:
    """Check items that are not all plainly right; give what decoding makes of them, None if some are wrong."""
    item, natives, is_wanted = shape.item, shape.item.natives, shape.is_wanted
    check_one = CHECKS[type(item)] if isinstance(item, _CONTAINERS) else check
    built: list[object] = []
    is_right = True
    for at in _indexes(found, shape, items, built if is_wanted else None):
        made = items[at]
        if not natives or type(made) not in natives:
            made = check_one(found, item, made, pointer, _INDEXES[at] if at < len(_INDEXES) else f"/{at}")
            if made is WRONG:
                is_right = False
        if is_wanted:
            built.append(made)
    return built if is_right else None


def _indexes(found: Findings, shape: Items, items: list[object], built: list[object] | None) -> Iterable[int]:
    """Give the indexes of the items to look at alone; what decoding makes of the others goes into `built`."""
    decode = shape.portion
    if decode is None or len(items) <= shape.few:
        return range(len(items))

    noted = len(found.mistakes)

    def judge_portion(start: int, end: int) -> int | None:
        if start == shape.few <= len(found.mistakes) - noted:  # the first ones were wrong: so will others be
            return 0
        found.spend()
        made = judge(decode, items[start:end])
        if not isinstance(made, Exception):
            if built is not None:
                built.extend(cast("list[object]", made))
            return None
        index = first_index(made)
        if index is None or start + index >= end:
            return UNKNOWN
        # The index is a hint: what stands before it has to be decoded anyway, where that is wanted.
        return UNKNOWN if index and built is not None and judge_portion(start, start + index) is not None else index

    return suspects(len(items), shape.few, judge_portion)
