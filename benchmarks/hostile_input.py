"""What hostile input costs: the time that each kind of it keeps the event loop until it is answered or refused.

`python benchmarks/hostile_input.py [WORD ...]`: one request of each kind (whose name has the words), in process,
without a server. Everything is limited by its default; under 100 ms each is what is promised, but for bodies in
single bytes, which keep the loop in slices (see `docs/security.md`). `tests/hardening` holds that none of it grows
faster than its size.
"""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct

from jero import BaseApp, ContentStream, Endpoint, FilePart, NDJSONStream
from jero._asgi.messages import Message

KIB = 1024
MIB = 1024 * KIB
PROMISED = 100.0
"""Milliseconds."""


class Text(Struct):
    """A body that has a text, and whole numbers."""

    text: str = ""
    numbers: list[int] = []


class Query(Struct):
    """A query of every kind of value."""

    tag: list[str] = []
    number: int = 0
    ratio: float = 0.0
    price: Decimal = Decimal(0)


class Headers(Struct):
    """Headers that may be long or many."""

    cookie: str = ""
    x_item: list[str] = []


class Slots(Struct):
    """Slots with static segments between them."""

    first: str
    second: str
    third: str


class Form(Struct):
    """A form in either encoding."""

    texts: list[str] = []
    blob: bytes = b""


class FileForm(Struct):
    """A form with a file."""

    file: FilePart | None = None


class JSON(Endpoint, path="/json"):
    """Reads a JSON body."""

    async def post(self, json: Text) -> None:
        """Read it."""


class Content(Endpoint, path="/content"):
    """Reads bytes."""

    async def post(self, content: bytes) -> None:
        """Read them."""


class Upload(Endpoint, path="/upload"):
    """Reads bytes as they come."""

    async def post(self, content_stream: ContentStream) -> None:
        """Read them."""
        async for _ in content_stream:
            pass


class Lines(Endpoint, path="/lines"):
    """Reads lines of JSON."""

    async def post(self, json_stream: NDJSONStream[Text]) -> None:
        """Read them."""
        async for _ in json_stream:
            pass


class Queries(Endpoint, path="/queries"):
    """Reads a query."""

    async def get(self, params: Query) -> None:
        """Read it."""


class Heads(Endpoint, path="/headers"):
    """Reads headers."""

    async def get(self, headers: Headers) -> None:
        """Read them."""


class Paths(Endpoint, path="/paths/{first}/x/{second}/{third}"):
    """Reads slots."""

    async def get(self, path: Slots) -> None:
        """Read them."""


class Forms(Endpoint, path="/forms"):
    """Reads a form."""

    async def post(self, form: Form) -> None:
        """Read it."""


class FileForms(Endpoint, path="/file-forms"):
    """Reads a form with a file."""

    async def post(self, form: FileForm) -> None:
        """Read it."""


