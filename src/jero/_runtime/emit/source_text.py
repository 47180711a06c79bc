"""Source text as it is written: lines, their depth, and the objects that their names stand for."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

_INDENT = "    "


class SourceText:
    """The text of one function. `names` are what it finds as its globals, besides the builtins."""

    __slots__ = ("_depth", "_lines", "names")

    def __init__(self, names: Mapping[str, object]) -> None:
        self.names: dict[str, object] = dict(names)
        self._lines: list[str] = []
        self._depth = 0

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def line(self, *lines: str) -> None:
        """Write lines at the present depth."""
        self._lines += [_INDENT * self._depth + line for line in lines]

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """Write a line that ends in a colon, and what is written meanwhile below it."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def bind(self, name: str, value: object) -> str:
        """Have a name stand for an object; give the name, numbered where it stands for another one already."""
        given, number = name, 1
        while self.names.get(given, value) is not value:
            number += 1
            given = f"{name}_{number}"
        self.names[given] = value
        return given

    def literal(self, name: str, value: object) -> str:
        """Give a value as it is written in source, or a name that stands for it."""
        if value is None or type(value) in {bool, int, str, bytes}:
            return repr(value)
        return self.bind(name, value)
