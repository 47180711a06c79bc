"""What is wrong with a form, gathered place by place, up to as many mistakes as anybody wants to know."""

from jero._runtime.violations.search import Violation, Violations
from jero._runtime.violations.words import read_mistake


class EnoughError(Exception):
    """There is a mistake beyond the limit."""


class Mistakes:
    """The mistakes found so far; `is_truncated` says that there may be more."""

    __slots__ = ("_limit", "entries", "is_truncated")

    def __init__(self, limit: int) -> None:
        self.entries: list[Violation] = []
        self.is_truncated = False
        self._limit = limit

    def add(self, pointer: str, detail: str) -> None:
        """Note one. Raises EnoughError beyond the limit."""
        if len(self.entries) >= self._limit:
            self.is_truncated = True
            raise EnoughError
        self.entries.append(Violation(pointer, detail))

    def add_below(self, place: str, found: Violations, error: Exception) -> None:
        """Note what a walk found below a place, or msgspec's own words where it found nothing."""
        for entry in found.entries or (Violation("#", read_mistake(error).words),):
            self.add(place + entry.pointer[1:], entry.detail)
        self.is_truncated |= found.truncated
