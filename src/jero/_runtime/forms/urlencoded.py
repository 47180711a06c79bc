"""The bytes of an `application/x-www-form-urlencoded` body to the parts of a form (WHATWG URL, section 5)."""

from python_multipart.multipart import QuerystringParser

from jero._runtime.forms.parts import SILENT, FormParts, Part, check_count
from jero.errors import MalformedRequestError
from jero.limits import Limits

_SWAP = ord("%") ^ ord("=")
"""What makes a `=` of a `%`."""
_PERCENTS = bytes(_SWAP if byte == ord("%") else 0 for byte in range(256))
_DIGITS = bytes(0xFF if byte in b"0123456789ABCDEFabcdef" else 0 for byte in range(256))
_LONGEST_NAME = 4096
_PERCENT = ord("%")
"""As a number: looking for that in bytes is many times faster than looking for a bytes object."""


class UrlencodedReader:
    """Takes a body piece by piece and gives its fields to `parts`, as parts without headers.

    `feed` and `finish` raise MalformedRequestError where a name is over 4 KiB or not UTF-8, and what `parts`
    raises.
    """

    def __init__(self, parts: FormParts, limits: Limits) -> None:
        self._limits = limits
        self._separators = 0
        events = _Events(parts)
        self._parser = QuerystringParser(
            {
                "on_field_start": parts.begin,
                "on_field_name": events.take_name,
                "on_field_data": events.take_value,
                "on_field_end": events.end_field,
            }
        )
        self._parser.logger = SILENT

    def feed(self, data: bytes) -> None:
        """Take the next bytes, some kilobytes at once."""
        self._separators += data.count(b"&")  # of all of them, also of those with nothing in between
        check_count(self._separators, self._limits)
        self._parser.write(data)

    def finish(self) -> None:
        """Take note that the body is at its end."""
        self._parser.finalize()


class _Events:
    """What the parser calls. It does not know the parser: a circle would keep the fields until the collector comes."""

    __slots__ = ("_escape", "_is_kept", "_is_open", "_name", "_parts")

    def __init__(self, parts: FormParts) -> None:
        self._parts = parts
        self._name = b""
        self._escape = b""
        self._is_open = False
        self._is_kept = False

    def take_name(self, data: bytes, start: int, end: int) -> None:
        """Take some of a field's name."""
        if len(self._name) + end - start > _LONGEST_NAME:
            raise MalformedRequestError(f"the name of a field is over {_LONGEST_NAME} bytes")
        self._name += data[start:end]

    def take_value(self, data: bytes, start: int, end: int) -> None:
        """Take some of a field's value."""
        self._open()
        if not self._is_kept:
            return
        text = self._escape + data[start:end]
        at = text.rfind(b"%", max(0, len(text) - 2))  # an escape may go on in the next piece
        at = len(text) if at < 0 else at
        self._escape = text[at:]
        self._write(text[:at])

    def end_field(self) -> None:
        """Take note that a field is whole."""
        self._open()
        self._write(self._escape)
        self._parts.close()
        self._name = self._escape = b""
        self._is_open = False

    def _open(self) -> None:
        """Begin the field once its name is whole."""
        if self._is_open:
            return
        self._is_open = True
        try:
            self._is_kept = self._parts.open(percent_decode(self._name).decode(), Part())
        except UnicodeDecodeError as error:
            raise MalformedRequestError("the name of a field is not UTF-8") from error

    def _write(self, text: bytes) -> None:
        value = percent_decode(text)
        self._parts.write(value, 0, len(value))


def percent_decode(text: bytes) -> bytes:
    r"""Decode `+` and `%XX`, and leave a `%` that begins no escape as it is.

    Python's escapes of strings do it: `%41` is `\x41` there, and a megabyte takes milliseconds.
    """
    text = text.replace(b"+", b" ")
    if _PERCENT not in text:
        return text
    text = _escape_bare_percents(text).replace(b"\\", b"\\\\").replace(b"%", b"\\x")
    return text.decode("unicode_escape").encode("latin-1")


def _escape_bare_percents(text: bytes) -> bytes:
    """Make `%25` of each `%` that begins no escape, at the same small cost for each byte, however many there are.

    The bytes are one number here, of which a few operations compare all: a `%` is bare where the two bytes behind it
    are not both digits. It becomes a `=`, of which there is no other by then, and that a `%25`.
    """
    text = text.replace(b"=", b"%3D")
    digits = int.from_bytes(text.translate(_DIGITS))
    bare = int.from_bytes(text.translate(_PERCENTS)) & ~(digits << 8 & digits << 16)
    return (int.from_bytes(text) ^ bare).to_bytes(len(text)).replace(b"=", b"%25")
