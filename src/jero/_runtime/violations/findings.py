"""What a walk has found and may still spend: mistakes and their places, the limit, the budget of visits."""

from collections.abc import Iterable
from dataclasses import dataclass

from jero._runtime.violations.words import escaped


@dataclass(slots=True)
class Place:
    """Where a value stands."""

    pointer: str
    depth: int
    is_secret: bool

    def below(self, token: str | int) -> "Place":
        """Give the place of a part."""
        return Place(f"{self.pointer}/{escaped(token)}", self.depth + 1, self.is_secret)


class EnoughError(Exception):
    """The limit of mistakes, or the budget of visits, is used up."""


class Findings:
    """The mistakes found, as (pointer, detail); `is_partial` says that there may be more."""

    def __init__(self, limit: int, work: int) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self.is_partial = False
        self.visits = 0
        self._limit = limit
        self._work = work

    def spend(self) -> None:
        """Count a visit. Raises EnoughError beyond the budget."""
        if self.visits >= self._work:
            raise EnoughError
        self.visits += 1

    def note(self, place: Place, tokens: Iterable[str | int], detail: str) -> None:
        """Keep a mistake at `tokens` below `place`. Raises EnoughError beyond the limit."""
        if len(self.mistakes) >= self._limit:
            raise EnoughError
        pointer = place.pointer
        for token in tokens:
            pointer = f"{pointer}/{escaped(token)}"
        self.mistakes.append((pointer, detail))
