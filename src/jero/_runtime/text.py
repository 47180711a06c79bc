"""Text to values: what `int`, `float` and `bool` look like in a query, a path or a header, and nothing more lenient."""

import math
import re
from collections.abc import Callable

type Converter = Callable[[str], object]

_FLOAT = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
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


def read_bool(text: str) -> object:
    """Read true, false, 1 or 0, in any case."""
    return _BOOLS.get(text.lower(), text)


_STEPS: dict[str, Converter] = {"int": read_int, "float": read_float, "bool": read_bool}
