"""Whatever comes on a connection, in whatever pieces: answered in order or refused, and as uvicorn would accept it.

Each case is a connection. It is valid requests, valid ones around a malformed one, or valid ones with damaged bytes;
the same bytes go to uvicorn's own httptools protocol, one by one, and both apps tell what they were given.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from http_app import Seen, WireApp
from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st
from malformed_requests import MALFORMED, Malformed
from raw_exchange import Exchange, MemoryServer, serving
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from wire_answers import WireAnswer, check_with_h11
from wire_requests import Sent, damaged, get, split, valid_requests

# A long run: `HYPOTHESIS_EXAMPLES=40000 task test-one -- tests/http/test_http_fuzz.py`.
EXAMPLES = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "50")),
    deadline=None,
    # The servers are the same for all the examples; each clears what it leaves.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_SPACES = rb"[A-Z]+(?:  +[^ \r\n]+ +| [^ \r\n]+  +)[^ \r\n]+\r?\n"
_VERSION = rb"[A-Z]+ +[^ \r\n]+(?: +(?!HTTP/1\.[01]\r\n)[^ \r\n]*| *)\r?\n"
_QUOTE = rb"[A-Z]+ [^ \r\n]*\"[^ \r\n]* "
_FORM = (
    rb"(?<![A-Z])(?!OPTIONS )[A-Z]+ \* |[A-Z]+ (?:\*[^ \r\n]|https?://[/?# ]|(?!https?://)[^/* \r\n])[^ \r\n]* ?HTTP/"
)
_NO_HOST = rb"(?i)HTTP/1\.1\r\n(?:(?!host:)[^\r\n]+\r\n)*\r\n"
_TWO_HOSTS = rb"(?i)\nhost:[^\r\n]*\r\n(?:[^\r\n]+\r\n)*?host:"
_TRAILER = (
    rb"(?i)\n0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*?"
    rb"(?:host|content-\w+|transfer-encoding|trailer|te|connection|upgrade):"
)
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = rb"(?:%b|\"[^\r\n]*\")" % _TOKEN
_EXTENSION = rb"\n[0-9a-fA-F]+(?!(?:;%b(?:=%b)?)+\r\n);" % (_TOKEN, _VALUE)
_LONG_EXTENSION = rb"\n[0-9a-fA-F]+;[^\r\n]{5000}"
_UPGRADE = re.compile(
    rb"(?i)\nupgrade:(?=[^\0]*\nconnection:[^\r\n]*upgrade)|\nconnection:[^\r\n]*upgrade(?=[^\0]*\nupgrade:)"
)
_FRAGMENT = rb"[A-Z] [^ \r\n]*#[^ \r\n]* HTTP/1\.[01]\r\n"
_REQUEST_LINE = re.compile(rb"(%b) [^ \r\n]+ HTTP/1\.[01]\r\n" % _TOKEN)
_METHODS = frozenset(
    b"GET HEAD POST PUT PATCH DELETE OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND "
    b"UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK UNLINK "
    b"SOURCE QUERY".split()
)
"""All that httptools knows, without CONNECT, which uvicorn refuses."""
_KEPT = rb"connection:(?:[^\r\n]*,)?[ \t]*keep-alive[ \t]*[,\r]"
_OLD_AND_KEPT = re.compile(rb"(?i) HTTP/1\.0\r\n((?:[^\r\n]+\r\n)*?%b[^\0]*)" % _KEPT)
_BAD_REQUEST = 400
_FRAMED = re.compile(rb"(?i)\n(?:content-length:|transfer-encoding:)")


@dataclass(frozen=True, slots=True)
class Difference:
    """A reason why jero treats bytes otherwise than uvicorn's httptools protocol, and when it may apply.

    It is asked with the bytes, and with the answer that jero gave where the two part.
    """

    reason: str
    applies: Callable[[bytes, WireAnswer | None], object]


def _shows(*patterns: bytes) -> Callable[[bytes, WireAnswer | None], object]:
    searches = [re.compile(pattern).search for pattern in patterns]
    return lambda raw, answer: (
        answer is not None and answer.status in _REFUSALS and any(search(raw) for search in searches)
    )


def _refused_with(*statuses: int) -> Callable[[bytes, WireAnswer | None], object]:
    return lambda _raw, answer: answer is not None and answer.status in statuses


def _ends_after(pattern: bytes) -> Callable[[bytes, WireAnswer | None], object]:
    search = re.compile(pattern).search
    return lambda raw, answer: answer is not None and answer.closes and answer.status not in _REFUSALS and search(raw)


def _has_unknown_method(raw: bytes, answer: WireAnswer | None) -> bool:
    """Whether a method is none; where a body is behind a damaged length, what is left of one may be."""
    if answer is None or answer.status not in {404, 405}:
        return False
    has_unknown = any(method not in _METHODS for method in _REQUEST_LINE.findall(raw))
    return has_unknown or _FRAMED.search(raw) is not None


def _is_left(raw: bytes, answer: WireAnswer | None) -> bool:
    return answer is None and _FRAMED.search(raw) is not None


def _is_left_half(_raw: bytes, answer: WireAnswer | None) -> bool:
    return answer is not None and answer.status == _BAD_REQUEST and answer.is_at_end


_REFUSALS = frozenset({400, 408, 413, 414, 431, 501, 505})
STRICTER: tuple[Difference, ...] = (
    Difference("one space stands on either side of a target (RFC 9112, 3)", _shows(_SPACES)),
    Difference("a request line names HTTP/1.0 or HTTP/1.1 (RFC 9112, 2.3)", _shows(_VERSION)),
    Difference("a target has no quotation mark (RFC 3986, 3.3)", _shows(_QUOTE)),
    Difference("a target has no fragment (RFC 9112, 3.2)", _shows(_FRAGMENT)),
    Difference("a target is a path, a URL, or for OPTIONS `*` (RFC 9112, 3.2)", _shows(_FORM)),
    Difference("a request names one host, once (RFC 9112, 3.2)", _shows(_NO_HOST, _TWO_HOSTS)),
    Difference("a transfer coding other than `chunked` is not decoded here (RFC 9112, 6.1)", _refused_with(501)),
    Difference("heads have limits", _refused_with(414, 431)),
    Difference("trailers hold nothing that frames, routes or authenticates (RFC 9110, 6.5.1)", _shows(_TRAILER)),
    Difference("an extension is `;name`, or has a value (RFC 9112, 7.1.1)", _shows(_EXTENSION)),
    Difference("there are as many bytes of extensions as of a body (RFC 9112, 7.1.1)", _shows(_LONG_EXTENSION)),
    Difference("a head that the client leaves half is told to be none (RFC 9112, 8)", _is_left_half),
    Difference("a body that nobody reads ends the connection, unless it is small", _ends_after(_FRAMED.pattern)),
    Difference("a stream to a 1.0 client ends the connection, also where HEAD asks for it", _ends_after(rb"HTTP/1\.0")),
)
"""All that jero refuses and uvicorn accepts."""

WIDER: tuple[Difference, ...] = (
    Difference(
        "a method that nobody knows is answered 405 or 404, as any that the app does not have (RFC 9110, 9.1)",
        _has_unknown_method,
    ),
    Difference(
        "a body that the client leaves half is not answered, even where what there is of it is malformed", _is_left
    ),
)
"""All that uvicorn refuses and jero does not, though it serves none of it; what is behind it is not compared."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two servers, with its app."""

    server: MemoryServer
    app: WireApp

    def begin(self) -> Exchange:
        """Open a connection, and forget what was before."""
        self.app.calls.clear()
        self.server.state.connections.clear()  # of a case that has failed
        return self.server.connect()

    def finish(self, connection: Exchange) -> tuple[list[Seen], list[WireAnswer]]:
        """Have the client end, and give what handlers saw and what the client received; nothing may be left."""
        before = len(connection.answers)
        if connection.is_open:
            connection.end()
        assert connection.transport.is_lost, "the connection is not closed after the client's end"
        assert self.server.tasks() == self.server.resident, "a task is left after the connection"
        assert not self.server.state.connections
        answers = [replace(it, is_at_end=at >= before) for at, it in enumerate(connection.answers)]
        return list(self.app.calls.seen), answers


