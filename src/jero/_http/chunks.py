"""The chunks of a body, walked ahead of the parser: where the body ends, and extensions that are none refused."""

import re

import zttp

from jero.limits import KIB

_LINE_END = b"\r\n"
_LINE_ENDS = 2 * len(_LINE_END)
"""Of the line of a size, and of its chunk."""
_LONGEST_LINE = 16 * KIB
"""The parser's own limit, for the size of a chunk with its extensions, and for a trailer."""
_FREE = 16
"""Bytes of extensions that any chunk may have, and no more of them than it holds of the body."""
_MOST_OVERHEAD = 16 * KIB
"""Bytes of them in one body beyond that: RFC 9112, section 7.1.1, asks for a limit."""
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = rb"\"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*\""
_EXTENSIONS = re.compile(rb"(?:;%b(?:=(?:%b|%b))?)+" % (_TOKEN, _TOKEN, _QUOTED))


class Chunks:
    """Follows one body in chunks (RFC 9112, section 7.1), in whatever pieces it comes.

    The parser reads over what an extension says. Whoever reads one otherwise may see the line end elsewhere, and with
    it the message: so an extension has to be `;name`, `;name=token` or `;name="quoted"`, without the white space that
    the RFC bears with for the sake of the past, as llhttp has it.
    """

    __slots__ = ("_has_ended", "_is_behind_last", "_is_refused", "_line", "_overhead", "_skipped")

    def __init__(self) -> None:
        self._skipped = 0
        """How many bytes of a chunk, and of the line end behind it, are still to come."""
        self._line: bytes = b""
        """What there is of a line that is not whole."""
        self._is_behind_last = False
        """Whether only trailers follow."""
        self._has_ended = False
        """Whether the body has: nothing more is of it."""
        self._is_refused = False
        """Whether a line was: what follows it is not of this body, nor of anything else."""
        self._overhead = 0

    def find_end(self, data: bytes, at: int) -> int:
        """Give where the body ends in `data`, which goes on with it at `at`; the size of `data`, where it does not end.

        What ends chunks and trailers, and what these hold, is the parser's to judge. Raises zttp.RemoteProtocolError
        for a line that is neither a size nor a size with extensions.
        """
        whole = len(data)
        self._check(not self._is_refused)
        if self._has_ended:
            return at
        if self._line:
            before, data, at = len(self._line), self._line + data[at:], 0
            if data.find(_LINE_END, before - 1) < 0:  # that it is not before that is known
                self._keep(data)
                return whole
            self._line = b""
        size = len(data)
        at += self._skipped
        while at < size:
            end = data.find(_LINE_END, at)
            if end < 0:
                self._keep(data[at:])
                at = size
            elif not self._is_behind_last:
                line = data[at:end]
                length = int(line, 16) if line and not line.strip(_HEX_DIGITS) else self._read_extended(line)
                if length:
                    at = end + _LINE_ENDS + length
                else:
                    self._is_behind_last = True
                    at = end + len(_LINE_END)
            elif end > at:
                at = end + len(_LINE_END)
            else:
                self._has_ended = True
                return whole - size + end + len(_LINE_END)
        self._skipped = at - size
        return whole

    def _keep(self, line: bytes) -> None:
        self._check(len(line) <= _LONGEST_LINE)
        self._line = line

    def _read_extended(self, line: bytes) -> int:
        """Give the size of a chunk that has extensions."""
        digits, _mark, _rest = line.partition(b";")
        self._check(digits and not digits.strip(_HEX_DIGITS))
        self._check(len(line) <= _LONGEST_LINE and _EXTENSIONS.fullmatch(line, len(digits)))
        length = int(digits, 16)
        self._overhead = max(0, self._overhead + len(line) - len(digits) - length - _FREE)
        self._check(self._overhead <= _MOST_OVERHEAD)
        return length

    def _check(self, is_right: object) -> None:
        if not is_right:
            self._is_refused = True
            raise zttp.RemoteProtocolError("malformed chunks")
