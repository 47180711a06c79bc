"""Two clients with one face: in process with jero's test client, over a socket with httpx."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import override

import httpx
import msgspec
from serving.answers import Answer, Headers
from serving.flows import Flow, response_flow, session_flow
from serving.raw_http import RawConnection, head
from serving.records import Log

from jero.testing import TestClient

type RequestHeaders = Sequence[tuple[str, str]]

_JSON = ("content-type", "application/json")


class Client(ABC):
    """Sends requests to one app over one edge. Targets go as given: nothing is normalised or encoded."""

    def __init__(self, edge: str, log: Log) -> None:
        self.edge = edge
        self.log = log

    def get(self, target: str, *, headers: RequestHeaders = ()) -> Answer:
        """Send a GET request."""
        return self.request("GET", target, headers=headers)

    def post(
        self,
        target: str,
        *,
        json: object = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: RequestHeaders = (),
    ) -> Answer:
        """Send a POST request; see `request`."""
        return self.request("POST", target, json=json, content=content, headers=headers)

    def request(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: RequestHeaders = (),
    ) -> Answer:
        """Send a request: with `json` encoded, or with `content` and no content type but a given one.

        `content` as an iterable is sent piece by piece, each in a message or a chunk of its own.
        """
        if json is not None:
            content, headers = msgspec.json.encode(json), [_JSON, *headers]
        return self._request(method, target, content, headers)

    @abstractmethod
    def stream(
        self,
        method: str,
        target: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: RequestHeaders = (),
    ) -> AbstractContextManager[Flow]:
        """Send a request and read its answer as it comes; to leave the context is to leave the app."""

    @abstractmethod
    def leave_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> None:
        """POST a body with a declared length, send only a part of it, and leave."""

    @abstractmethod
    def stall_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> Answer:
        """POST a body with a declared length, send only a part of it, and wait for an answer."""

    @abstractmethod
    def close(self) -> None:
        """End the client, and the app with it where it lives in this process."""

    @abstractmethod
    def _request(
        self, method: str, target: str, content: bytes | Iterable[bytes] | None, headers: RequestHeaders
    ) -> Answer: ...


class InProcessClient(Client):
    """Drives the app with `jero.TestClient`, which holds each exchange against the ASGI specification."""

    def __init__(self, edge: str, log: Log, client: TestClient) -> None:
        super().__init__(edge, log)
        self._client = client

    @override
    def _request(
        self, method: str, target: str, content: bytes | Iterable[bytes] | None, headers: RequestHeaders
    ) -> Answer:
        response = self._client.request(method, target, content=content, headers=headers)
        return Answer(response.status_code, Headers(response.multi_headers), response.content)

    @override
    def stream(
        self,
        method: str,
        target: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: RequestHeaders = (),
    ) -> AbstractContextManager[Flow]:
        return session_flow(self._client.stream_request(method, target, content=content, headers=headers))

    @override
    def leave_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> None:
        content = sent.ljust(declared)
        self._client.disconnect_in_body(
            "POST",
            target,
            content=content,
            headers=[("content-type", media_type)],
            disconnect_after=len(sent),
        )

    @override
    def stall_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> Answer:
        headers = [("content-type", media_type), ("content-length", str(declared))]
        response = self._client.post(target, content=_stalling(sent), headers=headers)
        return Answer(response.status_code, Headers(response.multi_headers), response.content)

    @override
    def close(self) -> None:
        self._client.close()


class SocketClient(Client):
    """Sends requests over a socket with httpx, and by hand what httpx would not send."""

    def __init__(self, edge: str, log: Log, port: int) -> None:
        super().__init__(edge, log)
        self.port = port
        # Nothing is encrypted here, and making a TLS context takes longer than a test.
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=10,
            trust_env=False,
            verify=False,  # noqa: S501
        )

    @override
    def _request(
        self, method: str, target: str, content: bytes | Iterable[bytes] | None, headers: RequestHeaders
    ) -> Answer:
        response = self._client.send(self._build(method, target, content, headers))
        return Answer(response.status_code, Headers(response.headers.multi_items()), response.content)

    @override
    def stream(
        self,
        method: str,
        target: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: RequestHeaders = (),
    ) -> AbstractContextManager[Flow]:
        return response_flow(self._client.send(self._build(method, target, content, headers), stream=True))

    def _build(
        self, method: str, target: str, content: bytes | Iterable[bytes] | None, headers: RequestHeaders
    ) -> httpx.Request:
        return self._client.build_request(
            method,
            "/",
            content=content if content is None or isinstance(content, bytes) else _each(content),
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            extensions={"target": target.encode("latin-1")},
        )

    def connect(self) -> RawConnection:
        """Open a connection for requests written by hand."""
        return RawConnection(self.port)

    @override
    def leave_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> None:
        with self.connect() as connection:
            connection.send(_head(target, declared, media_type) + sent)

    @override
    def stall_in_body(self, target: str, *, sent: bytes, declared: int, media_type: str = "application/json") -> Answer:
        with self.connect() as connection:
            connection.send(_head(target, declared, media_type) + sent)
            return connection.read_answer()

    @override
    def close(self) -> None:
        self._client.close()


def _head(target: str, declared: int, media_type: str) -> bytes:
    return head("POST", target, f"Content-Type: {media_type}", f"Content-Length: {declared}")


async def _stalling(sent: bytes) -> AsyncIterator[bytes]:
    yield sent
    await asyncio.Event().wait()


def _each(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces
