"""A streaming return to its plan: what the items are, and where an event stream may be served."""

from typing import cast

from msgspec import Struct

from jero._plan import ReturnKind, ReturnPlan
from jero._wiring.annotations import describe, is_struct, struct_class, union_members
from jero._wiring.catalogue import RETURN_TYPE, SSE_OFF_GET
from jero._wiring.codecs import check_encodable
from jero._wiring.faults import Faults
from jero._wiring.handlers import Handler
from jero.responses import Response
from jero.streaming import NDJSONStreamingResponse, SSEResponse, StreamingResponse

STREAMS = (StreamingResponse, NDJSONStreamingResponse, SSEResponse)


def compile_stream(
    annotation: object, wrapper: type[Response], item: object, handler: Handler, faults: Faults
) -> ReturnPlan | None:
    """Plan a streaming return whose items are of type `item`; None where it has faults."""
    place = handler.return_place
    if issubclass(wrapper, StreamingResponse):
        return ReturnPlan(ReturnKind.BYTES_STREAM, annotation, (bytes,))
    is_sse = issubclass(wrapper, SSEResponse)
    if is_sse and handler.method != "GET":
        where = "`read_many`" if handler.alternatives.startswith("`create`") else "`get`"
        faults.add(SSE_OFF_GET, place, method=handler.method, alternatives=where)
        return None
    members = [member for member in union_members(item) if not (is_sse and member is str)]
    if not all(map(is_struct, members)):
        wanted = (
            "`SSEResponse[YourStruct]` or `SSEResponse[str]`" if is_sse else "`NDJSONStreamingResponse[YourStruct]`"
        )
        faults.add(
            RETURN_TYPE,
            place,
            type=describe(annotation),
            why=f": its items are `{describe(item)}`",
            remedy=f"give the items a type: {wanted}",
        )
        return None
    if not all(check_encodable(member, place, faults) for member in members):
        return None
    # Each member is a Struct, as said above.
    classes = tuple(cast("type[Struct]", struct_class(member)) for member in members)
    return ReturnPlan(ReturnKind.SSE_STREAM if is_sse else ReturnKind.NDJSON_STREAM, annotation, classes)
