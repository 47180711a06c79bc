"""Every way in which a stream comes to its end, in the three framings: what a client sees, and the log says."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
import pytest
from serving.clients import Client, SocketClient
from serving.raw_http import head
from serving.records import Record
from serving.servings import Serve


@dataclass(frozen=True, slots=True)
class Framing:
    """One of the framings: where it is served, and what an item is on the wire."""

    path: str
    media_type: str
    item: Callable[[int], bytes]

    def items(self, count: int) -> bytes:
        return b"".join(self.item(number) for number in range(count))


BYTES = Framing("/bytes", "application/octet-stream", lambda number: b"row %d;" % number)
LINES = Framing("/lines", "application/x-ndjson", lambda number: b'{"number":%d}\n' % number)
EVENTS = Framing("/events", "text/event-stream", lambda number: b'data: {"number":%d}\n\n' % number)


class Stage:
    """Plays the scripts of one framing; each test has a trace of its own."""

    def __init__(self, app: Client, framing: Framing) -> None:
        self.app = app
        self.framing = framing
        self.key = os.urandom(8).hex()

    def url(self, play: str, **query: object) -> str:
        return f"{self.framing.path}?{urlencode({'play': play, 'trace': self.key, **query})}"

    def entries(self, until: str) -> list[str]:
        """Tell what happened to the stream, once the entry is there."""
        answer = self.app.get(f"/traces/{self.key}?{urlencode({'until': until})}")
        assert answer.status == 200, answer
        return msgspec.json.decode(answer.body, type=dict[str, list[str]])["entries"]

    def entries_now(self) -> list[str]:
        return msgspec.json.decode(self.app.get(f"/traces/{self.key}").body, type=dict[str, list[str]])["entries"]


@pytest.fixture(params=[BYTES, LINES, EVENTS], ids=["bytes", "lines", "events"])
def framing(request: pytest.FixtureRequest) -> Framing:
    """Each of the three framings in turn."""
    chosen: Framing = request.param
    return chosen


@pytest.fixture
def stage(serve: Serve[Client], framing: Framing) -> Stage:
    """Serve the app that streams over every edge."""
    return Stage(serve("apps.streams"), framing)


@pytest.fixture
def wired(serve_on_socket: Serve[SocketClient], framing: Framing) -> tuple[SocketClient, Stage]:
    """Serve it over the edges that have a wire."""
    app = serve_on_socket("apps.streams")
    return app, Stage(app, framing)


def one_error(stage: Stage) -> Record:
    """Give the one record of trouble that is jero's; servers may have a word of their own for a broken answer."""
    [record] = stage.app.log.errors_of("jero")
    return record


def has_left(record: Record) -> bool:
    return record.message.endswith("the stream ended early: the client left")


def test_whole(stage: Stage) -> None:
    """A stream arrives whole, in its framing, with the media type of its kind."""
    answer = stage.app.get(stage.url("three"))
    assert answer.status == 200
    assert answer.headers["content-type"] == stage.framing.media_type
    assert answer.body == stage.framing.items(3)


