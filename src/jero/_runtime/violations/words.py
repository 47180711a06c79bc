"""What a violation says and where it points: pointers, cut values, and nothing of what is secret."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import msgspec

LONGEST_VALUE = 64
"""Characters of a submitted value, or of a submitted key, that a message or a pointer may repeat."""

LONGEST_MESSAGE = 512
"""Characters that a model's own message may have."""

UNSAID = "Invalid value"

# The messages of msgspec that repeat what was submitted, each as it begins. All others quote the schema only.
_ECHOES = ("Invalid enum value ", "Invalid value ", "Object contains unknown field ")
_MISSING = "Object missing required field `"
AT = " - at `"
"""What stands between msgspec's words and the way to the place."""

_AT_AN_INDEX = "`$["
_DIGITS = 9
# RFC 3986 section 3.5: what a fragment holds as it is, besides letters, digits and `-._~`; `/` separates.
_PLAIN_IN_FRAGMENT = "!$&'()*+,;=:@?"
_ESCAPED_REST = "%E2%80%A6"  # what stands for the rest of a key, `…`
_is_plain = re.compile(r"[A-Za-z0-9._!$&'()*+,;=:@?-]*").fullmatch
_SMALL, _LARGE = -(10**18), 10**18
_PLAIN = frozenset({str, int, float, bool})
_VALUES_LOOKED_AT = 32
_STEPS = 4 * _VALUES_LOOKED_AT
_CONTAINERS: tuple[type[Any], ...] = (dict, list, tuple, set, frozenset)
_OBJECT: type[Any] = dict
_BRIEF = frozenset({float, bool, type(None)})
_VALUES_CUT = 4
_QUOTED_OF_A_VALUE = 256
_MESSAGE_LOOKED_AT = 4_096


class Mistake(NamedTuple):
    """What msgspec said: its words, the way to the place, and whether a model's own check said it."""

    words: str
    tokens: tuple[str | int, ...]
    by_model: bool


def fragment(tokens: Iterable[str | int]) -> str:
    """Give the pointer to `tokens` as a URI fragment (RFC 6901 section 6): `#` for none, `#/items/3/a~1b`."""
    return "#" + "".join(f"/{escaped(token)}" for token in tokens)


def escaped(token: str | int) -> str:
    """Give one step of a pointer, `~`, `/` and what a fragment does not hold escaped."""
    if isinstance(token, int):
        return str(token)
    if (token.isalnum() and token.isascii()) or _is_plain(token):
        return token
    return quote(token.replace("~", "~0").replace("/", "~1"), safe=_PLAIN_IN_FRAGMENT, errors="replace")


def escaped_key(key: str, *, is_secret: bool) -> str:
    """Give the step of a pointer for a submitted key: cut, or left out where it is secret."""
    if is_secret:
        return _ESCAPED_REST
    return escaped(key) if len(key) <= LONGEST_VALUE else escaped(key[: LONGEST_VALUE - 1]) + _ESCAPED_REST


def cut(text: str) -> str:
    """Give `text`, or its beginning and `…` where it is longer than `LONGEST_VALUE`."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def read_mistake(error: Exception) -> Mistake:
    """Take msgspec's error apart; the way ends where msgspec stops naming it (at the values of a dict)."""
    words = message = str(error)
    tokens: list[str | int] = []
    head, _, path = message.rpartition(AT)
    # In "`key` in `$.x`" the key itself is not told; the last group is the way to its object.
    way = path.removesuffix("`").rpartition("`")[2]
    if head and path.endswith("`") and way.startswith("$"):
        words = head
        tokens += _path_tokens(way[1:])
    by_model = error.__cause__ is not None
    if words.startswith(_MISSING) and not by_model and "[...]" not in way:
        tokens.append(words[len(_MISSING) : -1])
    return Mistake(words, tuple(tokens), by_model)