@pytest.fixture(scope="module")
def jero(running: MemoryServer, wire_app: WireApp) -> Side:
    """Serve over the edge under test, natively and the ASGI way."""
    return Side(running, wire_app)


@pytest.fixture(scope="module")
def reference() -> Iterator[Side]:
    """Serve over uvicorn's own protocol, which is handed the same bytes."""
    app = WireApp()
    with serving(HttpToolsProtocol, app) as server:
        yield Side(server, app)


@given(data=st.data(), requests=valid_requests())
@EXAMPLES
def test_valid_requests(jero: Side, reference: Side, data: st.DataObject, requests: list[Sent]) -> None:
    """Each of some valid requests, in whatever pieces, gets its answer, in order, until one ends the connection."""
    raw = b"".join(request.raw for request in requests)
    connection = jero.begin()
    connection.play(data.draw(split(raw), "split").pieces(raw))
    connection.linger()
    was_open = connection.is_open
    seen, answers = _finish(jero, connection)
    rest, is_ended = _take_answers(requests, seen, answers)
    assert not rest, "answered more than was asked"
    assert was_open != is_ended, "open though it must end, or closed though it may go on"
    for request, answer in zip(requests, [it for it in answers if it.status >= 200], strict=False):
        check_with_h11(answer, "HEAD" if request.is_head else "GET")
    _compare(raw, seen, answers, _ask(reference, raw))


