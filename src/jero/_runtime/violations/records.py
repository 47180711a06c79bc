"""Objects with known fields, a union of them included: each member by its field, the tag, and what is missing."""

from collections.abc import Collection
from typing import Any, cast

from jero._runtime.violations.dispatch import AN_ARRAY, AN_OBJECT, CHECKS, check
from jero._runtime.violations.findings import Findings
from jero._runtime.violations.judging import neutral
from jero._runtime.violations.leaves import TAGS, WRONG, build, judge_tag, judge_tag_of
from jero._runtime.violations.shapes import Record, Tagged
from jero._runtime.violations.verdicts import ANY_ARRAY, ANY_OBJECT
from jero._runtime.violations.words import escaped, escaped_key, unknown_field

_MANY_MEMBERS = 64


def check_record(found: Findings, shape: Record, value: Any, parent: str, step: str) -> object:
    """Check an object with known fields."""
    if not isinstance(value, AN_OBJECT):
        return check(found, ANY_OBJECT, value, parent, step)
    if not found.enter():
        return WRONG
    fields, is_wanted = shape.fields, shape.is_wanted
    parts: dict[str, object] = {}
    is_right = True
    extras = 0
    pointer = parent + step
    members: Collection[tuple[str, object]] = value.items() if len(value) < _MANY_MEMBERS else _members(shape, value)
    for key, item in members:
        field = fields.get(key)
        if field is None:
            extras += 1
            is_tag = key == shape.tag_field and item == shape.tag and type(item) is type(shape.tag)
            if shape.judges_extras and not is_tag:
                is_right &= _is_extra_right(found, shape, key, item, pointer)
            continue
        if type(item) not in field.natives:
            record = field.record if type(item) is AN_OBJECT else None  # sooner than `check` gets there
            item = (  # noqa: PLW2901 - what it becomes
                check(found, field.shape, item, pointer, field.step)
                if record is None
                else check_record(found, record, item, pointer, field.step)
            )
            is_right &= item is not WRONG
        if is_wanted:
            parts[field.name] = item
    if shape.required and len(members) - extras < len(fields):
        is_right &= _is_complete(found, shape, value, pointer)
    found.depth -= 1
    if not is_right:
        return WRONG
    return build(found, shape, parts, value, pointer) if is_wanted else value


def _members(shape: Record, value: dict[str, object]) -> Collection[tuple[str, object]]:
    """Give the members of a large object of which there is something to say: in an open one, those with a field."""
    if shape.is_closed:
        return value.items()
    fields = shape.fields if shape.tag_field is None else {**shape.fields, shape.tag_field: None}
    return [(key, value[key]) for key in filter(fields.__contains__, value)]


def _is_extra_right(found: Findings, shape: Record, key: str, item: object, pointer: str) -> bool:
    """Check a member of an object that is no field: its tag, or one that a closed object does not admit."""
    if shape.pick is not None and key == shape.tag_field:
        return judge_tag(found, shape.pick, {key: neutral(item)}, f"{pointer}/{escaped(key)}") is not None
    if shape.is_closed:
        place = f"{pointer}/{escaped_key(key, is_secret=found.is_secret)}"
        found.note(place, unknown_field(key, is_secret=found.is_secret))
    return not shape.is_closed


def _is_complete(found: Findings, shape: Record, value: dict[str, object], pointer: str) -> bool:
    is_complete = True
    for name in shape.required:
        if name not in value:
            found.note(pointer + shape.fields[name].step, shape.required[name])
            is_complete = False
    return is_complete


def check_tagged(found: Findings, shape: Tagged, value: Any, parent: str, step: str) -> object:
    """Check an object or array whose tag names its Struct."""
    name = shape.tag_field
    if not isinstance(value, AN_ARRAY if name is None else AN_OBJECT):
        return check(found, ANY_ARRAY if name is None else ANY_OBJECT, value, parent, step)
    tag: object = (value[0] if value else None) if name is None else value.get(name)
    member = shape.by_tag.get(cast("str | int", tag)) if type(tag) in TAGS else None
    if member is None:
        picked = judge_tag_of(found, shape, value, tag, parent + step)
        if picked is None:
            return WRONG
        member = shape.members[picked]
    return CHECKS[type(member)](found, member, value, parent, step)
