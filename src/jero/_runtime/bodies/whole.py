"""Reading a body: what may be read at all, how much, how long it may take, and what a disconnect means."""

import asyncio
import re

from jero._plan import SourceKind
from jero._runtime.deadlines import Deadlines, Wait, Watch
from jero._runtime.printable import printable
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import first_header, join_header
from jero.errors import (
    ContentTooLargeError,
    MalformedRequestError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from jero.limits import Limits

BODY_HEADERS = frozenset({b"content-type", b"content-length", b"content-encoding"})
CLOSE = {"connection": "close"}
"""Sent where a body is refused unread: what follows on the connection is the rest of it."""
A_TURN = 2048
"""Pieces after which the event loop has its turn: a server may hand over any number of tiny ones without a wait."""

# Tokens only (RFC 9110, section 8.3.1), so that no `text/plain, x/y+json` is taken for JSON by its end.
_JSON_TYPE = re.compile(rb"application/json|[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\+json")


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
        wait = self._deadlines.start(self.timeout)
        try:
            body, more = await request.receive_body()
            if more:
                body = await self.read_rest(request, body, wait)
        except asyncio.CancelledError:
            if not wait.take_back():
                raise
            raise timed_out(wait.seconds) from None
        finally:
            self._deadlines.stop(wait)
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


def timed_out(seconds: float) -> RequestTimeoutError:
    """Give the error of a body that stopped coming for so many seconds."""
    return RequestTimeoutError(f"the body made no progress for {seconds:g} s", headers=CLOSE)


def check_json_type(found: FoundHeaders) -> None:
    """Refuse a body that says it is something else than JSON; one that says nothing is taken as JSON."""
    content_type = first_header(found, b"content-type")
    if content_type is None or content_type == b"application/json":
        return
    media_type = content_type.partition(b";")[0].strip().lower()
    if not _JSON_TYPE.fullmatch(media_type):
        shown = printable(media_type.decode("latin-1"))
        raise UnsupportedMediaTypeError(
            f"the body is `{shown}`; this operation reads `application/json`",
            headers={"accept": "application/json"},
        )


def check_encoding(found: FoundHeaders) -> None:
    """Refuse a compressed body: what it unpacks to has no limit that can be known before."""
    value = found.get(b"content-encoding")
    if value is None:
        return
    encoding = join_header(b"content-encoding", value)
    if encoding.strip().lower() != "identity":
        raise UnsupportedMediaTypeError(
            f"the body is encoded as `{printable(encoding)}`; send it as it is",
            headers={"accept-encoding": "identity"},
        )


def check_declared_length(found: FoundHeaders, limit: int | None) -> None:
    """Refuse a body whose declared length is over the limit, before anything of it is read."""
    declared = first_header(found, b"content-length")
    if limit is not None and declared is not None and declared.isdigit():
        check_size(int(declared[:20]), limit)


def check_size(size: int, limit: int | None) -> None:
    """Refuse a body once its size is over the limit."""
    if limit is not None and size > limit:
        raise ContentTooLargeError(f"the body is over {limit} bytes, the most that is read here", headers=CLOSE)