@given(data=st.data(), before=valid_requests(most=3), malformed=st.sampled_from(MALFORMED))
@EXAMPLES
def test_malformed_request(
    jero: Side, reference: Side, data: st.DataObject, before: list[Sent], malformed: Malformed
) -> None:
    """A malformed request is refused once what was before it is answered, and nothing behind it is served."""
    after = data.draw(valid_requests(most=2), "after")
    raw = b"".join([*(it.raw for it in before), malformed.raw, *(it.raw for it in after)])
    connection = jero.begin()
    connection.play(data.draw(split(raw), "split").pieces(raw))
    connection.linger()
    was_open = connection.is_open
    seen, answers = _finish(jero, connection)
    rest, is_ended = _take_answers(before, seen, answers)
    assert not was_open, f"the connection stays open after {malformed.name}"
    if is_ended:
        return  # one of the requests before it ended the connection
    assert [answer.status for answer in rest] in _refusals(malformed), malformed.name
    assert len(seen) <= len(before), f"what stands behind {malformed.name} was served"
    _compare(raw, seen, answers, _ask(reference, raw))


@given(requests=valid_requests())
@EXAMPLES
def test_reasons_are_narrow(requests: list[Sent]) -> None:
    """Nothing in a valid request is a reason to refuse it: the list of differences excuses no mistake."""
    # Where chunks cut a request in a body, its pieces look like lines; of a body that nobody reads none is kept.
    raw = b"".join(it.raw for it in requests if b"HTTP" not in it.body and it.operation != "unread")
    refusal = WireAnswer(status=400, headers=[("connection", "close")], body=b"", raw=b"")
    assert [it.reason for it in STRICTER if it.applies(raw, refusal)] == []


