"""The walk: a document along the shapes of its type, noting every mistake, within a budget."""

from collections.abc import Callable, Iterable
from typing import Any, Final, cast

import msgspec

from jero._runtime.violations.compiler import ANY_ARRAY, ANY_OBJECT
from jero._runtime.violations.findings import DEEPEST, EnoughError, Findings
from jero._runtime.violations.judging import FEW, UNKNOWN, encode, judge, neutral, suspects
from jero._runtime.violations.secrets import secrets_in
from jero._runtime.violations.shapes import Choice, Decode, Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged
from jero._runtime.violations.verdicts import LONGEST_INT, SHORTEST_INT
from jero._runtime.violations.words import (
    AT,
    REDACTED,
    cut,
    echoed,
    escaped,
    first_index,
    model_words,
    own_words,
    read_mistake,
    words_of,
)

type Check = Callable[[Findings, Any, Any, str, str], object]
"""Checks a value against a shape. It gives what decoding would make of the value (where that is wanted, else
anything), or `_WRONG`. The value stands at the pointer that the last two make together: they are put together only
where there is something to say.

Values are made on the way up, so that a model's own check runs once its fields are right, at a cost that does not
grow with the depth at which the model stands.
"""

_WRONG: Final = object()
_BULK = 64
"""So many plain values cost one visit."""
_AT_KEY = AT + "key` in `$`"
_INDEXES = tuple(f"/{at}" for at in range(1_024))


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


def _check(found: Findings, shape: Shape, value: Any, parent: str, step: str) -> object:
    """Check any value: by its class alone, if that tells enough."""
    kind = type(value)
    if kind in shape.natives:
        return value
    if kind in shape.refusals and (kind is not int or SHORTEST_INT <= value <= LONGEST_INT):
        found.note(parent + step, shape.refusals[kind])
        return _WRONG
    return _CHECKS[type(shape)](found, shape, value, parent, step)


def _record(found: Findings, shape: Record, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, dict):
        return _check(found, ANY_OBJECT, value, parent, step)
    found.visits += 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    fields, is_wanted = shape.fields, shape.is_wanted
    built: dict[str, object] = {}
    is_right = True
    extras = 0
    for key, item in value.items():
        field = fields.get(key)
        if field is None:
            extras += 1
            if item != shape.tag or key != shape.tag_field or type(item) is not type(shape.tag):
                is_right &= _is_extra_right(found, shape, key, item, parent + step)
            continue
        kind = type(item)
        if kind not in field.natives:
            if kind in field.refusals and kind is not int:  # as `_check` does: here it is done most often
                found.note(parent + step + field.step, field.refusals[kind])
                is_right = False
                continue
            item = _check(found, field.shape, item, parent + step, field.step)  # noqa: PLW2901 - what it becomes
            if item is _WRONG:
                is_right = False
        if is_wanted:
            built[field.name] = item
    if len(value) - extras < len(fields):
        for name in shape.required:
            if name not in value:
                is_right = False
                found.note(parent + step + fields[name].step, f"Object missing required field `{name}`")
    found.depth -= 1
    if not is_right:
        return _WRONG
    return _build(found, shape, built, value, parent + step) if is_wanted else value


def _is_extra_right(found: Findings, shape: Record, key: str, item: object, pointer: str) -> bool:
    """Check a member of an object that is no field: its tag, or one that a closed object does not admit."""
    if shape.pick is not None and key == shape.tag_field:
        return _pick(found, shape.pick, {key: neutral(item)}, pointer + "/" + escaped(key)) is not None
    if shape.is_closed:
        words = own_words(f"Object contains unknown field `{key}`", is_secret=found.is_secret)
        found.note(pointer + _step(key, is_secret=found.is_secret), words)
    return not shape.is_closed


def _row(found: Findings, shape: Row, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, list):
        return _check(found, ANY_ARRAY, value, parent, step)
    found.visits += 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    items: list[Any] = value
    pointer = parent + step
    is_right = True
    start = 0
    if shape.pick is not None:
        start = 1
        is_right = not items or _pick(found, shape.pick, [neutral(items[0])], pointer + "/0") is not None
    built: list[object] = []
    for at, (part, item) in enumerate(zip(shape.positions, items[start:], strict=False), start):
        made = _check(found, part, item, pointer, f"/{at}")
        is_right &= made is not _WRONG
        built.append(made)
    found.depth -= 1
    if len(items) < shape.least:
        found.note(pointer, shape.short.format(len(items)))
    elif shape.most is not None and len(items) > shape.most:
        found.note(pointer, shape.long)
    elif is_right:
        return _build(found, shape, built, items, pointer) if shape.is_wanted else items
    return _WRONG


