"""What a test client's arguments become on the way to the app: target, headers, body."""

from collections.abc import AsyncIterator, Iterator
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import msgspec
import pytest
from asgi_apps import Echo, echo

from jero.testing import TestClient


class Movie(msgspec.Struct):
    title: str


@pytest.fixture(scope="module", name="client")
def _client() -> Iterator[TestClient]:
    with TestClient(echo) as client:
        yield client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_each_method_sends_its_own_verb(client: TestClient, method: str) -> None:
    """`client.put(…)` reaches the app as PUT, and so do the others."""
    response = getattr(client, method)("/x")
    assert response.json(Echo).method == method.upper()


def test_request_puts_the_method_in_upper_case(client: TestClient) -> None:
    """ASGI has the method in upper case in the scope, whatever the test wrote."""
    assert client.request("purge", "/x").json(Echo).method == "PURGE"


@pytest.mark.parametrize("method", ["", "GET /", "GÉT"])
def test_a_method_that_is_no_token_is_refused(client: TestClient, method: str) -> None:
    """No client could send such a request line."""
    with pytest.raises(ValueError, match="not a token"):
        client.request(method, "/x")


@pytest.mark.parametrize(
    ("url", "raw_path", "path", "query"),
    [
        ("/widgets", "/widgets", "/widgets", ""),
        ("/a%2Fb", "/a%2Fb", "/a/b", ""),
        ("/a%2fb%41", "/a%2fb%41", "/a/bA", ""),
        ("/a b", "/a%20b", "/a b", ""),
        ("/é", "/%C3%A9", "/é", ""),
        ("/%FF", "/%FF", "/�", ""),
        ("/100%", "/100%25", "/100%", ""),
        ("//x/./../y;a=1", "//x/./../y;a=1", "//x/./../y;a=1", ""),
        ("/x?a=%20+b&c", "/x", "/x", "a=%20+b&c"),
        ("/x?q=ü y?", "/x", "/x", "q=%C3%BC%20y?"),
        ("/x?a#part", "/x", "/x", "a"),
        ("widgets", "/widgets", "/widgets", ""),
        ("", "/", "/", ""),
        ("*", "*", "*", ""),
        ("/x?", "/x", "/x", ""),
    ],
)
def test_the_target_is_kept_as_given_and_encoded_where_it_is_not_legal(
    client: TestClient, url: str, raw_path: str, path: str, query: str
) -> None:
    """`raw_path` keeps the escapes that were given, encodes the illegal, and `path` is it decoded once."""
    seen = client.options(url).json(Echo)
    assert (seen.raw_path, seen.path, seen.query) == (raw_path, path, query)


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"a": "x y", "b": 1, "c": 1.5, "d": True, "e": False}, "a=x+y&b=1&c=1.5&d=true&e=false"),
        ({"tag": ["a", "b"], "n": (1, 2)}, "tag=a&tag=b&n=1&n=2"),
        ([("a", 1), ("b", 2), ("a", [3, 4])], "a=1&b=2&a=3&a=4"),
        ({"é": "&="}, "%C3%A9=%26%3D"),
        ({"none": []}, ""),
        ({}, ""),
    ],
)
def test_params_become_the_query(client: TestClient, params: Any, query: str) -> None:
    """Mappings and pairs are encoded, sequences repeat their name, booleans are true and false."""
    assert client.get("/x", params=params).json(Echo).query == query


def test_params_come_after_the_query_of_the_url(client: TestClient) -> None:
    """A query in the URL and `params` are both sent."""
    assert client.get("/x?a=1", params={"b": 2}).json(Echo).query == "a=1&b=2"


def test_a_param_of_another_type_is_refused(client: TestClient) -> None:
    """A None or an object has no text of its own: the error names the parameter and what to give."""
    with pytest.raises(TypeError, match=r"'limit' is of type NoneType; give str, int"):
        client.get("/x", params={"limit": None})  # pyright: ignore[reportArgumentType]  # the fault under test


