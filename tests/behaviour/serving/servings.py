"""What is served in a session: each app once an edge, started where a test first asks for it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from serving.clients import Client
from serving.edges import Edge, Serving


class Serve[C: Client](Protocol):
    """Gives a client to the `app` of a module: `serve("apps.bodies")`, mounted under `root_path` if given."""

    def __call__(self, module: str, *, root_path: str = "") -> C: ...


class Servings:
    """What is served, by edge, module and root path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, str, str], Serving] = {}

    def get(self, edge: Edge, module: str, root_path: str) -> Client:
        """Give a client to an app, which is started where this is the first to ask for it."""
        key = (edge.name, module, root_path)
        if key not in self._opened:
            folder = self._folder / f"{len(self._opened)}-{edge.name}"
            self._opened[key] = edge.open(module, root_path, folder)
        return self._opened[key].client

    def close(self) -> None:
        """End everything."""
        with ExitStack() as stack:
            for serving in self._opened.values():
                stack.callback(serving.close)
