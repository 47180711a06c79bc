"""Limits of forms: exactly as much is read, and one more is refused before what is behind it is looked at."""

from collections.abc import Iterator
from typing import Unpack

import pytest
from form_requests import URLENCODED, body, detail, multipart, part, pieces
from msgspec import Struct

from jero import (
    AuthenticationRequiredError,
    BaseApp,
    Endpoint,
    FilePart,
    SpooledFilePart,
    TestClient,
    WiringError,
)
from jero.limits import KIB, MIB, LimitOverrides

TOO_MANY = "the form has more than 3 parts, the most that are read here"


class Texts(Struct):
    texts: list[str] = []
    blob: bytes = b""


class Files(Struct):
    file: FilePart | None = None
    large: SpooledFilePart | None = None
    text: str = ""


class Size(Struct):
    size: int


class TextForms(Endpoint):
    async def post(self, form: Texts) -> Size:
        return Size(len(form.texts) or len(form.blob))


class FileForms(Endpoint):
    async def post(self, form: Files) -> Size:
        return Size(len(form.file.data) if form.file else form.large.size if form.large else 0)


class App(BaseApp):
    def __init__(self, endpoint: Endpoint, limits: LimitOverrides) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._overrides = limits

    async def _wire(self) -> None:
        self._include_endpoint(self._endpoint, path="/forms", **self._overrides)


class Pulled:
    """A body that counts how many of its pieces were asked for."""

    def __init__(self, content: bytes, size: int) -> None:
        self._pieces = pieces(content, size)
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for it in self._pieces:
            self.count += 1
            yield it


def texts(**limits: Unpack[LimitOverrides]) -> TestClient:
    """Serve forms of texts under limits."""
    return TestClient(App(TextForms(), limits))


def files(**limits: Unpack[LimitOverrides]) -> TestClient:
    """Serve forms of files under limits."""
    return TestClient(App(FileForms(), limits))


