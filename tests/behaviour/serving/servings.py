"""What is served in a session: each app once an edge, started where a test first asks for it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from serving.clients import Client
from serving.edges import Edge, Serving


class Serve[C: Client](Protocol):
    """Gives a client to the `app` of a module: `serve("apps.bodies")`.

    `root_path` mounts it under a prefix; without `runs_lifespan` the server sends it no lifespan.
    """

    def __call__(self, module: str, *, root_path: str = "", runs_lifespan: bool = True) -> C: ...


class Servings:
    """What is served, by edge, module, root path, and whether it has a lifespan."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, str, str, bool], Serving] = {}

    def get(self, edge: Edge, module: str, root_path: str, *, runs_lifespan: bool) -> Client:
        """Give a client to an app, which is started where this is the first to ask for it."""
        key = (edge.name, module, root_path, runs_lifespan)
        if key not in self._opened:
            folder = self._folder / f"{len(self._opened)}-{edge.name}"
            self._opened[key] = edge.open(module, root_path, folder, runs_lifespan=runs_lifespan)
        return self._opened[key].client

    def close(self) -> None:
        """End everything."""
        with ExitStack() as stack:
            for serving in self._opened.values():
                stack.callback(serving.close)
            for serving in self._opened.values():
                serving.begin_to_close()
