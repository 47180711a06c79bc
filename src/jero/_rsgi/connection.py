"""The TCP connection of a request: what RSGI has no word for, whether the client keeps up, and breaking off.

granian queues what is sent without limit, and ends every response as if it were whole. Both can be helped where the
connection's socket is known, and granian's worker has it open: it is the one whose peer is the client.
"""

import asyncio
import os
import select
import socket
import sys
from contextlib import suppress
from ipaddress import ip_address

if sys.platform == "linux":
    import fcntl

_DESCRIPTORS = "/dev/fd"  # on Linux and macOS; elsewhere no socket is found
_LOOK_SECONDS = 0.001
_IDLE_LOOKS = 20
"""After so many looks at a writable socket into which nothing was written, granian has nothing left to write."""
_QUEUED = 0x5411
"""Linux's SIOCOUTQ: the bytes that the client has not acknowledged."""
_ACKNOWLEDGED = slice(120, 128)
"""Where `struct tcp_info` (Linux's include/uapi/linux/tcp.h) holds the bytes that it has."""

type Peer = tuple[object, int]

_numbers: dict[Peer, int] = {}
"""The descriptors of the connections, by their peers, as they were at the last look."""


class Connection:
    """A second handle on the socket of one connection, which granian goes on using."""

    __slots__ = ("_base", "_poll", "_socket")

    def __init__(self, handle: socket.socket) -> None:
        self._socket = handle
        self._poll = select.poll()
        self._poll.register(handle, select.POLLOUT)
        self._base = self._written() or 0

    async def wait_written(self, sent: int, ahead: int) -> None:
        """Return once granian holds at most `ahead` bytes of a response more than it held when this handle was made.

        `sent` counts what it was given of the response, framing included. Where the system does not say how much was
        written, this returns once it would take more; so it does where the client has left.
        """
        before, idle = None, 0
        while (written := self._written()) is not None:
            held = sent - (written - self._base)
            if held < 0 or idle == _IDLE_LOOKS:  # what was written for others, or by TLS, is none of the response's
                self._base, held = written - sent, 0
            if held <= ahead:
                return
            idle = idle + 1 if written == before else 0
            before = written
            if self._is_writable:
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                idle = 0
                await self.wait_writable()
        await self.wait_writable()

    async def wait_writable(self) -> None:
        """Return once the system takes more for the client, or the client has left."""
        if self._is_writable:
            return
        loop = asyncio.get_running_loop()
        writable = loop.create_future()
        loop.add_writer(self._socket.fileno(), _resolve, writable)
        try:
            await writable
        finally:
            loop.remove_writer(self._socket.fileno())

    @property
    def has_hung_up(self) -> bool:
        """Whether the client has left, or said that nothing more will come."""
        try:
            return self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def cut(self) -> None:
        """End the connection; what the system has taken already reaches the client."""
        with suppress(OSError):  # the client was faster
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close this handle."""
        self._socket.close()

    @property
    def _is_writable(self) -> bool:
        return bool(self._poll.poll(0))

    def _written(self) -> int | None:
        """Give how many bytes were written to the connection, ever; None where the system does not say."""
        if sys.platform != "linux":
            return None
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKNOWLEDGED.stop)
        if len(info) < _ACKNOWLEDGED.stop:
            return None
        queued = fcntl.ioctl(self._socket, _QUEUED, b"\0\0\0\0")
        return int.from_bytes(info[_ACKNOWLEDGED], sys.byteorder) + int.from_bytes(queued, sys.byteorder)


def find_connection(client: str) -> Connection | None:
    """Find the connection whose peer is `client`, an `address:port`; None where there is none, or none that has one.

    The first look at a new connection takes some microseconds for each that is open.
    """
    host, _, port = client.rpartition(":")
    try:
        peer = _address(host.strip("[]")), int(port)
    except ValueError:  # a UNIX socket
        return None
    if peer not in _numbers:
        _look_at_all()
    handle = _open(_numbers.get(peer, -1))
    if handle is not None and _peer(handle) != peer:  # the number has come to mean another one since
        handle.close()
        _look_at_all()
        handle = _open(_numbers.get(peer, -1))
    return None if handle is None else Connection(handle)


def _look_at_all() -> None:
    _numbers.clear()
    with suppress(OSError):  # a system without such a list
        for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208 - the numbers are what is wanted
            handle = _open(int(name))
            if handle is not None:
                with handle:
                    peer = _peer(handle)
                if peer is not None:
                    _numbers[peer] = int(name)


def _open(descriptor: int) -> socket.socket | None:
    """Give a handle of our own on a socket, so that its number cannot come to mean another one."""
    try:
        own = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=own)
    except OSError:  # not a socket
        os.close(own)
        return None


def _peer(handle: socket.socket) -> Peer | None:
    try:
        name = handle.getpeername()
        return _address(name[0]), name[1]
    except (OSError, ValueError, IndexError, TypeError):  # not connected, or of another family
        return None


def _address(text: str) -> object:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _resolve(writable: asyncio.Future[None]) -> None:
    if not writable.done():
        writable.set_result(None)
