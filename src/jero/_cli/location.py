"""Where the app is: the argument, `[tool.jero] app` of the nearest pyproject.toml, or found in the current folder."""

import os
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from jero._cli.stops import Stop

_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_SHAPE = "write it as `module:attribute`, as in `shop.app:app`"
_FILES = ("main.py", "app.py")
_SKIPPED = frozenset({"tests", "test", "docs", "node_modules", "build", "dist", "venv", "env"})


@dataclass(frozen=True, slots=True)
class Target:
    """An app by its place: `module:attribute`, where that was said, and the folder that its module is found from."""

    module: str
    attribute: str
    said_by: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.module}:{self.attribute}"


def find_target(argument: str | None, folder: Path) -> Target | list[str]:
    """Give the app that is named, or the modules of the folder that may hold one where none is.

    Raises Stop where what is named is no place of an app.
    """
    if argument is not None:
        return _read(argument, f"the argument `{argument}`", folder)
    pyproject = next((path for path in _pyprojects(folder) if path.is_file()), None)
    named = None if pyproject is None else _read_pyproject(pyproject)
    if pyproject is not None and named is not None:
        return _read(named, f"`[tool.jero] app` in {pyproject}", pyproject.parent)
    return list(_candidates(folder))


def nothing_found(folder: Path) -> Stop:
    """Give the error that says where an app was looked for."""
    looked = "`[tool.jero] app` in pyproject.toml here or above, then main.py, app.py and PACKAGE/app.py in this folder"
    return Stop(
        f"no app is found from {folder}",
        f"looked for {looked}; none holds an object of a class that derives from BaseApp",
        f'{_SHAPE}, or set `app = "module:attribute"` under [tool.jero] in pyproject.toml',
    )


def put_on_path(*folders: Path) -> None:
    """Let modules be imported from folders, the first of them first."""
    for folder in reversed(folders):
        text = str(folder)
        if text in sys.path:
            sys.path.remove(text)
        sys.path.insert(0, text)


def _read(text: str, said_by: str, folder: Path) -> Target:
    if not _TARGET.fullmatch(text):
        if text.endswith(".py") or os.sep in text:
            module = text.removesuffix(".py").strip("./").replace(os.sep, ".")
            raise Stop(said_by, "is a file, not the place of an app", f"write it as a module: `{module}:app`")
        raise Stop(said_by, "is not the place of an app", _SHAPE)
    module, _, attribute = text.partition(":")
    return Target(module, attribute, said_by, folder)


def _pyprojects(folder: Path) -> Iterable[Path]:
    return (parent / "pyproject.toml" for parent in (folder, *folder.parents))


def _read_pyproject(file: Path) -> str | None:
    try:
        tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Stop(str(file), f"cannot be read: {error}", "correct it, or name the app on the command line") from None
    table: object = tools.get("jero")
    if table is None:
        return None
    values = cast("dict[str, object]", table) if isinstance(table, dict) else {}  # TOML's keys are text
    unknown = sorted(set(values) - {"app"})
    if not isinstance(table, dict) or unknown:
        fault = f"has the unknown key `{unknown[0]}`" if unknown else "is not a table"
        raise Stop(f"[tool.jero] in {file}", fault, 'it has one key, `app = "module:attribute"`')
    app = values.get("app")
    if app is not None and not isinstance(app, str):
        raise Stop(f"`[tool.jero] app` in {file}", f"is {app!r}, not a text", _SHAPE)
    return app


def _candidates(folder: Path) -> Iterable[str]:
    """Give the modules of a folder that may hold an app, those most likely first."""
    yield from (name.removesuffix(".py") for name in _FILES if (folder / name).is_file())
    for file in sorted(folder.glob("*/app.py")):
        package = file.parent.name
        if package.isidentifier() and package not in _SKIPPED and not package.startswith("_"):
            yield f"{package}.app"
