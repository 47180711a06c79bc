"""The command `jero` under test: run in this process, with the apps that tests write into its folder."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from jero._cli.entry import main

ROOT = Path(__file__).parents[2]

APP = """
    from msgspec import Struct

    from jero import BaseApp, Resource


    class Widget(Struct):
        id: int
        name: str


    class WidgetPath(Struct):
        id: int


    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Widget) -> Widget:
            return json

        async def read_one(self, path: WidgetPath) -> Widget:
            return Widget(id=path.id, name="gizmo")


    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets())


    app = App()
"""

FAULTY_APP = """
    from jero import BaseApp, Endpoint


    class Health(Endpoint, path="/health"):
        async def get(self, widget: int) -> dict[str, int]:
            return {}


    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health())


    app = App()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: its exit code, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Command:
    """Runs `jero` in a folder, into which `write` puts files."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Outcome:
        """Run a command line; an exit code is what it gives, whatever it raises fails the test."""
        code = copy_context().run(main, arguments)
        printed = self.capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    def write(self, name: str, text: str = APP) -> Path:
        """Write a file, its text dedented."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip())
        return file


@contextmanager
def isolated_imports(*folders: Path) -> Generator[None]:
    """Forget what is imported from some folders, and the demo, as it may have been imported for other tests."""
    path = list(sys.path)
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_demo(name)}
    known = set(sys.modules)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None)
            locations = getattr(sys.modules[name], "__path__", [])
            if _is_demo(name) or any(Path(at).is_relative_to(it) for at in [file, *locations] if at for it in folders):
                del sys.modules[name]
        sys.modules.update(hidden)


def _is_demo(name: str) -> bool:
    return name.partition(".")[0] == "demo_app"
