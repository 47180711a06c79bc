"""Path templates: text to segments, with the faults of their grammar."""

import re

from jero._plan import Segment
from jero._wiring.catalogue import PATH_SEGMENT, PATH_SLOT, PATH_START
from jero._wiring.faults import Faults, Place

_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SNAKE_CASE = re.compile(r"[a-z_][a-z0-9_]*")


def parse_template(path: str, place: Place, faults: Faults) -> tuple[Segment, ...] | None:
    """Split a path into segments; None where it has faults. The path `/` has no segments.

    Static text is written decoded (`/café`, not `/caf%C3%A9`); a trailing slash is refused, since `/widgets/`
    and `/widgets` are different URLs and no route matches an empty segment.
    """
    if not path.startswith("/"):
        faults.add(PATH_START, place, path=path)
        return None
    if path == "/":
        return ()
    count = len(faults.found)
    segments: list[Segment] = []
    for number, text in enumerate(path[1:].split("/"), 1):
        segment = _parse_segment(path, number, text, place, faults)
        if segment is not None and segment.is_slot and segment in segments:
            faults.add(PATH_SLOT, place, segment=text, path=path, fault="is used twice")
        elif segment is not None:
            segments.append(segment)
    return tuple(segments) if len(faults.found) == count else None


def format_template(segments: tuple[Segment, ...]) -> str:
    """Give the text of a template."""
    return "/" + "/".join(f"{{{segment.text}}}" if segment.is_slot else segment.text for segment in segments)


def is_snake_case(name: str) -> bool:
    """Say whether a slot's name is written in snake_case."""
    return _SNAKE_CASE.fullmatch(name) is not None


def _parse_segment(path: str, number: int, text: str, place: Place, faults: Faults) -> Segment | None:
    slot = _SLOT.fullmatch(text)
    if slot:
        return Segment(slot[1], is_slot=True)
    if "{" in text or "}" in text:
        balanced = text.count("{") == text.count("}") and text.find("{") < text.find("}")
        fault = "is not a name in braces that fills its segment" if balanced else "has unbalanced braces"
        faults.add(PATH_SLOT, place, segment=text, path=path, fault=fault)
        return None
    fault, remedy = _static_fault(text)
    if fault:
        faults.add(PATH_SEGMENT, place, number=number, path=path, segment=text, fault=fault, remedy=remedy)
        return None
    return Segment(text)


def _static_fault(text: str) -> tuple[str, str]:
    if not text:
        return "is empty", "remove the doubled or trailing slash"
    if text in {".", ".."}:
        return "is a dot segment, which clients remove", "name the segment"
    bad = next((char for char in text if char in "?#%" or not char.isprintable()), "")
    if bad:
        return (
            f"contains {bad!r}",
            "write the segment decoded and without `?`, `#`, `%` and control characters",
        )
    return "", ""
