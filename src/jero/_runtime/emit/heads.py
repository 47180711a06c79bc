"""The headers of a whole response, as source."""

from jero._runtime.emit.source_text import SourceText
from jero._runtime.request import HeaderPairs
from jero._runtime.writers import LENGTHS, SHORT, content_length


def header_list(text: SourceText, static: HeaderPairs, content: str) -> str:
    """Give an expression for the static pairs and the length of what the name `content` stands for."""
    lengths, other = text.bind("LENGTHS", LENGTHS), text.bind("content_length", content_length)
    length = f"{lengths}[len({content})] if len({content}) < {SHORT} else {other}({content})"
    return f"[{', '.join([*map(repr, static), length])}]"
