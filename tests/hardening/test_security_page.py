"""The page on security tells the limits as the code has them, and has the places that its figures are written to."""

import re
from dataclasses import fields
from pathlib import Path

from jero.limits import KIB, MIB, Limits

_PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def test_limits() -> None:
    """The table has every limit with its default, in the order of the source."""
    assert _ROW.findall(_PAGE) == [(field.name, _in_words(field.name, field.default)) for field in fields(Limits)]


def test_places_of_the_soak() -> None:
    """The results of the soak have their place, once."""
    assert re.findall("<!-- soak:.* -->", _PAGE) == ["<!-- soak:begin -->", "<!-- soak:end -->"]


def _in_words(name: str, default: object) -> str:
    match default:
        case None:
            return "none"
        case float():
            return f"{default:g} s"
        case int() if name.endswith(("_parts", "_pairs", "_headers", "_cookies", "_boundary")):
            return f"{default:,}"
        case int() if default % MIB == 0:
            return f"{default // MIB} MiB"
        case _:
            return f"{int(str(default)) // KIB} KiB"
