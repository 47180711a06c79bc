"""The framings of streams, cut anywhere: server-sent events as the HTML standard parses them, and NDJSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jero.testing.framings import TestSSEEvent, framing_for

EVENTS: list[tuple[str, bytes, list[TestSSEEvent]]] = [
    ("data", b"data: x\n\n", [TestSSEEvent(data="x")]),
    ("no blank", b"data:x\n\n", [TestSSEEvent(data="x")]),
    ("one blank is taken", b"data:  x \n\n", [TestSSEEvent(data=" x ")]),
    ("lines join", b"data: a\ndata: b\ndata\n\n", [TestSSEEvent(data="a\nb\n")]),
    ("empty data", b"data:\n\n", [TestSSEEvent(data="")]),
    ("no data", b"event: x\nid: 1\n\ndata: y\n\n", [TestSSEEvent(data="y")]),
    ("all fields", b"event: e\nid: i\nretry: 5\ndata: d\n\n", [TestSSEEvent("e", "d", "i", 5)]),
    (
        "fields do not carry over",
        b"event: e\nid: i\ndata: 1\n\ndata: 2\n\n",
        [
            TestSSEEvent("e", "1", "i"),
            TestSSEEvent(data="2"),
        ],
    ),
    ("the last event name counts", b"event: a\nevent: b\ndata: x\n\n", [TestSSEEvent("b", "x")]),
    ("an empty event name is none", b"event:\ndata: x\n\n", [TestSSEEvent(data="x")]),
    ("an empty id is one", b"id:\ndata: x\n\n", [TestSSEEvent(data="x", id="")]),
    ("NUL in id", b"id: a\0\ndata: x\n\n", [TestSSEEvent(data="x")]),
    (
        "retry not digits",
        "retry: 1.5\nretry: -1\nretry: \u0661\ndata: x\n\n".encode(),
        [TestSSEEvent(data="x")],
    ),
    ("unknown field", b"foo: 1\nData: 2\ndata: x\n\n", [TestSSEEvent(data="x")]),
    ("colon in value", b"data: a: b\n\n", [TestSSEEvent(data="a: b")]),
    (
        "CRLF",
        b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
        [TestSSEEvent(data="a\nb"), TestSSEEvent(data="c")],
    ),
    ("CR", b"data: a\rdata: b\r\rdata: c\r\r", [TestSSEEvent(data="a\nb"), TestSSEEvent(data="c")]),
    ("mixed ends", b"data: a\n\r\ndata: b\r\n\n", [TestSSEEvent(data="a"), TestSSEEvent(data="b")]),
    ("U+2028 is no end", "data: a\u2028b\u0085c\n\n".encode(), [TestSSEEvent(data="a\u2028b\u0085c")]),
    ("BOM", "\ufeffdata: x\n\n".encode(), [TestSSEEvent(data="x")]),
    ("a BOM within", "data: \ufeffx\n\n".encode(), [TestSSEEvent(data="\ufeffx")]),
    ("UTF-8", "data: é日😀\n\n".encode(), [TestSSEEvent(data="é日😀")]),
    ("not UTF-8", b"data: \xff\n\n", [TestSSEEvent(data="�")]),
    ("cut off", b"data: a\n\ndata: b\n", [TestSSEEvent(data="a")]),
    ("comments only", b": a\n:b\n\n", []),
    ("nothing", b"", []),
]
IDS = [case[0] for case in EVENTS]


def _parse(chunks: list[bytes], media_type: str, comments: list[str]) -> list[object]:
    framing = framing_for(media_type, None, comments)
    return [item for chunk in chunks for item in framing.feed(chunk)] + list(framing.end())


@pytest.mark.parametrize(("stream", "events"), [case[1:] for case in EVENTS], ids=IDS)
def test_events_are_parsed_as_the_standard_says(stream: bytes, events: list[TestSSEEvent]) -> None:
    """Whole, byte by byte, or cut in two anywhere, a stream has the same events."""
    cuts = [[stream], [stream[i : i + 1] for i in range(len(stream))]]
    cuts += [[stream[:i], stream[i:]] for i in range(len(stream))]
    for chunks in cuts:
        assert _parse(chunks, "text/event-stream", []) == events


def test_comments_are_kept_in_their_order() -> None:
    """Comments lose their colon and one blank."""
    comments: list[str] = []
    assert _parse([b": ping\n:\n\n:x\ndata: y\n\n"], "text/event-stream", comments) == [TestSSEEvent(data="y")]
    assert comments == ["ping", "", "x"]


@settings(deadline=None)
@given(
    values=st.lists(st.one_of(st.text(), st.integers(), st.none())),
    sizes=st.lists(st.integers(1, 9), min_size=1),
)
def test_ndjson_does_not_depend_on_the_chunks(values: list[object], sizes: list[int]) -> None:
    """Lines cut in any way decode to the same objects."""
    stream = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    chunks: list[bytes] = []
    while stream:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(stream[:size])
        stream = stream[size:]
    assert _parse(chunks, "application/x-ndjson", []) == values
