"""A whole body: read at once, within its limit and its time."""

import asyncio

from jero._plan import SourceKind
from jero._runtime.bodies.checks import check_declared_length, check_encoding, check_json_type, check_size
from jero._runtime.bodies.waits import BodyWait
from jero._runtime.deadlines import Deadlines, Wait, Watch
from jero._runtime.request import FoundHeaders, Request
from jero.errors import MalformedRequestError
from jero.limits import Limits

A_TURN = 2048
"""Pieces after which the event loop has its turn: a server may hand over any number of tiny ones without a wait."""


class BodyReader:
    """Reads the whole body of one operation, as its kind and its limits say."""

    __slots__ = ("_deadlines", "is_json", "limit", "timeout")

    def __init__(self, kind: SourceKind, limits: Limits, deadlines: Deadlines) -> None:
        self.is_json = kind is SourceKind.JSON
        self.limit = limits.max_body
        self.timeout = limits.body_timeout
        self._deadlines = deadlines

    @property
    def watch(self) -> Watch:
        """What ends a wait for the body that makes no progress."""
        return self._deadlines.watch(self.timeout)

    def check(self, found: FoundHeaders) -> None:
        """Refuse by its headers a body that is not to be read.

        Raises UnsupportedMediaTypeError, ContentTooLargeError.
        """
        if self.is_json:
            check_json_type(found)
            check_encoding(found)
        check_declared_length(found, self.limit)

    def check_length(self, declared: int) -> None:
        """Refuse a body by its declared length, -1 for none. Raises ContentTooLargeError."""
        check_size(declared, self.limit)

    async def read(self, request: Request) -> bytes:
        """Give the body.

        Raises ContentTooLargeError, RequestTimeoutError, ClientDisconnectedError, MalformedRequestError for an empty
        JSON body.
        """
        with BodyWait(self._deadlines, self.timeout) as wait:
            body, more = await request.receive_body()
            if more:
                body = await self.read_rest(request, body, wait)
        self.check_whole(body)
        return body

    async def read_rest(self, request: Request, first: bytes, wait: Wait) -> bytes:
        """Give the body whose first piece came, with more to come."""
        body, more = bytearray(first), True  # a list of chunks would take many times the bytes of tiny ones
        if first:
            wait.progress()
        taken = 0
        while more:
            check_size(len(body), self.limit)
            taken += 1
            if taken % A_TURN == 0:
                await asyncio.sleep(0)
            chunk, more = await request.receive_body()
            if chunk:
                wait.progress()
                body += chunk
        check_size(len(body), self.limit)
        return bytes(body)

    def check_whole(self, body: bytes) -> None:
        """Refuse a body that came, by its size. Raises ContentTooLargeError, MalformedRequestError."""
        check_size(len(body), self.limit)
        if self.is_json and not body:
            raise MalformedRequestError("the body is empty; send a JSON document")
