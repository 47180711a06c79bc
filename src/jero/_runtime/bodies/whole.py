"""Reading a body: what may be read at all, how much, how long it may take, and what a disconnect means."""

import asyncio
import re
from collections.abc import Callable

from jero._plan import SourceKind
from jero._runtime.deadlines import Deadlines, Wait
from jero._runtime.printable import printable
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import first_header, join_header
from jero.errors import (
    ContentTooLargeError,
    MalformedRequestError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)

BODY_HEADERS = frozenset({b"content-type", b"content-length", b"content-encoding"})
CLOSE = {"connection": "close"}
"""Sent where a body is refused unread: what follows on the connection is the rest of it."""

# Tokens only (RFC 9110, section 8.3.1), so that no `text/plain, x/y+json` is taken for JSON by its end.
_JSON_TYPE = re.compile(rb"application/json|[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\+json")


class BodyReader:
    """Reads the whole body of one operation: `limit` in bytes, `timeout` in seconds without progress."""

    __slots__ = ("_deadlines", "_is_json", "_limit", "_timeout")

    def __init__(self, kind: SourceKind, limit: int | None, timeout: float | None, deadlines: Deadlines) -> None:
        self._is_json = kind is SourceKind.JSON
        self._limit = limit
        self._timeout = timeout
        self._deadlines = deadlines

    async def read(self, request: Request) -> bytes:
        """Give the body.

        Raises UnsupportedMediaTypeError, ContentTooLargeError (before anything is read where the declared
        length says so), RequestTimeoutError, ClientDisconnectedError, MalformedRequestError for an empty JSON
        body.
        """
        if self._is_json:
            check_json_type(request.found)
            check_encoding(request.found)
        check_declared_length(request.found, self._limit)
        wait = self._deadlines.start(self._timeout)
        try:
            body, more = await request.receive_body()
            if more:
                body = await self._receive_rest(request, body, wait.progress)
        except asyncio.CancelledError:
            if not wait.take_back():
                raise
            raise timed_out(wait) from None
        finally:
            self._deadlines.stop(wait)
        check_size(len(body), self._limit)
        if self._is_json and not body:
            raise MalformedRequestError("the body is empty; send a JSON document")
        return body

    async def _receive_rest(self, request: Request, first: bytes, progress: Callable[[], None]) -> bytes:
        body, more = bytearray(first), True  # a list of chunks would take many times the bytes of tiny ones
        while more:
            check_size(len(body), self._limit)
            chunk, more = await request.receive_body()
            if chunk:
                progress()
                body += chunk
        check_size(len(body), self._limit)
        return bytes(body)


def timed_out(wait: Wait) -> RequestTimeoutError:
    """Give the error of a body that stopped coming."""
    return RequestTimeoutError(f"the body made no progress for {wait.seconds:g} s", headers=CLOSE)


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
