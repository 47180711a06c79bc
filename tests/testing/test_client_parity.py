"""The same arguments mean the same request in httpx, so that one test can run against both."""

from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
import pytest
from asgi_apps import Echo, echo

from jero.testing import AsyncTestClient

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/a b/é/%2F;x=1", {}),
    ("GET", "/x?a=1%20+b&c=", {}),
    ("GET", "/x", {"params": {"a": "x y&=", "n": 1, "f": 1.5, "b": True, "tag": ["p", "é"]}}),
    ("GET", "/x", {"params": [("a", "1"), ("b", "2"), ("a", "3")]}),
    ("DELETE", "/x", {"headers": {"X-Key": "é"}}),
    ("POST", "/x", {}),
    ("POST", "/x", {"json": {"a": [1, None, "é"]}}),
    ("PUT", "/x", {"content": b"\x00\xff"}),
    ("PATCH", "/x", {"content": "é"}),
    ("POST", "/x", {"data": {"a": "x y", "n": 1, "tag": ["p", "q"]}}),
    (
        "POST",
        "/x",
        {
            "data": {"a": "é", "tag": ["p", "q"]},
            "files": [("f", ("a.txt", b"1")), ("f", ("b", b"2", "image/png")), ("g", ('q"\r\n', b"3"))],
            "headers": {"content-type": "multipart/form-data; boundary=cut"},
        },
    ),
    (
        "POST",
        "/x",
        {
            "files": {"f": ("a.unknown", b"1", "text/csv", {"X-Part": "p"})},
            "headers": {
                "content-type": "multipart/form-data; boundary=cut",
            },
        },
    ),
]


def _meaning(seen: Echo) -> tuple[object, ...]:
    """Return what an app makes of a request, apart from what the clients call themselves."""
    headers = {name: value for name, value in seen.headers if name.startswith(("content-", "x-", "host"))}
    is_form = headers.get("content-type") == "application/x-www-form-urlencoded"
    content = parse_qsl(seen.body.decode()) if is_form else seen.body.lower()
    if is_form:
        del headers["content-length"]
    return (
        seen.method,
        seen.raw_path.lower(),
        sorted(parse_qsl(seen.query, keep_blank_values=True), key=itemgetter(0)),  # httpx gathers repeats
        headers,
        content,
    )


@pytest.mark.parametrize(("method", "url", "options"), REQUESTS)
async def test_a_request_means_the_same_as_in_httpx(method: str, url: str, options: dict[str, Any]) -> None:
    """Target, query, content headers and body are those that httpx sends for the same arguments."""
    latin_1 = {name: value.encode("latin-1") for name, value in options.get("headers", {}).items()}
    app: Any = echo  # httpx types apps with mutable mappings, which is no fault of either
    theirs_options: Any = {**options, "headers": latin_1}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as theirs:
        expected = await theirs.request(method, url, **theirs_options)
    async with AsyncTestClient(echo) as ours:
        response = await ours.request(method, url, **options)
    assert response.status_code == expected.status_code == 200
    assert response.headers["content-type"] == expected.headers["content-type"]
    assert _meaning(response.json(Echo)) == _meaning(msgspec.json.decode(expected.content, type=Echo))
