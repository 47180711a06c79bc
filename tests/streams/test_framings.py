"""Items to bytes: lines, and events as the WHATWG HTML standard (9.2) has clients read them."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jero import ServerSentEvent
from jero._plan import ReturnKind, ReturnPlan
from jero._runtime.server_faults import ServerFaultError
from jero._runtime.streams.framings import Frame, make_framing

type Event = tuple[str, str, str | None]


class Row(msgspec.Struct):
    number: int


class Wide(Row):
    name: str = "é\u2028"


def frame_for(kind: ReturnKind, *accepts: type) -> Frame:
    """Make the frame of a stream of items."""
    framing = make_framing(ReturnPlan(kind=kind, annotation=None, accepts=accepts))
    return lambda item: framing.frame(item) + framing.end


lines = frame_for(ReturnKind.NDJSON_STREAM, Row)
events = frame_for(ReturnKind.SSE_STREAM, Row)
chunks = frame_for(ReturnKind.BYTES_STREAM, bytes)


def read_events(stream: bytes) -> list[Event]:
    """Read a stream as the standard's "interpreting an event stream" (9.2.6) says: type, data, last id."""
    found: list[Event] = []
    data: list[str] = []
    kind, last_id = "", None
    for line in re.split("\r\n|\r|\n", stream.decode())[:-1]:
        if not line:
            if data:
                found.append((kind or "message", "\n".join(data), last_id))
            data, kind = [], ""
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return found


def test_line() -> None:
    """An item of an NDJSON stream is its JSON and a line feed; a subclass is an item, too."""
    assert lines(Row(1)) == b'{"number":1}\n'
    assert lines(Wide(1)) == '{"number":1,"name":"é\u2028"}\n'.encode()


@given(st.text())
def test_line_breaks_in_a_line(text: str) -> None:
    """Whatever an item holds, it is one line."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    framed = lines(Wide(1, text))
    assert framed.count(b"\n") == 1
    assert msgspec.json.decode(framed, type=Wide).name == text


@pytest.mark.parametrize("item", [b"ab", bytearray(b"ab"), memoryview(b"ab")])
def test_bytes(item: object) -> None:
    """Bytes are sent as they are, and so is what is like them."""
    assert chunks(item) == b"ab"


def test_event_of_a_struct() -> None:
    """A Struct is the data of an event, as JSON."""
    assert events(Row(1)) == b'data: {"number":1}\n\n'


@pytest.mark.parametrize(
    ("text", "framed"),
    [
        ("a", "data: a\n\n"),
        ("", "data: \n\n"),
        ("a\nb", "data: a\ndata: b\n\n"),
        ("a\r\nb", "data: a\ndata: b\n\n"),
        ("a\rb", "data: a\ndata: b\n\n"),
        ("a\n", "data: a\ndata: \n\n"),
        ("\n", "data: \ndata: \n\n"),
        ("a\n\nb", "data: a\ndata: \ndata: b\n\n"),
        (" a", "data:  a\n\n"),
        ("a\u2028b\u2029c\x0bd\x0ce\x85f\x1cg", "data: a\u2028b\u2029c\x0bd\x0ce\x85f\x1cg\n\n"),
        ("id: 1", "data: id: 1\n\n"),
        (": ping", "data: : ping\n\n"),
    ],
)
def test_event_of_a_text(text: str, framed: str) -> None:
    """Each line of a text is a `data:` line, an empty one included; only CR, LF and CRLF break lines."""
    assert events(text) == framed.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_round_trip(text: str) -> None:
    """A client that reads as the standard says gets the text that was sent, its line breaks as line feeds."""
    expected = re.sub("\r\n|\r", "\n", text)
    assert read_events(events(text)) == [("message", expected, None)]


@pytest.mark.parametrize(
    ("event", "framed"),
    [
        (ServerSentEvent(data="a"), b"data: a\n\n"),
        (ServerSentEvent(data=""), b"data: \n\n"),
        (ServerSentEvent(data=Row(1)), b'data: {"number":1}\n\n'),
        (ServerSentEvent(data="a", event="added"), b"event: added\ndata: a\n\n"),
        (ServerSentEvent(data="a", id="7"), b"id: 7\ndata: a\n\n"),
        (ServerSentEvent(data="a", id=""), b"id: \ndata: a\n\n"),
        (ServerSentEvent(data="a", retry=0), b"retry: 0\ndata: a\n\n"),
        (ServerSentEvent(data="a\nb", event="e", id="i", retry=5), b"event: e\nid: i\nretry: 5\ndata: a\ndata: b\n\n"),
        (ServerSentEvent(retry=5000), b"retry: 5000\n\n"),
        (ServerSentEvent(id="7"), b"id: 7\n\n"),
    ],
)
def test_event(event: ServerSentEvent[str | Row], framed: bytes) -> None:
    """An event has the fields that it was given, data last, and a blank line at its end."""
    assert events(event) == framed


_FIELD = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), _FIELD, _FIELD)
def test_event_round_trip(data: str, kind: str, id_: str) -> None:
    """What an event is made of comes out again, whatever the characters."""
    framed = events(ServerSentEvent(data=data, event=kind, id=id_))
    assert read_events(framed) == [(kind, re.sub("\r\n|\r", "\n", data), id_)]


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\n", "a\r\ndata: forged"])
def test_line_break_in_a_field(text: str) -> None:
    """A line break in `event` or `id`, which would end the field, is refused when the event is built."""
    with pytest.raises(ValueError, match="`event` contains a line break"):
        ServerSentEvent(data="a", event=text)
    with pytest.raises(ValueError, match="`id` contains a line break"):
        ServerSentEvent(data="a", id=text)


def test_nul_in_an_id() -> None:
    """NUL in `id`, which clients ignore, is refused when the event is built; in `event` it is a character."""
    with pytest.raises(ValueError, match="contains NUL"):
        ServerSentEvent(data="a", id="a\0b")
    assert ServerSentEvent(data="a", event="a\0b").event == "a\0b"


def test_negative_retry() -> None:
    """A reconnection time below 0 is refused when the event is built."""
    with pytest.raises(ValueError, match="retry=-1"):
        ServerSentEvent(retry=-1)


@pytest.mark.parametrize(
    ("frame", "item", "told"),
    [
        (lines, b"a", "gave a `bytes`, and its items are declared as `Row`"),
        (lines, None, "gave a `NoneType`"),
        (lines, {"number": 1}, "gave a `dict`"),
        (lines, ServerSentEvent(data="a"), "gave a `ServerSentEvent`"),
        (chunks, "a", "gave a `str`, and its items are declared as `bytes`"),
        (chunks, Row(1), "gave a `Row`"),
        (events, b"a", "gave a `bytes`, and its items are declared as `Row or str or ServerSentEvent`"),
        (events, ServerSentEvent(data=1), "gave a `int`, and its items are declared as `Row or str`"),
        (events, ServerSentEvent(data=b"a"), "gave a `bytes`"),
    ],
)
def test_item_of_the_wrong_type(frame: Frame, item: object, told: str) -> None:
    """An item that is not of the declared type is a server fault that names both types."""
    with pytest.raises(ServerFaultError, match=re.escape(told)):
        frame(item)
