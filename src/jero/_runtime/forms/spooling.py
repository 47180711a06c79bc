"""Files of a form that are too large for memory: one unnamed temporary file a form, used only in threads."""

import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from threading import Lock
from typing import BinaryIO, cast

import anyio.to_thread

from jero._runtime.forms.contents import extend

# anyio would import it at its first thread: too late where the process has no descriptor left to open a module with.
import_module("anyio._backends._asyncio")

type Register = Callable[[Callable[[], None]], None]

_WRITE = 256 * 1024
"""Bytes of a file on disk that gather in memory before they are written."""


class Spool:
    """The files of one form that may go to disk."""

    __slots__ = ("_file", "_is_registered", "_open")

    def __init__(self) -> None:
        self._file: _TemporaryFile | None = None
        self._is_registered = False
        self._open: list[SpooledContent] = []

    @property
    def is_used(self) -> bool:
        """Whether any file was begun: where none was, there is nothing to flush."""
        return self._file is not None

    def begin(self, max_memory: int | None) -> "SpooledContent":
        """Begin a file, the one before having ended; it may have `max_memory` bytes in memory (None: any)."""
        if self._file is None:
            self._file = _TemporaryFile()
        content = SpooledContent(self._file, max_memory)
        self._open.append(content)
        return content

    async def flush(self, register: Register) -> None:
        """Write what may not stay in memory; raises OSError where the disk does not take it.

        `register` is given what closes the temporary file, before there is one: it runs when the request ends. It is
        not kept, since it belongs to the request that keeps the form: what they hold would wait for the collector.
        """
        due = [content for content in self._open if content.has_to_be_written]
        self._open = [content for content in self._open if not content.is_whole]
        if not due or self._file is None:
            return
        if not self._is_registered:
            self._is_registered = True
            register(self._file.close)
        await anyio.to_thread.run_sync(_write_each, due)


class SpooledContent:
    """The content of one file, while it comes and afterwards: in memory, or on disk once it is too large."""

    __slots__ = ("_file", "_max_memory", "_pending", "_start", "_written", "is_whole")

    def __init__(self, file: "_TemporaryFile", max_memory: int | None) -> None:
        self._file = file
        self._max_memory = max_memory
        self._pending: bytes | bytearray = b""
        self._start: int | None = None
        self._written = 0
        self.is_whole = False

    @property
    def size(self) -> int:
        """How many bytes have come."""
        return self._written + len(self._pending)

    @property
    def is_on_disk(self) -> bool:
        """Whether any of it has been written."""
        return self._start is not None

    @property
    def has_to_be_written(self) -> bool:
        """Whether there is more in memory than may stay there."""
        if self._start is None:
            return self._max_memory is not None and len(self._pending) > self._max_memory
        return len(self._pending) >= _WRITE or (self.is_whole and bool(self._pending))

    def append(self, data: bytes, start: int, end: int) -> None:
        """Take the next bytes: `data[start:end]`."""
        self._pending = extend(self._pending, data, start, end)

    def end(self) -> None:
        """Take note that these were all."""
        self.is_whole = True

    def write(self) -> None:
        """Write what is in memory; blocks."""
        start = self._file.append(self._pending)
        if self._start is None:
            self._start = start
        self._written += len(self._pending)
        self._pending = b""

    def read(self, start: int, size: int) -> bytes:
        """Give up to `size` bytes from `start` on; blocks where they are on disk."""
        if self._start is None:
            return bytes(memoryview(self._pending)[start : start + size])
        return self._file.read(self._start + start, max(0, min(size, self._written - start)))


def _write_each(contents: Iterable[SpooledContent]) -> None:
    for content in contents:
        content.write()


class _TemporaryFile:
    """A file without a name, made when it is first written to; its methods block, in any thread."""

    __slots__ = ("_file", "_is_closed", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._file: BinaryIO | None = None
        self._is_closed = False

    def append(self, data: bytes | bytearray) -> int:
        """Write at the end, and give where that was; nothing is written after `close`."""
        with self._lock:
            if self._is_closed:
                return 0
            if self._file is None:
                self._file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - `close` closes it
            start = self._file.seek(0, 2)
            self._file.write(data)
            return start

    def read(self, start: int, size: int) -> bytes:
        """Give the bytes at a place. Raises RuntimeError after `close`."""
        with self._lock:
            if self._file is None or self._is_closed:
                raise RuntimeError(
                    "SpooledFilePart: the file is gone with its request; read it, or save_to() a path, before"
                )
            self._file.seek(start)
            return self._file.read(size)

    def close(self) -> None:
        """Close the file, which removes it, or keep it from being made."""
        with self._lock:
            self._is_closed = True
            if self._file is not None:
                self._file.close()
                self._file = None