def test_a_get_carries_host_and_the_client_defaults_but_no_length(client: TestClient) -> None:
    """A request without body has the headers of a plain client and no content headers."""
    seen = client.get("/x").json(Echo)
    assert seen.headers == [("host", "testserver"), ("accept", "*/*"), ("user-agent", "jero-testclient")]
    assert seen.server == ("testserver", 80)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_method_that_expects_a_body_says_length_zero_without_one(client: TestClient, method: str) -> None:
    """RFC 9110 (8.6): a method that has a body says that it is empty."""
    assert client.request(method, "/x").json(Echo).header("content-length") == "0"


@pytest.mark.parametrize("value", [Movie("Alien"), {"title": "Alien"}])
def test_json_encodes_structs_and_builtins(client: TestClient, value: object) -> None:
    """`json=` is encoded by msgspec and says so."""
    seen = client.post("/x", json=value).json(Echo)
    assert seen.body == b'{"title":"Alien"}'
    assert seen.header("content-type") == "application/json"
    assert seen.header("content-length") == "17"
    assert seen.pieces == 1


@pytest.mark.parametrize("falsy", [0, False, "", [], {}])
def test_a_falsy_json_value_is_a_body(client: TestClient, falsy: object) -> None:
    """Only None means that there is no JSON body."""
    assert client.post("/x", json=falsy).json(Echo).body == msgspec.json.encode(falsy)


@pytest.mark.parametrize(
    ("content", "sent"),
    [(b"\x00\xff", b"\x00\xff"), ("é", "é".encode()), (bytearray(b"ab"), b"ab"), (b"", b"")],
)
def test_content_is_sent_as_it_is_without_a_content_type(client: TestClient, content: Any, sent: bytes) -> None:
    """`content=` is the body itself; the test names its type where it wants one."""
    seen = client.post("/x", content=content).json(Echo)
    assert seen.body == sent
    assert seen.header("content-length") == str(len(sent))
    assert "content-type" not in dict(seen.headers)


async def _async_pieces() -> AsyncIterator[bytes]:
    for piece in (b"ab", b"", b"c"):
        yield piece


@pytest.mark.parametrize("make", [lambda: [b"ab", b"", b"c"], lambda: iter([b"ab", b"c"]), _async_pieces])
def test_an_iterable_content_is_sent_in_pieces(client: TestClient, make: Any) -> None:
    """Each piece that is not empty is a message, one more ends the body, and its length is not told."""
    seen = client.post("/x", content=make()).json(Echo)
    assert (seen.body, seen.pieces) == (b"abc", 3)
    assert seen.header("transfer-encoding") == "chunked"
    assert "content-length" not in dict(seen.headers)


def test_an_iterable_content_with_a_given_length_is_not_chunked(client: TestClient) -> None:
    """A test that names the length itself sends pieces under that length."""
    seen = client.post("/x", content=[b"a", b"b"], headers={"Content-Length": "2"}).json(Echo)
    assert seen.header("content-length") == "2"
    assert "transfer-encoding" not in dict(seen.headers)


def test_content_that_fails_raises_in_the_test(client: TestClient) -> None:
    """The exception of the test's own iterable is raised, not an answer of the app to the broken body."""

    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        client.post("/x", content=pieces())


def test_content_that_yields_text_is_refused(client: TestClient) -> None:
    """A piece that is no bytes is a fault of the test, said as such."""
    with pytest.raises(TypeError, match="yielded str; yield bytes"):
        client.post("/x", content=["text"])  # pyright: ignore[reportArgumentType]  # the fault under test


@pytest.mark.parametrize("content", [5, 1.5, object()])
def test_content_of_another_type_is_refused(client: TestClient, content: Any) -> None:
    """What is neither bytes, text nor iterable is named in the error."""
    with pytest.raises(TypeError, match=f"content is of type {type(content).__name__}"):
        client.post("/x", content=content)


def test_data_is_urlencoded(client: TestClient) -> None:
    """A form without files goes as `application/x-www-form-urlencoded`, repeats kept."""
    seen = client.post("/x", data={"a": "x y", "n": 1, "b": b"\xff", "tag": ["p", "q"]}).json(Echo)
    assert seen.body == b"a=x+y&n=1&b=%FF&tag=p&tag=q"
    assert seen.header("content-type") == "application/x-www-form-urlencoded"


def _parts(seen: Echo) -> list[Part]:
    """Read a multipart body with the standard library's parser."""
    head = f"content-type: {seen.header('content-type')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + seen.body)
    return [part for part in message.walk() if not part.is_multipart()]


