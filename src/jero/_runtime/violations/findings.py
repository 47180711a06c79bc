"""What a walk has found, where it stands, and what it may still spend: mistakes, depth, budget."""

import msgspec

DEEPEST = 100
"""Levels of nesting that are walked; what lies deeper is left to msgspec's own, single error."""

STUDIES = 4
ENTRIES_PER_STUDY = 32
CUT_PER_STUDY = 2
"""The long words of some models are studied for what they must not repeat: of `STUDIES`, and of one more for each
`ENTRIES_PER_STUDY` mistakes that may be listed. Of others only the beginning is told, and after `CUT_PER_STUDY` of them
for each that was studied the walk ends: to make long words is dear, too."""


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

    def spend(self, visits: int = 1) -> None:
        """Count visits. Raises EnoughError beyond the budget."""
        self.visits += visits
        if self.visits > self.work:
            self.visits = self.work
            raise EnoughError

    def may_study(self) -> bool:
        """Count words that are dear to look into; False where there were too many of them."""
        self.studies -= 1
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