def first_index(error: Exception) -> int | None:
    """Give the index of the first wrong item where msgspec, decoding an array, says it: a hint, no more."""
    _, _, way = str(error).rpartition(_AT_AN_INDEX)
    digits = way[: way.find("]")]
    return int(digits) if digits.isdecimal() and len(digits) <= _DIGITS else None


def _path_tokens(path: str) -> Iterable[str | int]:
    # A field name that itself holds `.` or `[` cannot be told apart from a path here.
    for step in path.replace("[", ".[").split(".")[1:]:
        if not step.startswith("["):
            yield step
        elif step[1:-1].isdigit():
            yield int(step[1:-1])
        else:
            return


def words_of(mistake: Mistake, submitted: object, *, is_secret: bool) -> str:
    """Give what was said of a submitted value, as far as it may be repeated."""
    if mistake.by_model:
        return model_words(mistake.words, submitted, (), is_secret=is_secret)
    return own_words(mistake.words, is_secret=is_secret)


def echo_of(words: str) -> str | None:
    """Give what msgspec's words begin with where they go on with the value submitted; else None."""
    return next(filter(words.startswith, _ECHOES)) if words.startswith(_ECHOES) else None


def echoed(echo: str, value: str, *, is_secret: bool) -> str:
    """Give msgspec's words for a text that it repeats."""
    if is_secret:
        return echo.rstrip()
    if len(value) <= LONGEST_VALUE and value.isalnum() and value.isascii():  # `repr` would change nothing
        return f"{echo}'{value}'"
    if len(value) > LONGEST_VALUE and (head := value[: LONGEST_VALUE - 1]).isalnum() and head.isascii():
        return f"{echo}'{head}…'"
    return echo + _cut_quoted(repr(value[:_QUOTED_OF_A_VALUE]))


def own_words(words: str, *, is_secret: bool) -> str:
    """Give msgspec's words with the submitted value in them cut, or left out where it is secret."""
    echo = echo_of(words)
    if echo is None:
        return words
    return echo.rstrip() if is_secret else echo + _cut_quoted(words[len(echo) :])


def missing_field(name: str) -> str:
    """Give msgspec's words for an object without a required field."""
    return f"{_MISSING}{name}`"


def unknown_field(key: str, *, is_secret: bool) -> str:
    """Give msgspec's words for a field that a closed object does not have, its name cut."""
    return "Object contains unknown field" if is_secret else f"Object contains unknown field `{cut(key)}`"


def _cut_quoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\"`"
    return value[0] + cut(value[1:-1]) + value[-1] if quoted else cut(value)


def model_words(message: str, submitted: object, secrets: Sequence[object] | None, *, is_secret: bool) -> str:
    """Give what a model's own check said (`__post_init__`), as far as it may be repeated.

    `submitted` is the value that the message may quote, `secrets` what it must not hold (None: unknown). A
    message that does, or that stands under a secret field, becomes "Invalid value".
    """
    message = as_text(message)
    if is_secret or not message or secrets is None or (secrets and _may_hold_any(message, secrets)):
        return UNSAID
    if len(message) <= LONGEST_VALUE:
        return message
    return cut_values(message, long_values(submitted))


def as_text(message: str) -> str:
    """Give a message as it can be sent: without lone surrogates."""
    return message if message.isascii() else message.encode("utf-8", "replace").decode()


def cut_values(message: str, values: Sequence[object] | None) -> str:
    """Give a message with these long values in it cut, and not too long itself; None: there were too many values."""
    cleared = None if values is None else _without(message, values)
    if cleared is None:  # too much to look at: what is this short holds no longer value
        return cut(message)
    return cleared if len(cleared) <= LONGEST_MESSAGE else cleared[: LONGEST_MESSAGE - 1] + "…"


def _may_hold_any(message: str, secrets: Sequence[object]) -> bool:
    values = secrets if len(secrets) == 1 and isinstance(secrets[0], str) else _scalars(secrets)
    if values is None or len(message) > _MESSAGE_LOOKED_AT:
        return True
    for value in values:
        for text in _readings(value):
            if text and text in message:
                return True
    return False


