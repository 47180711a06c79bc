"""The tables of limits, in the guide and in the page on security, tell them as the code has them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from jero.limits import KIB, MIB, Limits

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


@pytest.mark.parametrize("page", ["guide/limits.md", "security.md"])
def test_limits(page: str) -> None:
    """The table has every limit with its default, in the order of the source."""
    told = ROW.findall((DOCS / page).read_text())
    assert told == [(field.name, in_words(field.name, field.default)) for field in fields(Limits)]


def in_words(name: str, value: object) -> str:
    """Give a limit as the tables have it."""
    if not isinstance(value, int | float):
        return "none"
    if name == "body_timeout":
        return f"{value:g} s"
    for unit, size in (("MiB", MIB), ("KiB", KIB)):
        if value % size == 0:
            return f"{value // size} {unit}"
    return f"{value:,}"
