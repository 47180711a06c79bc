"""The walk: a document along the shapes of its type, noting every mistake, within a budget."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, cast

from jero._runtime.violations.findings import DEEPEST, EnoughError, Findings
from jero._runtime.violations.judging import FEW, UNKNOWN, judge, neutral, suspects
from jero._runtime.violations.leaves import (
    TAGS,
    WRONG,
    build,
    check_leaf,
    is_length_right,
    judge_tag,
    judge_tag_of,
    make_key,
    step_of,
)
from jero._runtime.violations.shapes import Choice, Decode, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged
from jero._runtime.violations.verdicts import ANY_ARRAY, ANY_OBJECT, LONGEST_INT, SHORTEST_INT
from jero._runtime.violations.words import REDACTED, cut, escaped, first_index, unknown_field

type Check = Callable[[Findings, Any, Any, str, str], object]
"""Checks a value against a shape. It gives what decoding would make of the value (where that is wanted, else
anything), or `WRONG`. The value stands at the pointer that the last two make together: they are put together only
where there is something to say.

Values are made on the way up, so that a model's own check runs once its fields are right, at a cost that does not
grow with the depth at which the model stands.
"""

_BULK = 64
"""So many plain values cost one visit."""

_MANY_MEMBERS = 64

_INDEXES = tuple(f"/{at}" for at in range(1_024))
# Typed so, they leave what a JSON value holds open.
_AN_OBJECT: Final[type[Any]] = dict
_AN_ARRAY: Final[type[Any]] = list


def walk(shape: Shape, document: object, *, limit: int, work: int, is_exact: bool = True) -> Findings:
    """Walk a JSON document (as builtins) along `shape`: at most `limit` mistakes and `work` visits.

    Finds nothing exactly where msgspec decodes the document as that type, unless it stopped early. `is_exact`: the
    document may hold numbers, or other things, that no field can take.
    """
    found = Findings(limit, work, is_exact=is_exact)
    try:
        _check(found, shape, document, "#", "")
    except (EnoughError, RecursionError):
        found.is_partial = True
    return found


def _check(found: Findings, shape: Shape, value: object, parent: str, step: str) -> object:
    """Check any value: by its class alone, if that tells enough."""
    kind = type(value)
    if kind in shape.natives:
        return value
    if kind in shape.refusals and (kind is not int or SHORTEST_INT <= cast("int", value) <= LONGEST_INT):
        found.note(parent + step, shape.refusals[kind])
        return WRONG
    if isinstance(shape, Choice):  # the member of a union that takes this kind of value
        if isinstance(value, _AN_OBJECT):
            shape = shape.of_object or shape.scalar
        else:
            shape = (shape.of_array if isinstance(value, _AN_ARRAY) else None) or shape.scalar
    return _CHECKS[type(shape)](found, shape, value, parent, step)


def _record(found: Findings, shape: Record, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, _AN_OBJECT):
        return _check(found, ANY_OBJECT, value, parent, step)
    found.visits += 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    fields, is_wanted = shape.fields, shape.is_wanted
    parts: dict[str, object] = {}
    is_right = True
    extras = 0
    members = value.items() if len(value) < _MANY_MEMBERS else _members(shape, value)
    for key, item in members:
        field = fields.get(key)
        if field is None:
            extras += 1
            if shape.judges_extras:
                is_right &= _is_extra_right(found, shape, key, item, parent + step)
            continue
        if type(item) not in field.natives:
            item = _check(found, field.shape, item, parent + step, field.step)  # noqa: PLW2901 - what it becomes
            is_right &= item is not WRONG
        if is_wanted:
            parts[field.name] = item
    if shape.required and len(members) - extras < len(fields):
        is_right &= _is_complete(found, shape, value, parent + step)
    found.depth -= 1
    if not is_right:
        return WRONG
    return build(found, shape, parts, value, parent + step) if is_wanted else value


def _members(shape: Record, value: dict[str, object]) -> Collection[tuple[str, object]]:
    """Give the members of a large object of which there is something to say: in an open one, those with a field."""
    if shape.is_closed:
        return value.items()
    fields = shape.fields if shape.tag_field is None else {**shape.fields, shape.tag_field: None}
    return [(key, value[key]) for key in filter(fields.__contains__, value)]


def _is_extra_right(found: Findings, shape: Record, key: str, item: object, pointer: str) -> bool:
    """Check a member of an object that is no field: its tag, or one that a closed object does not admit."""
    if shape.pick is not None and key == shape.tag_field:
        if item == shape.tag and type(item) is type(shape.tag):
            return True
        return judge_tag(found, shape.pick, {key: neutral(item)}, f"{pointer}/{escaped(key)}") is not None
    if shape.is_closed:
        shown = REDACTED if found.is_secret else cut(key)
        found.note(f"{pointer}/{escaped(shown)}", unknown_field(shown, is_secret=found.is_secret))
    return not shape.is_closed


def _is_complete(found: Findings, shape: Record, value: dict[str, object], pointer: str) -> bool:
    is_complete = True
    for name in shape.required:
        if name not in value:
            found.note(pointer + shape.fields[name].step, f"Object missing required field `{name}`")
            is_complete = False
    return is_complete


def _row(found: Findings, shape: Row, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, _AN_ARRAY):
        return _check(found, ANY_ARRAY, value, parent, step)
    found.visits += 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    pointer = parent + step
    is_right = True
    start = 0
    if shape.pick is not None:
        start = 1
        is_right = not value or judge_tag(found, shape.pick, [neutral(value[0])], pointer + "/0") is not None
    parts: list[object] = []
    for at, (part, made) in enumerate(zip(shape.positions, value[start:], strict=False), start):
        if type(made) not in part.natives:
            made = _check(found, part, made, pointer, f"/{at}")  # noqa: PLW2901 - what it becomes
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


def _items(found: Findings, shape: Items, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, _AN_ARRAY):
        return _check(found, ANY_ARRAY, value, parent, step)
    natives = shape.item.natives
    found.visits += 1 + len(value) // _BULK if natives else 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
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
    check = _CHECKS[Record] if type(item) is Record else _check
    built: list[object] = []
    is_right = True
    for at in _indexes(found, items, shape.portion, built if is_wanted else None):
        made = items[at]
        if not natives or type(made) not in natives:
            made = check(found, item, made, pointer, _INDEXES[at] if at < len(_INDEXES) else f"/{at}")
            if made is WRONG:
                is_right = False
        if is_wanted:
            built.append(made)
    return built if is_right else None


def _indexes(
    found: Findings,
    items: list[object],
    decode: Decode | None,
    built: list[object] | None,
) -> Iterable[int]:
    """Give the indexes of the items to look at alone; what decoding makes of the others goes into `built`."""
    if decode is None or len(items) <= FEW:
        return range(len(items))

    def judge_portion(start: int, end: int) -> int | None:
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

    return suspects(len(items), judge_portion)


def _mapping(found: Findings, shape: Mapping, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, _AN_OBJECT):
        return _check(found, ANY_OBJECT, value, parent, step)
    natives = shape.value.natives
    found.visits += 1 + len(value) // _BULK if natives else 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
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
            made = _check(found, shape.value, made, pointer, step_of(key, is_secret=is_secret))
            is_right &= made is not WRONG
        built[made_key] = made
    return built, is_right, are_keys_right


def _suspected_pairs(
    found: Findings, shape: Mapping, pairs: list[tuple[str, object]], built: dict[object, object]
) -> Iterable[int]:
    """Give the indexes of the members to look at alone; what decoding makes of the others goes into `built`."""
    decode = shape.portion
    if decode is None or len(pairs) <= FEW:
        return range(len(pairs))

    def judge_portion(start: int, end: int) -> int | None:
        found.spend()
        made = judge(decode, dict(pairs[start:end]))
        if isinstance(made, Exception):
            return UNKNOWN
        built.update(cast("dict[object, object]", made))
        return None

    return suspects(len(pairs), judge_portion)


def _tagged(found: Findings, shape: Tagged, value: Any, parent: str, step: str) -> object:
    """Go on with the Struct that the tag names."""
    name = shape.tag_field
    tag: object = (value[0] if value else None) if name is None else value.get(name)
    member = shape.by_tag.get(cast("str | int", tag)) if type(tag) in TAGS else None
    if member is None:
        picked = judge_tag_of(found, shape, value, tag, parent + step)
        if picked is None:
            return WRONG
        member = shape.members[picked]
    return _CHECKS[type(member)](found, member, value, parent, step)


def _hidden(found: Findings, shape: Hidden, value: object, parent: str, step: str) -> object:
    was_secret, found.is_secret = found.is_secret, True
    made = _check(found, shape.inner, value, parent, step)
    found.is_secret = was_secret
    return made


def _stop(found: Findings) -> object:
    """Look no deeper. Raises EnoughError where the budget is used up."""
    found.spend(0)
    found.is_partial = True
    return WRONG


class _Checks(dict[type[Shape], Check]):
    """The check of each kind of shape."""

    def __missing__(self, kind: type[Shape]) -> Check:
        raise TypeError(f"{kind.__name__} is no shape that the walk knows; add it to `_CHECKS`")


_CHECKS = _Checks(
    {
        Record: _record,
        Row: _row,
        Items: _items,
        Mapping: _mapping,
        Tagged: _tagged,
        Hidden: _hidden,
        Leaf: check_leaf,
    }
)
