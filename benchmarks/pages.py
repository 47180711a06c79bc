"""Where results go in the pages of this repository: between two markers, which a benchmark may fill again."""

from pathlib import Path


def fill(page: Path, markers: tuple[str, str], text: str) -> None:
    """Put text between the markers of a page; raises SystemExit where it does not have them."""
    before, begin, rest = (page.read_text() if page.exists() else "").partition(markers[0])
    _, end, after = rest.partition(markers[1])
    if not begin or not end:
        raise SystemExit(f"{page} has no `{markers[0]}` and `{markers[1]}`; add them where the results belong")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
