"""The dialects that routes are written in: one line for each edge."""

from jero._asgi.dialect import ASGI
from jero._http.dialect import HTTP
from jero._rsgi.dialect import RSGIDialect
from jero._runtime.emit.dialect import Dialect
from jero._runtime.emit.plain import PLAIN

_ALL: tuple[Dialect, ...] = (
    PLAIN,
    ASGI,
    RSGIDialect(""),
    HTTP,
)
DIALECTS = {dialect.name: dialect for dialect in _ALL}
