"""The navigation of the documentation site, as zensical.toml has it: sections, and the pages of each."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def read_sections() -> dict[str, list[str]]:
    """Give the pages of each section, by their files below docs/; those that stand alone come under `""`, the first."""
    sections: dict[str, list[str]] = {"": []}
    for entry in msgspec.convert(_read_nav(), list[dict[str, object]]):
        for title, what in entry.items():
            section = "" if isinstance(what, str) else title
            sections.setdefault(section, []).extend(_pages_of(what))
    return sections


def read_pages() -> list[str]:
    """Give the files of all pages, in their order."""
    return list(_pages_of(_read_nav()))


def _read_nav() -> object:
    project: object = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]
    return msgspec.convert(project, dict[str, object])["nav"]


def _pages_of(entry: object) -> Iterator[str]:
    """Give the pages of a nav entry: a file, a title with what it is the title of, or a list of these."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for what in msgspec.convert(entry, dict[str, object]).values():
            yield from _pages_of(what)
    else:
        for what in msgspec.convert(entry, list[object]):
            yield from _pages_of(what)
