"""The one scan of a request's headers, as source, where they come as pairs."""

from jero._runtime.emit.source_text import SourceText
from jero._runtime.request_headers import repeat_header


def emit_scan(text: SourceText, wanted: frozenset[bytes], pairs: str) -> None:
    """Write what puts the wanted ones of `pairs`, an expression, into `found`."""
    text.line("found = {}")
    is_wanted = f"if _name in {text.bind('wanted', wanted)}:"
    with text.block(f"for _name, _value in {pairs}:"), text.block(is_wanted):
        with text.block("if _name in found:"):
            text.line(f"{text.bind('repeat_header', repeat_header)}(found, _name, _value)")
        with text.block("else:"):
            text.line("found[_name] = _value")
