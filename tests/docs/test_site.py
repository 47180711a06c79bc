"""The documentation site, built as CI builds it: whole, without a dead link, and without anything from elsewhere."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from llms_text import list_pages, write_everything
from page_player import replay
from site_html import Page
from site_nav import DOCS, ROOT, read_pages

import jero
import jero.testing

EVERY_PAGE = sorted(str(file.relative_to(DOCS)) for file in DOCS.rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site strictly, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs")
    for name in ("zensical.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    (folder / "src").symlink_to(ROOT / "src")
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
        pytest.fail(f"the site cannot be built strictly\n{told}", pytrace=False)
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> list[Page]:
    """Give the pages of the site."""
    return [Page(file) for file in sorted(site.rglob("*.html"))]


def test_nav() -> None:
    """Every page below docs/ has one place in the navigation of zensical.toml, and every place has its page."""
    assert sorted(read_pages()) == EVERY_PAGE


def test_pages(site: Path) -> None:
    """Every page is built, and has a heading."""
    built = {page: (site / _url(page) / "index.html").read_text() for page in EVERY_PAGE}
    assert [page for page, text in built.items() if not re.search(r"<h1[^>]*>\w", text)] == []


def test_reference(site: Path) -> None:
    """Every public name is in the reference, once, under the name by which it is imported."""
    text = "".join(file.read_text() for file in sorted((site / "reference").rglob("*.html")))
    names = [*jero.__all__, *(f"testing.{name}" for name in jero.testing.__all__ if name not in jero.__all__)]
    assert {name: text.count(f'id="jero.{name}"') for name in names} == dict.fromkeys(names, 1)


def test_links(site: Path, pages: list[Page]) -> None:
    """What a page links to within the site is there, down to the heading."""
    known = {page.file: page.anchors for page in pages}
    links = [(page, link) for page in pages for link in page.links if not _is_elsewhere(link)]
    assert [f"{page.file}: {link}" for page, link in links if _is_dead(site, page, link, known)] == []


def test_hosts(site: Path, pages: list[Page]) -> None:
    """No page and no style sheet loads anything from another host, nor a file that is missing."""
    loaded = [(page.file, url) for page in pages for url in page.loads]
    for sheet in site.rglob("*.css"):
        loaded += [(sheet, url) for url in re.findall(r"""(?:url\(|@import )["']?([^"')]+)""", sheet.read_text())]
    assert loaded
    loaded = [(file, url) for file, url in loaded if not url.startswith(("data:", "#"))]
    assert [
        f"{file}: {url}" for file, url in loaded if _is_elsewhere(url) or not _target(site, file, url).is_file()
    ] == []


def test_search(site: Path) -> None:
    """Every page of the navigation can be found by the search."""
    index = json.loads((site / "search.json").read_text())
    found = {item["location"].partition("#")[0] for item in index["items"]}
    assert {_url(page) for page in EVERY_PAGE} - found == set()


def test_start_page(tmp_path: Path) -> None:
    """The start page says what happens when its code is run and its requests are sent."""
    text = (DOCS / "index.md").read_text()
    assert replay(text, tmp_path) == text


def test_llms_text() -> None:
    """docs/llms.txt lists the pages as they are now; `python tests/docs/llms_text.py` writes it."""
    assert (DOCS / "llms.txt").read_text() == list_pages()


def test_llms_full_text() -> None:
    """llms-full.txt has the text of every page, and in the place of each directive the docstring that it names."""
    text = write_everything()
    assert [line for line in text.splitlines() if line.startswith((":::", "--8<--"))] == []
    assert [name for name in jero.__all__ if f"\n## {name}\n" not in text] == []


def _url(page: str) -> str:
    return re.sub(r"(^|/)index/$", r"\1", page.removesuffix(".md") + "/")


def _is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.scheme or parts.netloc)


def _is_dead(site: Path, page: Page, link: str, known: dict[Path, set[str]]) -> bool:
    """Say whether a link within the site leads to no file, or to a heading that its page does not have."""
    target, anchor = _target(site, page.file, link), unquote(urlsplit(link).fragment)
    return anchor not in known[target] if anchor and target in known else not target.is_file()


def _target(site: Path, file: Path, url: str) -> Path:
    """Give the file that a URL within the site leads to from another; the page of errors has URLs from the root."""
    path = unquote(urlsplit(url).path)
    if not path:
        return file
    target = (site / path[1:] if path.startswith("/") else file.parent / path).resolve()
    return target / "index.html" if target.is_dir() else target
