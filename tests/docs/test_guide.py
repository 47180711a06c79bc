"""The pages with code, docs/guide, tutorial, migration and deployment: what they show is what happens.

Run as a script, `python tests/docs/test_guide.py`, it writes what happens now into the pages, or into those that are
named (`guide/forms`); read what that changes before you keep it.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from page_player import BLOCK, replay

import jero
from jero import HTTPError

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = sorted((DOCS / "guide").glob("*.md"))
TUTORIAL = sorted((DOCS / "tutorial").glob("[0-9]*.md"), key=lambda page: int(page.name.partition("-")[0]))
PAGES = [*GUIDE, *TUTORIAL, *sorted((DOCS / "migration").glob("*.md")), DOCS / "deployment.md"]
NAMES = [page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES]
LINKING = [DOCS / "index.md", *PAGES, DOCS / "tutorial" / "index.md", DOCS / "comparison.md"]

LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")
CODE = re.compile(r"`[^`\n]*`")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_page(page: Path, tmp_path: Path) -> None:
    """A page says what happens when its code is run and its requests are sent."""
    assert replay_page(page, tmp_path) == page.read_text()


def test_links() -> None:
    """What a page links to is there, down to the heading; the start page links to each page of the guide."""
    assert [
        f"{page.name}: {match[0]}"
        for page in LINKING
        for match in LINK.finditer(CODE.sub("", BLOCK.sub("", page.read_text())))
        if not leads_somewhere(page, match["target"], match["anchor"])
    ] == []
    linked = {match["target"] for match in LINK.finditer((DOCS / "index.md").read_text())}
    assert {f"guide/{page.name}" for page in GUIDE} - linked == set()


def test_tutorial_contents() -> None:
    """The tutorial's first page lists its steps, each by its title, in their order."""
    listed = re.findall(r"^\d+\. \[(.+)\]\((.+)\):", (DOCS / "tutorial" / "index.md").read_text(), re.MULTILINE)
    assert listed == [(page.read_text().partition("\n")[0].removeprefix("# "), page.name) for page in TUTORIAL]


def test_errors() -> None:
    """The table of errors has every error that jero exports, with its status and type."""
    exported = [getattr(jero, name) for name in jero.__all__]
    known = {
        (cls.__name__, f"{cls.status} | `{cls.type}`")
        for cls in exported
        if isinstance(cls, type) and issubclass(cls, HTTPError) and "type" in vars(cls) and cls is not HTTPError
    }
    table = re.compile(r"^\| `(?P<name>\w+Error)` \| (?P<rest>\d+ \| `[^`]+`) \|", re.MULTILINE)
    text = (DOCS / "guide" / "errors.md").read_text()
    assert {(row["name"], row["rest"]) for row in table.finditer(text)} == known


def leads_somewhere(page: Path, target: str, anchor: str | None) -> bool:
    """Say whether a link's file is there, and has the heading."""
    file = page.parent / target if target else page
    if not file.exists() or anchor is None:
        return file.exists()
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", file.read_text()), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def replay_page(page: Path, folder: Path) -> str:
    """Give a page with what happens when it is played; one of the tutorial goes on where the one before it ended."""
    before = TUTORIAL[: TUTORIAL.index(page)] if page in TUTORIAL else []
    return replay(page.read_text(), folder, before=[earlier.read_text() for earlier in before])


def update_pages() -> None:
    """Write what happens now into each page, or into those that are named."""
    for page, name in zip(PAGES, NAMES, strict=True):
        if not sys.argv[1:] or name in sys.argv[1:]:
            with TemporaryDirectory() as folder:
                page.write_text(replay_page(page, Path(folder).resolve()))


if __name__ == "__main__":
    update_pages()
