"""What a server's memory grows by while it exports, imports and takes uploads that are far larger than it.

Peak resident memory (VmHWM of /proc/PID/status, set back by clear_refs) above that of the idle process, which has
served one small request of the same kind before. Each must stay within 64 MiB.

Run: python benchmarks/streams_memory.py [--server granian] [--rows 1000000] [--megabytes 1024]
Exits with 1 where one did not.
"""

import argparse
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server_processes import SERVERS, Server, serving

LIMIT = 64
_CHUNK = 65536
_LINES = 500
_LINE = (
    b'{"id":%d,"name":"widget %d","email":"owner@widgets.example","price":%.3f,'
    b'"note":"a note of forty characters, more or less"}\n'
)
_FORM = b"jero-boundary"


@dataclass(frozen=True, slots=True)
class Case:
    """Something large to do, and how much of it."""

    name: str
    run: Callable[[Server, int], int]
    amount: int
    unit: str


def export(server: Server, rows: int) -> int:
    """Read so many rows; give their bytes."""
    with _connect(server) as connection:
        connection.sendall(_head("GET", f"/export?count={rows}"))
        return _read_chunked(connection)


def import_(server: Server, rows: int) -> int:
    """Send so many lines; give their bytes."""

    def pieces() -> Iterator[bytes]:
        for start in range(0, rows, _LINES):
            numbers = range(start, min(start + _LINES, rows))
            yield b"".join(_LINE % (number, number, number / 7) for number in numbers)

    return _post(server, "/import", "application/x-ndjson", pieces(), b'{"items":%d,' % rows)


def upload(server: Server, megabytes: int) -> int:
    """Send so many MiB as the body itself."""
    pieces = (b"x" * _CHUNK for _ in range(megabytes * 16))
    return _post(server, "/upload", "application/octet-stream", pieces, b'"size":%d}' % (megabytes << 20))


def upload_form(server: Server, megabytes: int) -> int:
    """Send so many MiB as a file of a form."""

    def pieces() -> Iterator[bytes]:
        yield b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' % _FORM
        for _ in range(megabytes * 16):
            yield b"x" * _CHUNK
        yield b"\r\n--%b--\r\n" % _FORM

    media_type = f"multipart/form-data; boundary={_FORM.decode()}"
    return _post(server, "/upload-form", media_type, pieces(), b'"size":%d}' % (megabytes << 20))


def measure(server: Server, case: Case) -> bool:
    """Do it, and print a line of the table."""
    case.run(server, 1)
    time.sleep(0.2)  # until what the small one needed is given back
    idle = server.resident()
    server.forget_peak()
    began = time.perf_counter()
    size = case.run(server, case.amount)
    took = time.perf_counter() - began
    grown = server.peak() - idle
    amount = f"{case.amount:,} {case.unit}"
    print(
        f"{server.name:8} {case.name:26} {amount:>14} {size / 2**20:8.0f} MiB {took:7.1f} s "
        f"{idle:9.1f} {grown:+9.1f} MiB {'' if grown < LIMIT else ' over the limit'}"
    )
    return grown < LIMIT


def _post(server: Server, path: str, media_type: str, pieces: Iterator[bytes], expected: bytes) -> int:
    """Send a body in chunks, and check the answer; give the bytes sent."""
    sent = 0
    with _connect(server) as connection:
        connection.sendall(_head("POST", path, f"Content-Type: {media_type}", "Transfer-Encoding: chunked"))
        for piece in pieces:
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            sent += len(piece)
        connection.sendall(b"0\r\n\r\n")
        answer = b""
        while expected not in answer:
            read = connection.recv(_CHUNK)
            if not read:
                raise RuntimeError(f"{server.name}: POST {path} was answered {answer!r}")
            answer += read
    return sent


def _read_chunked(connection: socket.socket) -> int:
    """Read an answer to its last chunk; give the bytes on the wire."""
    size, end = 0, b""
    while not end.endswith(b"\r\n0\r\n\r\n"):
        read = connection.recv(_CHUNK)
        if not read:
            raise RuntimeError("the answer was cut off")
        size += len(read)
        end = (end + read)[-7:]
    return size


def _connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=120)


def _head(method: str, target: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: benchmark", *lines, "", ""]).encode()


def main() -> int:
    """Try every case under every server, each case in a process that has done no other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--server", choices=[*SERVERS], action="append")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=1024)
    given = parser.parse_args()
    cases = [
        Case("NDJSON export", export, given.rows, "rows"),
        Case("NDJSON import", import_, given.rows, "lines"),
        Case("upload, content_stream", upload, given.megabytes, "MiB"),
        Case("upload, SpooledFilePart", upload_form, given.megabytes, "MiB"),
    ]
    print(f"{'server':8} {'case':26} {'amount':>14} {'size':>12} {'time':>9} {'idle MiB':>9} {'peak':>9}")
    holds = True
    for name in given.server or SERVERS:
        for case in cases:
            with serving(name, "streams_app:app") as server:
                holds &= measure(server, case)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
