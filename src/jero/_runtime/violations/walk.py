"""The walk: a document along the shapes of its type, noting every mistake, within a budget."""

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import msgspec

from jero._runtime.violations.findings import EnoughError, Findings, Place
from jero._runtime.violations.judging import doubtful, is_native, is_small, judge, neutral
from jero._runtime.violations.secrets import secrets_in
from jero._runtime.violations.shapes import (
    Choice,
    Decode,
    Hidden,
    Items,
    Leaf,
    Mapping,
    Record,
    Row,
    Shape,
    Tagged,
)
from jero._runtime.violations.words import (
    REDACTED,
    cut,
    model_words,
    own_words,
    read_mistake,
    words_of,
)

DEEPEST = 100
"""Levels of nesting that are walked; what lies deeper is left to msgspec's own, single error."""

_WRONG: Final = object()
_ANY_OBJECT = Leaf(annotation=dict, decode=msgspec.json.Decoder(dict).decode)
_ANY_ARRAY = Leaf(annotation=list, decode=msgspec.json.Decoder(list).decode)


def walk(shape: Shape, document: object, *, limit: int, work: int) -> Findings:
    """Walk a JSON document (as builtins) along `shape`: at most `limit` mistakes and `work` visits.

    Finds nothing exactly where msgspec decodes the document as that type, unless it stopped early.
    """
    findings = Findings(limit, work)
    try:
        _Walker(findings).check(shape, document, Place("#", 0, is_secret=False))
    except (EnoughError, RecursionError):
        findings.is_partial = True
    return findings


