"""The parts of a URI that are checked before they become part of one of ours (RFC 3986)."""

import re

STATIC_SAFE = "!$&'()*+,;=:@~"
"""What may stand in a segment of a path besides letters, digits and `-._` (section 3.3)."""

NOT_URI = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]")
"""What may stand nowhere in a URI (section 2)."""

STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
"""A `%` that begins no escape (section 2.1)."""

DEFAULT_PORTS = {"http": "80", "https": "443"}
"""The schemes that an app is reached by, and the ports that go without saying."""

_LAST_PORT = 65535
_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?"
_HOST = re.compile(rf"(?:{_NAME}|\[[0-9A-Fa-f:.]{{2,45}}\])(?::([0-9]{{1,5}}))?")
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+")
_ENCODED_DOT = re.compile("%2e", re.IGNORECASE)


def is_host(text: str) -> bool:
    """Say whether a text is `host[:port]`: a name, an IPv4 address, or an IPv6 address in brackets."""
    match = _HOST.fullmatch(text)
    return match is not None and (match[1] is None or is_port(match[1]))


def has_port(host: str) -> bool:
    """Say whether what `is_host` says is one names its port."""
    return ":" in host.rpartition("]")[2]


def is_port(text: str) -> bool:
    """Say whether a text is the number of a port."""
    return text.isascii() and text.isdigit() and len(text) < len("655350") and 0 < int(text) <= _LAST_PORT


def is_prefix(text: str) -> bool:
    """Say whether paths may begin with a text: one slash before each segment, none of them empty or dots."""
    return _PREFIX.fullmatch(_ENCODED_DOT.sub(".", text)) is not None
