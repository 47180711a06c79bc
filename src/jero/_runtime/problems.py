"""An HTTPError to its reply: the RFC 9457 body and the headers."""

import dataclasses

import msgspec

from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs
from jero._runtime.response_headers import FRAMING, encode_pair, pairs_of
from jero._runtime.writers import NOSNIFF, content_length
from jero.errors import HTTPError, ValidationFailedError

PROBLEM_TYPE = (b"content-type", b"application/problem+json")


def problem_reply(error: HTTPError) -> BufferedReply:
    """Give the reply of an error: `application/problem+json`, with the error's own headers."""
    body = msgspec.json.encode(problem_members(error))
    return error.status, [PROBLEM_TYPE, NOSNIFF, content_length(body), *error_headers(error)], body


def problem_members(error: HTTPError) -> dict[str, object]:
    """Give the members of an error's body: those of RFC 9457, then its own."""
    members: dict[str, object] = {"type": error.type, "title": error.title, "status": error.status}
    if error.detail is not None:
        members["detail"] = error.detail
    if isinstance(error, ValidationFailedError):
        members["errors"] = error.errors
        if error.truncated:
            members["truncated"] = True
    if dataclasses.is_dataclass(error):
        for field in dataclasses.fields(error):
            members.setdefault(field.name, getattr(error, field.name))
    return members


def error_headers(error: HTTPError) -> HeaderPairs:
    """Give an error's headers as wire pairs. `connection: close` is kept here: the framework itself sets it."""
    if error.headers is None:
        return []
    pairs = [encode_pair(name, value) for name, value in pairs_of(error.headers)]
    return [pair for pair in pairs if pair[0] not in FRAMING or pair == (b"connection", b"close")]
