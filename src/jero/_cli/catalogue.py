"""The pages of the catalogue of wiring faults, which come with the package: `jero explain JERO-W101`."""

import re
from pathlib import Path

from jero._cli.stops import Stop
from jero._wiring import catalogue
from jero._wiring.faults import FaultKind, did_you_mean

_CODE = re.compile(r"JERO-W\d{3}|W\d{3}", re.IGNORECASE)
_FOLDERS = (
    Path(__file__).parent / "errors",  # in a wheel
    Path(__file__).parents[3] / "docs" / "errors",  # in a clone
)


def is_code(word: str) -> bool:
    """Say whether a word is the code of a fault, such as `JERO-W101` or, for short, `w101`."""
    return _CODE.fullmatch(word) is not None


def page_of(word: str) -> str:
    """Give the page of a fault, in Markdown. Raises Stop where there is none."""
    code = f"JERO-{word.upper().removeprefix('JERO-')}"
    known = [kind.code for kind in vars(catalogue).values() if isinstance(kind, FaultKind)]
    page = next((folder / f"{code}.md" for folder in _FOLDERS if (folder / f"{code}.md").is_file()), None)
    if code not in known or page is None:
        hint = did_you_mean(code, known)
        raise Stop(f"`{word}`", f"is no code of a wiring fault.{hint}", "give one that `jero check` has printed")
    return page.read_text(encoding="utf-8")
