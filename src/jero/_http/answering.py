"""From a request to what serves it: an emitted route, for an ordinary one; this is where all others go."""

from collections.abc import Coroutine

from jero._http.dialect import HTTP
from jero._http.replies import send_reply
from jero._http.request import METHODS, HTTPRequest
from jero._service import Service


def answer(request: HTTPRequest, service: Service) -> Coroutine[object, object, None]:
    """Give the coroutine that serves one exchange to its end, whatever happens; the task of the exchange runs it."""
    table = service.table
    if table is not None and table.dialect is HTTP:
        head = request.head
        routes, slots = table.exact.get(head.path), ()
        if routes is None:
            routes, slots = table.find_raw(head.path)
            request.slots = slots
        if routes is not None:
            route = routes.get(METHODS.get(head.method, ""))
            if route is not None:
                return route(request)
    return _answer_any(request, service)


async def _answer_any(request: HTTPRequest, service: Service) -> None:
    try:
        table = service.table_in(HTTP) or await service.start_itself(HTTP)
        if table is None:
            reply = await service.refuse(request)
        else:
            reply = await table.dispatch(request, is_encoded=True)
        await send_reply(reply, request)
    finally:
        try:
            if request.endings is not None:
                await request.end()
        finally:
            request.conclude()
