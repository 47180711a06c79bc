"""Reading a form: what may be read at all, how much, and its bytes, as they come, to its parts."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from jero._plan import SourcePlan
from jero._runtime.bodies.checks import (
    CLOSE,
    check_declared_length,
    check_encoding,
    media_type_of,
    wrong_media_type,
)
from jero._runtime.bodies.pieces import BodyPieces
from jero._runtime.deadlines import Deadlines
from jero._runtime.forms.header_parameters import parse_parameters
from jero._runtime.forms.multipart import LONGEST_BOUNDARY, MultipartReader, check_boundary
from jero._runtime.forms.parts import FormFields, FormParts
from jero._runtime.forms.spooling import Spool
from jero._runtime.forms.urlencoded import UrlencodedReader
from jero._runtime.forms.usual_multipart import read_usual
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import first_header
from jero.errors import HTTPError, MalformedRequestError
from jero.limits import KIB, Limits

_MULTIPART = b"multipart/form-data"
_URLENCODED = b"application/x-www-form-urlencoded"
_AT_LEAST = 4 * KIB
"""Bytes that a parser is given of a body whose length nobody knows, unless they are the last."""
_AT_ONCE = 32 * KIB
"""Bytes that a parser is given at once: the event loop waits meanwhile."""
_SMALL = 128 * KIB
"""Bytes of a body that is received whole where its length is declared, and may be taken apart at once."""
_USUAL_TYPE = re.compile(rb"multipart/form-data; ?boundary=([!#$%&'*+\-.^_`|~0-9A-Za-z]+)")
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

    __slots__ = ("_deadlines", "_fields", "_limits", "_longest_boundary", "_types")

    def __init__(self, plan: SourcePlan, limits: Limits, deadlines: Deadlines) -> None:
        self._fields = FormFields(plan)
        self._limits = limits
        self._longest_boundary = min(limits.max_boundary or LONGEST_BOUNDARY, LONGEST_BOUNDARY)
        self._deadlines = deadlines
        self._types = (_MULTIPART,) if self._fields.has_files else (_MULTIPART, _URLENCODED)

    async def read(self, request: Request) -> bytes:
        """Set the request's `form`, and give no other body.

        Raises UnsupportedMediaTypeError, ContentTooLargeError (before anything is read where the declared
        length says so), RequestTimeoutError, ClientDisconnectedError, MalformedRequestError.
        """
        limits = self._limits
        found = request.found
        boundary = self._find_boundary(found)
        check_encoding(found)
        check_declared_length(found, limits.max_form)
        spool = Spool()
        request.form = parts = FormParts(self._fields, limits, spool)
        flush = partial(spool.flush, request.at_end)
        at_least = _bytes_to_gather(found)
        pieces = BodyPieces(request, limits.max_form, limits.body_timeout, self._deadlines, at_least=at_least)
        try:
            data = await pieces.take()
            if boundary is None:
                await _feed_all(UrlencodedReader(parts, limits), data, pieces, flush)
            elif pieces.more or len(data) > _SMALL or not read_usual(data, boundary, parts, limits):
                await _feed_all(MultipartReader(boundary, parts, limits), data, pieces, flush)
            elif spool.is_used:
                await flush()
        except HTTPError as error:
            if pieces.more and error.headers is None:
                error.headers = CLOSE
            raise
        return b""

    def _find_boundary(self, found: FoundHeaders) -> bytes | None:
        """Give the boundary of a multipart form, None for an urlencoded one; raises HTTPError where it is neither."""
        content_type = first_header(found, b"content-type") or b""
        usual = _USUAL_TYPE.fullmatch(content_type)
        if usual is not None and len(usual[1]) <= self._longest_boundary:
            return usual[1]
        media_type = media_type_of(content_type)
        if media_type == _MULTIPART:
            parsed = parse_parameters(content_type)
            if parsed is None:
                raise MalformedRequestError("the parameters of `multipart/form-data` cannot be read")
            return check_boundary(parsed[1].get(b"boundary"), self._limits)
        if media_type == _URLENCODED and not self._fields.has_files:
            return None
        raise wrong_media_type(media_type, *self._types)


def _bytes_to_gather(found: FoundHeaders) -> int:
    """Say how many bytes a parser gets at least: all of a small body, where its length is declared."""
    declared = first_header(found, b"content-length")
    if declared is None or not declared.isdigit():
        return _AT_LEAST
    return _SMALL if int(declared[:20]) <= _SMALL else _AT_ONCE


async def _feed_all(parser: FormParser, data: bytes, pieces: BodyPieces, flush: Callable[[], Awaitable[None]]) -> None:
    time = asyncio.get_running_loop().time
    slice_end = time() + _SLICE
    while True:
        for start in range(0, len(data), _AT_ONCE):
            parser.feed(data[start : start + _AT_ONCE])
            await flush()
            if time() > slice_end:
                await asyncio.sleep(0)
                slice_end = time() + _SLICE
        if not pieces.more:
            break
        data = await pieces.take()
    parser.finish()
    await flush()
