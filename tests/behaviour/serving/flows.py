"""An answer that flows, read piece by piece from whatever edge, whole or in part."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import httpx
from serving.answers import Headers

from jero.testing import IncompleteResponseError, StreamSession


class CutOffError(Exception):
    """The answer ended before its end: a client can tell that it is not whole."""


class Flow:
    """An answer whose head has come, its body read as it comes; to leave its context is to leave the app."""

    def __init__(self, status: int, headers: Headers, pieces: Iterator[bytes]) -> None:
        self.status = status
        self.headers = headers
        self._pieces = pieces
        self._buffer = b""

    def read(self, size: int) -> bytes:
        """Read so many bytes; fewer where the body ends before."""
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._buffer += piece
        read, self._buffer = self._buffer[:size], self._buffer[size:]
        return read

    def read_whole(self) -> bytes:
        """Read to the end, which must be one; raises CutOffError else."""
        read, self._buffer = b"".join([self._buffer, *self._pieces]), b""
        return read

    def read_cut_off(self) -> bytes:
        """Read what comes before the answer is cut off, which it must be."""
        read, self._buffer = [self._buffer], b""
        try:
            read.extend(self._pieces)
        except CutOffError:
            return b"".join(read)
        raise AssertionError(f"the answer came to its end as if it were whole: {b''.join(read)!r}")


@contextmanager
def session_flow(session: StreamSession[bytes]) -> Generator[Flow]:
    """Read a session of the test client."""
    with session:
        yield Flow(session.status_code, Headers(session.multi_headers), _session_pieces(session))


@contextmanager
def response_flow(response: httpx.Response) -> Generator[Flow]:
    """Read a streamed response of httpx; the connection is closed at the end."""
    try:
        yield Flow(response.status_code, Headers(response.headers.multi_items()), _response_pieces(response))
    finally:
        response.close()


def _session_pieces(session: StreamSession[bytes]) -> Iterator[bytes]:
    try:
        yield from session.iter_bytes()
    except IncompleteResponseError as error:
        raise CutOffError from error


def _response_pieces(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_raw()
    except httpx.RemoteProtocolError as error:
        raise CutOffError from error
