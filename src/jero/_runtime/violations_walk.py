"""The walk: a document along the shapes of its type, noting every mistake, within a budget."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import msgspec

from jero._runtime.violations_shapes import (
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
from jero._runtime.violations_words import (
    REDACTED,
    Mistake,
    cut,
    fragment,
    model_words,
    own_words,
    read_mistake,
)

DEEPEST = 100
"""Levels of nesting that are walked; what lies deeper is left to msgspec's own, single error."""

_PORTION = 128
_BROKEN: Final = object()
_NEUTRAL: dict[type, object] = {dict: {}, list: [], tuple: []}
_encode = msgspec.json.Encoder().encode
_decode_object = msgspec.json.Decoder(dict).decode
_decode_array = msgspec.json.Decoder(list).decode


@dataclass(slots=True)
class Found:
    """What a walk found: a pointer and a detail for each mistake, whether it stopped early, and what it visited."""

    mistakes: list[tuple[str, str]]
    is_partial: bool
    visits: int


@dataclass(slots=True)
class _Place:
    parent: "_Place | None"
    token: str | int
    is_secret: bool
    depth: int


class _EnoughError(Exception):
    """The limit of mistakes, or the budget of visits, is used up."""


def walk(shape: Shape, document: object, *, limit: int, work: int) -> Found:
    """Walk a JSON document (as builtins) along `shape`: at most `limit` mistakes and `work` visits.

    Finds nothing exactly where msgspec decodes the document as that type, unless it stopped early.
    """
    walker = _Walker(limit, work)
    try:
        walker.check(shape, document, _Place(None, "", is_secret=False, depth=0))
    except (_EnoughError, RecursionError):
        walker.is_partial = True
    return Found(walker.mistakes, walker.is_partial, work - max(walker.left, 0))