def _shape(part: Part) -> tuple[object, ...]:
    """Return name, file name, content type as sent, and content of a part."""
    name = part.get_param("name", header="content-disposition")
    return (name, part.get_filename(), part.get("content-type"), part.get_payload(decode=True))


def test_files_and_data_go_as_multipart(client: TestClient) -> None:
    """Fields come first without a content type, files carry their name and type, repeats are kept."""
    seen = client.post(
        "/x",
        data=[("a", "x y"), ("tag", ["p", "q"]), ("raw", b"\xff\x00")],
        files=[
            ("f", ("one.txt", b"1")),
            ("f", ("two.bin", b"2", "image/png")),
            ("g", (None, "text")),
            ("h", b"bare"),
        ],
    ).json(Echo)
    assert [_shape(part) for part in _parts(seen)] == [
        ("a", None, None, b"x y"),
        ("tag", None, None, b"p"),
        ("tag", None, None, b"q"),
        ("raw", None, None, b"\xff\x00"),
        ("f", "one.txt", "text/plain", b"1"),
        ("f", "two.bin", "image/png", b"2"),
        ("g", None, None, b"text"),
        ("h", "upload", "application/octet-stream", b"bare"),
    ]


def test_a_struct_goes_as_a_json_part(client: TestClient) -> None:
    """A Struct in `data` or `files` makes the form multipart and its part JSON."""
    seen = client.post("/x", data={"movie": Movie("Alien")}, files={"copy": (None, Movie("Alien"))}).json(Echo)
    expected = ("application/json", b'{"title":"Alien"}')
    assert [_shape(part) for part in _parts(seen)] == [("movie", None, *expected), ("copy", None, *expected)]


def test_an_empty_files_makes_a_multipart_form(client: TestClient) -> None:
    """`files={}` asks for multipart even without a file."""
    seen = client.post("/x", data={"a": "1"}, files={}).json(Echo)
    assert [_shape(part) for part in _parts(seen)] == [("a", None, None, b"1")]


def test_an_empty_content_type_sends_none_with_the_part(client: TestClient) -> None:
    """A file without any content type can be sent."""
    seen = client.post("/x", files={"f": ("a.txt", b"1", "")}).json(Echo)
    assert [_shape(part) for part in _parts(seen)] == [("f", "a.txt", None, b"1")]


def test_part_headers_are_sent_and_win(client: TestClient) -> None:
    """The headers of a part go with it; a content type among them replaces the other."""
    entry = ("a.txt", b"1", "text/plain", {"X-Trace": "t", "Content-Type": "text/csv"})
    (part,) = _parts(client.post("/x", files={"f": entry}).json(Echo))
    assert (part["x-trace"], part.get_all("content-type")) == ("t", ["text/csv"])


def test_names_of_parts_are_escaped(client: TestClient) -> None:
    """Quotes and line ends in names are escaped as browsers do, so that no name can forge a header."""
    seen = client.post("/x", files={'a"b': ('c"\r\nx: y.txt', b"1")}).json(Echo)
    assert b'name="a%22b"; filename="c%22%0D%0Ax: y.txt"\r\n' in seen.body


