"""The catalogue of wiring faults, docs/errors: a page for each code, and what a page shows is what happens.

Run as a script, `python tests/docs/test_error_catalogue.py`, it writes the messages that the examples give now into
their pages; read what that changes before you keep it.
"""

import inspect
import logging
import os
import re
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest

from jero import WiringError
from jero._wiring import catalogue
from jero._wiring.faults import FaultKind
from jero.testing import TestClient

FOLDER = Path(__file__).parents[2] / "docs" / "errors"
CODES = [kind.code for kind in vars(catalogue).values() if isinstance(kind, FaultKind)]

LAYOUT = re.compile(
    r"""# (?P<code>JERO-W\d{3}): (?P<line>[^\n]+)

.+?

## Example

```python
(?P<example>.+?)```

```text
(?P<message>.*?)```

## Fix

.+?

```python
(?P<fixed>.+?)```
""",
    re.DOTALL,
)
ROW = re.compile(r"\| \[(?P<code>JERO-W\d{3})\]\((?P=code)\.md\) \| (?P<line>.+) \|")
GROUP_OR_CODE = re.compile(r'^# --- (?P<group>.+?) -+$|"(?P<code>JERO-W\d{3})"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: its title, the wrong module with its message, and the right one."""

    code: str
    line: str
    example: str
    message: str
    fixed: str


@pytest.mark.parametrize("code", CODES)
def test_example(code: str, tmp_path: Path) -> None:
    """The example of a page has exactly the page's fault, and gives exactly the message shown."""
    page = read_page(code)
    with pytest.raises(WiringError) as caught:
        start(page.example, tmp_path)
    assert [fault.code for fault in caught.value.faults] == [code]
    assert message_of(caught.value, tmp_path) == page.message


@pytest.mark.parametrize("code", CODES)
def test_fix(code: str, tmp_path: Path) -> None:
    """The corrected example of a page starts."""
    start(read_page(code).fixed, tmp_path)


def test_pages() -> None:
    """There is a page for each code, and no other but the index; each is titled with its code."""
    assert {file.name for file in FOLDER.iterdir()} == {"index.md", *(f"{code}.md" for code in CODES)}
    assert [code for code in CODES if read_page(code).code != code] == []


def test_index() -> None:
    """The index lists every code under the heading that it has in the catalogue, with the title of its page."""
    sections = re.split(r"^## ", (FOLDER / "index.md").read_text(), flags=re.MULTILINE)[1:]
    listed = {
        section.partition("\n")[0].lower(): [(row["code"], row["line"]) for row in ROW.finditer(section)]
        for section in sections
    }
    assert listed == {
        group: [(code, read_page(code).line) for code in sorted(codes)] for group, codes in read_groups().items()
    }


def read_page(code: str) -> Page:
    """Take a page apart; one that has another layout fails the test that reads it."""
    match = LAYOUT.fullmatch((FOLDER / f"{code}.md").read_text())
    assert match, f"{code}.md is not laid out as the other pages are"
    return Page(**match.groupdict())


def read_groups() -> dict[str, list[str]]:
    """Give the groups of the catalogue, which are comments in its source, and their codes."""
    groups: dict[str, list[str]] = {}
    for match in GROUP_OR_CODE.finditer(inspect.getsource(catalogue)):
        if match["group"]:
            groups[match["group"]] = []
        else:
            groups[next(reversed(groups))].append(match["code"])
    return groups


def start(code: str, folder: Path) -> None:
    """Import an example from a file and start and stop its app; what it sets in the environment is undone."""
    spec = spec_from_file_location("example", file_in(folder))
    assert spec
    assert spec.loader
    file_in(folder).write_text(code)
    module = module_from_spec(spec)
    with patch.dict(os.environ), pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "example", module)
        spec.loader.exec_module(module)
        TestClient(module.App()).close()


def message_of(error: WiringError, folder: Path) -> str:
    """Give the text of an error without the folder that the example was in."""
    return f"{error}\n".replace(str(file_in(folder)), "example.py")


def file_in(folder: Path) -> Path:
    """Give the file that an example is written to."""
    return folder / "example.py"


def update_messages() -> None:
    """Write the message that each example gives now into its page."""
    logging.disable()
    for code in CODES:
        file = FOLDER / f"{code}.md"
        text = file.read_text()
        match = LAYOUT.fullmatch(text)
        assert match, f"{code}.md is not laid out as the other pages are"
        with TemporaryDirectory() as folder, pytest.raises(WiringError) as caught:
            start(match["example"], Path(folder))
        start_of, end_of = match.span("message")
        file.write_text(text[:start_of] + message_of(caught.value, Path(folder)) + text[end_of:])


if __name__ == "__main__":
    update_messages()
