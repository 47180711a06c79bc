"""Reading a form: what may be read at all, how much, and its bytes, as they come, to its parts."""

import asyncio
from typing import Protocol

from jero._plan import SourcePlan
from jero._runtime.bodies.pieces import BodyPieces
from jero._runtime.bodies.whole import CLOSE, check_declared_length, check_encoding
from jero._runtime.deadlines import Deadlines
from jero._runtime.forms.header_parameters import parse_parameters
from jero._runtime.forms.multipart import MultipartReader, check_boundary
from jero._runtime.forms.parts import FormFields, FormParts
from jero._runtime.forms.spooling import Spool
from jero._runtime.forms.urlencoded import UrlencodedReader
from jero._runtime.printable import printable
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import first_header
from jero.errors import HTTPError, MalformedRequestError, UnsupportedMediaTypeError
from jero.limits import Limits

_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_AT_MOST = 32 * 1024
"""Bytes that a parser is given at once: the event loop waits meanwhile."""
_SLICE = 0.005
"""Seconds that parsing may keep the event loop."""


class FormParser(Protocol):
    """Takes the bytes of a form in pieces; both methods raise HTTPError."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        ...

    def finish(self) -> None:
        """Take note that these were all."""
        ...


class FormReader:
    """Reads the forms of one operation within its limits; what it finds is the request's `form`."""

    __slots__ = ("_deadlines", "_fields", "_limits", "_types")

    def __init__(self, plan: SourcePlan, limits: Limits, deadlines: Deadlines) -> None:
        self._fields = FormFields(plan)
        self._limits = limits
        self._deadlines = deadlines
        self._types = _MULTIPART if self._fields.has_files else f"{_MULTIPART}, {_URLENCODED}"

    async def read(self, request: Request) -> bytes:
        """Set the request's `form`, and give no other body.

        Raises UnsupportedMediaTypeError, ContentTooLargeError (before anything is read where the declared
        length says so), RequestTimeoutError, ClientDisconnectedError, MalformedRequestError.
        """
        limits = self._limits
        spool = Spool(request.at_end)
        request.form = FormParts(self._fields, limits, spool)
        parser = self._make_parser(request.found, request.form)
        check_encoding(request.found)
        check_declared_length(request.found, limits.max_form)
        pieces = BodyPieces(request, limits.max_form, limits.body_timeout, self._deadlines)
        try:
            await _feed_all(parser, pieces, spool)
        except HTTPError as error:
            if pieces.more and error.headers is None:
                error.headers = CLOSE
            raise
        return b""

    def _make_parser(self, found: FoundHeaders, parts: FormParts) -> FormParser:
        content_type = first_header(found, b"content-type") or b""
        media_type = content_type.partition(b";")[0].strip(b" \t").lower().decode("latin-1")
        if media_type == _MULTIPART:
            parsed = parse_parameters(content_type)
            if parsed is None:
                raise MalformedRequestError(f"the parameters of `{_MULTIPART}` cannot be read")
            boundary = check_boundary(parsed[1].get(b"boundary"), self._limits)
            return MultipartReader(boundary, parts, self._limits)
        if media_type == _URLENCODED and not self._fields.has_files:
            return UrlencodedReader(parts, self._limits)
        shown = f"is `{printable(media_type)}`" if media_type else "has no content type"
        raise UnsupportedMediaTypeError(
            f"the body {shown}; this operation reads `{self._types.replace(', ', '` or `')}`",
            headers={"accept": self._types},
        )


async def _feed_all(parser: FormParser, pieces: BodyPieces, spool: Spool) -> None:
    time = asyncio.get_running_loop().time
    slice_end = time() + _SLICE
    while pieces.more:
        data = await pieces.take()
        for start in range(0, len(data), _AT_MOST):
            parser.feed(data[start : start + _AT_MOST])
            await spool.flush()
            if time() > slice_end:
                await asyncio.sleep(0)
                slice_end = time() + _SLICE
    parser.finish()
    await spool.flush()