@pytest.mark.parametrize("boundary", ["simple", '"quoted one"'])
def test_a_given_multipart_type_sets_the_boundary(client: TestClient, boundary: str) -> None:
    """A content type that the test names is kept, and the body uses its boundary."""
    told = f"multipart/form-data; boundary={boundary}"
    seen = client.post("/x", data={"a": "1"}, headers={"content-type": told}).json(Echo)
    assert seen.header("content-type") == told
    assert seen.body.startswith(f"--{boundary.strip('"')}\r\n".encode())


@pytest.mark.parametrize(
    "bodies",
    [
        {"json": 1, "content": b""},
        {"json": 1, "data": {}},
        {"content": b"", "files": {}},
        {"content": b"", "data": {}},
    ],
)
def test_two_bodies_are_refused(client: TestClient, bodies: Any) -> None:
    """A request has one body; the error says which arguments exclude each other."""
    with pytest.raises(TypeError, match="give only one of json=, content= and data="):
        client.post("/x", **bodies)


def test_an_unknown_argument_is_refused(client: TestClient) -> None:
    """A misspelt keyword is an error, not a silent nothing."""
    wrong: Any = {"jsn": 1}
    with pytest.raises(TypeError, match="no argument jsn; it takes params, json"):
        client.post("/x", **wrong)


def test_headers_of_a_request_replace_those_of_the_client_in_any_case() -> None:
    """The client's headers go with every request that does not name them itself; repeats are kept."""
    with TestClient(echo, headers={"X-Key": "client", "X-Other": "o"}) as client:
        seen = client.get("/x", headers=[("x-KEY", "1"), ("X-Key", "2"), ("Host", "other")]).json(Echo)
        assert [value for name, value in seen.headers if name == "x-key"] == ["1", "2"]
        assert (seen.header("x-other"), seen.header("host")) == ("o", "other")
        assert client.get("/x").json(Echo).header("x-key") == "client"


def test_a_given_content_type_and_length_are_kept(client: TestClient) -> None:
    """A test can lie about its body: what it names is what the app sees, once."""
    seen = client.post("/x", json=1, headers={"Content-Type": "text/plain", "Content-Length": "9"}).json(Echo)
    assert (seen.header("content-type"), seen.header("content-length"), seen.body) == (
        "text/plain",
        "9",
        b"1",
    )


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("bad name", "x", "not a token"),
        ("", "x", "not a token"),
        ("x", "a\r\nb: c", "CR, LF or NUL"),
        ("x", "a\0", "CR, LF or NUL"),
        ("x", "日本", "not latin-1"),
    ],
)
def test_a_header_that_no_client_can_send_is_refused(client: TestClient, name: str, value: str, fault: str) -> None:
    """A server would never hand such a header to the app, so neither does the test client."""
    with pytest.raises(ValueError, match=fault):
        client.get("/x", headers={name: value})


def test_latin_1_header_values_reach_the_app(client: TestClient) -> None:
    """Values are bytes on the wire: latin-1 text passes, outer blanks are stripped as servers do."""
    assert client.get("/x", headers={"x-name": " é "}).json(Echo).header("x-name") == "é"


def test_the_base_url_gives_scheme_host_port_and_prefix() -> None:
    """Paths are resolved under the prefix of the base URL, which also makes the `host` header."""
    with TestClient(echo, base_url="HTTPS://api.example:8443/v1/") as client:
        seen = client.get("/x").json(Echo)
        assert (seen.scheme, seen.server, seen.path) == ("https", ("api.example", 8443), "/v1/x")
        assert seen.header("host") == "api.example:8443"
        assert client.get("").json(Echo).path == "/v1"


def test_an_absolute_url_replaces_the_base() -> None:
    """An absolute URL goes to its own origin, without the prefix of the base."""
    with TestClient(echo, base_url="http://testserver/v1") as client:
        seen = client.get("https://[::1]/x?a=1").json(Echo)
    assert (seen.scheme, seen.server, seen.path, seen.query) == ("https", ("::1", 443), "/x", "a=1")
    assert seen.header("host") == "[::1]"


@pytest.mark.parametrize(
    "base_url",
    ["", "testserver", "ftp://x", "http://", "http://a b", "http://u:p@x", "http://x?q=1", "http://x#f"],
)
def test_a_malformed_base_url_is_refused(base_url: str) -> None:
    """A base URL is http or https with a host; the client is not made from anything else."""
    with pytest.raises(ValueError, match="give "):
        TestClient(echo, base_url=base_url)


def test_the_root_path_comes_before_the_path() -> None:
    """As ASGI has it: `path` and `raw_path` include `root_path`."""
    with TestClient(echo, root_path="/api") as client:
        seen = client.get("/x%41").json(Echo)
    assert (seen.root_path, seen.path, seen.raw_path) == ("/api", "/api/xA", "/api/x%41")


@pytest.mark.parametrize("root_path", ["api", "/api/", "/"])
def test_a_malformed_root_path_is_refused(root_path: str) -> None:
    """A root path begins with a slash and ends without one, or every path would be wrong."""
    with pytest.raises(ValueError, match="root_path"):
        TestClient(echo, root_path=root_path)
