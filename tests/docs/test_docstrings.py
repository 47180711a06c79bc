"""What an editor shows of a public name: a docstring with an example that is Python."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest

import jero

EXAMPLE = re.compile(r"(?:^|\n\n)((?: {4}.*(?:\n|$)|\n(?= {4}))+)")


@pytest.mark.parametrize("name", jero.__all__)
def test_example(name: str) -> None:
    """The docstring of a public name begins with a line that ends there, and has an example that can be parsed."""
    text = inspect.getdoc(getattr(jero, name)) or ""
    assert re.match(r".+[.:]( .+)?(\n\n|$)", text), f"{name} has no summary line"
    examples = EXAMPLE.findall(text)
    assert examples, f"{name} has no example"
    for example in examples:
        parse(example)


@pytest.mark.parametrize("name", jero.__all__)
def test_methods(name: str) -> None:
    """Every public method and property that a public class of jero defines has a docstring."""
    told: object = getattr(jero, name)
    assert [member for member in public_members(told) if not inspect.getdoc(inspect.getattr_static(told, member))] == []


@pytest.mark.parametrize("name", jero.__all__)
def test_constructor(name: str) -> None:
    """The constructor of a public class has no docstring, as editors would show it in place of the class's."""
    told: object = getattr(jero, name)
    constructors = [vars(told).get(each) for each in ("__new__", "__init__")] if isinstance(told, type) else []
    assert [inspect.getdoc(each) for each in constructors if inspect.isfunction(each) and each.__doc__] == []


def parse(example: str) -> None:
    """Parse an example, which may await and yield as the body of a function does."""
    code = textwrap.dedent(example)
    ast.parse(f"async def example():\n{textwrap.indent(code, '    ')}")


def public_members(told: object) -> Iterator[str]:
    """Give the names of the methods and properties that a class itself defines."""
    if isinstance(told, type):
        for name, member in vars(told).items():
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, classmethod | property)):
                yield name
