"""What a body may say that it is: the media types and encodings that a `json` body may have."""

import pytest
from serving.clients import Client
from serving.decisions import LOSES_NON_ASCII_HEADERS
from serving.servings import Serve

_BODY = b'{"name": "nut"}'


@pytest.fixture
def app(serve: Serve[Client]) -> Client:
    """Serve the app that reads bodies."""
    return serve("apps.bodies")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        "application/json ; a=b",
        "application/problem+json",
        "application/vnd.example.v1+json",
        "APPLICATION/Merge-Patch+JSON; q=1",
    ],
)
def test_json_types(app: Client, media_type: str) -> None:
    """`application/json` and `+json` types are read, in any case and with any parameters."""
    answer = app.post("/widgets", content=_BODY, headers=[("content-type", media_type)])
    assert answer.status == 201


def test_no_type(app: Client) -> None:
    """A body without a content type is taken as JSON."""
    assert app.post("/widgets", content=_BODY).status == 201


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/plain;charset=UTF-8",
        "text/plain; x=application/json",
        "text/plain;+json",
        "text/plain, application/json",
        "text/plain, a/b+json",
        "application/json, text/plain",
        "text/json",
        "application/jsonp",
        "application/json-seq",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/xml",
        "json",
        "+json",
        "application/+json",
        "/json",
        "application/",
        "*/*",
        "text/plain\t;+json",
    ],
)
def test_other_types(app: Client, media_type: str) -> None:
    """Any other type is answered 415, those above all that a page of another site may send without asking."""
    answer = app.post("/widgets", content=_BODY, headers=[("content-type", media_type)])
    assert answer.status == 415
    assert answer.problem["type"] == "unsupported-media-type"
    assert "reads `application/json`" in str(answer.problem["detail"])
    assert answer.headers["accept"] == "application/json"


def test_empty_type(app: Client) -> None:
    """A content type that is there and says nothing is no JSON."""
    answer = app.post("/widgets", content=_BODY, headers=[("content-type", "")])
    assert answer.status == 415


def test_two_types(app: Client) -> None:
    """A body that says twice what it is, is answered 400."""
    headers = [("content-type", "application/json"), ("content-type", "text/plain")]
    answer = app.post("/widgets", content=_BODY, headers=headers)
    assert answer.status == 400
    assert answer.problem["detail"] == "the header `content-type` is given twice; send it once"


def test_long_type_is_not_repeated(app: Client) -> None:
    """Of a long or unprintable type, the answer repeats no more than 64 characters, escaped."""
    answer = app.post("/widgets", content=_BODY, headers=[("content-type", "text/" + "\xa0" + "x" * 5000)])
    assert answer.status == 415
    assert "x" * 65 not in answer.text
    shown = "\xff" if app.edge in LOSES_NON_ASCII_HEADERS else "\\xa0"
    assert shown in str(answer.problem["detail"])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip", "x", ""])
def test_compressed_body(app: Client, encoding: str) -> None:
    """A `json` body with a content encoding is answered 415: nothing is unpacked."""
    answer = app.post("/widgets", content=_BODY, headers=[("content-encoding", encoding)])
    assert answer.status == 415
    assert answer.problem["type"] == "unsupported-media-type"
    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["identity", "Identity"])
def test_identity_encoding(app: Client, encoding: str) -> None:
    """The encoding `identity` is none."""
    assert app.post("/widgets", content=_BODY, headers=[("content-encoding", encoding)]).status == 201


def test_encodings_in_two_headers(app: Client) -> None:
    """An encoding that stands in a second header counts, too."""
    headers = [("content-encoding", "identity"), ("content-encoding", "gzip")]
    assert app.post("/widgets", content=_BODY, headers=headers).status == 415


@pytest.mark.parametrize("media_type", ["text/plain", "image/png", "nonsense"])
def test_content_of_any_type(app: Client, media_type: str) -> None:
    """A `content` body may be of any type, and comes as it was sent."""
    answer = app.post("/contents", content=b"\x00\xff", headers=[("content-type", media_type)])
    assert (answer.status, answer.body) == (200, b"\x00\xff")


def test_encoded_content(app: Client) -> None:
    """A `content` body may be encoded, and is handed over as it was sent."""
    answer = app.post("/contents", content=b"\x1f\x8b", headers=[("content-encoding", "gzip")])
    assert (answer.status, answer.body) == (200, b"\x1f\x8b")


def test_empty_content(app: Client) -> None:
    """A `content` body may be empty."""
    answer = app.post("/contents", content=b"")
    assert (answer.status, answer.body) == (200, b"")