class _Walker:
    """Checks values against shapes; each check gives the value that decoding would make, or `_WRONG`.

    Values are made on the way up, so that a model's own check runs once its fields are right, at a cost that
    does not grow with the depth at which the model stands.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._note = findings.note
        self._spend = findings.spend

    def check(self, shape: Shape, value: object, place: Place) -> object:  # noqa: PLR0911  # one for each kind
        """Check `value`, which stands at `place`, against `shape`."""
        self._spend()
        if place.depth > DEEPEST:
            self._findings.is_partial = True
            return _WRONG
        match shape:
            case Record():
                return self._record(shape, value, place)
            case Leaf():
                return self._leaf(shape, value, place)
            case Items():
                return self._items(shape, value, place)
            case Choice():
                return self._choice(shape, value, place)
            case Mapping():
                return self._mapping(shape, value, place)
            case Tagged():
                return self._tagged(shape, value, place)
            case Row():
                return self._row(shape, value, place)
            case Hidden():
                place.is_secret = True
                return self.check(shape.inner, value, place)
            case _:
                raise TypeError(f"{type(shape).__name__} is no shape that the walk knows; add it to `check`")

    def _record(self, shape: Record, value: object, place: Place) -> object:
        if not isinstance(value, dict):
            return self._leaf(_ANY_OBJECT, value, place)
        members = cast("dict[str, object]", value)
        built: dict[str, object] = {}
        is_right = True
        for key, item in members.items():
            known = shape.fields.get(key)
            if known is not None:
                if not is_native(known.shape, item):
                    item = self._child(known.shape, item, place, known.wire_name)  # noqa: PLW2901 - what it becomes
                    is_right &= item is not _WRONG
                built[known.name] = item
            elif shape.pick is not None and key == shape.tag_field:
                is_right &= self._pick(shape.pick, {key: neutral(item)}, place, (key,)) is not None
            elif shape.is_closed:
                is_right = False
                words = own_words(f"Object contains unknown field `{key}`", is_secret=place.is_secret)
                self._note(place, (_submitted(key, is_secret=place.is_secret),), words)
        for name in shape.required:
            if name not in members:
                is_right = False
                self._note(place, (name,), f"Object missing required field `{name}`")
        if not is_right:
            return _WRONG
        return self._build(shape, built, members, place)

    def _row(self, shape: Row, value: object, place: Place) -> object:
        if not isinstance(value, list):
            return self._leaf(_ANY_ARRAY, value, place)
        items = cast("list[object]", value)
        is_right = True
        start = 0
        if shape.pick is not None:
            start = 1
            is_right = not items or self._pick(shape.pick, [neutral(items[0])], place, (0,)) is not None
        given = items[start : start + len(shape.positions)]
        parts = list(zip(shape.positions, given, strict=False))
        built = [self._child(part, item, place, at) for at, (part, item) in enumerate(parts, start)]
        if len(items) < shape.least:
            self._note(place, (), shape.short.format(len(items)))
        elif shape.most is not None and len(items) > shape.most:
            self._note(place, (), shape.long)
        elif is_right and all(made is not _WRONG for made in built):
            return self._build(shape, built, items, place)
        return _WRONG

    def _items(self, shape: Items, value: object, place: Place) -> object:
        if not isinstance(value, list):
            return self._leaf(_ANY_ARRAY, value, place)
        items = cast("list[object]", value)
        decode = shape.portion
        built: list[object] = []
        is_right = True

        def judge_portion(start: int, end: int) -> Exception | None:
            return self._keep(judge(cast("Decode", decode), items[start:end]), built.extend)

        for at, is_wrong in doubtful(len(items), judge_portion if decode else None):
            made = self._child(shape.item, items[at], place, at, is_wrong=is_wrong)
            is_right &= made is not _WRONG
            built.append(made)
        try:
            made = shape.build(built)
        except Exception:  # noqa: BLE001  # a set of what cannot be hashed: a fault of the type, in decoding too
            self._findings.is_partial = True
            return _WRONG
        if is_right or isinstance(made, list | tuple):  # how many differ is not known while some are wrong
            is_right &= self._has_length("array", len(made), shape, place)
        return made if is_right else _WRONG

    def _mapping(self, shape: Mapping, value: object, place: Place) -> object:
        if not isinstance(value, dict):
            return self._leaf(_ANY_OBJECT, value, place)
        pairs = list(cast("dict[str, object]", value).items())
        decode = shape.portion
        built: dict[object, object] = {}
        is_secret = place.is_secret or shape.hides_keys
        is_right = are_keys_right = True

        def judge_portion(start: int, end: int) -> Exception | None:
            return self._keep(judge(cast("Decode", decode), dict(pairs[start:end])), built.update)

        for at, is_wrong in doubtful(len(pairs), judge_portion if decode else None):
            key, item = pairs[at]
            token = _submitted(key, is_secret=is_secret)
            made_key = self._key(shape.key, key, place, token, is_secret=is_secret)
            made = built[made_key] = self._child(shape.value, item, place, token, is_wrong=is_wrong)
            are_keys_right &= made_key is not _WRONG
            is_right &= made is not _WRONG
        if are_keys_right:  # how many differ is not known while some are wrong
            is_right &= self._has_length("object", len(built), shape, place)
        return built if is_right and are_keys_right else _WRONG

    def _key(self, decode: Decode | None, key: str, place: Place, token: str, *, is_secret: bool) -> object:
        if decode is None:
            return key
        made = judge(decode, {key: None})
        if not isinstance(made, Exception):
            return next(iter(cast("dict[object, None]", made)))
        words = own_words(read_mistake(made).words, is_secret=is_secret)
        self._note(place, (token,), f"Invalid key: {words}")
        return _WRONG

    def _choice(self, shape: Choice, value: object, place: Place) -> object:
        """Go on with the member of a union that takes this kind of value."""
        member = shape.of_object if isinstance(value, dict) else None
        if isinstance(value, list):
            member = shape.of_array
        return self.check(member or shape.scalar, cast("object", value), place)

    def _tagged(self, shape: Tagged, value: object, place: Place) -> object:
        """Go on with the Struct that the tag names."""
        name = shape.tag_field
        if name is None:
            first = cast("list[object]", value)[:1]
            picked = self._pick(shape.pick, [neutral(tag) for tag in first], place, (0,) * len(first))
        else:
            members = cast("dict[str, object]", value)
            tag = {name: neutral(members[name])} if name in members else {}
            picked = self._pick(shape.pick, tag, place, (name,))
        return _WRONG if picked is None else self.check(shape.members[picked], value, place)

    def _pick(self, pick: Decode, tag: object, place: Place, tokens: Sequence[str | int]) -> type | None:
        """Judge a tag alone; give the class that stands for it."""
        made = judge(pick, tag)
        if not isinstance(made, Exception):
            return type(made)
        self._note(place, tokens, own_words(read_mistake(made).words, is_secret=place.is_secret))
        return None

    def _leaf(self, shape: Leaf, value: object, place: Place) -> object:
        made = judge(shape.decode, value if shape.is_opaque else neutral(value))
        return self._refuse(shape, made, value, place) if isinstance(made, Exception) else made

    def _child(self, shape: Shape, value: object, parent: Place, token: str | int, *, is_wrong: bool = False) -> object:
        """Check a value one level below `parent`; `is_wrong`: it is known to be wrong as a whole."""
        if type(shape) is Leaf:  # the usual case, at the least cost
            self._spend()
            made = judge(shape.decode, value if shape.is_opaque else neutral(value))
            if not isinstance(made, Exception):
                return made
            if type(made) is msgspec.ValidationError and not shape.is_opaque:
                words = own_words(str(made), is_secret=parent.is_secret or shape.holds_secret)
                self._note(parent, (token,), words)
                return _WRONG
            return self._refuse(shape, made, value, parent.below(token))
        if shape.whole is not None and not is_wrong and is_small(value):
            self._spend()
            made = judge(shape.whole, value)
            if not isinstance(made, Exception):
                return made
        return self.check(shape, value, parent.below(token))

    def _refuse(self, shape: Leaf, error: Exception, value: object, place: Place) -> object:
        """Say what msgspec said of a leaf."""
        is_secret = place.is_secret or shape.holds_secret
        if isinstance(error, msgspec.ValidationError) and not shape.is_opaque:
            self._note(place, (), own_words(str(error), is_secret=is_secret))
        elif isinstance(error, msgspec.ValidationError):
            mistake = read_mistake(error)
            self._note(place, mistake.tokens, words_of(mistake, value, is_secret=is_secret))
        else:  # a fault of a class, or a value too deep to encode
            self._findings.is_partial = True
        return _WRONG

    def _keep[T](self, made: object, keep: Callable[[T], None]) -> Exception | None:
        self._spend()
        if isinstance(made, Exception):
            return made
        keep(cast("T", made))
        return None

    def _has_length(self, kind: str, size: int, shape: Items | Mapping, place: Place) -> bool:
        if size < shape.least:
            self._note(place, (), f"Expected `{kind}` of length >= {shape.least}")
        elif shape.most is not None and size > shape.most:
            self._note(place, (), f"Expected `{kind}` of length <= {shape.most}")
        else:
            return True
        return False

    def _build(self, shape: Record | Row, built: Any, value: object, place: Place) -> object:
        """Make a value of right parts; the model's own check may refuse it."""
        try:
            return shape.build(built)
        except (ValueError, TypeError) as error:  # what msgspec takes for a mistake of the client
            secrets = secrets_in(shape, value) if shape.holds_secret else ()
            self._note(place, (), model_words(str(error), value, secrets, is_secret=place.is_secret))
        except Exception:  # noqa: BLE001  # a fault of the model: decoding raises it, once all else is right
            self._findings.is_partial = True
        return _WRONG


def _submitted(key: str, *, is_secret: bool) -> str:
    return REDACTED if is_secret else cut(key)
