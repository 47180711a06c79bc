"""What clients may send as text: valid, damaged, escaped, repeated, blank, of other scripts, very long."""

from collections.abc import Callable, Sequence
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

_NUMBERS = ("0", "1", "2", "-1", "-0", "007", "+3", " 3", "3.0", "3.", ".5", "1e3", "1_000", "0x10", "--1", "-", "1.25")
_HUGE = ("9" * 18, "9" * 19, "-" + "9" * 19, "18446744073709551616", "9" * 400, "9" * 1200, "9" * 5000, "1e999")
_WORDS = ("true", "false", "TRUE", "False", "yes", "red", "RED", "abc", "x" * 300, "x" * 2000, "drawn", "null", "None")
_NOT_FINITE = ("nan", "inf", "-inf", "Infinity")
_SIGNS = ("", " ", "a,b", "a b", "a=b", "a&b", "a+b", "50%", ";", "\x00", "\x85", "\u2028")
_SCRIPTS = ("²", "\u0661", "-\u0661", "é", "日本", "😀")
_OTHERS = ("00000000-0000-0000-0000-000000000001", "2026-01-01")

EACH_TEXT = (*_NUMBERS, *_HUGE, *_WORDS, *_NOT_FINITE, *_SIGNS, *_SCRIPTS, *_OTHERS)
TEXTS = st.sampled_from(EACH_TEXT) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_USUAL = st.sampled_from([text for text in EACH_TEXT if text.isascii() and text.isprintable() and len(text) < 100])

_DAMAGED = b"% %z %ff %C3 \xff \xe2\x82 \xc3\xa9 = == & && + a =1".split()


def _escape_all(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


_ESCAPES: tuple[Callable[[str], str], ...] = (str, quote, quote_plus, _escape_all)


@st.composite
def queries(draw: st.DrawFn, names: Sequence[str]) -> bytes:
    """Draw a query string that gives the names texts, mostly; half of them without anything escaped or damaged."""
    if draw(st.booleans()):
        usual = draw(st.lists(st.tuples(st.sampled_from([*names, *names, "other", ""]), _USUAL), max_size=4))
        return "&".join([f"{name}={text}" for name, text in usual]).encode()
    pieces: list[bytes] = []
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 9)) == 0:
            pieces.append(draw(st.sampled_from(_DAMAGED)))
            continue
        escape = draw(st.sampled_from(_ESCAPES))
        name = draw(st.sampled_from([*names, *names, "other", ""]))
        pieces.append(f"{escape(name)}={escape(draw(TEXTS))}".encode())
    return b"&".join(pieces)


@st.composite
def header_pairs(draw: st.DrawFn, names: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Draw headers, as an edge hands them over: names in lower case, values of latin-1."""
    drawn = draw(st.lists(st.tuples(st.sampled_from([*names, *names, "other"]), TEXTS), max_size=6))
    return [(name.encode(), text.encode("latin-1", "replace")) for name, text in drawn]


@st.composite
def slot_texts(draw: st.DrawFn, names: Sequence[str]) -> tuple[str, ...]:
    """Draw what the slots of a template hold: a lookup finds none that is blank, or has a NUL."""
    texts = TEXTS.filter(lambda text: text != "" and "\0" not in text)
    return tuple([draw(texts) for _ in names])
