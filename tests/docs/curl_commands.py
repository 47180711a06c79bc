"""The `curl` of the guide: a command line to a request of a test client, and its answer as `curl` prints it."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from jero.testing import IncompleteResponseError, TestClient, TestResponse

type Part = tuple[str, tuple[str | None, str, str]]

_ORIGIN = "localhost:8000"
_PRETTY = " | python3 -m json.tool"
_CUT_OFF = "curl: (18) transfer closed with outstanding read data remaining"


def perform(command: str, client: TestClient) -> str:
    """Send the request of a command and give what it prints, without line breaks at the end."""
    asked = _read_command(command.removesuffix(_PRETTY))
    try:
        response = client.request(
            asked.method or ("GET" if asked.content is None and not asked.parts else "POST"),
            asked.url,
            headers=asked.headers,
            content=asked.content,
            files=asked.parts or None,
        )
    except IncompleteResponseError as error:
        return f"{error.content.decode()}{_CUT_OFF}"
    if command.endswith(_PRETTY):
        return json.dumps(response.json(), indent=4)
    return ((_head(response) if asked.shows_head else "") + response.text).rstrip("\n")


@dataclass(slots=True)
class _Request:
    """What a command asks for."""

    url: str = ""
    method: str = ""
    shows_head: bool = False
    content: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    parts: list[Part] = field(default_factory=list[Part])


def _read_command(command: str) -> _Request:
    asked = _Request()
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    for word in words:
        if word.startswith(_ORIGIN):
            asked.url = word.removeprefix(_ORIGIN) or "/"
        elif word in {"-i", "-I"}:
            asked.shows_head = True
            asked.method = "HEAD" if word == "-I" else asked.method
        elif word not in {"-s", "-N"}:  # how it is shown, which is the same here
            _take_option(asked, word, words)
    return asked


def _take_option(asked: _Request, word: str, words: Iterator[str]) -> None:
    value = next(words, "")
    match word:
        case "-X":
            asked.method = value
        case "-H":
            name, _, text = value.partition(":")
            asked.headers.append((name, text.strip()))
        case "--json":
            asked.content = value
            asked.headers += [("content-type", "application/json"), ("accept", "application/json")]
        case "-d" | "--data-binary":
            asked.content = value
            if not any(name.lower() == "content-type" for name, _ in asked.headers):
                asked.headers.append(("content-type", "application/x-www-form-urlencoded"))
        case "-F":
            asked.parts.append(_read_part(value))
        case _:
            raise ValueError(f"`{word}` is nothing that this curl knows; add it to tests/docs/curl_commands.py")


def _read_part(text: str) -> Part:
    """Read `name=content;filename=...;type=...`."""
    name, _, rest = text.partition("=")
    assert rest[:1] not in {"<", "@"}, f"`{text}` would be read from a file"
    said = dict(re.findall(r";(type|filename)=([^;]+)", rest))
    filename = said.get("filename")
    content = re.sub(r";(type|filename)=[^;]+", "", rest)
    return name, (filename, content, said.get("type", "application/octet-stream" if filename else ""))


def _head(response: TestResponse) -> str:
    status = HTTPStatus(response.status_code)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {it}" for name, it in response.multi_headers)]
    return "\n".join([*lines, "", ""])
