"""`jero routes`: the operations as a table and as JSON."""

import json
from textwrap import dedent

from command_runs import APP, FAULTY_APP, Command


def test_table(jero: Command) -> None:
    """The table has method, path, operation, authenticator, statuses and result, aligned and plain in a pipe."""
    jero.write("shop.py")
    outcome = jero("routes", "shop:app")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "Method  Path           Operation         Auth  Statuses                     Returns\n"
        "POST    /widgets       Widgets.create    -     201 400 408 413 415 422 500  Widget\n"
        "GET     /widgets/{id}  Widgets.read_one  -     200 404 500                  Widget\n"
    )


def test_json(jero: Command) -> None:
    """As JSON, each operation has its sources, its ref, its tags and its place as well."""
    app = dedent(APP).replace(
        '(Resource, path="/widgets")',
        '(Resource, path="/widgets", ref="widgets", meta_create=OperationMeta(tags=("a",)))',
    )
    jero.write("shop.py", app.replace("BaseApp, Resource", "BaseApp, OperationMeta, Resource"))
    outcome = jero("routes", "shop:app", "--json")
    assert json.loads(outcome.out)[0] == {
        "method": "POST",
        "path": "/widgets",
        "operation": "Widgets.create",
        "auth": None,
        "statuses": [201, 400, 408, 413, 415, 422, 500],
        "sources": {"json": "Widget"},
        "returns": "Widget",
        "ref": "widgets.create",
        "tags": ["a"],
        "location": "shop.py:16",
    }


def test_order(jero: Command) -> None:
    """Operations stand in the order of their paths, and on one path in that of the methods."""
    app = dedent(APP).replace(
        "    async def create",
        "    async def read_many(self) -> list[Widget]:\n        return []\n\n    async def create",
    )
    jero.write("shop.py", app)
    lines = jero("routes", "shop:app").out.splitlines()[1:]
    assert [line.split()[:2] for line in lines] == [
        ["GET", "/widgets"],
        ["POST", "/widgets"],
        ["GET", "/widgets/{id}"],
    ]


def test_faulty_app(jero: Command) -> None:
    """An app with faults has no list; its faults are told on standard error, with exit code 1."""
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("routes", "shop:app", "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("2 wiring faults\n")