def refused(client: TestClient, content: bytes | Pulled, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Send a form that is refused, and give the status and why."""
    response = client.post("/forms", content=content, headers=headers or multipart())
    return response.status_code, detail(response)


@pytest.mark.parametrize("headers", [multipart(), URLENCODED], ids=["multipart", "urlencoded"])
@pytest.mark.parametrize("size", [None, 100, 1])
def test_whole_form(headers: dict[str, str], size: int | None) -> None:
    """A form of `max_form` bytes is read; one more is refused with 413, whether or not its length is declared."""
    with texts(max_form=200) as client:
        for length, status in ((200, 200), (201, 413)):
            content = b"texts=" + b"x" * (length - 6)
            if headers != URLENCODED:
                content = body(part("name=texts", b"x")).ljust(length)
            sent = content if size is None else pieces(content, size)
            response = client.post("/forms", content=sent, headers=headers)
            assert response.status_code == status
        assert detail(response) == "the body is over 200 bytes, the most that is read here"
        assert response.headers["connection"] == "close"


def test_declared_length() -> None:
    """A form whose declared length is over `max_form` is refused before anything of it is read."""
    with texts(max_form=200) as client:
        sent = Pulled(b"x" * 100, 10)
        headers = {**multipart(), "content-length": "100000"}
        assert refused(client, sent, headers)[0] == 413
        assert sent.count == 0


def test_a_form_that_does_not_end() -> None:
    """A form without an end is refused as soon as it has passed `max_form`."""
    with files(max_form=100 * KIB) as client:
        sent = Pulled(b"--b\r\n" + part("name=file; filename=x", b"x" * MIB), 10 * KIB)
        assert refused(client, sent)[0] == 413
        assert sent.count == 11


@pytest.mark.parametrize("headers", [multipart(), URLENCODED], ids=["multipart", "urlencoded"])
@pytest.mark.parametrize("name", ["texts", "blob"])
def test_one_field(headers: dict[str, str], name: str) -> None:
    """A field that is no file may have `max_form_field` bytes, each item of a list by itself; 413 for one more."""
    with texts(max_form_field=10) as client:

        def content(length: int) -> bytes:
            if headers == URLENCODED:
                return f"{name}={'x' * length}&{name}={'%41' * length}".encode()
            return body(*[part(f"name={name}", b"x" * length)] * 2)

        assert client.post("/forms", content=content(10), headers=headers).status_code == 200
        assert refused(client, content(11), headers) == (
            413,
            "a field of the form is over 10 bytes, the most that is read here",
        )


def test_files_are_not_fields() -> None:
    """`max_form_field` is not for files, nor for parts that belong to no field."""
    with files(max_form_field=10) as client:
        for name in ("file; filename=x", "large; filename=x", "unknown"):
            content = body(part(f"name={name}", b"x" * 1000))
            assert client.post("/forms", content=content, headers=multipart()).status_code == 200
        assert refused(client, body(part("name=text", b"x" * 11)))[0] == 413


@pytest.mark.parametrize("name", ["texts", "unknown"])
def test_number_of_parts(name: str) -> None:
    """A form may have `max_form_parts` parts or fields, of whatever names; 413 for one more."""
    with texts(max_form_parts=3) as client:
        assert client.post("/forms", content=body(*[part(f"name={name}")] * 3), headers=multipart()).status_code == 200
        assert refused(client, body(*[part(f"name={name}")] * 4)) == (413, TOO_MANY)
        for content in (b"&".join([name.encode()] * 3), b"a=1&b=2&c=3&"):
            assert client.post("/forms", content=content, headers=URLENCODED).status_code == 200
        assert refused(client, b"&".join([name.encode()] * 4), URLENCODED) == (413, TOO_MANY)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"a=1&" * 300_000, URLENCODED),
        (b"&" * 1_000_000, URLENCODED),
        (body(*[part("name=x")] * 10_000), multipart()),
        (b"--b\r\n\r\n\r\n" * 10_000, multipart()),
        (body(part("name=x", b"\r\n--bX" * 100_000)), multipart()),
        (b"--b\r\n" + part("name=x") + b"\r\n--b" + b" " * 1_000_000, multipart()),
        (body(part("name=x", b"", "X-A:" + " " * 100_000)), multipart()),
        (body(part("name=x", b"", "X-A: " + "x" * 100_000)), multipart()),
        (body(part("name=x", b"", *["X-A: x"] * 10_000)), multipart()),
        (b"x" * 1_000_000, multipart()),
    ],
    ids=["fields", "&", "parts", "bare parts", "near-boundaries", "padding", "spaces", "header", "headers", "preamble"],
)
def test_hostile_forms(content: bytes, headers: dict[str, str]) -> None:
    """What would be much work is refused early: after its first 64 KiB at most."""
    with texts() as client:
        sent = Pulled(content, 16 * KIB)
        assert refused(client, sent, headers)[0] in {400, 413}
        assert sent.count <= 4


def test_defaults() -> None:
    """A field may have 1 MiB, a form 1,000 parts and 32 MiB, unless something else is said."""
    with texts() as client:
        assert client.post("/forms", data={"blob": b"x" * MIB}, files={}).json(Size).size == MIB
        assert client.post("/forms", data={"blob": b"x" * (MIB + 1)}, files={}).status_code == 413
        assert client.post("/forms", data={"texts": ["x"] * 1000}).json(Size).size == 1000
        assert client.post("/forms", data={"texts": ["x"] * 1001}).status_code == 413
    with files() as client:
        form = body(part("name=file; filename=x", b"x" * (32 * MIB - 100)))
        assert client.post("/forms", content=form, headers=multipart()).json(Size).size == 32 * MIB - 100
        form = body(part("name=file; filename=x", b"x" * (32 * MIB)))
        assert client.post("/forms", content=form, headers=multipart()).status_code == 413


@pytest.mark.parametrize("count", [2, None])
def test_part_headers(count: int | None) -> None:
    """A part may have `max_part_headers` headers; 400 for one more."""
    with texts(max_part_headers=count) as client:
        content = body(part("name=texts", b"x", "X-A: b"))
        assert client.post("/forms", content=content, headers=multipart()).status_code == 200
        content = body(part("name=texts", b"x", *["X-A: b"] * 100))
        assert client.post("/forms", content=content, headers=multipart()).status_code == (400 if count else 200)


@pytest.mark.parametrize("size", [100, None])
def test_part_header(size: int | None) -> None:
    """A part's header may have `max_part_header` bytes, name, colon and spaces included; 400 for one more."""
    with texts(max_part_header=size) as client:
        content = body(part("name=texts", b"x", "X-A: " + "y" * 95))
        assert client.post("/forms", content=content, headers=multipart()).status_code == 200
        content = body(part("name=texts", b"x", "X-A: " + "y" * 96))
        assert client.post("/forms", content=content, headers=multipart()).status_code == (400 if size else 200)


def test_boundary() -> None:
    """A boundary may have `max_boundary` characters, if more, 256 at most: the parser takes no longer one."""
    for limit, length, status in ((10, 10, 200), (10, 11, 400), (None, 256, 200), (None, 257, 400)):
        with texts(max_boundary=limit) as client:
            boundary = "x" * length
            content = body(part("name=texts", b"x"), boundary=boundary)
            assert client.post("/forms", content=content, headers=multipart(boundary)).status_code == status


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_preamble(size: int) -> None:
    """Before the first part there may be `max_preamble` bytes; 400 for one more."""
    form = b"\r\n" + body(part("name=texts", b"x"))
    for limit, length, status in ((100, 100, 200), (100, 101, 400), (None, 20_000, 200)):
        with texts(max_preamble=limit) as client:
            sent = pieces(b"-" * length + form, size)
            assert client.post("/forms", content=sent, headers=multipart()).status_code == status


def test_no_limits() -> None:
    """Every limit can be lifted."""
    with texts(max_form=None, max_form_field=None, max_form_parts=None, max_part_memory=None) as client:
        assert client.post("/forms", data={"texts": ["x"] * 5000}).json(Size).size == 5000
        assert client.post("/forms", data={"blob": b"x" * 3 * MIB}).json(Size).size == 3 * MIB
        assert client.post("/forms", data={"texts": ["x"] * 5000}, files={}).json(Size).size == 5000


def test_wrong_limit() -> None:
    """A limit that is no positive number is a fault of the wiring."""
    with pytest.raises(WiringError, match="max_part_memory=0"):
        texts(max_part_memory=0)


def test_refused_in_mid_body() -> None:
    """A form that is refused before its end closes the connection; one that is read to its end does not."""
    with texts() as client:
        broken = body(part("name=texts", b"x", "X A: b"))
        response = client.post("/forms", content=broken, headers=multipart())
        assert (response.status_code, response.headers.get("connection")) == (400, None)
        response = client.post("/forms", content=[broken.ljust(5000), b"x", b"y"], headers=multipart())
        assert (response.status_code, response.headers.get("connection")) == (400, "close")


class Token(Struct):
    authorization: str | None = None


class Deny:
    challenge = "Bearer"

    def authenticate(self, headers: Token) -> Token:
        raise AuthenticationRequiredError


class Gated(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(TextForms(), path="/forms", auth=Deny())


def test_authentication_comes_first() -> None:
    """A form is not read, nor its content type looked at, before the request is authenticated."""
    with TestClient(Gated()) as client:
        sent = Pulled(b"x" * 100, 10)
        assert client.post("/forms", content=sent).status_code == 401
        assert sent.count == 0
