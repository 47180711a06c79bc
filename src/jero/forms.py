"""The parts of a form as a handler receives them: with their headers, as files in memory or on disk."""

import os
from collections.abc import AsyncIterator, Callable
from typing import Protocol, cast, overload

from msgspec import Struct

from jero.headers import RawHeaders

_BLOCK = 256 * 1024
_COPY = 1024 * 1024
_NO_HEADERS = RawHeaders()


class FormPart[T, H: Struct | None = None]:
    """A field of a form with what its part said of itself (RFC 7578).

        class Upload(Struct):
            title: FormPart[str]
            details: FormPart[Details, PartHeaders]  # the part is JSON

        async def post(self, form: Upload) -> Stored:
            return await self._store.add(form.title.data, form.details.data, form.details.headers.x_checksum)

    `data` is the value: a scalar, a Struct (sent as JSON) or bytes. `content_type` is the part's own, as
    sent, None where it has none. `headers` are the part's headers as a Struct (`x_checksum` reads `X-Checksum`),
    `raw_headers` all of them as sent.
    """

    __slots__ = ("content_type", "data", "headers", "raw_headers")

    data: T
    content_type: str | None
    headers: H
    raw_headers: RawHeaders

    @overload
    def __init__[D](
        self: "FormPart[D]",
        *,
        data: D,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None: ...
    @overload
    def __init__(
        self, *, data: T, headers: H, content_type: str | None = None, raw_headers: RawHeaders = _NO_HEADERS
    ) -> None: ...
    def __init__(
        self,
        *,
        data: T,
        headers: H | None = None,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None:
        self.data = data
        self.content_type = content_type
        self.headers = cast("H", headers)  # the overloads: left out only where H is None
        self.raw_headers = raw_headers

    def __repr__(self) -> str:
        return f"FormPart(data={self.data!r}, content_type={self.content_type!r}, headers={self.headers!r})"


class FilePart[H: Struct | None = None]:
    """An uploaded file, whole in memory (RFC 7578).

        class Upload(Struct):
            picture: FilePart

        async def post(self, form: Upload) -> Stored:
            return await self._store.add(form.picture.data, shown_as=form.picture.filename)

    `filename` is what the client says and never a path to write to: it may be `../../etc/passwd`. It is not
    empty and has no control characters. The rest is as in FormPart, with bytes as `data`.
    """

    __slots__ = ("content_type", "data", "filename", "headers", "raw_headers")

    data: bytes
    filename: str
    content_type: str | None
    headers: H
    raw_headers: RawHeaders

    @overload
    def __init__(
        self: "FilePart",
        *,
        data: bytes,
        filename: str,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None: ...
    @overload
    def __init__(
        self,
        *,
        data: bytes,
        filename: str,
        headers: H,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None: ...
    def __init__(
        self,
        *,
        data: bytes,
        filename: str,
        headers: H | None = None,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None:
        self.data = data
        self.filename = filename
        self.content_type = content_type
        self.headers = cast("H", headers)  # the overloads: left out only where H is None
        self.raw_headers = raw_headers

    def __repr__(self) -> str:
        return (
            f"FilePart(filename={self.filename!r}, content_type={self.content_type!r},"
            f" {len(self.data)} bytes, headers={self.headers!r})"
        )


class FileContent(Protocol):
    """Bytes that lie somewhere else than in memory; its methods may block."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, start: int, size: int) -> bytes:
        """Give up to `size` bytes from `start` on; raises RuntimeError where they are gone."""
        ...


class SpooledFilePart[H: Struct | None = None]:
    """An uploaded file of any size: in memory up to `max_part_memory` (1 MiB), beyond that in a file on disk.

        class Upload(Struct):
            video: SpooledFilePart

        async def post(self, form: Upload) -> Stored:
            await form.video.save_to(self._folder / str(uuid4()))  # never below `form.video.filename`
            return Stored(size=form.video.size)

    That file has no name and is gone at the end of the request: use `save_to` for what is to stay. Nothing
    here blocks the event loop; a handler on a worker thread reads it with `anyio.from_thread.run(file.read)`.
    `size` is in bytes; `filename` and the rest are as in FilePart.
    """

    __slots__ = ("_content", "content_type", "filename", "headers", "raw_headers")

    filename: str
    content_type: str | None
    headers: H
    raw_headers: RawHeaders

    @overload
    def __init__(
        self: "SpooledFilePart",
        *,
        content: bytes | FileContent,
        filename: str,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None: ...
    @overload
    def __init__(
        self,
        *,
        content: bytes | FileContent,
        filename: str,
        headers: H,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None: ...
    def __init__(
        self,
        *,
        content: bytes | FileContent,
        filename: str,
        headers: H | None = None,
        content_type: str | None = None,
        raw_headers: RawHeaders = _NO_HEADERS,
    ) -> None:
        self._content = content
        self.filename = filename
        self.content_type = content_type
        self.headers = cast("H", headers)  # the overloads: left out only where H is None
        self.raw_headers = raw_headers

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return len(self._content) if isinstance(self._content, bytes) else self._content.size

    async def read(self) -> bytes:
        """Give the whole file, which is then in memory. Raises RuntimeError after the end of the request."""
        return await self._read(0, self.size)

    async def iter_chunks(self, size: int = _BLOCK) -> AsyncIterator[bytes]:
        """Give the file in pieces of `size` bytes (256 KiB), the last one shorter; it can be read again.

        Raises ValueError for a size below 1, RuntimeError after the end of the request.
        """
        if size < 1:
            raise ValueError(f"iter_chunks: size={size} is not positive; give a number of bytes")
        ahead = max(1, _BLOCK // size) * size
        for start in range(0, self.size, ahead):
            block = await self._read(start, ahead)
            for at in range(0, len(block), size):
                yield block[at : at + size]

    async def save_to(self, path: str | os.PathLike[str]) -> None:
        """Write the file to `path`, over what is there.

        Choose the path yourself: `filename` is the client's word and may lead anywhere.

        Raises OSError where it cannot be written, RuntimeError after the end of the request.
        """
        target = await _in_thread(open, path, "wb")
        try:
            async for chunk in self.iter_chunks(_COPY):
                await _in_thread(target.write, chunk)
        finally:
            await _in_thread(target.close)

    async def _read(self, start: int, size: int) -> bytes:
        if isinstance(self._content, bytes):
            return self._content[start : start + size]
        return await _in_thread(self._content.read, start, size)

    def __repr__(self) -> str:
        return (
            f"SpooledFilePart(filename={self.filename!r}, content_type={self.content_type!r},"
            f" {self.size} bytes, headers={self.headers!r})"
        )


async def _in_thread[*A, R](function: Callable[[*A], R], *arguments: *A) -> R:
    from anyio import to_thread  # noqa: PLC0415 - wiring has imported it where an app takes files; others never pay

    return await to_thread.run_sync(function, *arguments)
