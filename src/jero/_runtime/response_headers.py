"""Response headers: typed Structs and raw pairs to wire pairs, refusing what could break a response."""

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
"""Headers that are the framework's and the server's own: one given by a handler is ignored, with one warning."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\r\n\0]")
_warned: set[tuple[str, bytes]] = set()


def encode_pair(name: str, value: str) -> tuple[bytes, bytes]:
    """Give one header as the wire has it, its name in lower case.

    Raises ServerFaultError for a name that is no token, CR, LF or NUL in the value (RFC 9110, section 5.5), or text
    outside latin-1.
    """
    if not _NAME.fullmatch(name):
        raise ServerFaultError(
            f"the response header {name!r} has a name that is no token (RFC 9110, section 5.6.2)"
        )
    if _FORBIDDEN.search(value):
        raise ServerFaultError(f"the response header `{name}` has CR, LF or NUL in its value")
    try:
        return name.lower().encode("ascii"), value.encode("latin-1")
    except UnicodeEncodeError:
        raise ServerFaultError(f"the response header `{name}` cannot be encoded as latin-1") from None


def encode_typed(headers: object, fields: tuple[HeaderField, ...]) -> HeaderPairs:
    """Give the headers of a Struct, in the order of its fields; None and UNSET are left out."""
    pairs: HeaderPairs = []
    for field in fields:
        value: object = getattr(headers, field.attribute)
        if value is not None and value is not msgspec.UNSET:
            pairs.append(encode_pair(field.wire_name, header_text(value)))
    return pairs


def header_text(value: object) -> str:
    """Give a value as header text: bare where JSON writes a string or a number, JSON for Structs, lists and dicts."""
    if type(value) is str:
        return value
    encoded = msgspec.json.encode(value)
    return msgspec.json.decode(encoded, type=str) if encoded[:1] == b'"' else encoded.decode()


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
