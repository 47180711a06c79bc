"""The places that benchmarks write their figures to, by `--write`: each page has them, once and in order."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("page", "begin", "end"),
    [
        ("README.md", "<!-- peers:begin -->", "<!-- peers:end -->"),
        ("docs/performance.md", "<!-- measured: begin -->", "<!-- measured: end -->"),
        ("docs/performance.md", "<!-- overhead:begin -->", "<!-- overhead:end -->"),
        ("docs/security.md", "<!-- soak:begin -->", "<!-- soak:end -->"),
    ],
)
def test_places(page: str, begin: str, end: str) -> None:
    """A place has its two marks, and the benchmark that fills it has the same."""
    text = (ROOT / page).read_text()
    assert re.findall(f"{re.escape(begin)}|{re.escape(end)}", text) == [begin, end]
    sources = [file.read_text() for file in (ROOT / "benchmarks").glob("*.py")]
    assert [source for source in sources if f'"{begin}", "{end}"' in source]


def test_figures_of_the_readme_have_a_date() -> None:
    """The README says when its figures were measured, or that they are to be."""
    between = (ROOT / "README.md").read_text().partition("<!-- peers:begin -->")[2].partition("<!-- peers:end -->")[0]
    assert "To be measured." in between or re.search(r"\d{4}-\d\d-\d\d", between)
