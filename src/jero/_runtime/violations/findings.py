"""What a walk has found, where it stands, and what it may still spend: mistakes, depth, budget."""

import msgspec

DEEPEST = 100
"""Levels of nesting that are walked; what lies deeper is left to msgspec's own, single error."""

STUDIES = 4
ENTRIES_PER_STUDY = 32
CUT_PER_STUDY = 2
LONG = 2
"""The words of some models are studied for what they must not repeat: secrets, or long values, which counts as `LONG`.
That is done `STUDIES` times, and once more for each `ENTRIES_PER_STUDY` mistakes that may be listed. Of other long
words only the beginning is told, and after `CUT_PER_STUDY` of them for each study the walk ends: to make them is dear,
too."""

_BULK = 64
"""So many plain values cost one visit."""


class Violation(msgspec.Struct, frozen=True):  # a Struct, since it is made a hundred times for one answer
    """One mistake: an RFC 6901 fragment (`#/items/3/price`, in wire names) and what is wrong there."""

    pointer: str
    detail: str


class EnoughError(Exception):
    """The limit of mistakes, or the budget of visits, is used up."""


class Findings:
    """The mistakes found; `is_partial` says that there may be more.

    `depth` and `is_secret` tell of the place where the walk stands, `is_exact` that the document has numbers as they
    were written, of which some may be beyond a float.
    """

    __slots__ = (
        "_limit",
        "cuts",
        "depth",
        "is_exact",
        "is_partial",
        "is_secret",
        "mistakes",
        "studies",
        "visits",
        "work",
    )

    def __init__(self, limit: int, work: int, *, is_exact: bool = False) -> None:
        self.mistakes: list[Violation] = []
        self.is_exact = is_exact
        self.is_partial = False
        self.is_secret = False
        self.depth = 0
        self.visits = 0
        self.studies = STUDIES + limit // ENTRIES_PER_STUDY
        self.cuts = CUT_PER_STUDY * self.studies
        self._limit = limit
        self.work = work

    def enter(self, plain: int = 0) -> bool:
        """Go down into a container, of so many members that may be right by their class; False where that is too deep.

        Raises EnoughError beyond the budget of visits.
        """
        self.visits += 1 + plain // _BULK if plain else 1
        if self.visits > self.work:
            self.visits = self.work
            raise EnoughError
        if self.depth > DEEPEST:
            self.is_partial = True
            return False
        self.depth += 1
        return True

    def spend(self, visits: int = 1) -> None:
        """Count visits. Raises EnoughError beyond the budget."""
        self.visits += visits
        if self.visits > self.work:
            self.visits = self.work
            raise EnoughError

    def may_study(self, price: int = 1) -> bool:
        """Count words that are dear to look into; False where there were too many of them."""
        self.studies -= price
        return self.studies >= 0

    def cut_words(self) -> None:
        """Count long words that are told only in part. Raises EnoughError for too many of them."""
        self.cuts -= 1
        if self.cuts < 0:
            raise EnoughError

    def note(self, pointer: str, detail: str) -> None:
        """Keep a mistake. Raises EnoughError beyond the limit."""
        if len(self.mistakes) >= self._limit:
            raise EnoughError
        self.mistakes.append(Violation(pointer, detail))
