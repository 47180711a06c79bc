"""The Python text that serves an operation on an edge: what the edge's dialect writes, compiled at startup."""

from jero._asgi.dialect import ASGI
from jero._http.dialect import HTTP
from jero._plan import OperationPlan
from jero._rsgi.dialect import RSGIDialect
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.operation import covers, emit_operation
from jero._runtime.emit.plain import PLAIN
from jero._runtime.services import Services

_DIALECTS: dict[str, Dialect] = {"asgi": ASGI, "rsgi": RSGIDialect(""), "native": HTTP}


def edge_source(plan: OperationPlan, edge: str) -> str:
    """Give the text of an operation for an edge; in the dialect of no edge where the edge's own does not cover it."""
    dialect = _DIALECTS[edge]
    return emit_operation(plan, Services(), dialect if covers(plan, dialect) else PLAIN).source