class _Walker:
    """Checks values against shapes; each check gives the value that decoding would make, or `_BROKEN`.

    Values are made on the way up, so that a model's own check runs once its fields are right, at a cost that does
    not grow with the depth at which the model stands.
    """

    def __init__(self, limit: int, work: int) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self.is_partial = False
        self.left = work
        self._limit = limit

    def check(self, shape: Shape, value: object, place: _Place) -> object:  # noqa: PLR0911  # one for each kind
        """Check `value`, which stands at `place`, against `shape`."""
        self._spend()
        if place.depth > DEEPEST:
            self.is_partial = True
            return _BROKEN
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
                secret_place = _Place(place.parent, place.token, is_secret=True, depth=place.depth)
                return self.check(shape.inner, value, secret_place)
            case _:
                raise TypeError(f"{type(shape).__name__} is no shape that the walk knows; add it to `check`")

    def _record(self, shape: Record, value: object, place: _Place) -> object:
        if not isinstance(value, dict):
            return self._refuse(_decode_object, value, place)
        members = cast("dict[str, object]", value)
        judged = self._judge(shape.judge, members)
        if judged is not _BROKEN:
            return judged
        built: dict[str, object] = {}
        is_right = True
        for key, item in members.items():
            known = shape.fields.get(key)
            if known is not None:
                made = built[known.name] = self._child(known.shape, item, place, known.wire_name)
                is_right &= made is not _BROKEN
            elif shape.pick is not None and key == shape.tag_field:
                is_right &= self._pick(shape.pick, {key: _neutral(item)}, place, (key,)) is not None
            elif shape.is_closed:
                is_right = False
                words = own_words(f"Object contains unknown field `{key}`", secret=place.is_secret)
                self._note(place, (_submitted_token(key, is_secret=place.is_secret),), words)
        for name in shape.required:
            if name not in members:
                is_right = False
                self._note(place, (name,), f"Object missing required field `{name}`")
        if not is_right:
            return _BROKEN
        pairs = (
            (it.shape, members[it.wire_name], built[it.name])
            for it in shape.fields.values()
            if it.name in built
        )
        return self._build(shape.build, built, members, place, pairs if shape.holds_secret else ())

    def _row(self, shape: Row, value: object, place: _Place) -> object:
        if not isinstance(value, list):
            return self._refuse(_decode_array, value, place)
        items = cast("list[object]", value)
        judged = self._judge(shape.judge, items)
        if judged is not _BROKEN:
            return judged
        is_right = True
        start = 0
        if shape.pick is not None:
            start = 1
            if items:
                is_right = self._pick(shape.pick, [_neutral(items[0])], place, (0,)) is not None
        within = items[start : start + len(shape.positions)]
        parts = zip(shape.positions, within, strict=False)
        built = [self._child(part, item, place, at) for at, (part, item) in enumerate(parts, start)]
        if len(items) < shape.least:
            self._note(place, (), shape.short.format(len(items)))
        elif shape.most is not None and len(items) > shape.most:
            self._note(place, (), shape.long)
        elif is_right and not any(made is _BROKEN for made in built):
            pairs = zip(shape.positions, within, built, strict=False)
            return self._build(shape.build, built, items, place, pairs if shape.holds_secret else ())
        return _BROKEN

    def _items(self, shape: Items, value: object, place: _Place) -> object:
        if not isinstance(value, list):
            return self._refuse(_decode_array, value, place)
        items = cast("list[object]", value)
        built: list[object] = []

        def judge(start: int, end: int) -> bool:
            judged = self._judge(shape.judge, items[start:end])
            if judged is _BROKEN:
                return False
            built.extend(cast("list[object]", judged))
            return True

        def single(at: int) -> None:
            built.append(self._child(shape.item, items[at], place, at))

        self._divide(len(items), judge if shape.judge else None, single)
        try:
            made = shape.build(built)
        except (
            TypeError
        ):  # a set of what cannot be hashed: decoding fails in the same way, as a fault of the type
            self.is_partial = True
            return _BROKEN
        is_right = not any(item is _BROKEN for item in built)
        if is_right or isinstance(made, list | tuple):  # how many differ is not known while some are wrong
            is_right &= self._has_length("array", len(made), shape, place)
        return made if is_right else _BROKEN

    def _mapping(self, shape: Mapping, value: object, place: _Place) -> object:
        if not isinstance(value, dict):
            return self._refuse(_decode_object, value, place)
        pairs = list(cast("dict[str, object]", value).items())
        built: dict[object, object] = {}
        is_secret = place.is_secret or shape.hides_keys
        wrong_keys = 0

        def judge(start: int, end: int) -> bool:
            judged = self._judge(shape.judge, dict(pairs[start:end]))
            if judged is _BROKEN:
                return False
            built.update(cast("dict[object, object]", judged))
            return True

        def single(at: int) -> None:
            nonlocal wrong_keys
            key, item = pairs[at]
            token = _submitted_token(key, is_secret=is_secret)
            made_key = self._key(shape.key, key, place, token, is_secret=is_secret)
            made = self._child(shape.value, item, place, token)
            if made_key is _BROKEN:
                wrong_keys += 1
            else:
                built[made_key] = made

        self._divide(len(pairs), judge if shape.judge else None, single)
        if wrong_keys:
            return _BROKEN
        has_length = self._has_length("object", len(built), shape, place)
        return built if has_length and not any(made is _BROKEN for made in built.values()) else _BROKEN

    def _key(self, decode: Decode | None, key: str, place: _Place, token: str, *, is_secret: bool) -> object:
        if decode is None:
            return key
        try:
            return next(iter(cast("dict[object, None]", decode(_encode({key: None})))))
        except msgspec.ValidationError as error:
            words = own_words(read_mistake(error).words, secret=is_secret)
            self._note(place, (token,), f"Invalid key: {words}")
            return _BROKEN

    def _choice(self, shape: Choice, value: object, place: _Place) -> object:
        """Go on with the member of a union that takes this kind of value."""
        member = (
            shape.of_object
            if isinstance(value, dict)
            else shape.of_array
            if isinstance(value, list)
            else None
        )
        return self.check(member or shape.scalar, value, place)

    def _tagged(self, shape: Tagged, value: object, place: _Place) -> object:
        """Go on with the Struct that the tag names."""
        name = shape.tag_field
        if name is None:
            first = cast("list[object]", value)[:1]
            picked = self._pick(shape.pick, [*map(_neutral, first)], place, (0,) * len(first))
        else:
            members = cast("dict[str, object]", value)
            present = {name: _neutral(members[name])} if name in members else {}
            picked = self._pick(shape.pick, present, place, (name,))
        return _BROKEN if picked is None else self.check(shape.members[picked], value, place)

    def _leaf(self, shape: Leaf, value: object, place: _Place) -> object:
        """Let msgspec judge, and say what it says."""
        try:
            return shape.decode(_encode(value if shape.is_whole else _neutral(value)))
        except msgspec.ValidationError as error:
            mistake = read_mistake(error) if shape.is_whole else Mistake(str(error), (), by_model=False)
        except Exception:  # noqa: BLE001  # a class's own check may raise anything; it is no mistake of the client
            self.is_partial = True
            return _BROKEN
        is_secret = place.is_secret or shape.holds_secret
        if mistake.by_model:
            words = model_words(mistake.words, value, (), secret=is_secret)
        else:
            words = own_words(mistake.words, secret=is_secret)
        self._note(place, mistake.tokens, words)
        return _BROKEN

    def _child(self, shape: Shape, value: object, parent: _Place, token: str | int) -> object:
        """Check a value one level below `parent`; a right leaf, the usual case, at the least cost."""
        if type(shape) is Leaf:
            self._spend()
            judged = self._judge(shape.decode, value if shape.is_whole else _neutral(value))
            if judged is not _BROKEN:
                return judged
        return self.check(shape, value, _Place(parent, token, parent.is_secret, parent.depth + 1))

    def _divide(
        self, size: int, judge: Callable[[int, int], bool] | None, single: Callable[[int], None]
    ) -> None:
        """Judge portions of a container at once, and halve those that fail down to the single members."""
        for begin in range(0, size, _PORTION):
            waiting = [(begin, min(begin + _PORTION, size))]
            while waiting:
                start, end = waiting.pop()
                if judge is None or end - start == 1:
                    for at in range(start, end):
                        single(at)
                    continue
                self._spend()
                if not judge(start, end):
                    middle = (start + end) // 2
                    waiting += ((middle, end), (start, middle))

    def _judge(self, judge: Decode | None, value: object) -> object:
        if judge is None:
            return _BROKEN
        try:
            return judge(_encode(value))
        except Exception:  # noqa: BLE001  # whatever it is, the parts are looked at one by one
            return _BROKEN

    def _pick(self, pick: Decode, tag: object, place: _Place, tokens: Sequence[str | int]) -> type | None:
        """Judge a tag alone; give the class that stands for it."""
        try:
            return type(pick(_encode(tag)))
        except msgspec.ValidationError as error:
            self._note(place, tokens, own_words(read_mistake(error).words, secret=place.is_secret))
            return None

    def _refuse(self, decode: Decode, value: object, place: _Place) -> object:
        """Say, as msgspec does, that a value is of the wrong kind."""
        return self._leaf(Leaf(annotation=None, decode=decode), value, place)

    def _has_length(self, kind: str, size: int, shape: Items | Mapping, place: _Place) -> bool:
        if size < shape.least:
            self._note(place, (), f"Expected `{kind}` of length >= {shape.least}")
        elif shape.most is not None and size > shape.most:
            self._note(place, (), f"Expected `{kind}` of length <= {shape.most}")
        else:
            return True
        return False

    def _build[T](
        self,
        build: Callable[[T], object],
        built: T,
        submitted: object,
        place: _Place,
        pairs: Iterable[tuple[Shape, object, object]],
    ) -> object:
        """Make a value of right parts; `pairs` are the parts with their shapes, where some are secret."""
        try:
            return build(built)
        except (ValueError, TypeError) as error:  # what msgspec takes for a mistake of the client
            secrets = [value for part, *values in pairs if part.holds_secret for value in values]
            self._note(place, (), model_words(str(error), submitted, secrets, secret=place.is_secret))
        except Exception:  # noqa: BLE001  # a fault of the model: decoding raises it once all else is right
            self.is_partial = True
        return _BROKEN

    def _note(self, place: _Place, tokens: Iterable[str | int], detail: str) -> None:
        if len(self.mistakes) >= self._limit:
            raise _EnoughError
        above: list[str | int] = []
        at = place
        while at.parent is not None:
            above.append(at.token)
            at = at.parent
        self.mistakes.append((fragment((*reversed(above), *tokens)), detail))

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _EnoughError


def _neutral(value: object) -> object:
    """Give a value of the same kind with nothing in it, where what is in it says nothing."""
    return _NEUTRAL.get(type(value), value)


def _submitted_token(key: str, *, is_secret: bool) -> str:
    return REDACTED if is_secret else cut(key)
