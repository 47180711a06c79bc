"""Which tests there are, and over which edges each of them runs, read from their source."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from serving.edges import EDGES, SOCKET_EDGES

TESTS = Path(__file__).parents[1]
EVERY = frozenset(edge.name for edge in EDGES)
WIRE = frozenset(edge.name for edge in SOCKET_EDGES)
HERE = frozenset({"in-process"})
_EDGES_OF_FIXTURES = {"serve": EVERY, "serve_on_socket": WIRE}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_tests() -> Mapping[str, frozenset[str]]:
    """Give the edges of every test by its name: `behaviour/test_queries.py::test_text`."""
    return {
        f"{path.relative_to(TESTS)}::{name}": edges
        for path in TESTS.rglob("test_*.py")
        for name, edges in _find_in(path)
    }


def _find_in(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    module = ast.parse(path.read_text())
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    fixtures = {_fixture_name(it): it for it in functions if _is_fixture(it)}
    over_sockets = _names_of_socket_edges(module)
    for function in functions:
        if function.name.startswith("test_"):
            yield function.name, _edges_of(function, fixtures, over_sockets) or HERE


def _edges_of(function: Function, fixtures: Mapping[str, Function], over_sockets: set[str]) -> frozenset[str]:
    """Follow the fixtures of a function to the one that serves; there may be none."""
    if any(_names_in(decorator) & over_sockets for decorator in function.decorator_list):
        return WIRE
    found: set[str] = set()
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.arg in fixtures and fixtures[argument.arg] is not function:
            found |= _edges_of(fixtures[argument.arg], fixtures, over_sockets)
        found |= _EDGES_OF_FIXTURES.get(argument.arg, frozenset())
    return frozenset(found)


def _names_of_socket_edges(module: ast.Module) -> set[str]:
    """Give the names by which a module parametrises over the edges that have a wire."""
    assigned = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and "SOCKET_EDGES" in _names_in(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {"SOCKET_EDGES", *assigned}


def _names_in(node: ast.AST) -> set[str]:
    return {it.id for it in ast.walk(node) if isinstance(it, ast.Name)}


def _is_fixture(function: Function) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def _fixture_name(function: Function) -> str:
    """Give the name that tests ask by: that of the function, unless the fixture says `name=`."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return function.name
