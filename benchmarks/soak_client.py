"""The clients of a soak: connections that send one request after the other, and readers that leave their streams."""

import asyncio
import re
import socket
import struct
from collections.abc import Iterator, Sequence

from soak_requests import Sent

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)
_TIMEOUT = 30.0


class Unexpected(Exception):  # noqa: N818 - it is an answer, not an error of this program
    """An answer with a status that the request does not allow."""


async def send_all(port: int, requests: Sequence[Sent], count: int, connections: int) -> None:
    """Send so many requests in turn, over so many connections. Raises Unexpected."""
    numbers = iter(range(count))
    async with asyncio.timeout(_TIMEOUT + count / 100), asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_send_some(port, requests, numbers))


async def leave_all(port: int, count: int, connections: int) -> None:
    """Open so many streams and leave each, by an end or by a reset, before its first item or after it."""
    numbers = iter(range(count))
    async with asyncio.timeout(_TIMEOUT + count / 50), asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_leave_some(port, numbers))


async def _send_some(port: int, requests: Sequence[Sent], numbers: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:  # shared by all connections
        sent = requests[number % len(requests)]
        stays = await _exchange(reader, writer, sent)
        if not stays:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Sent) -> bool:
    """Send one request and read its answer; say whether the connection goes on."""
    writer.write(sent.data)
    if not sent.statuses:
        return False
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    if status not in sent.statuses:
        raise Unexpected(f"{status} for {sent.data[:200]!r}")
    if sent.has_body and status != 204:
        length = _LENGTH.search(head)
        if length is not None:
            await reader.readexactly(int(length[1]))
        elif _CHUNKED.search(head):
            await reader.readuntil(b"0\r\n\r\n")
        else:
            await reader.read()
            return False
    return not _CLOSES.search(head)


async def _leave_some(port: int, numbers: Iterator[int]) -> None:
    for number in numbers:
        kind = ("ticks", "waits", "events", "ticks")[number % 4]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /{kind}?key=soak HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
        if number % 3:
            await reader.read(1)
        if number % 2:
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        writer.close()