def _items(found: Findings, shape: Items, value: Any, parent: str, step: str) -> object:
    if not isinstance(value, list):
        return _check(found, ANY_ARRAY, value, parent, step)
    items: list[Any] = value
    item, natives, is_wanted = shape.item, shape.item.natives, shape.is_wanted
    found.visits += 1 + len(items) // _BULK if natives else 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    pointer = parent + step
    built: list[object] = []
    is_right = True
    if natives and natives.issuperset(map(type, items)):
        built = items
    else:
        check = _record if type(item) is Record else _check
        for at in _indexes(found, items, shape.portion, built if is_wanted else None):
            made = items[at]
            if not natives or type(made) not in natives:
                made = check(found, item, made, pointer, _INDEXES[at] if at < len(_INDEXES) else f"/{at}")
                if made is _WRONG:
                    is_right = False
            if is_wanted:
                built.append(made)
    found.depth -= 1
    if not shape.is_set:  # how many differ is not known while some are wrong
        is_right &= _has_length(found, "array", len(items), shape, pointer)
    if not is_right or not is_wanted:
        return items if is_right else _WRONG
    try:
        made = shape.build(built)
    except Exception:  # noqa: BLE001  # a set of what cannot be hashed: a fault of the type, in decoding too
        found.is_partial = True
        return _WRONG
    return made if not shape.is_set or _has_length(found, "array", len(made), shape, pointer) else _WRONG


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
    if not isinstance(value, dict):
        return _check(found, ANY_OBJECT, value, parent, step)
    members: dict[str, Any] = value
    natives = shape.value.natives
    found.visits += 1 + len(members) // _BULK if natives else 1
    if found.visits > found.work or found.depth > DEEPEST:
        return _stop(found)
    found.depth += 1
    pointer = parent + step
    is_secret = found.is_secret or shape.hides_keys
    built: dict[object, object] = {}
    is_right = are_keys_right = True
    if shape.key is None and natives and natives.issuperset(map(type, members.values())):
        built = cast("dict[object, object]", members)
    else:
        pairs = list(members.items())
        for at in _suspected_pairs(found, shape, pairs, built):
            key, made = pairs[at]
            made_key: object = key
            if shape.key is not None:
                made_key = _key(found, shape.key, key, pointer, is_secret=is_secret)
                are_keys_right &= made_key is not _WRONG
            if type(made) not in natives:
                made = _check(found, shape.value, made, pointer, _step(key, is_secret=is_secret))
                is_right &= made is not _WRONG
            built[made_key] = made
    found.depth -= 1
    if are_keys_right:  # how many differ is not known while some are wrong
        is_right &= _has_length(found, "object", len(built), shape, pointer)
    return built if is_right and are_keys_right else _WRONG


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


def _key(found: Findings, decode: Decode, key: str, pointer: str, *, is_secret: bool) -> object:
    found.spend()
    made = judge(decode, {key: None})
    if not isinstance(made, Exception):
        return next(iter(cast("dict[object, None]", made)))
    words = own_words(str(made).removesuffix(_AT_KEY), is_secret=is_secret)
    found.note(pointer + _step(key, is_secret=is_secret), f"Invalid key: {words}")
    return _WRONG


def _choice(found: Findings, shape: Choice, value: object, parent: str, step: str) -> object:
    """Go on with the member of a union that takes this kind of value."""
    member = shape.of_object if isinstance(value, dict) else shape.of_array if isinstance(value, list) else None
    if member is None:
        return _leaf(found, shape.scalar, value, parent, step)
    return _CHECKS[type(member)](found, member, value, parent, step)


