"""SpooledFilePart: what stays in memory, what goes to disk, and that nothing of it is left, whatever happens."""

import asyncio
import errno
import logging
import tempfile
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Unpack, cast

import anyio.from_thread
import pytest
from form_requests import FormApp, body, form_errors, multipart, part, pieces
from msgspec import Struct

from jero import BaseApp, Endpoint, HTTPError, SpooledFilePart, StreamingResponse, TestClient
from jero.limits import KIB, MIB, LimitOverrides

type Message = MutableMapping[str, Any]

MEMORY = 1000
LARGE = bytes(range(256)) * 400
SMALL = b"s" * MEMORY
GONE = "SpooledFilePart: the file is gone with its request; read it, or save_to() a path, before"


class Upload(Struct):
    file: SpooledFilePart
    count: int = 0


class Uploads(Struct):
    files: list[SpooledFilePart]
    text: str = ""


class Said(Struct):
    text: str


@dataclass
class Disk:
    """The temporary files that were made, and the threads in which they were used."""

    folder: Path
    files: list["Watched"] = field(default_factory=list["Watched"])
    threads: set[int] = field(default_factory=set[int])
    named: list[str] = field(default_factory=list[str])
    is_full: bool = False

    def open(self) -> BinaryIO:
        """Make a temporary file, as `tempfile.TemporaryFile` does."""
        self.threads.add(threading.get_ident())
        file = Watched(self, _make_temporary_file())
        self.files.append(file)
        self.named += map(str, self.folder.iterdir())
        return cast("BinaryIO", file)

    @property
    def are_closed(self) -> bool:
        """Whether no file is open, by what was called and by what the process holds."""
        links = [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()]
        return all(it.file.closed for it in self.files) and not any(str(self.folder) in link for link in links)


@dataclass
class Watched:
    """A temporary file that keeps account of the threads."""

    disk: Disk
    file: BinaryIO

    def __getattr__(self, name: str) -> object:
        self.disk.threads.add(threading.get_ident())
        if name == "write" and self.disk.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return getattr(self.file, name)


