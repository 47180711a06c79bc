"""Response headers: typed Structs and raw pairs to wire pairs, refusing what could break a response."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from typing import cast

import msgspec

from jero._plan import HeaderField
from jero._runtime.request import HeaderPairs
from jero._runtime.server_faults import ServerFaultError
from jero.responses import RawHeadersInput

logger = logging.getLogger("jero")

FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
"""Headers that are the framework's and the server's own: a handler's is ignored, with one warning."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_typed_names: dict[str, bytes] = {}
_warned: set[tuple[str, bytes]] = set()


def encode_pair(name: str, value: str) -> tuple[bytes, bytes]:
    """Give one header as the wire has it: its name in lower case, its value without white space around it.

    Raises ServerFaultError as `encode_name` and `encode_value` do.
    """
    return encode_name(name), encode_value(name, value)


def encode_name(name: str) -> bytes:
    """Give a header's name in lower case. Raises ServerFaultError where it is no token."""
    if not _NAME.fullmatch(name):
        raise ServerFaultError(f"the response header {name!r} has a name that is no token (RFC 9110, section 5.6.2)")
    return name.lower().encode("ascii")


def encode_value(name: str, value: str) -> bytes:
    """Give a header's value (RFC 9110, section 5.5).

    Raises ServerFaultError for control characters, and for what latin-1 does not have.
    """
    if _CONTROL.search(value):
        raise ServerFaultError(
            f"the response header `{name}` has a control character (such as CR, LF or NUL) in its value"
        )
    try:
        return value.strip(" \t").encode("latin-1")
    except UnicodeEncodeError:
        raise ServerFaultError(f"the response header `{name}` cannot be encoded as latin-1") from None


def encode_typed(headers: object, fields: tuple[HeaderField, ...]) -> HeaderPairs:
    """Give the headers of a Struct, in the order of its fields; None and UNSET are left out."""
    pairs: HeaderPairs = []
    for field in fields:
        value: object = getattr(headers, field.attribute)
        if value is None or value is msgspec.UNSET:
            continue
        wire_name = field.wire_name
        name = _typed_names.get(wire_name)
        if name is None:
            name = _typed_names[wire_name] = encode_name(wire_name)
        if name in FRAMING:
            _warn_once(type(headers).__name__, name)
        else:
            pairs.append((name, encode_value(wire_name, header_text(wire_name, value))))
    return pairs


def header_text(name: str, value: object) -> str:
    """Give a value as header text: bare where JSON writes a string or a number, else JSON in ASCII.

    Raises ServerFaultError where it has no JSON form.
    """
    if type(value) is str:
        return value
    try:
        encoded = msgspec.json.encode(value)
    except Exception as error:
        raise ServerFaultError(f"the response header `{name}` cannot be written as text: {error}") from error
    if encoded[:1] == b'"':
        return msgspec.json.decode(encoded, type=str)
    return encoded.decode() if encoded.isascii() else json.dumps(json.loads(encoded), separators=(",", ":"))


def encode_raw(headers: RawHeadersInput | None, subject: str) -> HeaderPairs:
    """Give raw headers as wire pairs, in order, repeats kept, without those that are the framework's."""
    if headers is None:
        return []
    pairs: HeaderPairs = []
    for name, value in pairs_of(headers):
        pair = encode_pair(name, value)
        if pair[0] in FRAMING:
            _warn_once(subject, pair[0])
        else:
            pairs.append(pair)
    return pairs


def pairs_of(headers: RawHeadersInput) -> Iterable[tuple[str, str]]:
    """Give the pairs of a mapping or of an iterable of pairs."""
    if isinstance(headers, Mapping):
        return cast("Mapping[str, str]", headers).items()  # isinstance leaves Mapping's parameters open
    return headers


def _warn_once(subject: str, name: bytes) -> None:
    if (subject, name) not in _warned:
        _warned.add((subject, name))
        logger.warning("%s: the header `%s` is the framework's own and is ignored", subject, name.decode())