def _tagged(found: Findings, shape: Tagged, value: object, parent: str, step: str) -> object:
    """Go on with the Struct that the tag names."""
    name = shape.tag_field
    tag: object
    if name is None:
        given = cast("list[object]", value)[:1]
        tag, place = (given or (None,))[0], "/0" if given else ""
        one: object = [neutral(it) for it in given]
    else:
        members = cast("dict[str, object]", value)
        tag, place = members.get(name), ""
        one = {name: neutral(tag)} if name in members else {}
    member = shape.by_tag.get(cast("str | int", tag)) if type(tag) in _TAGS else None
    if member is None:
        place = place if name is None else "/" + escaped(name)
        picked = _pick(found, shape.pick, one, parent + step + place)
        if picked is None:
            return _WRONG
        member = shape.members[picked]
    return _check(found, member, value, parent, step)


def _pick(found: Findings, pick: Decode, tag: object, pointer: str) -> type | None:
    """Judge a tag alone; give the class that stands for it."""
    found.spend()
    made = judge(pick, tag)
    if not isinstance(made, Exception):
        return type(made)
    words = str(made)
    found.note(pointer, own_words(words.rpartition(AT)[0] or words, is_secret=found.is_secret))
    return None


def _hidden(found: Findings, shape: Hidden, value: object, parent: str, step: str) -> object:
    was_secret, found.is_secret = found.is_secret, True
    made = _check(found, shape.inner, value, parent, step)
    found.is_secret = was_secret
    return made


def _leaf(found: Findings, shape: Leaf, value: object, parent: str, step: str) -> object:
    """Check a value by what is known of it, else have msgspec judge it; note what it says."""
    if shape.known and type(value) in _TAGS:
        made = shape.known.get(value, _WRONG)
        if made is not _WRONG:
            return made
        if shape.echo is not None and isinstance(value, str):
            found.note(parent + step, echoed(shape.echo, value, is_secret=found.is_secret or shape.holds_secret))
            return _WRONG
    elif shape.takes_ints and type(value) is int and SHORTEST_INT <= value <= LONGEST_INT:
        return float(value)
    elif shape.is_free and not (found.is_exact or shape.is_wanted):
        return value
    found.spend()
    try:
        return shape.decode(encode(value if shape.is_opaque else neutral(value)))
    except msgspec.ValidationError as error:
        is_secret = found.is_secret or shape.holds_secret
        if shape.is_opaque:
            mistake = read_mistake(error)
            place = "/".join([parent + step, *map(escaped, mistake.tokens)])
            found.note(place, words_of(mistake, value, is_secret=is_secret))
        else:
            found.note(parent + step, own_words(str(error), is_secret=is_secret))
    except Exception:  # noqa: BLE001  # a fault of a class, or a value too deep to encode
        found.is_partial = True
    return _WRONG


def _stop(found: Findings) -> object:
    """Look no deeper. Raises EnoughError where the budget is used up."""
    found.spend(0)
    found.is_partial = True
    return _WRONG


def _has_length(found: Findings, kind: str, size: int, shape: Items | Mapping, pointer: str) -> bool:
    if size < shape.least:
        found.note(pointer, f"Expected `{kind}` of length >= {shape.least}")
    elif shape.most is not None and size > shape.most:
        found.note(pointer, f"Expected `{kind}` of length <= {shape.most}")
    else:
        return True
    return False


def _build(found: Findings, shape: Record | Row, built: Any, value: object, pointer: str) -> object:
    """Make a value of right parts; the model's own check may refuse it."""
    try:
        return shape.build(built)
    except (ValueError, TypeError) as error:  # what msgspec takes for a mistake of the client
        secrets = secrets_in(shape, value) if shape.holds_secret else ()
        found.note(pointer, model_words(str(error), value, secrets, is_secret=found.is_secret))
    except Exception:  # noqa: BLE001  # a fault of the model: decoding raises it, once all else is right
        found.is_partial = True
    return _WRONG


def _step(key: str, *, is_secret: bool) -> str:
    return "/" + escaped(REDACTED if is_secret else cut(key))


class _Checks(dict[type[Shape], Check]):
    """The check of each kind of shape."""

    def __missing__(self, kind: type[Shape]) -> Check:
        raise TypeError(f"{kind.__name__} is no shape that the walk knows; add it to `_CHECKS`")


_TAGS = frozenset({str, int})
_CHECKS = _Checks(
    {
        Record: _record,
        Row: _row,
        Items: _items,
        Mapping: _mapping,
        Choice: _choice,
        Tagged: _tagged,
        Hidden: _hidden,
        Leaf: _leaf,
    }
)