def long_values(value: object) -> list[object] | None:
    """Give the scalars and keys in a value that may read longer than they may be repeated; None for too many values."""
    found: list[object] = []
    waiting: list[Any] = [value if isinstance(value, _CONTAINERS) else (value,)]
    left = _VALUES_LOOKED_AT
    while waiting:
        holder = waiting.pop()
        groups: tuple[Iterable[object], ...] = (holder, holder.values()) if isinstance(holder, _OBJECT) else (holder,)
        left -= 1 + len(groups) * len(holder)
        if left < 0:
            return None
        for members in groups:
            for item in members:
                if type(item) is str:
                    if len(item) > LONGEST_VALUE:
                        found.append(item)
                elif not (type(item) in _BRIEF or (type(item) is int and _SMALL < item < _LARGE)):
                    (waiting if isinstance(item, _CONTAINERS) else found).append(item)
    return found


def _without(message: str, values: Sequence[object]) -> str | None:
    """Give `message` with each of these long values cut; None where it holds many of them."""
    if not values:
        return message
    message = message[:_MESSAGE_LOOKED_AT]
    texts: set[str] = set()
    for value in values:
        head = value[: LONGEST_VALUE + 1] if isinstance(value, str) else ""
        if head and head in message:
            texts.add(cast("str", value))
        elif not head or "'" in head or repr(head)[1:-1] != head:  # else it begins so, however it reads
            readings = [text for text in _readings(value) if len(text) > LONGEST_VALUE]
            texts.update([text for text in readings if text[: LONGEST_VALUE + 1] in message])
        if len(texts) > _VALUES_CUT:
            return None
    for text in sorted(texts, key=len, reverse=True) if len(texts) > 1 else texts:  # one may begin with another
        message = _cut_in(message, text)
    return message


def _cut_in(message: str, text: str) -> str:
    """Cut each mention of `text` in `message`, also one that the end of the message has broken off."""
    head = text[: LONGEST_VALUE + 1]
    start = message.find(head)
    while 0 <= start < LONGEST_MESSAGE:
        length = len(text)
        if not message.startswith(text, start):
            length = max(_same_length(message, start, reading) for reading in _readings(text))
        message = message[:start] + cut(text) + message[start + length :]
        start = message.find(head, start + LONGEST_VALUE)
    return message


def _same_length(message: str, start: int, text: str) -> int:
    """Give how many characters of `text` stand at `start`, at least the longest that a value may have."""
    least, most = LONGEST_VALUE, min(len(text), len(message) - start)
    while least < most:  # halving what is not known
        middle = (least + most + 1) // 2
        if message.startswith(text[:middle], start):
            least = middle
        else:
            most = middle - 1
    return least


def _scalars(value: object) -> list[object] | None:
    """Give the scalars and keys in a value; None for too many."""
    scalars: list[object] = []
    waiting: list[Any] = [value]
    for _ in range(_STEPS):
        item = waiting.pop()
        if type(item) in _PLAIN:
            scalars.append(item)
        elif isinstance(item, _CONTAINERS):
            if len(item) > _VALUES_LOOKED_AT:
                return None
            waiting += item
            if isinstance(item, dict):
                waiting += item.values()
        elif item is not None:
            scalars.append(item)
        if not waiting:
            return scalars if len(scalars) <= _VALUES_LOOKED_AT else None
    return None


def _readings(value: object) -> tuple[str, ...]:
    """Give how a value may read in a message: as text, and as `repr` writes it."""
    if isinstance(value, str):
        shown = repr(value)[1:-1]
        return (value,) if shown == value else (value, shown)
    if isinstance(value, msgspec.Raw):  # a number as it was written
        return (bytes(value).decode(),)
    if isinstance(value, bytes | bytearray):
        return repr(value), value.decode("utf-8", "ignore")
    return str(value), repr(value)
