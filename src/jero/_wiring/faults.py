"""What wiring finds wrong: each fault at its place, in the words of its kind, collected in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from jero.errors import WiringError, WiringFault


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One entry of the catalogue; `problem` and `remedy` are templates filled in where the fault is found."""

    code: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Place:
    """What a fault is about: the subject as messages name it, and `file:line` where known."""

    subject: str
    location: str | None = None

    def argument(self, name: str) -> "Place":
        """Narrow the place to one argument of the method."""
        return Place(f"{self.subject}, argument `{name}`", self.location)


@dataclass(slots=True)
class Faults:
    """Collects the faults of an app in the order in which they are found."""

    found: list[WiringFault] = field(default_factory=list[WiringFault])

    def add(self, kind: FaultKind, place: Place, /, **words: object) -> None:
        """Add one fault, its words filled in."""
        self.found.append(
            WiringFault(
                kind.code,
                place.subject,
                place.location,
                kind.problem.format(**words),
                kind.remedy.format(**words),
            )
        )

    def raise_if_any(self) -> None:
        """Raise WiringError with everything found."""
        if self.found:
            raise self.error()

    def error(self) -> WiringError:
        """Give the error of everything found; a fault of what two mounts share is told once."""
        return WiringError(list(dict.fromkeys(self.found)))


def did_you_mean(name: str, known: list[str]) -> str:
    """Give the words ` Did you mean `x`?`, or nothing where no known name is close."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean `{close[0]}`?" if close else ""


def listed(names: Iterable[str]) -> str:
    """Give names as messages list them: `a`, `b` and `c`."""
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} and {last}" if others else last
