"""Encodes parts as `multipart/form-data` (RFC 7578), names escaped as the HTML standard has it."""

from collections.abc import Iterable
from dataclasses import dataclass

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form. A part without `filename` is a field; `content_type` None sends none."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


def encode_multipart(parts: Iterable[Part], boundary: str) -> bytes:
    """Return the body of a form. The boundary must not occur in any content."""
    delimiter = f"--{boundary}\r\n".encode("latin-1")
    chunks: list[bytes] = []
    for part in parts:
        chunks += (delimiter, _part_head(part), part.content, b"\r\n")
    chunks.append(f"--{boundary}--\r\n".encode("latin-1"))
    return b"".join(chunks)


def _part_head(part: Part) -> bytes:
    """Return the header lines of a part and the empty line after them; its own headers win."""
    disposition = f'form-data; name="{part.name.translate(_ESCAPES)}"'
    if part.filename is not None:
        disposition += f'; filename="{part.filename.translate(_ESCAPES)}"'
    given = {name.lower() for name, _ in part.headers}
    lines: list[tuple[str, str]] = []
    if "content-disposition" not in given:
        lines.append(("Content-Disposition", disposition))
    if part.content_type is not None and "content-type" not in given:
        lines.append(("Content-Type", part.content_type))
    lines += part.headers
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\n"
