"""Request bodies read as they come: bytes under their limit and timeout, and NDJSON lines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from jero._runtime.bodies.checks import (
    CLOSE,
    check_declared_length,
    check_encoding,
    check_size,
    media_type_of,
    wrong_media_type,
)
from jero._runtime.bodies.waits import BodyWait
from jero._runtime.bodies.whole import A_TURN
from jero._runtime.deadlines import Deadlines
from jero._runtime.malformed import MALFORMED, malformed_detail
from jero._runtime.request import FoundHeaders, Request
from jero._runtime.request_headers import first_header
from jero._runtime.violations.search import find_json_violations
from jero.errors import (
    ContentTooLargeError,
    HTTPError,
    InvalidInput,
    MalformedRequestError,
    ValidationFailedError,
)
from jero.limits import Limits
from jero.streaming import ContentStream, NDJSONStream

type ReceiveChunk = Callable[[], Awaitable[tuple[bytes, bool]]]

_NDJSON_TYPES = frozenset(
    {b"application/x-ndjson", b"application/ndjson", b"application/jsonl", b"application/x-jsonlines"}
)


def make_content_stream(request: Request, limits: Limits, deadlines: Deadlines) -> ContentStream:
    """Give the body as a stream of bytes. Raises ContentTooLargeError where it declares to be too long."""
    check_declared_length(request.found, limits.max_upload)
    return ContentStream(_guard(request, limits, deadlines))


def make_json_stream(
    request: Request,
    limits: Limits,
    deadlines: Deadlines,
    decode: Callable[[bytes], object],
    annotation: object,
) -> NDJSONStream[object]:
    """Give the body as a stream of decoded lines.

    Raises UnsupportedMediaTypeError for a body that says it is no NDJSON, ContentTooLargeError as above.
    """
    _check_ndjson_type(request.found)
    check_encoding(request.found)
    check_declared_length(request.found, limits.max_upload)
    receive = _guard(request, limits, deadlines)
    return NDJSONStream(_decode_lines(split_lines(receive, limits.max_body), decode, annotation))


async def split_lines(receive: ReceiveChunk, max_line: int | None) -> AsyncIterator[list[bytes]]:
    """Give the lines of a body, each without its end, in lists as they come; an open last line counts.

    It takes time and memory linear in what comes, however small the pieces. Raises ContentTooLargeError for a line
    over `max_line` bytes, as soon as so many are there.
    """
    pending = bytearray()
    more = True
    while more:
        chunk, more = await receive()
        *lines, last = chunk.split(b"\n")
        if lines:
            if pending:
                pending += lines[0]
                lines[0] = bytes(pending)
                pending.clear()
            _check_lines(lines, max_line)
            yield lines
        pending += last
        if max_line is not None and len(pending) > max_line:
            raise _line_too_long(max_line)
    if pending:
        yield [bytes(pending)]


def _guard(request: Request, limits: Limits, deadlines: Deadlines) -> ReceiveChunk:
    """Give the request's `receive_body` under the limits of a stream."""
    limit, timeout = limits.max_upload, limits.body_timeout
    received = taken = 0

    async def receive() -> tuple[bytes, bool]:
        nonlocal received, taken
        taken += 1
        if taken % A_TURN == 0:
            await asyncio.sleep(0)
        with BodyWait(deadlines, timeout):
            chunk, more = await request.receive_body()
        received += len(chunk)
        check_size(received, limit)
        return chunk, more

    return receive


async def _decode_lines(
    batches: AsyncIterator[list[bytes]], decode: Callable[[bytes], object], annotation: object
) -> AsyncIterator[object]:
    number = 0
    async for lines in batches:
        for line in lines:
            number += 1
            if not line or line.isspace():
                continue
            try:
                item = decode(line)
            except MALFORMED as error:
                raise _line_error(number, line, annotation, error) from error
            yield item


def _line_error(number: int, line: bytes, annotation: object, error: Exception) -> HTTPError:
    """Give all that is wrong with a line; a line that breaks the schema first may be no JSON further on."""
    if isinstance(error, msgspec.ValidationError):
        try:
            found = find_json_violations(annotation, line)
        except MALFORMED as fault:
            error = fault
        else:
            errors = [
                InvalidInput("json_stream", entry.pointer, f"line {number}: {entry.detail}") for entry in found.entries
            ] or [InvalidInput("json_stream", "#", f"line {number}: {error}")]
            return ValidationFailedError(f"line {number} is not valid", errors=errors, truncated=found.truncated)
    return MalformedRequestError(f"line {number}: {malformed_detail(error, 'the line')}")


def _check_ndjson_type(found: FoundHeaders) -> None:
    content_type = first_header(found, b"content-type")
    media_type = None if content_type is None else media_type_of(content_type)
    if media_type is not None and media_type not in _NDJSON_TYPES:
        raise wrong_media_type(media_type, b"application/x-ndjson")


def _check_lines(lines: list[bytes], limit: int | None) -> None:
    if limit is not None and len(max(lines, key=len)) > limit:
        raise _line_too_long(limit)


def _line_too_long(limit: int) -> ContentTooLargeError:
    return ContentTooLargeError(f"a line is over {limit} bytes, the most that is read here", headers=CLOSE)
