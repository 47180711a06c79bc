"""An HTTPError to its reply: the RFC 9457 body, within its size, and the headers."""

import dataclasses
from typing import cast

import msgspec

from jero._runtime.reply import BufferedReply
from jero._runtime.request import HeaderPairs
from jero._runtime.response_headers import FRAMING, encode_pair, pairs_of
from jero._runtime.writers import NOSNIFF, content_length
from jero.errors import HTTPError, InvalidInput, ValidationFailedError
from jero.limits import KIB

PROBLEM_TYPE = (b"content-type", b"application/problem+json")

MOST_BYTES = 64 * KIB
"""What the body of an error may have; beyond it, members are cut or left out, and `truncated` says so."""

MOST_DETAIL_BYTES = 4 * KIB
"""What one `detail` in the list of errors may have, and the error's own where its body is too large."""

_SURELY_SHORT = MOST_DETAIL_BYTES // 4
"""Characters that have no more bytes than a detail may: no character has more than four."""

_BODYS_OWN = FRAMING | {PROBLEM_TYPE[0], NOSNIFF[0]}
_encode = msgspec.json.Encoder().encode


def problem_reply(error: HTTPError) -> BufferedReply:
    """Give the reply of an error: `application/problem+json`, with the error's own headers."""
    members = problem_members(error)
    body = _encode(members)
    if len(body) > MOST_BYTES:
        body = _encode(_within(members, MOST_BYTES))
    return error.status, [PROBLEM_TYPE, NOSNIFF, content_length(body), *error_headers(error)], body


def problem_members(error: HTTPError) -> dict[str, object]:
    """Give the members of an error's body: those of RFC 9457, then its own."""
    members: dict[str, object] = {"type": error.type, "title": error.title, "status": error.status}
    if error.detail is not None:
        members["detail"] = error.detail
    if isinstance(error, ValidationFailedError):
        entries = list(error.errors)
        is_long = max([len(entry.detail) for entry in entries], default=0) > _SURELY_SHORT
        members["errors"] = [_cut_entry(entry) for entry in entries] if is_long else entries
        if error.truncated or (is_long and members["errors"] != entries):
            members["truncated"] = True
    if dataclasses.is_dataclass(error):
        for field in dataclasses.fields(error):
            if field.name != "detail":
                members.setdefault(field.name, getattr(error, field.name))
    return members


def error_headers(error: HTTPError) -> HeaderPairs:
    """Give an error's headers as wire pairs, without those that belong to its body.

    `connection: close` is kept here: the framework itself sets it.
    """
    if error.headers is None:
        return []
    pairs = [encode_pair(name, value) for name, value in pairs_of(error.headers)]
    return [pair for pair in pairs if pair[0] not in _BODYS_OWN or pair == (b"connection", b"close")]


def _within(members: dict[str, object], limit: int) -> dict[str, object]:
    """Give the members that fit into so many bytes, the first ones first, the detail and the errors cut."""
    kept: dict[str, object] = {}
    left = limit - len(_encode({"truncated": True}))
    for name, value in members.items():
        shorter = _shorten(name, value, left)
        size = len(_encode({name: shorter}))
        if size <= left:
            kept[name] = shorter
            left -= size
    return {**kept, "truncated": True}


def _shorten(name: str, value: object, room: int) -> object:
    if name == "detail" and isinstance(value, str):
        return _cut(value)
    if name == "errors" and isinstance(value, list):
        return _first(cast("list[object]", value), room - len(_encode({name: []})))  # of InvalidInput
    return value


def _first(entries: list[object], room: int) -> list[object]:
    """Give the first entries that fit into so many bytes."""
    for count, entry in enumerate(entries):
        room -= len(_encode(entry)) + 1  # and a comma
        if room < 0:
            return entries[:count]
    return entries


def _cut_entry(entry: InvalidInput) -> InvalidInput:
    detail = _cut(entry.detail)
    return entry if detail is entry.detail else InvalidInput(entry.source, entry.pointer, detail)


def _cut(text: str) -> str:
    """Give a text, or its beginning and `…` where it is longer than a detail may be."""
    if len(text) <= _SURELY_SHORT:
        return text
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= MOST_DETAIL_BYTES:
        return text
    return encoded[: MOST_DETAIL_BYTES - len("…".encode())].decode("utf-8", "ignore") + "…"
