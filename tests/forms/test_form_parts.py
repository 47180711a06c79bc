"""FormPart and FilePart: content, content type, file name and headers of a part, and what is wrong with each."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from form_requests import FormApp, body, detail, form_errors, multipart, part
from msgspec import Meta, Struct

from jero import Endpoint, FilePart, FormPart, JSONResponse, RawHeaders, TestClient


class Price(Struct):
    net: int


class PartHeaders(Struct):
    x_checksum: int
    x_tag: list[str] = []
    content_type: str | None = None


type Upload = FilePart[PartHeaders]


class Album(Struct, rename="camel", kw_only=True):
    title: FormPart[str]
    cover: Upload
    price: FormPart[Price, PartHeaders] | None = None
    raw_data: FormPart[bytes] | None = None
    pages: list[FilePart] = []
    notes: list[FormPart[int]] = []
    back: FilePart | None = None
    spine: FilePart | None
    count: FormPart[Annotated[int, Meta(ge=1)]] | None = None


class Said(Struct):
    text: str


class Sent(Struct):
    title: str
    title_type: str | None
    filename: str
    data: bytes
    content_type: str | None
    headers: PartHeaders
    raw_headers: list[tuple[str, str]]


class Albums(Endpoint, path="/albums"):
    async def post(self, form: Album) -> JSONResponse[Sent]:
        return JSONResponse(
            json=Sent(
                form.title.data,
                form.title.content_type,
                form.cover.filename,
                form.cover.data,
                form.cover.content_type,
                form.cover.headers,
                list(form.cover.raw_headers),
            )
        )


class Rest(Endpoint, path="/rest"):
    async def post(self, form: Album) -> Said:
        return Said(repr([form.price, form.raw_data, form.pages, form.notes, form.back, form.spine, form.count]))


class Fields(Struct):
    title: FormPart[str] | None = None
    checked: FormPart[int, PartHeaders] | None = None


class FieldForms(Endpoint, path="/fields"):
    async def post(self, form: Fields) -> Said:
        return Said(f"{form!r} {form.title and list(form.title.raw_headers)}")


class File(Struct):
    file: FilePart


class FileNames(Endpoint, path="/names"):
    async def post(self, form: File) -> Said:
        return Said(form.file.filename)


COVER = part('name="cover"; filename="a.png"', b"PNG", "X-Checksum: 7")
TITLE = part('name="title"', b"A")
NOTHING = "[None, None, [], [], None, None, None]"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the forms above."""
    with TestClient(FormApp((Albums(), Rest(), FieldForms(), FileNames()))) as opened:
        yield opened


def test_file(client: TestClient) -> None:
    """A FilePart has the content, name and content type as sent, its headers typed, and all of them raw."""
    data = bytes(range(256)) * 5000
    cover = ("é ../x.png", data, "image/png", [("X-Checksum", "12"), ("X-Tag", "a"), ("x-tag", "b")])
    response = client.post("/albums", data={"title": "A"}, files={"cover": cover})
    assert response.status_code == 200, response.text
    sent = response.json(Sent)
    assert (sent.title, sent.title_type, sent.filename, sent.content_type) == ("A", None, "é ../x.png", "image/png")
    assert sent.data == data
    assert sent.headers == PartHeaders(12, ["a", "b"], "image/png")
    assert [name for name, _ in sent.raw_headers] == [
        "Content-Disposition",
        "Content-Type",
        "X-Checksum",
        "X-Tag",
        "x-tag",
    ]
    assert sent.raw_headers[2:] == [("X-Checksum", "12"), ("X-Tag", "a"), ("x-tag", "b")]


def test_empty_file(client: TestClient) -> None:
    """A file may be empty, and need not say its content type."""
    response = client.post(
        "/albums",
        content=body(TITLE, part("name=cover; filename=a", b"", "X-Checksum: 0")),
        headers=multipart(),
    )
    sent = response.json(Sent)
    assert (sent.data, sent.filename, sent.content_type) == (b"", "a", None)


