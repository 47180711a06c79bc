"""Headers with parameters, such as `form-data; name="photo"`, taken apart in linear time (RFC 9110)."""

import re

_PARAMETER = re.compile(
    rb'[ \t]*;[ \t]*(?:([!#-\'*+\-.0-9A-Z^_`a-z|~]+)[ \t]*=[ \t]*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^;"\s]+))[ \t]*)?',
    re.DOTALL,
)


def parse_parameters(header: bytes) -> tuple[bytes, dict[bytes, bytes]] | None:
    """Give a header's value and its parameters, both names in lower case; None where it cannot be read.

    In a quoted text, a backslash quotes only `"` and itself: browsers send Windows paths without quoting. A
    parameter that is given twice makes the header unreadable: two readers would not agree on it.
    """
    end = header.find(b";")
    value = header if end < 0 else header[:end]
    found: dict[bytes, bytes] = {}
    at = len(value)
    while at < len(header):
        match = _PARAMETER.match(header, at)
        if match is None:
            return None
        at = match.end()
        name, quoted, token = match.groups()
        if name is None:
            continue
        key = name.lower()
        if key in found:
            return None
        found[key] = token if quoted is None else _unquote(quoted)
    return value.strip(b" \t").lower(), found


def _unquote(quoted: bytes) -> bytes:
    # Before a quote stands an odd number of backslashes, or it would be the end: the last of them is its own.
    return quoted.replace(b'\\"', b'"').replace(b"\\\\", b"\\")
