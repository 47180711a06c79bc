"""A stand-in: an object that is taken for another, answers whatever is asked of it, and opens nothing."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answers:
    """What a stand-in says when it is used: each function makes one answer, None makes another unknown stand-in.

    `label` is how messages name it, `claims` the class that `isinstance` takes it for.
    """

    label: str
    claims: type | None = None
    attribute: Callable[[object, str], object] | None = None
    called: Callable[[], object] | None = None
    awaited: Callable[[], object] | None = None
    entered: Callable[[], object] | None = None


class StandIn:
    """Stands for something that `jero check` does not make.

    Its attributes, its calls, what it gives when it is awaited or entered are stand-ins again: of the types that its
    class declares where that is known, else of unknown ones.
    """

    def __init__(self, answers: Answers) -> None:
        self.__dict__["__jero_answers__"] = answers

    @property
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] - the point: isinstance asks here
        """The class that it is taken for."""
        return answers_of(self).claims or StandIn

    def __getattr__(self, name: str) -> object:
        """Give an attribute; the protocols of Python and of libraries (`__…__`) are those of this class alone."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        answers = answers_of(self)
        return _unknown(f"{answers.label}.{name}") if answers.attribute is None else answers.attribute(self, name)

    def __call__(self, *_arguments: object, **_keywords: object) -> object:
        answers = answers_of(self)
        return _unknown(f"{answers.label}()") if answers.called is None else answers.called()

    def __await__(self) -> Generator[None, None, object]:
        yield from ()
        answers = answers_of(self)
        return self if answers.awaited is None else answers.awaited()

    def __enter__(self) -> object:
        return entered(self)

    def __exit__(self, *_error: object) -> None:
        """Close nothing."""

    async def __aenter__(self) -> object:
        return entered(self)

    async def __aexit__(self, *_error: object) -> None:
        """Close nothing."""

    def __getitem__(self, _key: object) -> object:
        return _unknown(f"{answers_of(self).label}[...]")

    def __iter__(self) -> Iterator[object]:
        return iter(())

    async def __aiter__(self) -> AsyncIterator[object]:
        for item in ():
            yield item

    def __bool__(self) -> bool:
        return True

    def __contains__(self, _item: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __fspath__(self) -> str:
        return answers_of(self).label

    def __repr__(self) -> str:
        return f"<stand-in for {answers_of(self).label}>"


def is_stand_in(value: object) -> bool:
    """Say whether a value is a stand-in, whatever it claims to be."""
    return type(value) is StandIn


def answers_of(stand_in: StandIn) -> Answers:
    """Give what a stand-in says."""
    return stand_in.__dict__["__jero_answers__"]


def entered(stand_in: StandIn) -> object:
    """Give what a stand-in gives when it is entered."""
    answers = answers_of(stand_in)
    return stand_in if answers.entered is None else answers.entered()


def _unknown(label: str) -> StandIn:
    return StandIn(Answers(label))