def test_parts_with_values(client: TestClient) -> None:
    """The data of a FormPart is a scalar, a Struct or bytes; lists gather parts."""
    content = body(
        TITLE,
        COVER,
        part('name="price"', b'{"net": 3}', "Content-Type: application/json", "X-Checksum: 1"),
        part('name="rawData"', b"\xff\x00", "Content-Type: text/plain; charset=x"),
        part('name="pages"; filename="1"', b"one"),
        part('name="notes"', b"1"),
        part('name="pages"; filename="2"', b"two"),
        part('name="notes"', b"2"),
        part('name="count"', b"5"),
    )
    response = client.post("/rest", content=content, headers=multipart())
    assert response.json(Said).text == (
        "[FormPart(data=Price(net=3), content_type='application/json',"
        " headers=PartHeaders(x_checksum=1, x_tag=[], content_type='application/json')),"
        " FormPart(data=b'\\xff\\x00', content_type='text/plain; charset=x', headers=None),"
        " [FilePart(filename='1', content_type=None, 3 bytes, headers=None),"
        " FilePart(filename='2', content_type=None, 3 bytes, headers=None)],"
        " [FormPart(data=1, content_type=None, headers=None), FormPart(data=2, content_type=None, headers=None)],"
        " None, None, FormPart(data=5, content_type=None, headers=None)]"
    )


def test_absent_parts(client: TestClient) -> None:
    """An absent part is its default; without one it is None where the type admits that, else a mistake."""
    assert client.post("/rest", content=body(TITLE, COVER), headers=multipart()).json(Said).text == NOTHING
    response = client.post("/rest", content=body(), headers=multipart())
    assert response.status_code == 422
    assert form_errors(response) == [
        ("#/title", "Object missing required field `title`"),
        ("#/cover", "Object missing required field `cover`"),
    ]


def test_unfilled_file_inputs(client: TestClient) -> None:
    """What a browser sends for a file input without a file counts as absent."""
    unfilled = [
        part(f'name="{name}"; filename=""', b"", "Content-Type: application/octet-stream")
        for name in ("back", "spine", "pages")
    ]
    response = client.post("/rest", content=body(TITLE, COVER, *unfilled), headers=multipart())
    assert response.json(Said).text == NOTHING
    cover = part('name="cover"; filename=""', b"", "Content-Type: application/octet-stream")
    response = client.post("/rest", content=body(TITLE, cover), headers=multipart())
    assert form_errors(response) == [("#/cover", "Object missing required field `cover`")]


def test_blank_part(client: TestClient) -> None:
    """A blank part counts as absent where its data is no text."""
    content = body(TITLE, COVER, part('name="count"', b""), part('name="notes"', b""))
    assert client.post("/rest", content=content, headers=multipart()).json(Said).text == NOTHING


def test_wrong_data_and_headers(client: TestClient) -> None:
    """The data and the headers of each part are all looked at: 422 lists everything, headers by their own names."""
    content = body(
        part('name="title"', b"\xff"),
        part('name="cover"; filename="a"', b"", "X-Checksum: seven"),
        part('name="price"', b'{"net": "x"}', "X-Tag: a"),
        part('name="notes"', b"1"),
        part('name="notes"', b"one"),
        part('name="pages"', b"no file"),
        part('name="count"', b"0"),
    )
    response = client.post("/albums", content=content, headers=multipart())
    assert response.status_code == 422
    assert form_errors(response) == [
        ("#/title", "The text is not UTF-8"),
        ("#/cover/headers/x-checksum", "Expected `int`, got `str`"),
        ("#/price/net", "Expected `int`, got `str`"),
        ("#/price/headers/x-checksum", "Object missing required field `x_checksum`"),
        ("#/pages/0", "Expected a file, got a part without a file name"),
        ("#/notes/1", "Expected `int`, got `str`"),
        ("#/count", "Expected `int` >= 1"),
    ]


