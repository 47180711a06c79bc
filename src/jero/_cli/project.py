"""`jero new`: a project from the templates of this package, written into a new folder."""

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from jero._cli.stops import Exit, Stop

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_SUFFIX = ".template"
_EXTRAS = "cli,native"
_RENAMED = {"gitignore": ".gitignore", "dockerignore": ".dockerignore", "github": ".github"}


@dataclass(frozen=True, slots=True)
class Project:
    """A project that was made: its folder as it was named, its files, and what to do with it."""

    folder: Path
    files: list[str]
    next_steps: list[str]


def make_project(folder: Path) -> Project:
    """Write a project into a folder that is new or empty. Raises Stop where it is neither, or is no name."""
    name = folder.resolve().name
    words = {"@name@": name, "@package@": _package_name(name), "@version@": version("jero"), "@extras@": _EXTRAS}
    _check_folder(folder)
    written: list[str] = []
    try:
        _write(files("jero._cli") / "templates", folder, words, written)
    except OSError as error:
        remedy = "name a folder that can be written to"
        raise Stop(str(folder), f"cannot be written: {error}", remedy, code=Exit.FAILED) from None
    shown = sorted(str(Path(file).relative_to(folder)) for file in written)
    return Project(folder, shown, [f"cd {folder}", "jero run --reload", "python -m pytest"])


def _package_name(name: str) -> str:
    package = name.lower().replace("-", "_")
    if not _NAME.fullmatch(name):
        raise Stop(f"`{name}`", "is no name of a project", "use letters, digits, `-` and `_`, a letter first")
    if keyword.iskeyword(package) or package in {*sys.stdlib_module_names, "jero", "tests", "msgspec"}:
        raise Stop(f"`{name}`", f"cannot be the name of a package: `{package}` is taken", "choose another name")
    return package


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Stop(str(folder), "is a file", "name a folder that is new or empty")
    if folder.is_dir() and any(folder.iterdir()):
        raise Stop(str(folder), "is not empty, and nothing is written over", "name a folder that is new or empty")


def _write(source: Traversable, folder: Path, words: dict[str, str], written: list[str]) -> None:
    """Copy a folder of templates, its names and texts filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        name = entry.name.removesuffix(_SUFFIX)
        target = folder / _RENAMED.get(name, words["@package@"] if name == "package" else name)
        if entry.is_dir():
            _write(entry, target, words, written)
        elif entry.name.endswith(_SUFFIX):
            text = entry.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(word, value)
            target.write_text(text, encoding="utf-8")
            written.append(str(target))
