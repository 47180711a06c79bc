"""Text under names to the values of fields: from a query, from headers, or from the headers of a part."""

from collections.abc import Callable, Iterable
from typing import cast

from jero._plan import TextField
from jero._runtime.request import FoundHeaders
from jero._runtime.request_headers import join_header
from jero._runtime.text import make_converter
from jero._runtime.violations.search import Violation, Violations


class TextBinding:
    """Puts the text of one name where its field is: converted, gathered in a list, left out if blank."""

    __slots__ = ("_convert", "_is_list", "_keeps_blank", "_key")

    def __init__(self, field: TextField) -> None:
        self._key = field.key
        self._is_list = field.is_list
        self._keeps_blank = field.keeps_blank
        self._convert = make_converter(field.reads)

    def put(self, values: dict[str, object], text: str) -> None:
        """Put one text; where the field is no list, the last one counts."""
        if not text and not self._keeps_blank:
            return
        value = text if self._convert is None else self._convert(text)
        if not self._is_list:
            values[self._key] = value
            return
        gathered = cast("list[object]", values.setdefault(self._key, []))  # only lists are put under this key
        gathered.append(value)


def make_header_gatherer(fields: Iterable[TextField]) -> Callable[[FoundHeaders], dict[str, object]]:
    """Make the function from the headers that were found to the values of the fields that read them."""
    bindings = tuple((field.wire_name.encode(), field.is_list, TextBinding(field)) for field in fields)

    def gather(found: FoundHeaders) -> dict[str, object]:
        values: dict[str, object] = {}
        for name, is_list, binding in bindings:
            value = found.get(name)
            if value is None:
                continue
            if is_list and isinstance(value, list):
                for item in value:
                    binding.put(values, item.decode("latin-1"))
            else:
                binding.put(values, join_header(name, value))
        return values

    return gather


def in_wire_names(violations: Violations, fields: Iterable[TextField]) -> Violations:
    """Point at headers by their own names: the walk knows only the Struct's."""
    wire_names = {field.key: field.wire_name for field in fields}
    renamed: list[Violation] = []
    for violation in violations.entries:
        first, slash, rest = violation.pointer.removeprefix("#/").partition("/")
        pointer = f"#/{wire_names[first]}{slash}{rest}" if first in wire_names else violation.pointer
        renamed.append(Violation(pointer, violation.detail))
    return Violations(tuple(renamed), truncated=violations.truncated)
