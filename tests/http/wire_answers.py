"""What a server wrote on one connection, read back strictly: answers in order, and whatever is no answer is a fault."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import h11
import msgspec

_HEAD_END = b"\r\n\r\n"
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*")
_FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\x21-\x7e\x80-\xff][\t\x20-\x7e\x80-\xff]*)?")
_CHUNK_LINE = re.compile(rb"[0-9a-fA-F]+\r\n")
_BODILESS = frozenset({204, 304})
_SERVERS_OWN = frozenset({"date", "server"})


class BadAnswerError(Exception):
    """What the server wrote is no well framed answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAnswer:
    """One response as it was written; names of headers in lower case, in the order written."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    raw: bytes
    is_whole: bool = True
    """Whether its end was written; a connection that closes is not one, for what is chunked or sized."""
    is_head: bool = False
    """Whether it has no body where its headers announce one, as an answer to HEAD does."""
    is_at_end: bool = False
    """Whether it came only as the client sent no more; for whoever reads to say."""

    def get(self, name: str) -> str | None:
        """Give the one value of a header, or None."""
        values = [value for key, value in self.headers if key == name]
        if len(values) > 1:
            raise BadAnswerError(f"the header {name} is written twice: {values}")
        return values[0] if values else None

    @property
    def own_headers(self) -> list[tuple[str, str]]:
        """The headers without those that a server adds of its own, and without those of the connection."""
        return [pair for pair in self.headers if pair[0] not in _SERVERS_OWN and pair[0] != "connection"]

    @property
    def closes(self) -> bool:
        """Whether it says that the connection ends with it."""
        return "close" in (self.get("connection") or "").lower()

    def decode[T](self, kind: type[T]) -> T:
        """Give the body, which must be JSON, as a type."""
        return msgspec.json.decode(self.body, type=kind)


def read_answers(written: bytes) -> list[WireAnswer]:
    """Read all that was written on a connection. Raises BadAnswerError where it is more or other than answers.

    Which of them answer a HEAD request is told from what follows: no body of the app begins as a status line does.
    """
    return list(_each_answer(written))


def check_with_h11(answer: WireAnswer, method: str = "GET") -> None:
    """Have h11, as a client that sent one request, read the answer. Raises h11.RemoteProtocolError, or asserts."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(answer.raw)
    client.receive_data(b"")
    body = b""
    while True:
        event = client.next_event()
        if isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.Response):
            assert event.status_code == answer.status
        elif isinstance(event, h11.EndOfMessage):
            break
        else:
            assert isinstance(event, h11.InformationalResponse), event
    assert body == answer.body
    assert client.trailing_data[0] == b""


def _each_answer(written: bytes) -> Iterator[WireAnswer]:
    at = 0
    while at < len(written):
        answer = _read_answer(written, at)
        at += len(answer.raw)
        if not answer.is_whole and at < len(written):
            raise BadAnswerError(f"something follows an answer that was cut off: {written!r}")
        yield answer


def _read_answer(written: bytes, start: int) -> WireAnswer:
    end = written.find(_HEAD_END, start)
    if end < 0:
        raise BadAnswerError(f"a head without an end: {written[start:]!r}")
    status, headers = _read_head(written[start:end])
    at = end + len(_HEAD_END)
    fields = dict(headers)
    if len([name for name, _ in headers if name in {"content-length", "transfer-encoding"}]) > 1:
        raise BadAnswerError(f"more than one framing: {headers}")
    length, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if (status < 200 or status in _BODILESS) and (coding is not None or (length is not None and status != 304)):
        raise BadAnswerError(f"a {status} with a body's framing: {headers}")
    body, is_whole, is_head = b"", True, False
    if status < 200 or status in _BODILESS:
        pass
    elif length not in {None, "0"} or coding is not None:
        if at == len(written) or written.startswith(b"HTTP/1.1 ", at):
            is_head = True
        elif coding is None:
            size = int(length or "0")
            body = written[at : at + size]
            is_whole = len(body) == size
            at += len(body)
        else:
            body, at, is_whole = _read_chunks(written, at)
    elif length is None:  # framed by the end of the connection
        is_head = written.startswith(b"HTTP/1.1 ", at)
        body, at = (b"", at) if is_head else (written[at:], len(written))
    raw = written[start:at]
    return WireAnswer(status=status, headers=headers, body=body, raw=raw, is_whole=is_whole, is_head=is_head)


def _read_head(head: bytes) -> tuple[int, list[tuple[str, str]]]:
    line, *fields = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(line)
    if status is None:
        raise BadAnswerError(f"no status line: {line!r}")
    pairs: list[tuple[str, str]] = []
    for text in fields:
        pair = _FIELD_LINE.fullmatch(text)
        if pair is None:
            raise BadAnswerError(f"no header line: {text!r}")
        pairs.append((pair[1].decode().lower(), (pair[2] or b"").decode("latin-1")))
    return int(status[1]), pairs


def _read_chunks(written: bytes, at: int) -> tuple[bytes, int, bool]:
    body = b""
    while at < len(written):
        line = _CHUNK_LINE.match(written, at)
        if line is None:
            if written.find(b"\r\n", at) < 0:
                break
            raise BadAnswerError(f"no chunk: {written[at:]!r}")
        at, size = line.end(), int(line[0], 16)
        body += written[at : at + size]
        if written[at + size : at + size + 2] != b"\r\n":
            break
        at += size + 2
        if size == 0:
            return body, at, True
    return body, len(written), False
