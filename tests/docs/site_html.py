"""What a built page links to and loads, and which anchors it has, read from its HTML."""

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import override

_LOADING_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
    "manifest",
    "prefetch",
}
"""The relations of a `<link>` that a browser follows by itself."""

_LOADS = {"data", "poster", "src", "srcset"}
"""The attributes by which any other element loads something."""


class Page(HTMLParser):
    """One page: `anchors`, the `href` of its links, and the URLs of what it `loads` by itself."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(file.read_text())

    @override
    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Keep what an element names."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and _LOADING_LINKS & set(values.get("rel", "").split()):
            self.loads.append(values["href"])
        self.loads += [value for name, value in values.items() if name in _LOADS]
