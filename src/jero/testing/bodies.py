"""Turns `json=`, `content=`, `data=` and `files=` of a test request into a body and its content type."""

import mimetypes
import re
import secrets
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

import msgspec

from jero.testing.multipart import Part, encode_multipart
from jero.testing.urls import Scalar, pairs, scalar_text

type Content = bytes | str | Iterable[bytes] | AsyncIterable[bytes]
type WireContent = bytes | Iterable[bytes] | AsyncIterable[bytes]
type FormValue = Scalar | bytes | msgspec.Struct
type Data = Mapping[str, FormValue | Sequence[FormValue]] | Sequence[tuple[str, FormValue | Sequence[FormValue]]]
type PartHeaders = Mapping[str, str] | Sequence[tuple[str, str]]
type FileContent = bytes | str | msgspec.Struct
type FileEntry = (
    FileContent
    | tuple[str | None, FileContent]
    | tuple[str | None, FileContent, str | None]
    | tuple[str | None, FileContent, str | None, PartHeaders]
)
type Files = Mapping[str, FileEntry] | Sequence[tuple[str, FileEntry]]

_boundary_parameter = re.compile(r';\s*boundary=(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it goes out. `content` is bytes, or an iterable sent piece by piece, its length unknown."""

    content: WireContent
    content_type: str | None


def encode_body(
    *,
    json: object = None,
    content: Content | None = None,
    data: Data | None = None,
    files: Files | None = None,
    content_type: str | None = None,
) -> Body | None:
    """Encode the one body that was given, None where there is none.

    `content_type` is the one that the request's own headers name: a multipart type there makes `data` a
    multipart form, with the boundary that it tells. Otherwise `data` is a multipart form where `files` is
    given (even empty) or a value is a Struct, and urlencoded elsewhere.

    Raises:
        TypeError: more than one of `json`, `content` and a form were given, or a value is of no known type.

    """
    form = data is not None or files is not None
    if (json is not None) + (content is not None) + form > 1:
        raise TypeError("a request has one body: give only one of json=, content= and data= with files=")
    if json is not None:
        return Body(msgspec.json.encode(json), "application/json")
    if content is not None:
        return Body(_wire_content(content), None)
    if form:
        return _form(pairs(data), files, content_type or "")
    return None


def _wire_content(content: object) -> WireContent:
    """Return text as UTF-8 and all else as it is."""
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, bytes | bytearray):
        return bytes(content)
    if not isinstance(content, Iterable | AsyncIterable):
        kind = type(content).__name__
        raise TypeError(f"content is of type {kind}; give bytes, str, or a sync or async iterable of bytes")
    return cast("WireContent", content)  # each piece is looked at when it goes out


def _form(fields: list[tuple[str, FormValue]], files: Files | None, content_type: str) -> Body:
    """Encode a form in the encoding that its values or the given content type ask for."""
    told = content_type.lower().startswith("multipart/")
    if not told and files is None and not any(isinstance(value, msgspec.Struct) for _, value in fields):
        text = urlencode([(name, _field_bytes(name, value)) for name, value in fields])
        return Body(text.encode("ascii"), "application/x-www-form-urlencoded")
    named = _boundary_parameter.search(content_type) if told else None
    boundary = (named[1] or named[2]) if named else f"jero-{secrets.token_hex(16)}"
    entries = (files.items() if isinstance(files, Mapping) else files) or ()
    parts = [_field_part(name, value) for name, value in fields]
    parts += [_file_part(name, entry) for name, entry in entries]
    return Body(encode_multipart(parts, boundary), f"multipart/form-data; boundary={boundary}")


def _field_bytes(name: str, value: object) -> bytes:
    """Return the bytes of a plain form value."""
    return value if isinstance(value, bytes) else scalar_text(name, value).encode()


def _field_part(name: str, value: FormValue) -> Part:
    """Make the part of a `data` value: a Struct goes as JSON and says so, all else without content type."""
    if isinstance(value, msgspec.Struct):
        return Part(name, msgspec.json.encode(value), content_type="application/json")
    return Part(name, _field_bytes(name, value))


def _file_part(name: str, entry: FileEntry) -> Part:
    """Make the part of a `files` entry.

    Bare content goes as a file named `upload`. Without a content type, or with None, a file gets one guessed
    from its name; an empty text sends none. A part whose file name is None gets none either.
    """
    filename, content, content_type, headers = _file_fields(entry)
    if isinstance(content, msgspec.Struct):
        content_type = "application/json" if content_type is None else content_type
        content = msgspec.json.encode(content)
    elif content_type is None and filename is not None:
        content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    if isinstance(headers, Mapping):
        headers = tuple(headers.items())
    return Part(name, _field_bytes(name, content), filename, content_type or None, tuple(headers))


def _file_fields(entry: FileEntry) -> tuple[str | None, FileContent, str | None, PartHeaders]:
    """Return file name, content, content type and headers of an entry, whichever of them it leaves out."""
    match entry:
        case (filename, content):
            return filename, content, None, ()
        case (filename, content, content_type):
            return filename, content, content_type, ()
        case (filename, content, content_type, headers):
            return filename, content, content_type, headers
        case content:
            return "upload", content, None, ()
