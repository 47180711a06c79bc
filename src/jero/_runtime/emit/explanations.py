"""Why the sources of a request do not bind: asked only after one has failed, so made only then."""

from collections.abc import Sequence

from jero._plan import SourcePlan
from jero._runtime.binding import binding_failure
from jero._runtime.readers import Reader, Surroundings, make_reader
from jero._runtime.request import FoundHeaders, Request


class Explanations:
    """Explains for one operation."""

    __slots__ = ("_around", "_readers", "_sources")

    def __init__(self, sources: Sequence[SourcePlan], around: Surroundings) -> None:
        self._sources = sources
        self._around = around
        self._readers: list[Reader] | None = None

    def explain(self, fault: Exception, request: Request, found: FoundHeaders, body: bytes) -> Exception:
        """Give the error that names all that is wrong; the fault itself where the readers find nothing."""
        if self._readers is None:
            self._readers = [make_reader(source, self._around) for source in self._sources]
        request.found, request.body = found, body
        return binding_failure(request, self._readers, fault) or fault