@given(data=st.data(), requests=valid_requests())
@EXAMPLES
def test_damaged_bytes(jero: Side, reference: Side, data: st.DataObject, requests: list[Sent]) -> None:
    """Damaged bytes crash nothing and hang nothing, and serve nothing that uvicorn would not serve."""
    raw = data.draw(damaged(b"".join(request.raw for request in requests)), "damaged")
    connection = jero.begin()
    connection.play(data.draw(split(raw), "split").pieces(raw))
    seen, answers = _finish(jero, connection)
    for answer in answers:
        assert answer.status < 500 or answer.status in _REFUSALS, answer
    _compare(raw, seen, answers, _ask(reference, raw))


_FOUND = (
    # An old client's connection is kept for a word of a list, not for a part of one.
    b"GET /echo?status=bad&n=0 HTTP/1.0\r\nHost: a\r\nConnection:!keep-alive\r\n\r\n" + get("/echo?n=1"),
    b"GET /echo?status=bad&n=0 HTTP/1.0\r\nHost: a\r\nConnection:: keep-alive\r\n\r\n" + get("/echo?n=1"),
    # A `#` in a target: uvicorn serves what is before it.
    get("/things/a/b#c?n=1") + get("/echo?n=2"),
    get("/echo?n=1#2") + get("/echo?n=3"),
)


@pytest.mark.parametrize("raw", _FOUND)
def test_found(jero: Side, reference: Side, raw: bytes) -> None:
    """What long runs have found is compared in each run, whole and byte by byte."""
    for pieces in ([raw], [raw[at : at + 1] for at in range(len(raw))]):
        connection = jero.begin()
        connection.send(*pieces)
        seen, answers = _finish(jero, connection)
        _compare(raw, seen, answers, _ask(reference, raw))


def _finish(side: Side, connection: Exchange) -> tuple[list[Seen], list[WireAnswer]]:
    seen, answers = side.finish(connection)
    side.server.check()
    assert not connection.transport.late_writes, "something was written after the connection was closed"
    for answer in answers:
        assert answer.is_whole, answer
    return seen, answers


def _take_answers(requests: list[Sent], seen: list[Seen], answers: list[WireAnswer]) -> tuple[list[WireAnswer], bool]:
    """Hold the answers against the requests; give what is left, and whether one of them has ended the connection."""
    calls, left = iter(seen), list(answers)
    for request in requests:
        if request.expects and left and left[0].status == 100:
            left.pop(0)
        assert left, f"request {request.n} has no answer: {request.raw!r}"
        answer = left.pop(0)
        _check_answer(request, answer)
        if request.operation is not None:
            _check_call(request, next(calls))
        assert not answer.closes or request.must_close or request.may_close, f"closed after {request.raw!r}"
        if request.must_close or answer.closes:
            assert not left, "answered after the last request"
            assert next(calls, None) is None, "served after the last request"
            return left, True
    return left, False


def _check_answer(request: Sent, answer: WireAnswer) -> None:
    assert answer.status == request.status, (request, answer)
    if request.is_head:
        assert not answer.body
        return
    if request.items is not None:
        assert answer.body.count(b"\n") == request.items
    elif request.tells_number:
        _check_call(request, answer.decode(Seen))


def _check_call(request: Sent, call: Seen) -> None:
    assert (call.query.n, call.operation) == (request.n, request.operation)
    assert call.headers == request.fields
    assert call.slots == request.slots
    assert call.body.encode("latin-1") == request.body


def _refusals(malformed: Malformed) -> list[list[int]]:
    return [[status] for status in malformed.statuses] + ([[]] if malformed.may_be_silent else [])


@dataclass(frozen=True, slots=True)
class Told:
    """What the reference made of some bytes: what its handlers saw, what its client received."""

    seen: list[Seen]
    answers: list[WireAnswer]
    is_whole: bool
    """Whether this is for all of the bytes."""