def test_parts_in_an_urlencoded_form(client: TestClient) -> None:
    """An urlencoded field is a part without headers: those that are needed are missed."""
    assert client.post("/fields", data={"title": "a"}).json(Said).text == (
        "Fields(title=FormPart(data='a', content_type=None, headers=None), checked=None) []"
    )
    response = client.post("/fields", data={"checked": 1})
    assert form_errors(response) == [("#/checked/headers/x-checksum", "Object missing required field `x_checksum`")]


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('name="file"; filename="a b;c=d.txt"', "a b;c=d.txt"),
        ("name=file; filename=bare.txt", "bare.txt"),
        ('name="file";filename="tight"', "tight"),
        ('name="file" ; filename = "loose" ;', "loose"),
        ('filename="first"; name="file"', "first"),
        ('name="file"; FileName="upper"', "upper"),
        ('name="file"; filename="日本.png"', "日本.png"),
        ('name="file"; filename="../../etc/passwd"', "../../etc/passwd"),
        (r'name="file"; filename="C:\dir\file.txt"', r"C:\dir\file.txt"),
        (r'name="file"; filename="quo\"te\\d"', r"quo\"te\d".replace(r"\"", '"')),
        ('name="file"; filename="100%22%0D.txt"', "100%22%0D.txt"),
        ('name="file"; filename="plain"; filename*=UTF-8\'\'fancy', "plain"),
        ('name="file"; filename=" "', " "),
    ],
)
def test_file_names(client: TestClient, disposition: str, filename: str) -> None:
    r"""A file name is given as sent: no path is cut off, nothing decoded but `\"` and `\\`."""
    response = client.post("/names", content=body(part(disposition, b"x")), headers=multipart())
    assert response.status_code == 200, response.text
    assert response.json(Said).text == filename


@pytest.mark.parametrize("control", ["\0", "\n", "\t", "\x1b", "\x7f", "\x85"])
def test_control_characters_in_a_file_name(client: TestClient, control: str) -> None:
    """A file name with a control character is answered 422 and not repeated."""
    response = client.post(
        "/names", content=body(part(f'name="file"; filename="a{control}b"', b"x")), headers=multipart()
    )
    assert response.status_code == 422
    assert form_errors(response) == [("#/file", "The file name has control characters")]


@pytest.mark.parametrize(
    ("filename", "words"),
    [
        (b"", "Expected a file, got a part without a file name"),
        (b'; filename=""', "Expected a file, got a part without a file name"),
        (b"; filename*=UTF-8''a", "Expected a file, got a part without a file name"),
        (b'; filename="\xff"', "The file name is not UTF-8"),
    ],
)
def test_no_file_name(client: TestClient, filename: bytes, words: str) -> None:
    """A part with content and without a name that can be read is no file: 422."""
    content = b'--b\r\nContent-Disposition: form-data; name="file"' + filename + b"\r\n\r\nx\r\n--b--\r\n"
    response = client.post("/names", content=content, headers=multipart())
    assert response.status_code == 422
    assert form_errors(response) == [("#/file", words)]


def test_crlf_in_a_file_name(client: TestClient) -> None:
    """A line break in a file name ends its header: such a form is malformed."""
    content = body(part('name="file"; filename="a\r\nX-Injected: b"', b"x"))
    response = client.post("/names", content=content, headers=multipart())
    assert response.status_code == 400
    assert detail(response) == 'the `content-disposition` of a part is not `form-data; name="..."`'


def test_parts_made_by_hand() -> None:
    """Parts can be made for a test of a handler; what may be left out has a default."""
    plain = FilePart(data=b"x", filename="a")
    assert (plain.data, plain.filename, plain.content_type, plain.headers) == (b"x", "a", None, None)
    assert list(plain.raw_headers) == []
    typed = FormPart(data=3, headers=PartHeaders(1), content_type="text/plain", raw_headers=RawHeaders({"a": "b"}))
    assert (typed.data, typed.headers.x_checksum, typed.content_type) == (3, 1, "text/plain")
    assert typed.raw_headers["A"] == "b"