class App(BaseApp):
    """Reads everything that can be hostile."""

    async def _wire(self) -> None:
        for endpoint in (JSON(), Content(), Upload(), Lines(), Queries(), Heads(), Paths(), Forms(), FileForms()):
            self._include_endpoint(endpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One request; `piece` is the size of the pieces in which its body comes."""

    target: bytes
    method: str = "POST"
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""
    piece: int = 64 * KIB


type Make = Callable[[int], Hostile]

URLENCODED = (b"content-type", b"application/x-www-form-urlencoded")
MULTIPART = (b"content-type", b"multipart/form-data; boundary=b")
PART = b'--b\r\ncontent-disposition: form-data; name="texts"'
FILE = b'--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'
END = b"\r\n--b--\r\n"


def _bytewise(target: bytes, before: bytes = b"", after: bytes = b"", *headers: tuple[bytes, bytes]) -> Make:
    return lambda size: Hostile(target=target, body=before + b"x" * size + after, headers=headers, piece=1)


def _json(before: bytes, unit: bytes, after: bytes = b"") -> Make:
    return lambda size: Hostile(target=b"/json", body=before + unit * (size // len(unit)) + after)


def _urlencoded(before: bytes, unit: bytes) -> Make:
    return lambda size: Hostile(target=b"/forms", body=before + unit * (size // len(unit)) + b"%", headers=[URLENCODED])


def _multipart(before: bytes, unit: bytes, after: bytes = END, target: bytes = b"/forms") -> Make:
    return lambda size: Hostile(target=target, body=before + unit * (size // len(unit)) + after, headers=[MULTIPART])


def _content_type(before: bytes, unit: bytes, after: bytes = b"") -> Make:
    return lambda size: Hostile(
        target=b"/forms", body=b"x", headers=[(b"content-type", before + unit * (size // len(unit)) + after)]
    )


def _query(before: bytes, unit: bytes) -> Make:
    return lambda size: Hostile(method="GET", target=b"/queries", query=before + unit * (size // len(unit)))


def _path(before: bytes, unit: bytes, after: bytes = b"") -> Make:
    return lambda size: Hostile(method="GET", target=before + unit * (size // len(unit)) + after)


def _header(name: bytes, unit: bytes) -> Make:
    return lambda size: Hostile(method="GET", target=b"/headers", headers=[(name, unit * (size // len(unit)))])


def _headers(name: bytes, value: bytes) -> Make:
    return lambda size: Hostile(method="GET", target=b"/headers", headers=[(name, value)] * (size // len(value)))


KINDS: dict[str, tuple[Make, int]] = {
    "json in single bytes": (_bytewise(b"/json", b'{"text":"', b'"}'), MIB),
    "content in single bytes": (_bytewise(b"/content"), MIB),
    "upload in single bytes": (_bytewise(b"/upload"), MIB),
    "lines in single bytes": (_bytewise(b"/lines", b'{"text":"', b'"}'), MIB),
    "urlencoded in single bytes": (_bytewise(b"/forms", b"texts=", b"", URLENCODED), MIB),
    "multipart in single bytes": (_bytewise(b"/forms", PART + b"\r\n\r\n", END, MULTIPART), MIB),
    "json: brackets": (_json(b"", b"["), 9 * MIB),
    "json: brackets of an unknown key": (_json(b'{"x":', b"["), 9 * MIB),
    "json: wrong items": (_json(b'{"numbers":[', b'"x",', b"1]}"), 9 * MIB),
    "json: one key again and again": (_json(b"{", b'"text":"",', b'"text":1}'), 9 * MIB),
    "json: digits": (_json(b'{"numbers":[', b"1", b"]}"), 9 * MIB),
    "json: escapes": (_json(b'{"text":"', b"\\u0041", b'"}'), 9 * MIB),
    "urlencoded: fields": (_urlencoded(b"", b"a=1&"), 2 * MIB),
    "urlencoded: separators": (_urlencoded(b"", b"&"), MIB),
    "urlencoded: percents": (_urlencoded(b"texts=", b"%"), MIB),
    "urlencoded: percents and letters": (_urlencoded(b"texts=", b"%x"), 2 * MIB),
    "urlencoded: percents and escapes": (_urlencoded(b"texts=", b"%%41"), 2 * MIB),
    "urlencoded: escapes": (_urlencoded(b"texts=", b"%41"), 3 * MIB),
    "multipart: parts": (_multipart(b"", PART + b"\r\n\r\nx\r\n", b"--b--\r\n"), 600 * KIB),
    "multipart: headers": (_multipart(PART + b"\r\n", b"x-a: y\r\n"), MIB),
    "multipart: near-boundaries": (_multipart(FILE, b"\r\n--X", END, b"/file-forms"), 4 * MIB),
    "multipart: carriage returns": (_multipart(FILE, b"\r", END, b"/file-forms"), 4 * MIB),
    "multipart: line breaks": (_multipart(FILE, b"\r\n", END, b"/file-forms"), 4 * MIB),
    "multipart: backslashes": (
        _multipart(b"", b'--b\r\ncontent-disposition: form-data; name="' + b"\\\\" * 1900 + b'"\r\n\r\nx\r\n'),
        2 * MIB,
    ),
    "multipart: preamble": (_multipart(b"", b"-"), MIB),
    "content type: backslashes": (_content_type(b'multipart/form-data; x="', b"\\\\", b'"; boundary=b'), 60 * KIB),
    "content type: open quote": (_content_type(b'multipart/form-data; boundary="', b"\\"), 60 * KIB),
    "content type: semicolons": (_content_type(b"multipart/form-data", b"; "), 60 * KIB),
    "content type: spaces": (_content_type(b"multipart/form-data;", b" ", b"x"), 60 * KIB),
    "query: separators": (_query(b"", b"&"), 16 * KIB),
    "query: percents": (_query(b"tag=", b"%"), 16 * KIB - 4),
    "query: pairs": (_query(b"", b"tag=%41&"), 8000),
    "query: digits of an int": (_query(b"number=", b"1"), 16 * KIB - 7),
    "query: digits of a float": (_query(b"ratio=", b"1"), 16 * KIB - 6),
    "query: digits of a decimal": (_query(b"price=", b"1"), 16 * KIB - 6),
    "query: far too long": (_query(b"", b"a"), 10 * MIB),
    "path: slashes": (_path(b"/", b"/"), 60 * KIB),
    "path: segments": (_path(b"", b"/a"), 60 * KIB),
    "path: percents": (_path(b"/paths/", b"%", b"/x/y/z"), 60 * KIB),
    "path: escapes": (_path(b"/paths/", b"%2F", b"/x/y/z"), 60 * KIB),
    "path: dots": (_path(b"/paths/", b"../"), 60 * KIB),
    "headers: semicolons of a cookie": (_header(b"cookie", b";"), 60 * KIB),
    "headers: cookies": (_headers(b"cookie", b"a=b"), 3000),
    "headers: items": (_headers(b"x-item", b"item"), 4000),
}
"""Each kind of input, made in a size, and the size in which it is timed."""


async def ask(app: BaseApp, hostile: Hostile) -> int:
    """Send a request to an app that serves; give the status of the answer."""
    at, sent = 0, list[Message]()

    async def receive() -> Message:
        nonlocal at
        piece = hostile.body[at : at + hostile.piece]
        at += hostile.piece
        return {"type": "http.request", "body": piece, "more_body": at < len(hostile.body)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Message = {
        "type": "http",
        "method": hostile.method,
        "path": hostile.target.decode(),
        "raw_path": hostile.target,
        "query_string": hostile.query,
        "headers": list(hostile.headers),
    }
    await app(scope, receive, send)
    return sent[0]["status"]


async def main(words: Sequence[str]) -> None:
    """Time each kind, and print a line for it."""
    logging.disable(logging.WARNING)
    app = App()
    await ask(app, Hostile(target=b"/content"))
    for name, (make, size) in KINDS.items():
        if all(word in name for word in words):
            hostile = make(size)
            gc.collect()
            began = time.thread_time()
            status = await ask(app, hostile)
            took = (time.thread_time() - began) * 1e3
            print(f"{name:34} {status} {took:9.1f} ms{'   over 100' if took > PROMISED else ''}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
