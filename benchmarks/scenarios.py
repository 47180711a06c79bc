"""The scenarios of `compare.py` and `overhead.py`: what each asks, byte for byte, what it must get, what is refused.

Every server is asked once before it is timed, and its whole answer compared: `verify` gives what is wrong with it.
"""

import http.client
import io
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

_TIMEOUT = 10.0
_PIPELINED = 24


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP/1.1 request."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def encode(self) -> bytes:
        """Give what goes over the socket."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.fields())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    def fields(self) -> list[tuple[str, str]]:
        """Give all headers that are sent."""
        length = [("Content-Length", str(len(self.body)))] if self.body else []
        return [("Host", "127.0.0.1"), *self.headers.items(), *length]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing to measure: a request, sent `pipelined` at a time on each of `connections`, and its answer.

    `expected` is a JSON value, a list of them for NDJSON, or text, as `content_type` says. Each of `refused` must be
    answered with one of its statuses: proof that a server checks what it is told to check.
    """

    key: str
    title: str
    request: Request
    expected: object
    status: int = 200
    content_type: str = "application/json"
    refused: tuple[tuple[Request, frozenset[int]], ...] = ()
    connections: int = 64
    pipelined: int = 1


def select(letters: str) -> list[Scenario]:
    """Give the scenarios of some letters; h is two of them, without and with pipelining."""
    return [scenario for scenario in SCENARIOS if scenario.key[0] in letters]


def verify(port: int, scenario: Scenario) -> str | None:
    """Ask a server on a port of 127.0.0.1; gives what is wrong with its answers, or None."""
    try:
        answers = _ask(port, scenario.request, scenario.pipelined)
        faults = [fault for answer in answers if (fault := find_fault(scenario, answer))]
        if faults:
            return faults[0]
        for request, statuses in scenario.refused:
            status = _ask(port, request, 1)[0].status
            if status not in statuses:
                return f"{request.method} {request.target} must be refused, and was answered {status}"
    except (OSError, http.client.HTTPException) as error:
        return f"no whole answer: {error!r}"
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is interested in: `content_type` is without parameters."""

    status: int
    content_type: str
    body: bytes


def read_answer(wire: io.BufferedIOBase, method: str) -> Answer:
    """Read one answer of HTTP/1.1 to a request of this method, and nothing of what follows it."""
    response = http.client.HTTPResponse(_Unclosed(wire), method=method)  # type: ignore[arg-type]  # all it needs
    response.begin()
    content_type = (response.getheader("content-type") or "").partition(";")[0]
    return Answer(response.status, content_type, response.read())


def find_fault(scenario: Scenario, answer: Answer) -> str | None:
    """Give what is wrong with an answer to the scenario's request, or None."""
    if (answer.status, answer.content_type) != (scenario.status, scenario.content_type):
        return f"answered {answer.status} {answer.content_type}, not {scenario.status} {scenario.content_type}"
    try:
        found: object = _READERS[scenario.content_type](answer.body.decode())
    except ValueError as error:
        return f"the body cannot be read: {error}"
    return None if found == scenario.expected else f"the body is not what it must be: {answer.body[:80]!r}"


def _ask(port: int, request: Request, times: int) -> list[Answer]:
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT) as connection:
        connection.sendall(request.encode() * times)
        wire = io.BufferedReader(socket.SocketIO(connection, "r"))
        return [read_answer(wire, request.method) for _ in range(times)]


class _Unclosed:
    """A socket, as `HTTPResponse` takes one, whose bytes outlive the response that is read from them."""

    def __init__(self, wire: io.BufferedIOBase) -> None:
        self._wire = wire

    def makefile(self, mode: str) -> "_Unclosed":
        _ = mode
        return self

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        return getattr(self._wire, name)


def _read_lines(text: str) -> list[object]:
    return [json.loads(line) for line in text.splitlines()]


_READERS = {"application/json": json.loads, "application/x-ndjson": _read_lines, "text/plain": str}

_MOVIE = {
    "title": "Stalker",
    "year": 1979,
    "director": "Andrei Tarkovsky",
    "rating": 8.1,
    "genres": ["drama", "science fiction"],
}
_BEARER = {"Authorization": "Bearer token", "Content-Type": "application/json"}
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Referer": "https://movies.example/search?q=tarkovsky",
    "Origin": "https://movies.example",
    "Cookie": "session=0f5a7c1e9b3d4f68a2c0; theme=dark; consent=necessary",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
}
_BOUNDARY = "----benchmark-0f5a7c1e9b3d4f68"
_FILE = bytes(range(32, 96)) * 1024
_FORM = b"\r\n".join(
    [
        f"--{_BOUNDARY}".encode(),
        b'Content-Disposition: form-data; name="title"',
        b"",
        b"report",
        f"--{_BOUNDARY}".encode(),
        b'Content-Disposition: form-data; name="file"; filename="report.bin"',
        b"Content-Type: application/octet-stream",
        b"",
        _FILE,
        f"--{_BOUNDARY}--".encode(),
        b"",
    ]
)

_CLIENT_ERRORS = frozenset(range(400, 500))
_post_movie = partial(Request, "POST", "/movies", _BEARER)
_hello = partial(
    Scenario, request=Request("GET", "/hello"), expected="Hello, World!", content_type="text/plain", connections=100
)
_movie = partial(Scenario, expected=_MOVIE, status=201)

SCENARIOS = [
    Scenario(
        "a",
        "GET JSON",
        Request("GET", "/widget"),
        {"id": 7, "name": "gizmo", "price": 9.5, "in_stock": True},
    ),
    Scenario(
        "b",
        "GET path + query",
        Request("GET", "/widgets/42?q=gizmo&page=3&in_stock=true"),
        {"widget_id": 42, "q": "gizmo", "page": 3, "in_stock": True},
        refused=((Request("GET", "/widgets/42?q=gizmo&page=three"), _CLIENT_ERRORS),),
    ),
    _movie(
        "c",
        "POST JSON, bearer",
        _post_movie(json.dumps(_MOVIE).encode()),
        refused=(
            (_post_movie(json.dumps({**_MOVIE, "year": "MCMLXXIX"}).encode()), frozenset({400, 422})),
            (
                Request("POST", "/movies", {**_BEARER, "Authorization": "Bearer other"}, json.dumps(_MOVIE).encode()),
                frozenset({401}),
            ),
        ),
    ),
    Scenario(
        "d",
        "GET 100 rows",
        Request("GET", "/rows"),
        [
            {
                "id": number,
                "name": f"widget {number}",
                "email": f"owner-{number}@widgets.example",
                "price": number + 0.25,
                "active": number % 2 == 0,
            }
            for number in range(100)
        ],
    ),
    Scenario(
        "e",
        "NDJSON, 100 items",
        Request("GET", "/stream"),
        [{"id": number, "name": f"widget {number}"} for number in range(100)],
        content_type="application/x-ndjson",
    ),
    Scenario(
        "f",
        "multipart, 64 KiB file",
        Request("POST", "/upload", {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}, _FORM),
        {"title": "report", "filename": "report.bin", "size": len(_FILE)},
    ),
    _movie("g", "c + 10 headers", Request("POST", "/movies", {**_BROWSER, **_BEARER}, json.dumps(_MOVIE).encode())),
    _hello("h", "hello"),
    _hello(f"h{_PIPELINED}", f"hello, {_PIPELINED} pipelined", pipelined=_PIPELINED),
]
