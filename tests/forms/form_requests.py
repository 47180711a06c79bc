"""Forms written by hand, as no proper client sends them, and the reading of what comes back."""

from collections.abc import Iterable, Mapping

import msgspec

from jero import BaseApp, Endpoint, TestResponse

AS_MULTIPART: Mapping[str, bytes] = {}
"""For `files=`: has the test client send a form as multipart that has no files."""
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


def multipart(boundary: str = "b") -> dict[str, str]:
    """Give the headers of a form with a boundary."""
    return {"content-type": f"multipart/form-data; boundary={boundary}"}


def part(disposition: str, content: bytes = b"", *headers: str) -> bytes:
    """Give a part: what follows `form-data; ` in its disposition, its content, its other headers."""
    lines = [f"Content-Disposition: form-data; {disposition}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


def body(*parts: bytes, boundary: str = "b") -> bytes:
    """Give a whole form."""
    delimiter = f"--{boundary}".encode()
    return b"".join(delimiter + b"\r\n" + it + b"\r\n" for it in parts) + delimiter + b"--\r\n"


def pieces(content: bytes, size: int) -> list[bytes]:
    """Cut a body in pieces of a size."""
    return [content[at : at + size] for at in range(0, len(content), size)]


def errors(response: TestResponse) -> list[tuple[str, str, str]]:
    """Give source, pointer and detail of each error that a response lists."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    entries = msgspec.convert(response.json(dict[str, object])["errors"], list[dict[str, str]])
    return [(entry["source"], entry["pointer"], entry["detail"]) for entry in entries]


def form_errors(response: TestResponse) -> list[tuple[str, str]]:
    """Give pointer and detail of each error of a form, which must be all that there are."""
    found = errors(response)
    assert {source for source, _, _ in found} == {"form"}
    return [(pointer, detail) for _, pointer, detail in found]


def detail(response: TestResponse) -> str:
    """Give what an error says."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return str(response.json(dict[str, object])["detail"])


class FormApp(BaseApp):
    """An app that mounts endpoints, each at its own path."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        super().__init__()
        self._endpoints = endpoints

    async def _wire(self) -> None:
        for endpoint in self._endpoints:
            self._include_endpoint(endpoint)
