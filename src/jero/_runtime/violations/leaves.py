"""What is judged at one place: a leaf, a key, a tag, a length, and what a model itself has to say."""

from typing import Any, Final, cast

import msgspec

from jero._runtime.violations.findings import LONG, Findings
from jero._runtime.violations.judging import encode, judge, neutral
from jero._runtime.violations.secrets import secrets_in
from jero._runtime.violations.shapes import Decode, Items, Leaf, Mapping, Record, Row, Tagged
from jero._runtime.violations.verdicts import LONGEST_INT, SHORTEST_INT
from jero._runtime.violations.words import (
    AT,
    LONGEST_VALUE,
    UNSAID,
    as_text,
    cut,
    cut_values,
    echoed,
    escaped,
    escaped_key,
    long_values,
    model_words,
    own_words,
    read_mistake,
    words_of,
)

TAGS: Final = frozenset({str, int})
"""The classes that tags, and the values of a Literal or an Enum, are of."""

WRONG: Final = object()
"""Stands for what decoding would not make."""

_AT_KEY = AT + "key` in `$`"


def check_leaf(found: Findings, shape: Leaf, value: object, parent: str, step: str) -> object:
    """Check a value by what is known of it, else have msgspec judge it; note what it says."""
    if shape.known and type(value) in TAGS:
        # To look up a text is to hash it whole.
        made = WRONG if isinstance(value, str) and len(value) > shape.longest else shape.known.get(value, WRONG)
        if made is not WRONG:
            return made
        if shape.echo is not None and isinstance(value, str):
            found.note(parent + step, echoed(shape.echo, value, is_secret=found.is_secret or shape.holds_secret))
            return WRONG
    elif shape.takes_ints and type(value) is int and SHORTEST_INT <= value <= LONGEST_INT:
        return float(value)
    elif shape.is_free and not (found.is_exact or shape.is_wanted):
        return value
    found.spend()
    try:
        return shape.decode(encode(value if shape.is_opaque else neutral(value)))
    except msgspec.ValidationError as error:
        _note_refusal(found, shape, error, value, parent + step)
    except Exception:  # noqa: BLE001  # a fault of a class, or a value too deep to encode
        found.is_partial = True
    return WRONG


def _note_refusal(found: Findings, shape: Leaf, error: msgspec.ValidationError, value: object, pointer: str) -> None:
    is_secret = found.is_secret or shape.holds_secret
    if shape.is_opaque:
        mistake = read_mistake(error)
        place = "/".join([pointer, *map(escaped, mistake.tokens)])
        found.note(place, words_of(mistake, value, is_secret=is_secret))
    else:
        found.note(pointer, own_words(str(error), is_secret=is_secret))


def make_key(found: Findings, decode: Decode, key: str, pointer: str, *, is_secret: bool) -> object:
    """Give what decoding makes of a key of the object at `pointer`, or `WRONG`."""
    found.spend()
    try:
        return next(iter(cast("dict[object, None]", decode(encode({key: None})))))
    except Exception as error:  # noqa: BLE001  # a class made of the key may raise anything: it is refused
        words = str(error).removesuffix(_AT_KEY)
    found.note(pointer + step_of(key, is_secret=is_secret), "Invalid key: " + own_words(words, is_secret=is_secret))
    return WRONG


def step_of(key: str, *, is_secret: bool) -> str:
    """Give the step of a pointer to a member under a submitted key."""
    return "/" + escaped_key(key, is_secret=is_secret)


def judge_tag(found: Findings, pick: Decode, alone: object, pointer: str) -> type | None:
    """Judge a tag that stands alone; give the class that stands for it."""
    found.spend()
    made = judge(pick, alone)
    if not isinstance(made, Exception):
        return type(made)
    words = str(made)
    found.note(pointer, own_words(words.rpartition(AT)[0] or words, is_secret=found.is_secret))
    return None


def judge_tag_of(found: Findings, shape: Tagged, value: Any, tag: object, pointer: str) -> type | None:
    """Judge the tag of an object or array at `pointer`, which is not among the known ones; maybe it has none."""
    if shape.tag_field is None:
        place, alone = (f"{pointer}/0", [neutral(tag)]) if value else (pointer, [])
    else:
        alone = {shape.tag_field: neutral(tag)} if shape.tag_field in value else {}
        place = f"{pointer}/{escaped(shape.tag_field)}"
    if shape.echo is not None and isinstance(tag, str):
        found.note(place, echoed(shape.echo, tag, is_secret=found.is_secret))
        return None
    return judge_tag(found, shape.pick, alone, place)


def is_length_right(found: Findings, kind: str, size: int, shape: Items | Mapping, pointer: str) -> bool:
    """Check how many members the container at `pointer` has; note what is wrong with that."""
    if shape.least <= size and shape.most is None:
        return True
    if size < shape.least:
        found.note(pointer, f"Expected `{kind}` of length >= {shape.least}")
    elif shape.most is not None and size > shape.most:
        found.note(pointer, f"Expected `{kind}` of length <= {shape.most}")
    else:
        return True
    return False


def build(found: Findings, shape: Record | Row, parts: Any, value: object, pointer: str) -> object:
    """Make a value of right parts; the model's own check may refuse it."""
    try:
        return shape.build(parts)
    except (ValueError, TypeError) as error:  # what msgspec takes for a mistake of the client
        _note_model_words(found, shape, str(error), value, pointer)
    except Exception:  # noqa: BLE001  # a fault of the model: decoding raises it, once all else is right
        found.is_partial = True
    return WRONG


def _note_model_words(found: Findings, shape: Record | Row, words: str, value: object, pointer: str) -> None:
    if found.is_secret or not words:
        words = UNSAID
    elif shape.holds_secret:
        words = model_words(words, value, secrets_in(shape, value), is_secret=False) if found.may_study() else UNSAID
    elif len(words) <= LONGEST_VALUE:
        words = as_text(words)
    else:
        values = long_values(value)
        if values == [] or found.may_study(LONG):
            words = cut_values(as_text(words), values)
        else:
            found.cut_words()
            words = cut(as_text(words))
    found.note(pointer, words)
