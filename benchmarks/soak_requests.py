"""What a soak sends: good requests and bad ones, as bytes, with the statuses that may answer each."""

from dataclasses import dataclass

_TYPES = {
    "json": "application/json",
    "urlencoded": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data; boundary=b",
}
_BEARER = "Authorization: Bearer soak"
_FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n%b\r\n--b--\r\n'
_NOTE = b'{"title":"a note","tags":["a","b"],"rating":5}'
_WRONG = b'{"title":1,"tags":[' + b"2," * 8 + b'3],"rating":"x"}'


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. `statuses` is empty where the client leaves in its midst, and is told nothing."""

    data: bytes
    statuses: frozenset[int]
    has_body: bool = True


def _request(
    method: str, target: str, *statuses: int, kind: str = "", body: bytes = b"", lines: tuple[str, ...] = ()
) -> Sent:
    head = [f"{method} {target} HTTP/1.1", "Host: soak", *lines]
    if kind:
        head.append(f"Content-Type: {_TYPES[kind]}")
    if method == "POST" and not any(line.startswith("Content-Length") for line in lines):
        head.append(f"Content-Length: {len(body)}")
    data = "\r\n".join([*head, "", ""]).encode("latin-1") + body
    return Sent(data, frozenset(statuses), has_body=method != "HEAD")


def _cut(sent: Sent, keep: int) -> Sent:
    """Let the client leave before the last bytes of its body."""
    return Sent(sent.data[:-keep], frozenset())


GOOD = (
    _request("GET", "/notes/5?tag=a&tag=%C3%A9&limit=3", 200, lines=(_BEARER,)),
    _request("POST", "/notes", 201, kind="json", body=_NOTE, lines=(_BEARER,)),
    _request("POST", "/forms", 200, kind="urlencoded", body=b"title=a+note&rating=4"),
    _request("HEAD", "/notes/5", 200, lines=(_BEARER,)),
    _request("OPTIONS", "/notes", 204),
    _request("GET", "/rows?count=20", 200),
    _request("GET", "/heads", 204, lines=("Cookie: a=b; c=d", "X-Other: " + "x" * 100)),
    _request("POST", "/files", 200, kind="multipart", body=_FILE % (b"x" * 2000)),
    _request("POST", "/notes", 201, kind="json", body=_NOTE, lines=(_BEARER, "Accept: */*", "X-Request-ID: 7")),
    _request("POST", "/files", 200, kind="multipart", body=_FILE % (b"x" * 60_000)),
)
"""The last one goes by way of the disk."""

BAD = (
    _request("POST", "/notes", 400, kind="json", body=b'{"title":', lines=(_BEARER,)),
    _request("POST", "/notes", 400, kind="json", body=b"[" * 5000, lines=(_BEARER,)),
    _request("POST", "/notes", 422, kind="json", body=_WRONG, lines=(_BEARER,)),
    _request("POST", "/notes", 415, kind="urlencoded", body=b"title=x", lines=(_BEARER,)),
    _request("POST", "/notes", 401, kind="json", body=_NOTE),
    _request("POST", "/notes", 401, kind="json", body=_NOTE, lines=("Authorization: Bearer other",)),
    _request("GET", "/notes/x", 404, lines=(_BEARER,)),
    _request("GET", "/nothing/%2e%2e/%ff", 400, 404),
    _request("DELETE", "/notes", 405),
    _request("GET", "/notes/5?tag=%ff", 400, lines=(_BEARER,)),
    _request("GET", "/notes/5?limit=" + "9" * 500 + "x", 400, lines=(_BEARER,)),
    _request("GET", "/heads", 400, lines=("Cookie: " + "a=b;" * 300,)),
    _request("GET", "/faults", 500),
    _request("POST", "/forms", 422, kind="urlencoded", body=b"rating=x&" + b"%" * 500),
    _request("POST", "/files", 400, kind="multipart", body=(_FILE % (b"x" * 60_000))[:-8]),
    _request("POST", "/files", 413, kind="multipart", lines=("Content-Length: 99999999",)),
    Sent(b"GET / HTTP/1.1\r\nno header at all\r\n\r\n", frozenset({400})),
    Sent(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", frozenset({400})),
    _cut(_request("POST", "/notes", kind="json", body=_NOTE, lines=(_BEARER,)), 10),
    _cut(_request("POST", "/files", kind="multipart", body=_FILE % (b"x" * 60_000)), 100),
)
"""Refused by jero, refused by the server, and broken off by the client."""
