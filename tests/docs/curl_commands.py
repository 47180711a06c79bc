"""The `curl` of the guide: a command line to a request of a test client, and its answer as `curl` prints it."""

import json
import re
import shlex
from http import HTTPStatus

from jero.testing import IncompleteResponseError, TestClient, TestResponse

_ORIGIN = "localhost:8000"
_PRETTY = " | python3 -m json.tool"
_CUT_OFF = "curl: (18) transfer closed with outstanding read data remaining"


def perform(command: str, client: TestClient) -> str:
    """Send the request of a command and give what it prints, without line breaks at the end."""
    is_pretty = command.endswith(_PRETTY)
    words = iter(shlex.split(command.removesuffix(_PRETTY).replace("\\\n", " "))[1:])
    method, url, shows_head = "", "", False
    headers: list[tuple[str, str]] = []
    content: str | None = None
    parts: list[tuple[str, tuple[str | None, str, str]]] = []
    for word in words:
        match word:
            case "-i":
                shows_head = True
            case "-I":
                shows_head, method = True, "HEAD"
            case "-s" | "-N":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(":")
                headers.append((name, value.strip()))
            case "--json":
                content = next(words)
                headers += [("content-type", "application/json"), ("accept", "application/json")]
            case "-d" | "--data-binary":
                content = next(words)
                if not any(name.lower() == "content-type" for name, _ in headers):
                    headers.append(("content-type", "application/x-www-form-urlencoded"))
            case "-F":
                parts.append(_part(next(words)))
            case _:
                assert word.startswith(_ORIGIN), f"`{word}` is nothing that this curl knows"
                url = word.removeprefix(_ORIGIN) or "/"
    method = method or ("GET" if content is None and not parts else "POST")
    try:
        response = client.request(method, url, headers=headers, content=content, files=parts or None)
    except IncompleteResponseError as error:
        return f"{error.content.decode()}{_CUT_OFF}"
    if is_pretty:
        return json.dumps(response.json(), indent=4)
    return ((_head(response) if shows_head else "") + response.text).rstrip("\n")


def _part(text: str) -> tuple[str, tuple[str | None, str, str]]:
    """Read `name=content;filename=...;type=...`, in quotes where it has a semicolon."""
    name, _, rest = text.partition("=")
    said = dict(re.findall(r";(type|filename)=([^;]+)", rest))
    content = re.sub(r";(type|filename)=[^;]+", "", rest)
    filename = said.get("filename")
    return name, (filename, content, said.get("type", "application/octet-stream" if filename else ""))


def _head(response: TestResponse) -> str:
    status = HTTPStatus(response.status_code)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {it}" for name, it in response.multi_headers)]
    return "\n".join([*lines, "", ""])
