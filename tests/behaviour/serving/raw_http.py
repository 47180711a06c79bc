"""HTTP/1.1 by hand: requests that no proper client sends, and what comes back for them."""

import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from serving.answers import Answer, Headers

_TIMEOUT = 10.0
_BODILESS = frozenset({204, 304})


def head(method: str, target: str, *lines: str) -> bytes:
    """Give the head of a request as bytes: `lines` are its headers besides `Host`."""
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: testserver", *lines, "", ""]).encode("latin-1")


class RawConnection:
    """One connection, on which bytes are sent as they are and responses are read."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        """Send the pieces, each by itself."""
        for piece in pieces:
            self._socket.sendall(piece)

    def end_sending(self) -> None:
        """Send no more, and go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection off with a RST, as a crashed client does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def read_answer(self, *, is_head: bool = False) -> Answer:
        """Read one final response, whatever interim ones (1xx) come before it."""
        while True:
            status, headers = self._read_head()
            if status >= 200:
                break
        body = b"" if is_head or status in _BODILESS else self._read_body(headers)
        return Answer(status, headers, body)

    def read_head_line(self) -> str:
        """Read one response's status line and headers, and give the line."""
        line, *_ = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return line

    def read_past(self, mark: bytes) -> bytes:
        """Read until the mark has come, and give what came before it."""
        return self._read_until(mark)

    def read_first_line(self) -> str:
        """Read until the server closes the connection, and give the first line; nothing where there is none."""
        return self.read_to_end().partition(b"\r\n")[0].decode("latin-1")

    def read_to_end(self) -> bytes:
        """Read until the server closes the connection; a reset counts as that."""
        try:
            while chunk := self._socket.recv(65536):
                self._buffer += chunk
        except ConnectionResetError:
            pass
        read, self._buffer = self._buffer, b""
        return read

    def _read_head(self) -> tuple[int, Headers]:
        line, *lines = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        pairs = [line.split(":", 1) for line in lines if line]
        return int(line.split(" ")[1]), Headers([(name, value.strip()) for name, value in pairs])

    def _read_body(self, headers: Headers) -> bytes:
        if "content-length" in headers:
            return self._read_exactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(self._read_chunks())
        return self.read_to_end()

    def _read_chunks(self) -> Iterator[bytes]:
        while size := int(self._read_until(b"\r\n"), 16):
            yield self._read_exactly(size + 2)[:-2]
        self._read_until(b"\r\n")

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._receive()
        read, _, self._buffer = self._buffer.partition(mark)
        return read

    def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        read, self._buffer = self._buffer[:size], self._buffer[size:]
        return read

    def _receive(self) -> None:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError(f"the server closed the connection; it had sent {self._buffer!r}")
        self._buffer += chunk
