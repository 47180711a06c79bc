"""The operations of an app as a list: a table for people, JSON for programs."""

import json
from collections.abc import Iterable

from msgspec import Struct, to_builtins
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jero._cli.answers import answers_of_plan
from jero._cli.places import shown
from jero._cli.type_words import result_in_words
from jero._plan import AppPlan, OperationPlan
from jero._wiring.annotations import describe
from jero.operations import OperationMeta

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_STYLES = {"GET": "green", "POST": "yellow", "PUT": "blue", "PATCH": "magenta", "DELETE": "red"}


class RouteRow(Struct):
    """One operation in the list."""

    method: str
    path: str
    operation: str
    auth: str | None
    statuses: list[int]
    sources: dict[str, str]
    returns: str
    ref: str | None
    tags: list[str]
    location: str


def rows_of(plan: AppPlan) -> list[RouteRow]:
    """Give all operations of an app, by path, then by method."""
    rows = [_row(operation, plan) for operation in plan.operations]
    return sorted(rows, key=lambda row: (row.path, _METHODS.index(row.method)))


def print_json(rows: Iterable[RouteRow], console: Console) -> None:
    """Print the operations as JSON, an array of objects."""
    console.print(json.dumps([to_builtins(row) for row in rows], indent=2, ensure_ascii=False), soft_wrap=True)


def print_table(rows: list[RouteRow], console: Console) -> None:
    """Print the operations as a table, in a pipe without lines and colours."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Method", "Path", "Operation", "Auth", "Statuses", "Returns"):
        table.add_column(heading, no_wrap=heading in {"Method", "Path", "Operation"})
    for row in rows:
        statuses = " ".join(map(str, row.statuses))
        method = Text(row.method, style=_STYLES[row.method])
        table.add_row(method, row.path, row.operation, row.auth or "-", statuses, row.returns)
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)


def _row(plan: OperationPlan, app: AppPlan) -> RouteRow:
    meta = plan.meta
    return RouteRow(
        method=plan.method,
        path=plan.template,
        operation=plan.subject,
        auth=None if plan.auth is None else plan.auth.owner,
        statuses=sorted({answer.status for answer in answers_of_plan(plan, app)}),
        sources={source.argument: describe(source.annotation) for source in plan.sources},
        returns=result_in_words(plan.returns.annotation),
        ref=plan.ref,
        tags=list(meta.tags) if isinstance(meta, OperationMeta) else [],
        location=shown(plan.location),
    )