def _ask(reference: Side, raw: bytes) -> Told:
    """Have the reference serve the bytes one by one, so that an error late in them takes no answer away.

    It closes the connection of a 1.0 client that asks to keep it; what follows goes on another one then, unless
    it is a body that was not read.
    """
    seen: list[Seen] = []
    answers: list[WireAnswer] = []
    while True:
        connection = reference.begin()
        read = connection.trickle(raw)
        try:
            more_seen, more_answers = reference.finish(connection)
        finally:
            reference.server.log.clear()  # what it logs is its own affair
            reference.server.loop.faults.clear()
        seen += more_seen
        answers += more_answers
        old = _OLD_AND_KEPT.search(raw[:read])
        if read == len(raw) or old is None or (more_answers and _is_uvicorns(more_answers[-1])):
            return Told(seen, answers, is_whole=True)
        if _FRAMED.search(old[1]):
            return Told(seen, answers, is_whole=False)
        raw = raw[read:]


def _is_uvicorns(answer: WireAnswer) -> bool:
    return answer.body == b"Invalid HTTP request received."


def _compare(raw: bytes, seen: list[Seen], answers: list[WireAnswer], told: Told) -> None:
    """Hold that handlers were given the same, and clients told the same, up to where a reason of a list applies."""
    if _UPGRADE.search(raw):  # it may be ignored (RFC 9110, 7.8), which jero does; uvicorn's parser gives up the rest
        _count("an upgrade to what nobody serves")
        return
    for ours, theirs in zip(seen, told.seen, strict=False):
        _mend(theirs, len(ours.headers))
        assert ours == theirs, "handlers were given something else than by uvicorn"
    ours, theirs = _comparable(answers), _comparable(told.answers)
    at = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
    if at is None and (len(ours) == len(theirs) or (len(theirs) < len(ours) and not told.is_whole)):
        # A handler that does not wait for the body has been called before uvicorn saw that the body is malformed.
        dropped = 1 if told.answers and _is_uvicorns(told.answers[-1]) else 0
        assert len(told.seen) - len(seen) in {0, dropped} or not told.is_whole
        return
    at = min(len(ours), len(theirs)) if at is None else at
    if _is_refused_later(raw, ours[at:], told.answers):
        return
    final = [answer for answer in answers if answer.status >= 200]
    is_theirs_refused = at < len(theirs) and theirs[at] == _REFUSED
    if at < len(ours):
        answer = final[at]
    elif final and final[-1].closes:
        answer, is_theirs_refused = final[-1], False
    else:
        answer = None
    reasons = [it.reason for it in (WIDER if is_theirs_refused else STRICTER) if it.applies(raw, answer)]
    assert reasons, f"where uvicorn says {theirs[at:]}, jero says {ours[at:]}"
    for reason in reasons:
        _count(reason)


def _count(reason: str) -> None:
    """Have the statistics of a long run count how often two answers part for a reason."""
    if currently_in_test_context():
        event(reason)


def _is_refused_later(raw: bytes, ours: list[tuple[int, bytes]], their_answers: list[WireAnswer]) -> bool:
    """Whether uvicorn answered before it came upon what is malformed in a body, or closed, and jero refused it all."""
    if ours != [_REFUSED] or not their_answers:
        return False
    last = their_answers[-1]
    return _is_uvicorns(last) or (last.closes and _FRAMED.search(raw) is not None)


def _mend(seen: Seen, headers: int) -> None:
    """Take from what uvicorn gives what is not in the headers: white space that ends a value, and trailers."""
    seen.headers = [(name, value.rstrip(" \t")) for name, value in seen.headers]
    if ("transfer-encoding", "chunked") in [(name, value.lower()) for name, value in seen.headers]:
        seen.headers = seen.headers[:headers]


_REFUSED = (_BAD_REQUEST, b"")


def _comparable(answers: list[WireAnswer]) -> list[tuple[int, bytes]]:
    """Give what must be the same in the answers of both: what handlers saw is compared by itself."""
    return [
        _REFUSED if answer.status in _REFUSALS else (answer.status, b"" if answer.status == 200 else answer.body)
        for answer in answers
        if answer.status >= 200
    ]
