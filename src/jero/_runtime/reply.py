"""What a route answers with: status, header pairs, body. The edge puts it on the wire."""

from collections.abc import Callable, Coroutine

from jero._runtime.request import HeaderPairs, Request

type Reply = tuple[int, HeaderPairs, bytes]
"""A plain tuple: it is made once a request, and a tuple is what Python makes fastest."""

type Route = Callable[[Request], Coroutine[object, object, Reply | None]]
"""A plan that can be served. None means that nothing is to be answered: the client has left."""
