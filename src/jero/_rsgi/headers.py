"""Header pairs between RSGI's text and jero's bytes."""

from collections.abc import Iterator

from jero._rsgi.protocol import Headers, TextPairs
from jero._runtime.request import HeaderPairs

LOST = b"\xff"
"""Stands for a value with bytes outside of ASCII, which granian does not hand over: the header must not seem absent."""


class WireHeaders:
    """A request's headers as bytes, converted once, and only where somebody reads them."""

    __slots__ = ("_given", "_pairs")

    def __init__(self, given: Headers) -> None:
        self._given = given
        self._pairs: HeaderPairs | None = None

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        pairs = self._pairs
        if pairs is None:
            pairs = self._pairs = _wire_pairs(self._given)
        return iter(pairs)


def _wire_pairs(given: Headers) -> HeaderPairs:
    pairs = [(name.encode(), value.encode()) for name, value in given.items()]
    names = {name for name, _ in pairs}
    if len(names) != len(given):
        pairs += [(name, LOST) for name in map(str.encode, given.keys()) if name not in names]
    return pairs


def text_pairs(headers: HeaderPairs) -> TextPairs:
    """Give a reply's headers as text, which granian sends as UTF-8: what is latin-1 and no UTF-8 changes its bytes."""
    try:
        return [(name.decode(), value.decode()) for name, value in headers]
    except UnicodeDecodeError:
        return [(name.decode(), _text(value)) for name, value in headers]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
