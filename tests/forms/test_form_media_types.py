"""What body counts as a form: media types, boundaries, encodings."""

from collections.abc import Iterator

import pytest
from form_requests import FormApp, body, detail, multipart, part
from msgspec import Struct

from jero import Endpoint, FilePart, FormPart, SpooledFilePart, TestClient


class Text(Struct):
    a: str


class Upload(Struct):
    a: str
    file: FilePart | None = None


class Archive(Struct):
    a: str
    files: list[SpooledFilePart] = []


class PartText(Struct):
    a: FormPart[str]


class Texts(Endpoint, path="/texts"):
    async def post(self, form: Text) -> str:
        return form.a


class Uploads(Endpoint, path="/uploads"):
    async def post(self, form: Upload) -> str:
        return form.a


class Archives(Endpoint, path="/archives"):
    async def post(self, form: Archive) -> str:
        return form.a


class PartTexts(Endpoint, path="/part-texts"):
    async def post(self, form: PartText) -> str:
        return form.a.data


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the forms above."""
    with TestClient(FormApp((Texts(), Uploads(), Archives(), PartTexts()))) as opened:
        yield opened


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLencoded ; charset=utf-8",
        "application/x-www-form-urlencoded;charset=UTF-8",
    ],
)
@pytest.mark.parametrize("path", ["/texts", "/part-texts"])
def test_urlencoded(client: TestClient, path: str, content_type: str) -> None:
    """An urlencoded form is read where no field is a file; its parameters are nobody's."""
    response = client.post(path, content=b"a=1", headers={"content-type": content_type})
    assert (response.status_code, response.text) == (200, "1")


@pytest.mark.parametrize("path", ["/uploads", "/archives"])
def test_urlencoded_where_there_are_files(client: TestClient, path: str) -> None:
    """Where a field is a file, if only an optional one, an urlencoded form is answered 415."""
    response = client.post(path, data={"a": "1"})
    assert response.status_code == 415
    assert response.headers["accept"] == "multipart/form-data"
    assert detail(response) == (
        "the body is `application/x-www-form-urlencoded`; this operation reads `multipart/form-data`"
    )


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=b",
        'MULTIPART/Form-Data; charset=utf-8; BOUNDARY="b"',
        "multipart/form-data ;boundary=b;",
    ],
)
@pytest.mark.parametrize("path", ["/texts", "/uploads", "/archives", "/part-texts"])
def test_multipart(client: TestClient, path: str, content_type: str) -> None:
    """A multipart form is read everywhere, however its content type is written."""
    response = client.post(path, content=body(part("name=a", b"1")), headers={"content-type": content_type})
    assert (response.status_code, response.text) == (200, "1")


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        (None, "has no content type"),
        ("", "has no content type"),
        ("application/json", "is `application/json`"),
        ("text/plain", "is `text/plain`"),
        ("multipart/mixed; boundary=b", "is `multipart/mixed`"),
        ("multipart/form-data-x; boundary=b", "is `multipart/form-data-x`"),
        ("x" * 1000, f"is `{'x' * 64}…`"),
    ],
)
def test_no_form(client: TestClient, content_type: str | None, shown: str) -> None:
    """A body that does not say that it is a form is answered 415, with what is read here, also in `Accept`."""
    headers = {} if content_type is None else {"content-type": content_type}
    response = client.post("/texts", content=b"a=1", headers=headers)
    assert response.status_code == 415
    assert response.headers["accept"] == "multipart/form-data, application/x-www-form-urlencoded"
    assert detail(response) == (
        f"the body {shown}; this operation reads `multipart/form-data` or `application/x-www-form-urlencoded`"
    )


def test_no_body(client: TestClient) -> None:
    """A request without a body and without a content type is no form."""
    assert client.post("/texts").status_code == 415


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_content_encoding(client: TestClient, encoding: str) -> None:
    """A compressed form is answered 415."""
    response = client.post(
        "/texts", content=body(part("name=a", b"1")), headers={**multipart(), "content-encoding": encoding}
    )
    assert response.status_code == 415
    assert detail(response) == f"the body is encoded as `{encoding}`; send it as it is"


def test_identity_encoding(client: TestClient) -> None:
    """The content encoding `identity` is none."""
    headers = {**multipart(), "content-encoding": "Identity"}
    assert client.post("/texts", content=body(part("name=a", b"1")), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ("", "the content type `multipart/form-data` names no boundary"),
        ("; charset=utf-8", "the content type `multipart/form-data` names no boundary"),
        ("; boundary", "the parameters of `multipart/form-data` cannot be read"),
        ("; boundary=", "the parameters of `multipart/form-data` cannot be read"),
        ('; boundary=""', "the boundary is empty, ends with a space, or is not printable ASCII"),
        ('; boundary="b "', "the boundary is empty, ends with a space, or is not printable ASCII"),
        ("; boundary=\xe9", "the boundary is empty, ends with a space, or is not printable ASCII"),
        ('; boundary="b\tb"', "the boundary is empty, ends with a space, or is not printable ASCII"),
        ('; boundary="b', "the parameters of `multipart/form-data` cannot be read"),
        ("; boundary=b; boundary=c", "the parameters of `multipart/form-data` cannot be read"),
        ("; boundary=" + "b" * 71, "the boundary is longer than 70 characters"),
        ("; boundary=" + "b" * 1_000_000, "the boundary is longer than 70 characters"),
    ],
)
def test_bad_boundary(client: TestClient, parameters: str, words: str) -> None:
    """A multipart form without a usable boundary is answered 400."""
    headers = {"content-type": f"multipart/form-data{parameters}"}
    response = client.post("/texts", content=body(part("name=a", b"1")), headers=headers)
    assert response.status_code == 400
    assert detail(response) == words


@pytest.mark.parametrize("boundary", ["-", "----", "b" * 70, "a b", "'()+_,-./:=?", "b*{}%$"])
def test_boundaries(client: TestClient, boundary: str) -> None:
    """Every boundary of printable ASCII up to 70 characters is one."""
    headers = {"content-type": f'multipart/form-data; boundary="{boundary}"'}
    content = body(part("name=a", b"1"), part("name=b", f"\r\n--{boundary[:-1]}x".encode()), boundary=boundary)
    response = client.post("/texts", content=content, headers=headers)
    assert (response.status_code, response.text) == (200, "1")


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "Binary"])
def test_transfer_encodings_that_change_nothing(client: TestClient, encoding: str) -> None:
    """A part may say that it is not encoded."""
    content = body(part("name=a", b"1", f"Content-Transfer-Encoding: {encoding}"))
    assert client.post("/texts", content=content, headers=multipart()).text == "1"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x"])
def test_transfer_encodings(client: TestClient, encoding: str) -> None:
    """An encoded part is answered 415: RFC 7578 has done away with it."""
    content = body(part("name=a", b"MQ==", f"Content-Transfer-Encoding: {encoding}"))
    response = client.post("/texts", content=content, headers=multipart())
    assert response.status_code == 415
    assert detail(response) == "a part has a `content-transfer-encoding`; send it as it is"