def test_empty(stage: Stage) -> None:
    """A stream without items is a whole answer with an empty body."""
    answer = stage.app.get(stage.url("none"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == stage.framing.media_type


def test_lifecycle(stage: Stage) -> None:
    """What precedes the `yield` of a lifecycle generator runs before the items, what follows it after them."""
    assert stage.app.get(stage.url("scoped three")).body == stage.framing.items(3)
    assert stage.entries("committed") == ["set up", "committed"]


def test_empty_lifecycle(stage: Stage) -> None:
    """A lifecycle generator whose stream has no items is set up and torn down."""
    assert stage.app.get(stage.url("scoped none")).body == b""
    assert stage.entries("committed") == ["set up", "committed"]


def test_iterator_by_hand(stage: Stage) -> None:
    """An iterator that is no generator is streamed, and its `aclose` called at the end."""
    assert stage.app.get(stage.url("by hand three")).body == stage.framing.items(3)
    assert stage.entries("closed") == ["closed"]


def test_set_up_refuses(stage: Stage) -> None:
    """An HTTPError in the set-up is answered as anywhere."""
    answer = stage.app.get(stage.url("set_up_refuses"))
    assert (answer.status, answer.problem["type"]) == (409, "conflict")
    assert stage.entries_now() == ["set up", "rolled back: ConflictError"]


def test_set_up_crashes(stage: Stage) -> None:
    """Another error in the set-up is answered 500, and logged once with its traceback."""
    answer = stage.app.get(stage.url("set_up_crashes"))
    assert (answer.status, answer.problem["type"]) == (500, "internal-server-error")
    assert "no connection" in (one_error(stage).exception or "")
    assert stage.entries_now() == ["set up", "rolled back: RuntimeError"]


def test_first_item_fails(stage: Stage) -> None:
    """A first item that fails is answered as an error: the headers have not left."""
    answer = stage.app.get(stage.url("fails_at_first"))
    assert (answer.status, answer.problem["type"]) == (409, "conflict")


def test_first_item_crashes(stage: Stage) -> None:
    """A first item that fails with another error is answered 500, and logged once."""
    answer = stage.app.get(stage.url("by hand crashes_at_first"))
    assert (answer.status, answer.problem["type"]) == (500, "internal-server-error")
    record = one_error(stage)
    assert (record.method, record.template, record.status) == ("GET", stage.framing.path, 500)
    assert stage.entries_now() == ["closed"]


def test_first_item_of_a_lifecycle_fails(stage: Stage) -> None:
    """After the set-up an event stream has sent its headers, and is cut off; the others answer with the error."""
    if stage.framing is EVENTS:
        with stage.app.stream("GET", stage.url("scoped fails_at_first")) as flow:
            assert (flow.status, flow.read_cut_off()) == (200, b"")
        assert one_error(stage).level == "WARNING"
    else:
        assert stage.app.get(stage.url("scoped fails_at_first")).status == 409
    assert stage.entries("rolled back: ConflictError") == ["set up", "rolled back: ConflictError"]


def test_fails_later(stage: Stage) -> None:
    """A later failure cuts the answer off, is logged once with its traceback, and rolls back."""
    with stage.app.stream("GET", stage.url("scoped fails_later")) as flow:
        assert (flow.status, flow.read_cut_off()) == (200, stage.framing.items(2))
    record = one_error(stage)
    assert record.message == f"GET {stage.framing.path}: the stream broke with RuntimeError"
    assert "the cursor broke" in (record.exception or "")
    assert stage.entries_now() == ["set up", "rolled back: RuntimeError"]


def test_refuses_later(stage: Stage) -> None:
    """An HTTPError that comes too late to be answered cuts the answer off; being no server's fault, it warns."""
    with stage.app.stream("GET", stage.url("refuses_later")) as flow:
        assert (flow.status, flow.read_cut_off()) == (200, stage.framing.items(1))
    record = one_error(stage)
    assert record.level == "WARNING"
    assert "no more rows" in (record.exception or "")


def test_first_item_of_the_wrong_type(stage: Stage) -> None:
    """A first item that is not of the declared type is answered 500, and logged."""
    assert stage.app.get(stage.url("wrong_at_first")).status == 500
    assert "its items are declared as" in (one_error(stage).exception or "")


def test_later_item_of_the_wrong_type(stage: Stage) -> None:
    """A later item that is not of the declared type is never sent: the answer is cut off."""
    with stage.app.stream("GET", stage.url("scoped wrong_later")) as flow:
        assert flow.read_cut_off() == stage.framing.items(1)
    assert "its items are declared as" in (one_error(stage).exception or "")
    assert stage.entries_now() == ["set up", "rolled back: ServerFaultError"]


def test_teardown_fails(stage: Stage) -> None:
    """A teardown that fails is logged, and the answer is whole all the same."""
    assert stage.app.get(stage.url("teardown_fails")).body == stage.framing.items(3)
    record = one_error(stage)
    assert record.message == f"GET {stage.framing.path}: the teardown of the stream failed with LookupError"


def test_stream_and_teardown_fail(stage: Stage) -> None:
    """A teardown that fails does not replace the error that ended the stream: both are logged."""
    with stage.app.stream("GET", stage.url("both_fail")) as flow:
        assert flow.read_cut_off() == stage.framing.items(2)
    teardown, stream = stage.app.log.errors_of("jero")
    assert teardown.message.endswith("the teardown of the stream failed with LookupError")
    assert stream.message.endswith("the stream broke with RuntimeError")


def test_yields_twice(stage: Stage) -> None:
    """A lifecycle generator that yields twice is a fault, logged; it is closed, and its second stream not sent."""
    assert stage.app.get(stage.url("yields_twice")).body == stage.framing.items(3)
    assert "yields twice" in (one_error(stage).exception or "")
    assert stage.entries_now() == ["generator closed"]


def test_lifecycle_times_out(stage: Stage) -> None:
    """A time-out in the lifecycle that runs out in its stream is the error that ends it, logged once."""
    with stage.app.stream("GET", stage.url("times_out")) as flow:
        assert flow.read_cut_off() == stage.framing.items(1)
    assert one_error(stage).message.endswith("the stream broke with TimeoutError")
    assert stage.entries_now() == ["set up", "waiting", "rolled back: TimeoutError"]


@pytest.mark.parametrize("play", ["ticks", "waits_later", "never_waits"])
def test_client_leaves(stage: Stage, play: str) -> None:
    """When the client leaves, the source is cancelled where it is and the teardown runs, which is no error."""
    with stage.app.stream("GET", stage.url(f"scoped {play}")) as flow:
        first = stage.framing.items(1)
        assert flow.read(len(first)) == first
    assert stage.entries("rolled back: CancelledError")[-1] == "rolled back: CancelledError"
    record = stage.app.log.wait_for(has_left)
    assert (record.level, record.exception) == ("DEBUG", None)


def test_client_leaves_an_iterator_by_hand(stage: Stage) -> None:
    """When the client leaves, `aclose` of an iterator that is no generator is called."""
    with stage.app.stream("GET", stage.url("by hand waits_later")) as flow:
        flow.read(1)
        stage.entries("waiting")
    assert stage.entries("closed") == ["waiting", "closed"]


@pytest.mark.parametrize("play", ["scoped waits_before_first", "by hand waits_before_first"])
def test_client_leaves_before_the_first_item(wired: tuple[SocketClient, Stage], play: str) -> None:
    """A client that leaves before anything was sent ends the stream as well."""
    app, stage = wired
    end = "closed" if play.startswith("by hand") else "rolled back: CancelledError"
    with app.connect() as connection:
        connection.send(head("GET", stage.url(play).replace(" ", "+")))
        stage.entries("waiting")
    assert stage.entries(end)[-1] == end
    assert app.log.wait_for(has_left).level == "DEBUG"


def test_connection_is_reset(wired: tuple[SocketClient, Stage]) -> None:
    """A connection that breaks off is a client that leaves."""
    app, stage = wired
    with app.connect() as connection:
        connection.send(head("GET", stage.url("scoped ticks")))
        connection.read_head_line()
        connection.reset()
    assert stage.entries("rolled back: CancelledError")[-1] == "rolled back: CancelledError"


def test_source_that_swallows_its_cancellation(stage: Stage) -> None:
    """A source that swallows its cancellation and goes on is pulled no further."""
    with stage.app.stream("GET", stage.url("scoped swallows")) as flow:
        flow.read(1)
        stage.entries("waiting")
    assert stage.entries("rolled back: CancelledError")[-2:] == ["swallowed", "rolled back: CancelledError"]


def test_source_that_takes_its_cancellation_for_its_end(stage: Stage) -> None:
    """A source that swallows its cancellation and ends is a stream that was ended early: it is rolled back."""
    with stage.app.stream("GET", stage.url("scoped swallows_and_ends")) as flow:
        flow.read(1)
        stage.entries("waiting")
    assert stage.entries("rolled back: CancelledError")[-2:] == ["swallowed", "rolled back: CancelledError"]
    stage.app.log.wait_for(has_left)


def test_source_that_fails_when_cancelled(stage: Stage) -> None:
    """What a source raises instead of its cancellation is logged, and nothing more."""
    with stage.app.stream("GET", stage.url("scoped fails_when_cancelled")) as flow:
        flow.read(1)
        stage.entries("waiting")
    stage.app.log.wait_for(has_left)
    assert "cannot be stopped" in (one_error(stage).exception or "")
    assert stage.entries_now()[-1] == "rolled back: ValueError"


@pytest.mark.parametrize("play", ["three", "ticks", "waits_before_first", "scoped waits_before_first"])
def test_head(stage: Stage, play: str) -> None:
    """HEAD gives the headers of GET, and neither iterates the stream nor sets it up."""
    answer = stage.app.request("HEAD", stage.url(play))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == stage.framing.media_type
    assert stage.entries_now() == []


def test_head_closes(stage: Stage) -> None:
    """HEAD closes an iterator that has an `aclose`, without iterating it."""
    assert stage.app.request("HEAD", stage.url("by hand waits_before_first")).status == 200
    assert stage.entries_now() == ["closed"]


@pytest.mark.parametrize("status", [204, 205, 304])
def test_status_without_a_body(stage: Stage, status: int) -> None:
    """A stream that comes with a status which has no body is not iterated, and closed."""
    answer = stage.app.get(stage.url("by hand waits_before_first", status=status))
    assert (answer.status, answer.body) == (status, b"")
    assert "content-type" not in answer.headers
    assert stage.entries_now() == ["closed"]
