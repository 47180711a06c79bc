"""Text to values: what numbers and `bool` look like in a query, a path, a header or a form; nothing more lenient."""

import math
import re
from collections.abc import Callable
from functools import cache

import msgspec

type Converter = Callable[[str], object]

_FLOAT = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_NO_DECIMAL = ""
"""Text that msgspec refuses with its own words: of what Python's Decimal takes (`NaN`, `1_000`) it refuses nothing."""
_BOOLS = {"true": True, "false": False, "1": True, "0": False}


def make_converter(reads: tuple[str, ...]) -> Converter | None:
    """Give a function from text to the first of `reads` that it is; None where text stays as it is.

    Text that fits none is given back, for msgspec to refuse with its own words.
    """
    steps = [_STEPS[read] for read in reads if read != "text"]
    if len(steps) <= 1:
        return steps[0] if steps else None

    def convert(text: str) -> object:
        for step in steps:
            value = step(text)
            if value is not text:
                return value
        return text

    return convert


@cache
def make_strict_converter(reads: tuple[str, ...]) -> Converter | None:
    """Give what `make_converter` does, but it raises msgspec.ValidationError for text that fits none of `reads`."""
    convert = make_converter(reads)
    if convert is None or "text" in reads:
        return convert

    def convert_strictly(text: str) -> object:
        value = convert(text)
        if value is text:
            raise msgspec.ValidationError(f"the text is no {' or '.join(reads)}")
        return value

    return convert_strictly


def read_int(text: str) -> object:
    """Read `-?[0-9]+`; nothing else is an int: no spaces, no `+`, no `1e3`, no other scripts' digits."""
    digits = text[1:] if text[:1] == "-" else text
    if not (digits.isdigit() and digits.isascii()):
        return text
    try:
        return int(text)
    except ValueError:  # more digits than Python converts
        return text


def read_float(text: str) -> object:
    """Read a finite decimal number, with or without an exponent."""
    if _FLOAT.fullmatch(text) is None:
        return text
    value = float(text)
    return value if math.isfinite(value) else text


def read_decimal(text: str) -> object:
    """Let a finite decimal number pass, its exponent of at most four digits; give what is refused for all else."""
    return text if _DECIMAL.fullmatch(text) else _NO_DECIMAL


def read_bool(text: str) -> object:
    """Read true, false, 1 or 0, in any case."""
    return _BOOLS.get(text.lower(), text)


_STEPS: dict[str, Converter] = {
    "int": read_int,
    "float": read_float,
    "bool": read_bool,
    "decimal": read_decimal,
}
