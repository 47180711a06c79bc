"""The table of wiring faults under test: `@fault_case` adds an app that must fail, and with which text.

A case is a function that makes an app. In texts, `<here>` and `<there>` stand for `file:line` of the lines
of that function with the comments `# here` and `# there`, `<base>` for the line of its module with `# base`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from jero import BaseApp, BaseFactory, Endpoint, Resource
from jero.auth import AnyAuthenticator

type MakeApp = Callable[[], BaseApp[BaseFactory | None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One expected fault; `at` is `<here>` unless it says otherwise."""

    subject: str
    problem: str
    remedy: str
    at: str = "<here>"

    def __str__(self) -> str:
        return f"{self.subject}\n  at {self.at}\n  fault:  {self.problem}\n  remedy: {self.remedy}"

    @property
    def code(self) -> str:
        """The code, which begins the subject's line."""
        return self.subject.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class FaultCase:
    """An app that cannot be wired, and its faults in their order."""

    make_app: MakeApp
    faults: tuple[Fault, ...]

    def text(self) -> str:
        """Give the whole text of the WiringError."""
        count = "1 wiring fault" if len(self.faults) == 1 else f"{len(self.faults)} wiring faults"
        text = "\n\n".join([count, *map(str, self.faults)])
        for mark in ("here", "there", "base"):
            text = text.replace(f"<{mark}>", f"{inspect.getsourcefile(self.make_app)}:{self._line(mark)}")
        return text

    def _line(self, mark: str) -> int:
        """Give the number of the first line with a mark, from the case's function on; 0 where none has it."""
        module = inspect.getsourcelines(inspect.getmodule(self.make_app) or self.make_app)[0]
        start = 0 if mark == "base" else self.make_app.__code__.co_firstlineno
        return next((at for at, line in enumerate(module, 1) if at > start and f"# {mark}" in line), 0)


CASES: list[FaultCase] = []


def fault_case(*faults: Fault) -> Callable[[MakeApp], MakeApp]:
    """Add a case to the table."""

    def add(make_app: MakeApp) -> MakeApp:
        CASES.append(FaultCase(make_app, faults))
        return make_app

    return add


class MountingApp(BaseApp):
    """An app that mounts what it is given, each object at its class's path."""

    def __init__(self, *mounts: Resource | Endpoint, auth: AnyAuthenticator | None = None) -> None:
        super().__init__()
        self.given = mounts
        self.auth = auth

    async def _wire(self) -> None:
        for mount in self.given:
            if isinstance(mount, Resource):
                self._include_resource(mount, auth=self.auth)
            else:
                self._include_endpoint(mount, auth=self.auth)
