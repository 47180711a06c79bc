"""A strict parser of the `Link` header (RFC 8288, section 3), with `title*` as RFC 8187 has it."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED = r'"(?:[\t !\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"'
URI_REFERENCE = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
PARAMETER = re.compile(rf"; ({NAME}\*?)=(?:({NAME})|({QUOTED}))")
TARGET = re.compile(f"<({URI_REFERENCE})>")
EXTENDED = re.compile(r"UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*)")


@dataclass(frozen=True, slots=True)
class ParsedLink:
    """One link of a header: its target, and its parameters by name, none of them twice."""

    url: str
    parameters: dict[str, str]


def parse_link_header(text: str) -> list[ParsedLink]:
    """Give the links of a header; raises ValueError where it is not exactly of the grammar."""
    links: list[ParsedLink] = []
    at = 0
    while True:
        target = TARGET.match(text, at)
        if target is None:
            raise ValueError(f"no link at {at} of {text!r}")
        at = target.end()
        parameters: dict[str, str] = {}
        while parameter := PARAMETER.match(text, at):
            name, token, quoted = parameter.groups()
            if name in parameters:
                raise ValueError(f"{name} twice in {text!r}")
            value = token if quoted is None else re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL)
            parameters[name] = _decode(value) if name.endswith("*") else value
            at = parameter.end()
        links.append(ParsedLink(target[1], parameters))
        if at == len(text):
            return links
        if text[at : at + 2] != ", ":
            raise ValueError(f"no end of a link at {at} of {text!r}")
        at += 2


def _decode(value: str) -> str:
    extended = EXTENDED.fullmatch(value)
    if extended is None:
        raise ValueError(f"{value!r} is no extended value in UTF-8")
    return unquote(extended[1], errors="strict")
