"""`jero explain`: which operation is meant, and what is told of it."""

from textwrap import dedent

import pytest
from command_runs import APP, FAULTY_APP, Command

from jero._wiring import catalogue
from jero._wiring.faults import FaultKind

SAYINGS = [
    ["POST", "/widgets"],
    ["post", "/widgets"],
    ["shop:app", "POST", "/widgets"],
    ["POST", "/widgets", "shop:app"],
    ["POST", "/widgets", "--app", "shop:app"],
    ["Widgets.create"],
    ["/widgets"],
]


@pytest.mark.parametrize("words", SAYINGS, ids=" ".join)
def test_words(jero: Command, words: list[str]) -> None:
    """Method, path and app are told apart by their shape, in any order; a path alone is all of its operations."""
    jero.write("shop.py")
    jero.write("pyproject.toml", '[tool.jero]\napp = "shop:app"\n')
    outcome = jero("explain", *words)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("POST /widgets\n")
    assert outcome.out.count("Answers") == 1


@pytest.mark.parametrize("path", ["/widgets/{id}", "/widgets/7", "/widgets/7?limit=1", "/widgets/a%2Fb"])
def test_path(jero: Command, path: str) -> None:
    """A path is a template, or one that a request may have."""
    jero.write("app.py")
    assert jero("explain", "GET", path).out.startswith("GET /widgets/{id}\n")


def test_head(jero: Command) -> None:
    """HEAD is answered as GET is."""
    jero.write("app.py")
    assert jero("explain", "HEAD", "/widgets/7").out.startswith("GET /widgets/{id}\n")


def test_specific_template(jero: Command) -> None:
    """Of the templates that a path matches, the most specific is explained, as it is the one that answers."""
    search = """\
class Search(Endpoint, path="/widgets/search"):
    async def get(self) -> Widget: ...


class App("""
    app = dedent(APP).replace("class App(", search).replace("import BaseApp", "import BaseApp, Endpoint")
    jero.write("app.py", app.replace("Widgets())", "Widgets())\n        self._include_endpoint(Search())"))
    assert jero("explain", "/widgets/search").out.startswith("GET /widgets/search\n")


FAILURES: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "asks for nothing"),
    "a method": (["GET"], "has no path behind it"),
    "two paths": (["/a", "/b"], "is the second path on this command line"),
    "two things": (["/a", "A.b"], "asks for several things"),
    "a word": (["widgets"], "is no method, path, operation, app or code of a fault"),
    "an unknown path": (["GET", "/widget"], "`/widget`\n  fault:  is not served. Did you mean `/widgets`?"),
    "an unknown operation": (["Widgets.creat"], "Did you mean `Widgets.create`?"),
    "another method": (["PUT", "/widgets"], "`PUT /widgets`\n  fault:  is not served: the path has POST"),
    "an unknown code": (["JERO-W999"], "is no code of a wiring fault"),
    "an unknown edge": (["/widgets", "--source", "wsgi"], "asgi"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(jero: Command, name: str) -> None:
    """What cannot be meant is a usage error."""
    words, told = FAILURES[name]
    jero.write("app.py")
    outcome = jero("explain", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_faulty_app(jero: Command) -> None:
    """An app with faults cannot be explained; they are told instead."""
    jero.write("app.py", FAULTY_APP)
    outcome = jero("explain", "/health")
    assert (outcome.code, outcome.out) == (1, "")
    assert "JERO-W101" in outcome.err


@pytest.mark.parametrize("code", [kind.code for kind in vars(catalogue).values() if isinstance(kind, FaultKind)])
def test_page(jero: Command, code: str) -> None:
    """Every code has its page, without an app."""
    assert jero("explain", code).out.startswith(f"# {code}: ")


def test_short_code(jero: Command) -> None:
    """A code can be written short."""
    assert jero("explain", "w101").out == jero("explain", "JERO-W101").out


@pytest.mark.parametrize("edge", ["asgi", "rsgi", "native"])
def test_source(jero: Command, edge: str) -> None:
    """With `--source`, the Python text that serves the operation on an edge follows, and it is Python."""
    jero.write("app.py")
    told, _, text = jero("explain", "Widgets.create", "--source", edge).out.partition(f"\nSource of the {edge} edge\n")
    assert told == jero("explain", "Widgets.create").out
    compile(text, "route", "exec")
    assert "handler(json)" in text


CHANGES = {
    "the body's type": ("json: Widget)", "json: list[Widget])"),
    "a field": ("name: str", "name: str | None = None"),
    "a source": ("json: Widget)", "json: Widget, params: WidgetPath)"),
    "the result": ("-> Widget:\n        return json", "-> None:\n        ..."),
    "the kind of function": ("async def create", "def create"),
    "a limit": ("Widgets())", "Widgets(), max_body=1024)"),
    "the path": ('path="/widgets"', 'path="/widgets/new"'),
    "the docstring": ("return json", '"""Make one."""\n        return json'),
    "the ref": ('path="/widgets"', 'path="/widgets", ref="widgets"'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change(jero: Command, change: str) -> None:
    """Whatever of a handler is changed changes its explanation."""
    jero.write("before.py")
    jero.write("after.py", dedent(APP).replace(*CHANGES[change]))
    before = jero("explain", "Widgets.create", "before:app").out.replace("before.py", "app.py")
    after = jero("explain", "Widgets.create", "after:app").out.replace("after.py", "app.py")
    assert before != after
    assert after