_make_temporary_file = cast("Any", tempfile.TemporaryFile)  # taken before a test replaces it


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Watch the temporary files of a test; at its end all must be closed, and never have had a name."""
    watched = Disk(tmp_path / "temporary")
    watched.folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(watched.folder))
    monkeypatch.setattr(tempfile, "TemporaryFile", watched.open)
    yield watched
    assert watched.are_closed
    assert watched.named == []


class Reading(Endpoint, path="/reading"):
    """Reads files in every way."""

    def __init__(self) -> None:
        self.thread = 0
        self.folder = Path()

    async def post(self, form: Upload) -> bytes:
        self.thread = threading.get_ident()
        return await form.file.read()

    async def put(self, form: Uploads) -> Said:
        read = await asyncio.gather(*[file.read() for file in form.files])
        files = zip(form.files, read, strict=True)
        told = [(file.filename, file.size == len(data), data[:3], hash(data)) for file, data in files]
        return Said(repr((form.text, told)))

    async def patch(self, form: Upload) -> Said:
        path = self.folder / "saved"
        await form.file.save_to(path)
        await form.file.save_to(str(path))
        try:
            await form.file.save_to(self.folder / "no" / "such")
        except FileNotFoundError as error:
            return Said(type(error).__name__)
        return Said("saved where nothing is")


class Chunks(Struct):
    size: int


class Chunking(Endpoint, path="/chunking"):
    async def post(self, form: Upload, params: Chunks) -> Said:
        chunks = [chunk async for chunk in form.file.iter_chunks(params.size)]
        again = [chunk async for chunk in form.file.iter_chunks(params.size)]
        assert b"".join(chunks) == b"".join(again) == LARGE[: form.file.size]
        return Said(repr([len(chunk) for chunk in chunks]))


class Failing(Endpoint, path="/failing"):
    """Fails, leaves, and lets itself be cancelled, with a file on disk."""

    def __init__(self) -> None:
        self.file: SpooledFilePart | None = None
        self.entered = asyncio.Event()

    async def post(self, form: Upload) -> None:
        self.file = form.file
        raise ValueError("the handler fails")

    async def put(self, form: Upload) -> None:
        self.file = form.file
        raise HTTPError(418)

    async def patch(self, form: Upload) -> None:
        self.file = form.file
        self.entered.set()
        await asyncio.Event().wait()


class Streaming(Endpoint, path="/streaming"):
    """Answers with the file itself, and looks at it once more when the stream is over."""

    def __init__(self) -> None:
        self.torn_down = b""
        self.file: SpooledFilePart | None = None

    async def post(self, form: Upload) -> StreamingResponse:
        self.file = form.file

        async def lifecycle() -> AsyncIterator[AsyncIterator[bytes]]:
            try:
                yield form.file.iter_chunks(1000)
            finally:
                self.torn_down = await form.file.read()

        return StreamingResponse(stream=cast("Any", lifecycle()))

    async def put(self, form: Upload) -> StreamingResponse:
        async def endless() -> AsyncIterator[bytes]:
            try:
                while True:
                    async for chunk in form.file.iter_chunks(1000):
                        yield chunk
            finally:
                self.torn_down = await form.file.read()

        return StreamingResponse(stream=endless())


class Threaded(Endpoint, path="/threaded", threaded=True):
    def post(self, form: Upload) -> bytes:
        return anyio.from_thread.run(form.file.read)


class App(BaseApp):
    def __init__(self, endpoint: Endpoint, limits: LimitOverrides) -> None:
        super().__init__(max_part_memory=MEMORY)
        self._endpoint = endpoint
        self._overrides = limits

    async def _wire(self) -> None:
        self._include_endpoint(self._endpoint, **self._overrides)


def serve(endpoint: Endpoint, **limits: Unpack[LimitOverrides]) -> TestClient:
    """Serve one endpoint."""
    return TestClient(App(endpoint, limits))


def file_form(*contents: bytes, name: str = "file", rest: Iterable[bytes] = ()) -> bytes:
    """Give a form with files, each named after its place."""
    files = [part(f"name={name}; filename=f{at}", content) for at, content in enumerate(contents)]
    return body(*files, *rest)


def test_small_file(disk: Disk) -> None:
    """A file of `max_part_memory` bytes stays in memory."""
    with serve(Reading()) as client:
        assert client.post("/reading", content=file_form(SMALL), headers=multipart()).content == SMALL
        assert client.post("/reading", content=file_form(b""), headers=multipart()).content == b""
    assert disk.files == []


@pytest.mark.parametrize("size", [1, 1000, 5000, 1 << 20])
def test_large_file(disk: Disk, size: int) -> None:
    """A larger file goes to disk and is read from there, off the event loop, whatever its body was cut into."""
    reading = Reading()
    content = SMALL + b"x" if size == 1 else LARGE
    with serve(reading) as client:
        sent = pieces(file_form(content), size)
        assert client.post("/reading", content=sent, headers=multipart()).content == content
        assert len(disk.files) == 1
        assert disk.are_closed
        assert reading.thread
        assert reading.thread not in disk.threads


def test_default(disk: Disk) -> None:
    """Where nothing else is said, a file may have 1 MiB in memory."""
    with TestClient(FormApp((Failing(),))) as client:
        client.put("/failing", content=file_form(b"x" * MIB), headers=multipart())
        assert disk.files == []
        client.put("/failing", content=file_form(b"x" * (MIB + 1)), headers=multipart())
        assert len(disk.files) == 1


@pytest.mark.parametrize("size", [100, 1 << 20])
def test_many_files(disk: Disk, size: int) -> None:
    """The files of one form share one temporary file, and each is itself; small ones between them stay in memory."""
    contents = [LARGE, SMALL, LARGE[::-1], b"", LARGE * 10, b"x", SMALL + b"x", SMALL + b"y"]
    form = file_form(*contents, name="files", rest=[part("name=text", b"t")])
    with serve(Reading()) as client:
        response = client.put("/reading", content=pieces(form, size), headers=multipart())
    told = [(f"f{at}", True, content[:3], hash(content)) for at, content in enumerate(contents)]
    assert response.json(Said).text == repr(("t", told))
    assert len(disk.files) == 1


def test_repeated_file(disk: Disk) -> None:
    """Of files for a field that is no list, the last counts."""
    with serve(Reading()) as client:
        form = file_form(LARGE, SMALL, LARGE[1:])
        assert client.post("/reading", content=form, headers=multipart()).content == LARGE[1:]
    assert len(disk.files) == 1


@pytest.mark.parametrize("length", [1, 500, 102_400])
@pytest.mark.parametrize("size", [1, 7, 1000, 300_000])
def test_chunks(disk: Disk, size: int, length: int) -> None:
    """`iter_chunks` gives pieces of the size asked for, the last one shorter, as often as it is asked."""
    with serve(Chunking()) as client:
        content = file_form(LARGE[:length])
        response = client.post(f"/chunking?size={size}", content=content, headers=multipart())
    whole, last = divmod(length, size)
    assert response.json(Said).text == repr([size] * whole + [last] * bool(last))
    assert len(disk.files) == (length > MEMORY)


async def test_wrong_chunk_size() -> None:
    """A chunk has at least one byte."""
    file = SpooledFilePart(content=b"abc", filename="a")
    with pytest.raises(ValueError, match="size=0 is not positive"):
        await anext(file.iter_chunks(0))


async def test_made_by_hand(tmp_path: Path) -> None:
    """A file can be made from bytes, for a test of a handler, and read in every way."""
    file = SpooledFilePart(content=b"abcde", filename="a.txt", content_type="text/plain")
    assert (file.filename, file.size, file.content_type, file.headers, len(file.raw_headers)) == (
        *("a.txt", 5, "text/plain", None, 0),
    )
    assert await file.read() == b"abcde"
    assert [chunk async for chunk in file.iter_chunks(2)] == [b"ab", b"cd", b"e"]
    await file.save_to(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == b"abcde"
    assert repr(file) == "SpooledFilePart(filename='a.txt', content_type='text/plain', 5 bytes, headers=None)"
    typed = SpooledFilePart(content=b"", filename="a", headers=Said("x"))
    assert typed.headers.text == "x"


@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_save_to(disk: Disk, tmp_path: Path, content: bytes) -> None:
    """`save_to` writes the file to a path, over what is there; a path that cannot be written raises OSError."""
    reading = Reading()
    reading.folder = tmp_path
    with serve(reading) as client:
        response = client.patch("/reading", content=file_form(content), headers=multipart())
        assert response.json(Said).text == "FileNotFoundError"
    assert (tmp_path / "saved").read_bytes() == content
    assert len(disk.files) == (len(content) > MEMORY)


def test_threaded_handler(disk: Disk) -> None:
    """A handler on a worker thread reads a file through the event loop."""
    with serve(Threaded()) as client:
        assert client.post("/threaded", content=file_form(LARGE), headers=multipart()).content == LARGE
    assert len(disk.files) == 1


@pytest.mark.parametrize(("method", "status"), [("POST", 500), ("PUT", 418)])
def test_handler_that_raises(disk: Disk, method: str, status: int) -> None:
    """Where the handler raises, its file is gone with the request, and says so."""
    failing = Failing()
    with serve(failing) as client:
        response = client.request(method, "/failing", content=file_form(LARGE), headers=multipart())
        assert response.status_code == status
        assert len(disk.files) == 1
        assert disk.are_closed
    assert failing.file
    assert failing.file.size == len(LARGE)
    with pytest.raises(RuntimeError) as caught:
        asyncio.run(failing.file.read())
    assert str(caught.value) == GONE


def test_handler_that_keeps_a_small_file() -> None:
    """A file in memory outlives its request."""
    failing = Failing()
    with serve(failing) as client:
        client.post("/failing", content=file_form(SMALL), headers=multipart())
    assert failing.file
    assert asyncio.run(failing.file.read()) == SMALL


def test_form_that_does_not_fit(disk: Disk) -> None:
    """Where another field is wrong, the handler is not called and the file is gone."""
    form = file_form(LARGE, rest=[part("name=count", b"many")])
    with serve(Reading()) as client:
        response = client.post("/reading", content=form, headers=multipart())
        assert form_errors(response) == [("#/count", "Expected `int`, got `str`")]
        assert len(disk.files) == 1
        assert disk.are_closed


def test_form_that_is_refused(disk: Disk) -> None:
    """A form that is malformed, or too large, after a file was written leaves nothing."""
    with serve(Reading(), max_form=300 * KIB) as client:
        response = client.post("/reading", content=pieces(file_form(LARGE)[:-8], 10_000), headers=multipart())
        assert response.status_code == 400
        response = client.post("/reading", content=pieces(file_form(LARGE * 4), 10_000), headers=multipart())
        assert response.status_code == 413
        assert len(disk.files) == 2
        assert disk.are_closed


@pytest.mark.parametrize("after", [50_000, None])
def test_client_that_leaves(disk: Disk, caplog: pytest.LogCaptureFixture, after: int | None) -> None:
    """Where the client leaves before the end of its form, the handler is not called, and the file is gone."""
    caplog.set_level(logging.DEBUG, logger="jero")
    failing = Failing()
    with serve(failing) as client:
        sent = pieces(file_form(LARGE), 10_000)
        client.disconnect_in_body("POST", "/failing", content=sent, headers=multipart(), disconnect_after=after)
        assert len(disk.files) == 1
        assert disk.are_closed
    assert failing.file is None
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


def test_client_that_stalls(disk: Disk) -> None:
    """Where a form makes no progress, it is answered 408, and the file is gone."""

    async def stalling() -> AsyncIterator[bytes]:
        yield file_form(LARGE)[:50_000]
        await asyncio.Event().wait()

    with serve(Failing(), body_timeout=0.05) as client:
        response = client.post("/failing", content=stalling(), headers=multipart())
        assert (response.status_code, response.headers["connection"]) == (408, "close")
        assert len(disk.files) == 1
        assert disk.are_closed


def test_full_disk(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    """Where the disk does not take the file, the request is answered 500, and that is logged."""
    disk.is_full = True
    with serve(Failing()) as client:
        assert client.post("/failing", content=file_form(LARGE), headers=multipart()).status_code == 500
        assert disk.are_closed
    [record] = caplog.records
    assert record.exc_info
    assert isinstance(record.exc_info[1], OSError)


def test_stream_of_a_file(disk: Disk) -> None:
    """A streamed response may read the file to its end, its teardown too; then it is gone."""
    streaming = Streaming()
    with serve(streaming) as client:
        response = client.post("/streaming", content=file_form(LARGE), headers=multipart())
        assert (response.content, streaming.torn_down) == (LARGE, LARGE)
        assert len(disk.files) == 1
        assert disk.are_closed


def test_client_that_leaves_a_stream(disk: Disk) -> None:
    """Where the client leaves a stream, its teardown still has the file; then it is gone."""
    streaming = Streaming()
    with serve(streaming) as client:
        with client.stream_put("/streaming", content=file_form(LARGE), headers=multipart()) as session:
            assert next(iter(session)) == LARGE[:1000]
            assert not disk.are_closed
        assert streaming.torn_down == LARGE
        assert disk.are_closed


class Driver:
    """A server that hands an app one request, piece by piece, in the running loop."""

    def __init__(self, app: BaseApp, method: str, path: str, content: bytes) -> None:
        self._pieces = iter(pieces(content, 10_000))
        self.is_waiting = asyncio.Event()
        self.sent: list[Message] = []
        headers = [(name.encode(), value.encode()) for name, value in multipart().items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> Message:
        piece = next(self._pieces, None)
        if piece is None:
            self.is_waiting.set()
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": not piece or not piece.endswith(b"--b--\r\n")}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


async def test_cancelled_while_the_form_is_read(disk: Disk) -> None:
    """Where the server cancels a request whose form is being read, the file is gone."""
    driver = Driver(App(Failing(), {}), "PATCH", "/failing", file_form(LARGE)[:50_000])
    await driver.is_waiting.wait()
    assert not disk.are_closed
    driver.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driver.task
    assert (len(disk.files), driver.sent) == (1, [])
    assert disk.are_closed


async def test_cancelled_in_the_handler(disk: Disk) -> None:
    """Where the server cancels a request whose handler runs, the file is gone."""
    failing = Failing()
    driver = Driver(App(failing, {}), "PATCH", "/failing", file_form(LARGE))
    await failing.entered.wait()
    assert not disk.are_closed
    driver.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driver.task
    assert len(disk.files) == 1
    assert disk.are_closed


async def test_cancelled_again(disk: Disk) -> None:
    """A second cancellation, while the file is being closed, does not keep it open."""
    failing = Failing()
    driver = Driver(App(failing, {}), "PATCH", "/failing", file_form(LARGE))
    await failing.entered.wait()
    driver.task.cancel()
    asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, driver.task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await driver.task
    assert len(disk.files) == 1
    assert disk.are_closed


async def test_cancelled_while_a_file_is_being_made(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a request is cancelled while a thread makes the file, the file does not outlive it."""
    loop = asyncio.get_running_loop()
    is_making, may_make = asyncio.Event(), threading.Event()

    def make() -> BinaryIO:
        loop.call_soon_threadsafe(is_making.set)
        may_make.wait(10)
        return disk.open()

    monkeypatch.setattr(tempfile, "TemporaryFile", make)
    driver = Driver(App(Failing(), {}), "PATCH", "/failing", file_form(LARGE))
    await is_making.wait()
    driver.task.cancel()
    loop.call_later(0, may_make.set)
    with pytest.raises(asyncio.CancelledError):
        await driver.task
    assert len(disk.files) == 1
    assert disk.are_closed


def test_memory(disk: Disk) -> None:
    """The memory for a file on disk does not grow with it."""

    def long_form() -> Iterator[bytes]:
        yield b"--b\r\n" + part("name=file; filename=a")
        for _ in range(300):
            yield b"x" * (64 * KIB)
        yield b"\r\n--b--\r\n"

    with serve(Failing()) as client:
        tracemalloc.start()
        try:
            response = client.put("/failing", content=long_form(), headers=multipart())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert response.status_code == 418
    assert peak < 3 * 1024 * KIB
    assert len(disk.files) == 1
