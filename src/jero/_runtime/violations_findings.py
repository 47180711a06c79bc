"""What a walk has found and may still spend: mistakes and their places, the limit, the budget of visits."""

from collections.abc import Iterable
from dataclasses import dataclass

from jero._runtime.violations_words import fragment


@dataclass(slots=True)
class Place:
    """Where a value stands."""

    parent: "Place | None"
    token: str | int
    depth: int
    is_secret: bool


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
        above: list[str | int] = []
        at = place
        while at.parent is not None:
            above.append(at.token)
            at = at.parent
        self.mistakes.append((fragment((*reversed(above), *tokens)), detail))
