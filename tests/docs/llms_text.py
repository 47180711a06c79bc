"""The documentation for language models: docs/llms.txt lists the pages, llms-full.txt has the text of all of them.

Run as a script it writes docs/llms.txt; with a folder as its argument it writes both there. The form is that of
llmstxt.org: a title, a summary, then sections of links.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name

from site_nav import DOCS, ROOT, read_pages, read_sections

_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_DIRECTIVE = re.compile(r"^::: jero\.(?P<name>[\w.]+)\n(?P<options>(?:    .*\n)*)", re.MULTILINE)
_MEMBER = re.compile(r"^ +- (\w+)$", re.MULTILINE)


def list_pages() -> str:
    """Give llms.txt: every page with its title and its first sentence."""
    lines = ["# jero", "", f"> {_first_sentence('index.md')}", ""]
    lines += ["All of the documentation in one text: [llms-full.txt](llms-full.txt).", ""]
    for section, pages in read_sections().items():
        lines += [f"## {section or 'Documentation'}", ""]
        lines += [f"- [{_title(page)}]({_url(page)}): {_first_sentence(page)}" for page in pages]
        lines.append("")
    return "\n".join(lines)


def write_everything() -> str:
    """Give llms-full.txt: the text of every page, in the order of the navigation."""
    return "\n".join(f"<!-- {_url(page)} -->\n\n{_DIRECTIVE.sub(_documented, _text(page))}" for page in read_pages())


def _text(page: str) -> str:
    text = (DOCS / page).read_text()
    return re.sub(r'^--8<-- "(.+)"$', lambda match: (ROOT / match[1]).read_text(), text, flags=re.MULTILINE)


def _title(page: str) -> str:
    match = re.search(r"^# (.+)$", _text(page), re.MULTILINE)
    assert match, f"docs/{page} has no title; begin it with `# `"
    return match[1].replace("`", "")


def _first_sentence(page: str) -> str:
    """Give the first sentence of a page, its links as plain words."""
    paragraphs = re.split(r"\n\s*\n", _BLOCK.sub("", _text(page)))
    words = next((text for text in paragraphs if re.match(r"[\w`*\"'\[]", text)), "")
    plain = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", " ".join(words.split()))
    return re.split(r"(?<=\.)\s|:$", plain)[0].rstrip(".") + "."


def _url(page: str) -> str:
    return re.sub(r"(^|/)index/$", r"\1", page.removesuffix(".md") + "/") or "./"


def _documented(directive: re.Match[str]) -> str:
    """Give a public name as the reference has it: its signature and docstring, and those of its methods."""
    name = directive["name"]
    told: object = resolve_name(f"jero.{name}")
    members = _MEMBER.findall(directive["options"]) or _public_members(told)
    parts = [_described(f"## {name}", told), *(_described(f"### {name}.{one}", getattr(told, one)) for one in members)]
    return "\n".join(parts)


def _public_members(told: object) -> Iterator[str]:
    if isinstance(told, type):
        for name in vars(told):
            member: object = getattr(told, name)
            if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                yield name


def _described(heading: str, told: object) -> str:
    signature = ""
    if callable(told):
        with suppress(ValueError):
            signature = f"```python\n{heading.lstrip('# ')}{inspect.signature(told)}\n```\n\n"
    return f"{heading}\n\n{signature}{inspect.getdoc(told)}\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        (folder / "llms.txt").write_text(list_pages())
        (folder / "llms-full.txt").write_text(write_everything())
    else:
        (DOCS / "llms.txt").write_text(list_pages())
