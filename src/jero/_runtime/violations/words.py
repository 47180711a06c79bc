"""What a violation says and where it points: pointers, cut values, and nothing of what is secret."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

LONGEST_VALUE = 64
"""Characters of a submitted value, or of a submitted key, that a message or a pointer may repeat."""

LONGEST_MESSAGE = 512
"""Characters that a model's own message may have."""

REDACTED = "…"
UNSAID = "Invalid value"

# The messages of msgspec that repeat what was submitted, each as it begins. All others quote the schema only.
_ECHOES = ("Invalid enum value ", "Invalid value ", "Object contains unknown field ")
_MISSING = "Object missing required field `"
AT = " - at `"
"""What stands between msgspec's words and the way to the place."""

_last_index = re.compile(r".*`\$\[([0-9]{1,9})\]", re.DOTALL).match
# RFC 3986 section 3.5: what a fragment holds as it is, besides letters, digits and `-._~`; `/` separates.
_PLAIN_IN_FRAGMENT = "!$&'()*+,;=:@?"
_is_plain = re.compile(r"[A-Za-z0-9._!$&'()*+,;=:@?-]*").fullmatch
_LARGE = 10**18
_PLAIN = frozenset({str, int, float, bool})
_VALUES_LOOKED_AT = 32
_STEPS = 4 * _VALUES_LOOKED_AT
_CONTAINERS: tuple[type[Any], ...] = (dict, list, tuple, set, frozenset)
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
    found = _last_index(str(error))
    return int(found[1]) if found else None


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
    for echo in _ECHOES:
        if words.startswith(echo):
            return echo
    return None


def echoed(echo: str, value: str, *, is_secret: bool) -> str:
    """Give msgspec's words for a text that it repeats."""
    if is_secret:
        return echo.rstrip()
    if len(value) <= LONGEST_VALUE and _is_plain(value) and "'" not in value:  # `repr` would change nothing
        return f"{echo}'{value}'"
    return echo + _cut_quoted(repr(value[:_QUOTED_OF_A_VALUE]))


def own_words(words: str, *, is_secret: bool) -> str:
    """Give msgspec's words with the submitted value in them cut, or left out where it is secret."""
    echo = echo_of(words)
    if echo is None:
        return words
    return echo.rstrip() if is_secret else echo + _cut_quoted(words[len(echo) :])


def unknown_field(key: str, *, is_secret: bool) -> str:
    """Give msgspec's words for a field that a closed object does not have; `key` is cut."""
    return "Object contains unknown field" if is_secret else f"Object contains unknown field `{key}`"


def _cut_quoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\"`"
    return value[0] + cut(value[1:-1]) + value[-1] if quoted else cut(value)


def is_brief(message: str) -> bool:
    """Tell whether a message is too short to repeat more of a value than it may."""
    return len(message) <= LONGEST_VALUE


def model_words(message: str, submitted: object, secrets: Sequence[object] | None, *, is_secret: bool) -> str:
    """Give what a model's own check said (`__post_init__`), as far as it may be repeated.

    `submitted` is the value that the message may quote, `secrets` what it must not hold (None: unknown). A
    message that does, or that stands under a secret field, becomes "Invalid value".
    """
    if not message.isascii():
        message = message.encode("utf-8", "replace").decode()
    if is_secret or not message or secrets is None or (secrets and _may_hold_any(message, secrets)):
        return UNSAID
    if is_brief(message):
        return message
    values = _scalars(submitted)
    if values is None:  # too much to look at: what is this short holds no longer value
        return cut(message)
    message = message[:_MESSAGE_LOOKED_AT]
    quoted = _quoted(values, message)
    if quoted is None:
        return cut(message)
    for text in sorted(quoted, key=len, reverse=True):
        message = _cut_in(message, text)
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def _may_hold_any(message: str, secrets: Sequence[object]) -> bool:
    values = _scalars(secrets)
    if values is None or len(message) > _MESSAGE_LOOKED_AT:
        return True
    for value in values:
        for text in _readings(value):
            if text and text in message:
                return True
    return False


def _quoted(values: Iterable[object], message: str) -> set[str] | None:
    """Give the long values, as they read, of which `message` holds more than it may; None for too many."""
    quoted: set[str] = set()
    for value in values:
        if _is_short(value):
            continue
        for text in _readings(value):
            if len(text) > LONGEST_VALUE and text[: LONGEST_VALUE + 1] in message:
                quoted.add(text)
        if len(quoted) > _VALUES_CUT:
            return None
    return quoted


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE
    return isinstance(value, float | bool) or (isinstance(value, int) and -_LARGE < value < _LARGE)


def _cut_in(message: str, text: str) -> str:
    """Cut each mention of `text` in `message`, also one that the end of the message has broken off."""
    head = text[: LONGEST_VALUE + 1]
    start = message.find(head)
    while 0 <= start < LONGEST_MESSAGE:
        end = start + _same_length(message, start, text)
        message = message[:start] + cut(text) + message[end:]
        start = message.find(head, start + LONGEST_VALUE)
    return message


def _same_length(message: str, start: int, text: str) -> int:
    """Give how many characters of `text` stand at `start`, at least the longest that a value may have."""
    if message.startswith(text, start):
        return len(text)
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
        reads_the_same = value.isprintable() and "'" not in value and "\\" not in value
        return (value,) if reads_the_same else (value, repr(value)[1:-1])
    if isinstance(value, msgspec.Raw):  # a number as it was written
        return (bytes(value).decode(),)
    if isinstance(value, bytes | bytearray):
        return repr(value), value.decode("utf-8", "ignore")
    return str(value), repr(value)
