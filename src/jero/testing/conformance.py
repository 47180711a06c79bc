"""Holds what an app sends against the ASGI 3 specification: order, types, headers, body length."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Literal, cast

from jero.testing.errors import ASGIViolationError

type HeaderPairs = list[tuple[bytes, bytes]]
type LifespanPhase = Literal["startup", "shutdown"]

_START = "ASGI 3 (HTTP, Response Start) demands "
_BODY = "ASGI 3 (HTTP, Response Body) demands "
_LIFESPAN = "ASGI 3 (Lifespan) demands "
_MESSAGE = "ASGI 3 (Events) demands a dict whose 'type' is the name of a message that the scope's protocol has"

_STATUSES = range(100, 600)
_WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED}

_token = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_has_upper = re.compile(rb"[A-Z]").search
_breaks_line = re.compile(rb"[\r\n\0]").search
_digits = re.compile(rb"[0-9]+").fullmatch


class _Phase(Enum):
    """Where a response stands: which message may come next."""

    BEFORE = "nothing was sent yet"
    STARTED = "the response was started"
    COMPLETE = "the response was complete"


class ResponseConformance:
    """Checks the messages of one response in the order in which the app sends them.

    A message that is refused changes nothing: the next one is held against what was accepted before.
    """

    __slots__ = ("_declared", "_method", "_phase", "_received", "headers", "status")

    def __init__(self, method: str) -> None:
        """Begin a response to a request with this method (upper case)."""
        self._method = method
        self._phase = _Phase.BEFORE
        self._declared: int | None = None
        self._received = 0
        self.status = 0
        self.headers: HeaderPairs = []

    @property
    def started(self) -> bool:
        """Whether a start was accepted."""
        return self._phase is not _Phase.BEFORE

    @property
    def complete(self) -> bool:
        """Whether the last part of the body was accepted."""
        return self._phase is _Phase.COMPLETE

    def take(self, message: object) -> bytes | None:
        """Check one message; return the bytes of a body message, None for a start.

        Raises:
            ASGIViolationError: the message breaks the specification.

        """
        fields = _fields(message)
        match fields.get("type"):
            case "http.response.start":
                self._take_start(fields)
                return None
            case "http.response.body":
                return self._take_body(fields)
            case kind:
                raise ASGIViolationError(message, f"no HTTP message has the type {kind!r}", _MESSAGE)

    def _take_start(self, message: Mapping[str, object]) -> None:
        """Check status and headers, and that it is the first message."""
        if self._phase is not _Phase.BEFORE:
            demand = f"{_START}one start, before all else, in each response"
            raise ASGIViolationError(message, f"{self._phase.value} already", demand)
        status = message.get("status")
        if not isinstance(status, int) or isinstance(status, bool) or status not in _STATUSES:
            demand = f"{_START}an int, which RFC 9110 (15) has in 100 to 599"
            raise ASGIViolationError(message, f"the status is {status!r}", demand)
        if message.get("trailers", False):
            raise ASGIViolationError(
                message,
                "trailers are announced",
                "ASGI 3 (HTTP Trailers) allows it only where scope['extensions'] offers it",
            )
        headers = _checked_headers(message)
        declared = _declared_length(message, headers)
        if declared is not None and (status < HTTPStatus.OK or status == HTTPStatus.NO_CONTENT):
            demand = "RFC 9110 (8.6) forbids it in responses with a status of 1xx or 204"
            raise ASGIViolationError(message, f"content-length goes with status {status}", demand)
        self.status, self.headers, self._declared = status, headers, declared
        self._phase = _Phase.STARTED

    def _take_body(self, message: Mapping[str, object]) -> bytes:
        """Check a part of the body against what came before it."""
        if self._phase is not _Phase.STARTED:
            demand = f"{_BODY}to come after the start, and nothing to come after the last part"
            raise ASGIViolationError(message, self._phase.value, demand)
        body = message.get("body", b"")
        if not isinstance(body, bytes):
            raise ASGIViolationError(message, f"the body is of type {_type_name(body)}", f"{_BODY}bytes")
        more_body = message.get("more_body", False)
        if not isinstance(more_body, bool):
            raise ASGIViolationError(message, f"more_body is {more_body!r}", f"{_BODY}True or False")
        if body and (reason := self._no_body_because()):
            raise ASGIViolationError(message, f"a body goes with {reason}", "RFC 9110 (6.4.1) forbids it")
        received = self._received + len(body)
        self._check_length(message, received, last=not more_body)
        self._received = received
        if not more_body:
            self._phase = _Phase.COMPLETE
        return body

    def _no_body_because(self) -> str | None:
        """Say why this response has no body (RFC 9110 6.4.1, 15.3.6), or None where it may have one."""
        if self._method == "HEAD":
            return "the answer to HEAD"
        if self.status < HTTPStatus.OK or self.status in _WITHOUT_BODY:
            return f"status {self.status}"
        return None

    def _check_length(self, message: Mapping[str, object], received: int, *, last: bool) -> None:
        """Hold the bytes so far against `content-length`, where that tells the length of this very body."""
        if self._declared is None or self._method == "HEAD" or self.status == HTTPStatus.NOT_MODIFIED:
            return
        if received > self._declared or (last and received < self._declared):
            fault = f"the body has {received} bytes, where content-length said {self._declared}"
            demand = "RFC 9110 (8.6) demands a body of exactly that length"
            raise ASGIViolationError(message, fault, demand)


def _fields(message: object) -> Mapping[str, object]:
    """Return the message as a mapping, if it is a dict with a `type` at all."""
    if not isinstance(message, dict):
        raise ASGIViolationError(message, f"it is of type {_type_name(message)}", _MESSAGE)
    fields = cast("dict[str, object]", message)  # a dict of any kind; wrong keys are just never asked for
    if not isinstance(fields.get("type"), str):
        raise ASGIViolationError(fields, f"its type is {fields.get('type')!r}", _MESSAGE)
    return fields


def _checked_headers(message: Mapping[str, object]) -> HeaderPairs:
    """Return the headers as pairs of bytes, each held against ASGI and RFC 9110 (5.1, 5.5)."""
    given = message.get("headers", ())
    if not isinstance(given, Iterable):
        demand = f"{_START}an iterable of pairs of bytes"
        raise ASGIViolationError(message, f"the headers are of type {_type_name(given)}", demand)
    pairs: HeaderPairs = []
    for pair in cast("Iterable[object]", given):  # an iterable of anything; each item is looked at
        name, value = _header_pair(message, pair)
        if not _token(name):
            demand = f"{_START}no pseudo headers, and RFC 9110 (5.1) a token"
            raise ASGIViolationError(message, f"the header name {name!r} is not a field name", demand)
        if _has_upper(name):
            demand = f"{_START}lower-case header names"
            raise ASGIViolationError(message, f"the header name {name!r} has upper-case letters", demand)
        if _breaks_line(value):
            demand = "RFC 9110 (5.5) forbids CR, LF and NUL in a field value"
            raise ASGIViolationError(message, f"the value of {name!r} is {value!r}", demand)
        pairs.append((name, value))
    return pairs


def _header_pair(message: Mapping[str, object], pair: object) -> tuple[bytes, bytes]:
    """Return one header as a pair of bytes."""
    if isinstance(pair, Iterable) and not isinstance(pair, str | bytes):
        match tuple(cast("Iterable[object]", pair)):  # an iterable of anything; matched right here
            case (bytes(name), bytes(value)):
                return name, value
            case _:
                pass
    raise ASGIViolationError(message, f"a header is {pair!r}", f"{_START}[name, value], both bytes")


def _declared_length(message: Mapping[str, object], headers: HeaderPairs) -> int | None:
    """Return what `content-length` says, None where it is absent."""
    values = {value for name, value in headers if name == b"content-length"}
    if not values:
        return None
    value = values.pop()
    if values or not _digits(value):
        demand = "RFC 9110 (8.6) demands one decimal number"
        raise ASGIViolationError(message, "content-length is not one number", demand)
    return int(value)


def _type_name(value: object) -> str:
    """Name the type of a value, for a message."""
    return type(value).__name__


@dataclass(frozen=True, slots=True)
class LifespanAnswer:
    """What an app answered to `lifespan.startup` or `lifespan.shutdown`."""

    phase: LifespanPhase
    failed: bool
    message: str


_LIFESPAN_ANSWERS: dict[object, tuple[LifespanPhase, bool]] = {
    "lifespan.startup.complete": ("startup", False),
    "lifespan.startup.failed": ("startup", True),
    "lifespan.shutdown.complete": ("shutdown", False),
    "lifespan.shutdown.failed": ("shutdown", True),
}


class LifespanConformance:
    """Checks the messages of a lifespan: each question is answered once, after it was asked."""

    __slots__ = ("_asked", "_owed")

    def __init__(self) -> None:
        """Begin before anything was asked."""
        self._owed: LifespanPhase | None = None
        self._asked = False

    @property
    def asked(self) -> bool:
        """Whether the app has received any question."""
        return self._asked

    def ask(self, phase: LifespanPhase) -> None:
        """Note that the app has received `lifespan.<phase>` and now owes its answer."""
        self._asked = True
        self._owed = phase

    def take(self, message: object) -> LifespanAnswer:
        """Check one message and return what it says.

        Raises:
            ASGIViolationError: the message breaks the specification.

        """
        fields = _fields(message)
        known = _LIFESPAN_ANSWERS.get(fields["type"])
        if known is None:
            fault = f"no lifespan message has the type {fields['type']!r}"
            raise ASGIViolationError(message, fault, _MESSAGE)
        phase, failed = known
        if phase != self._owed:
            demand = f"{_LIFESPAN}one answer to each event, after the app has received it"
            raise ASGIViolationError(message, f"lifespan.{phase} is not waiting for an answer", demand)
        text = fields.get("message", "")
        if not isinstance(text, str):
            fault = f"the message is of type {_type_name(text)}"
            raise ASGIViolationError(message, fault, f"{_LIFESPAN}a str")
        self._owed = None
        return LifespanAnswer(phase, failed, text)

    def missing(self, phase: LifespanPhase) -> ASGIViolationError:
        """Return the violation of an app that ended without an answer to `lifespan.<phase>`."""
        return ASGIViolationError(
            f"the app's lifespan ended without an answer to lifespan.{phase}",
            "it returned",
            f"{_LIFESPAN}lifespan.{phase}.complete or lifespan.{phase}.failed",
        )
