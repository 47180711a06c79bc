"""Multipart against a reference, Python's `email`, on what is valid; and on what is random, never a 5xx."""

import os
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import cast
from urllib.parse import parse_qsl

import pytest
from form_requests import URLENCODED, FormApp, detail, form_errors, multipart
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from jero import Endpoint, FilePart, FormPart, TestClient
from jero.testing.multipart import Part, encode_multipart


class Blobs(Struct):
    a: list[bytes] = []
    b: list[FormPart[bytes]] = []
    file: list[FilePart] = []


class Everything(Struct):
    text: str
    number: int = 0
    files: list[FilePart] = []
    part: FormPart[float] | None = None


class Found(Struct):
    """A part as both sides see it."""

    name: str
    content: bytes
    content_type: str | None = None
    filename: str | None = None


class Reading(Endpoint, path="/blobs"):
    async def post(self, form: Blobs) -> list[Found]:
        found = [Found("a", it) for it in form.a]
        found += [Found("b", it.data, it.content_type) for it in form.b]
        return found + [Found("file", it.data, it.content_type, it.filename) for it in form.file]


class Converting(Endpoint, path="/everything"):
    async def post(self, form: Everything) -> None: ...


class Contents(Struct):
    a: list[bytes] = []


class Escaped(Endpoint, path="/escaped"):
    async def post(self, form: Contents) -> list[Found]:
        return [Found("a", content) for content in form.a]


class Texts(Struct):
    text: str


class Urlencoded(Endpoint, path="/urlencoded"):
    async def post(self, form: Texts) -> None: ...


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the forms above; an error of the server fails the test."""
    app = FormApp((Reading(), Converting(), Escaped(), Urlencoded()))
    with TestClient(app, raise_server_exceptions=True) as opened:
        yield opened


_LONG = int(os.environ.get("HYPOTHESIS_EXAMPLES", "0"))
"""Examples of each property in a long run."""
BOUNDARY_CHARACTERS = "abcXYZ0189'()+_,-./:=?"
FRAGMENTS = [b"\r\n", b"\r", b"\n", b"-", b"--", b"\r\n--", b"\0", b"\xff", b"x", b": ", b"Content-Disposition: x"]
boundaries = st.text(BOUNDARY_CHARACTERS, min_size=1, max_size=70)
contents = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(b"".join) | st.binary(max_size=200)
content_types = st.none() | st.sampled_from(["text/plain", "image/png; x=y", "application/octet-stream"])
in_file_names = st.characters(codec="ascii", categories=("L", "N", "P", "Zs"), exclude_characters='"\\')
file_names = st.text(in_file_names, min_size=1)


@st.composite
def forms(draw: st.DrawFn) -> tuple[str, bytes]:
    """Give a boundary and a valid form with it."""
    boundary = draw(boundaries)
    mark = b"\r\n--" + boundary.encode()

    def fits(content: bytes) -> bool:
        return mark not in b"\r\n" + content + b"\r\n" and not (b"\r\n" + content).endswith(tuple(_prefixes(mark)))

    drawn = st.lists(st.tuples(st.sampled_from(["a", "b", "file"]), contents.filter(fits), content_types, file_names))
    parts = [Part(name, content, file if name == "file" else None, kind) for name, content, kind, file in draw(drawn)]
    preamble = draw(st.sampled_from([b"", b"\r\n", b"preamble\r\n", b"--\r\n\r\n"])) if parts else b""
    return boundary, preamble + encode_multipart(parts, boundary) + draw(st.sampled_from([b"", b"epilogue", b"\r\n--"]))


def _prefixes(mark: bytes) -> Iterator[bytes]:
    """Give what, at the end of a content, would make a boundary of a part of the next one."""
    return (mark[:length] for length in range(len(mark) - 1, 2, -1))


def reference(boundary: str, content: bytes) -> list[Found]:
    """Read a form with Python's `email`."""
    head = f'Content-Type: multipart/form-data; boundary="{boundary}"\r\n\r\n'.encode()
    message = message_from_bytes(head + content)
    parts = cast("list[Message]", message.get_payload()) if message.is_multipart() else []
    found = [_found(it) for it in parts]
    return sorted(found, key=lambda it: ["a", "b", "file"].index(it.name))


def _found(message: Message) -> Found:
    name = message.get_param("name", header="content-disposition")
    content = cast("bytes", message.get_payload(decode=True))
    if name == "a":
        return Found("a", content)
    if name == "b":
        return Found("b", content, message.get("content-type"))
    filename = message.get_param("filename", header="content-disposition")
    return Found("file", content, message.get("content-type"), cast("str", filename))


@given(form=forms(), size=st.sampled_from([None, 1, 2, 3, 7, 64]))
@settings(max_examples=_LONG or 75, deadline=None)
def test_agreement(client: TestClient, form: tuple[str, bytes], size: int | None) -> None:
    """A valid form has the parts that the reference finds in it, however it is cut in pieces."""
    boundary, content = form
    sent = content if size is None else [content[at : at + size] for at in range(0, len(content), size)]
    headers = {"content-type": f'multipart/form-data; boundary="{boundary}"'}
    response = client.post("/blobs", content=sent, headers=headers)
    assert response.status_code == 200, response.text
    assert response.json(list[Found]) == reference(boundary, content)


TOKENS = [
    *(b"--b\r\n", b"--b--\r\n", b"--b", b"\r\n", b"\n", b"\r", b" ", b"--", b":", b";", b'"', b"\\", b"=", b"\0"),
    b"\xff",
    *(b"Content-Disposition: form-data; ", b"name=", b"filename=", b"text", b"number", b"files", b"part"),
    *(b'name="text"\r\n\r\n', b'name="files"; filename="x"\r\n\r\n', b"Content-Type: ", b"1", b"x" * 100),
]
noise = st.binary(max_size=300) | st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join)


@given(content=noise, size=st.sampled_from([None, 1, 5]))
@settings(max_examples=_LONG or 150, deadline=None)
def test_random_multipart(client: TestClient, content: bytes, size: int | None) -> None:
    """Whatever bytes come as a multipart form are answered 204, 400, 413, 415 or 422, and what is wrong is said."""
    sent = content if size is None else [content[at : at + size] for at in range(0, len(content), size)]
    response = client.post("/everything", content=sent, headers=multipart())
    assert response.status_code in {204, 400, 413, 415, 422}
    if response.status_code == 422:
        assert form_errors(response)
    elif response.status_code != 204:
        assert detail(response)


@given(content=st.binary(max_size=100), size=st.sampled_from([None, 1, 5]))
@settings(max_examples=_LONG or 75, deadline=None)
def test_cut_forms(client: TestClient, content: bytes, size: int | None) -> None:
    """A form is read the same in one piece and in many."""
    form = encode_multipart([Part("text", content)], "b")
    whole = client.post("/everything", content=form, headers=multipart())
    sent = form if size is None else [form[at : at + size] for at in range(0, len(form), size)]
    cut = client.post("/everything", content=sent, headers=multipart())
    assert (whole.status_code, whole.content) == (cut.status_code, cut.content)


escapes = st.lists(st.sampled_from([b"%", b"%%", b"4", b"1", b"aF", b"g", b"=", b"+", b"\\", b"\n", b"\xff", b"\0"]))


@given(values=st.lists(escapes.map(b"".join) | st.binary(max_size=40).filter(lambda it: b"&" not in it)))
@settings(max_examples=_LONG or 75, deadline=None)
def test_escapes(client: TestClient, values: list[bytes]) -> None:
    """Escapes are decoded as the standard library decodes them, what is none stays, and no byte is lost."""
    content = b"&".join(b"a=" + value for value in values)
    response = client.post("/escaped", content=content, headers=URLENCODED)
    expected = parse_qsl(content.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    assert response.json(list[Found]) == [Found("a", value.encode("latin-1")) for _, value in expected]


urlencoded_tokens = st.sampled_from([b"&", b"=", b"text", b"%", b"%ff", b"4"])


@given(content=st.binary(max_size=200) | st.lists(urlencoded_tokens).map(b"".join))
@settings(max_examples=_LONG or 75, deadline=None)
def test_random_urlencoded(client: TestClient, content: bytes) -> None:
    """Whatever bytes come as an urlencoded form are answered 204, 400, 413 or 422."""
    response = client.post("/urlencoded", content=content, headers=URLENCODED)
    assert response.status_code in {204, 400, 413, 422}


@given(head=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=100))
@settings(max_examples=_LONG or 75, deadline=None)
def test_random_content_type(client: TestClient, head: str) -> None:
    """Whatever stands in a content type is answered 400, 415 or 422, or names the boundary."""
    response = client.post("/everything", content=b"", headers={"content-type": f"multipart/form-data;{head}"})
    assert response.status_code in {400, 415, 422}
