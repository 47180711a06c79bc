"""A language server as an editor asks it: what completion offers at a place, and what hovering shows there."""

import json
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

SERVERS = {
    "pyright": ("pyright-langserver", "--stdio"),
    "ty": ("ty", "server"),
    "pyrefly": ("pyrefly", "lsp"),
}
ROOT = Path(__file__).parents[2]
_DOCUMENT = (ROOT / "tests" / "typing" / "right" / "edited.py").as_uri()
"""Nowhere on disk: editors ask about what is not saved yet."""

_MOST_SECONDS = 120.0
"""For all that a test module asks one server."""

type Message = dict[str, Any]  # JSON-RPC, as the Language Server Protocol has it


@dataclass(slots=True)
class LanguageServer:
    """A server with one document open."""

    to: IO[bytes]
    back: IO[bytes]
    text: str
    _asked: int = field(default=0)

    def names_at(self, mark: str) -> list[str]:
        """Give the names that are offered after a line that ends so, those with two underscores left out."""
        found = self.ask("textDocument/completion", {**_document(), "position": self._end_of(mark)})
        items: list[Message] = found["items"] if "items" in found else found
        labels: set[str] = {item["label"] for item in items}
        return sorted(label for label in labels if not label.startswith("__"))

    def text_at(self, mark: str) -> str:
        """Give what hovering over the end of a line shows."""
        found = self.ask("textDocument/hover", {**_document(), "position": self._end_of(mark)})
        return str(found["contents"]["value"])

    def ask(self, method: str, parameters: Mapping[str, object]) -> Any:
        """Ask, answer what the server asks meanwhile, and give the result."""
        self._asked += 1
        self.send({"id": self._asked, "method": method, "params": parameters})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == self._asked:
                return message["result"]
            if "method" in message and "id" in message:
                is_about_settings = message["method"] == "workspace/configuration"
                settings = [None] * len(message["params"]["items"]) if is_about_settings else None
                self.send({"id": message["id"], "result": settings})

    def send(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.to.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self.to.flush()

    def _receive(self) -> Message:
        length = 0
        while line := self.back.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: Message = json.loads(self.back.read(length))
        return message

    def _end_of(self, mark: str) -> Mapping[str, int]:
        (place,) = [number for number, line in enumerate(self.text.splitlines()) if line.strip() == mark]
        return {"line": place, "character": len(self.text.splitlines()[place])}


@contextmanager
def editing(server: str, text: str) -> Generator[LanguageServer]:
    """Start a server in the environment of the tests, with a document that has a text."""
    program, *options = SERVERS[server]
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / program), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    watch = Timer(_MOST_SECONDS, process.kill)  # then the server has ended, and whoever waits for it fails
    watch.start()
    with process:
        try:
            opened = LanguageServer(process.stdin, process.stdout, text)
            folder = {"uri": ROOT.as_uri(), "name": "jero"}
            opened.ask("initialize", {"processId": None, "workspaceFolders": [folder], "capabilities": _CAPABILITIES})
            opened.send({"method": "initialized", "params": {}})
            document = {"uri": _DOCUMENT, "languageId": "python", "version": 1, "text": text}
            opened.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
            yield opened
        finally:
            watch.cancel()
            process.kill()


_CAPABILITIES = {"textDocument": {"completion": {}, "hover": {"contentFormat": ["markdown", "plaintext"]}}}


def _document() -> dict[str, object]:
    return {"textDocument": {"uri": _DOCUMENT}}
