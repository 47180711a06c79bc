"""The lifespan under a test client: when it runs, in which task, and how its failures reach the test."""

import asyncio
import signal
import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest
from asgi_apps import Receive, Scope, Send, Ticker, answering, body, start

from jero.testing import AppStillRunningError, LifespanError, Reporter, TestClient


class Recorder:
    """An app that notes what happens in its lifespan, and fails there where it is told to."""

    def __init__(
        self,
        *,
        fail: str = "",
        message: str = "",
        report: BaseException | None = None,
        let_out: BaseException | None = None,
    ) -> None:
        """Fail in the phase `fail`, if any."""
        self.fail = fail
        self.message = message
        self.report = report
        self.let_out = let_out
        self.events: list[str] = []
        self.tasks: list[object] = []
        self.threads: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the lifespan, answer all else with 200."""
        if scope["type"] != "lifespan":
            await send(start())
            await send(body())
            return
        reporter: Reporter = scope["extensions"]["jero.testing"]
        for phase in ("startup", "shutdown"):
            event = (await receive())["type"]
            self.events.append(event)
            self.tasks.append(asyncio.current_task())
            self.threads.append(threading.get_ident())
            if phase != self.fail:
                await send({"type": f"{event}.complete"})
                continue
            if self.report is not None:
                (reporter.startup_failed if phase == "startup" else reporter.shutdown_failed)(self.report)
            if self.let_out is not None:
                raise self.let_out
            await send({"type": f"{event}.failed", "message": self.message})
            return


def test_the_client_starts_the_app_as_it_is_made_and_shuts_it_down_once() -> None:
    """Startup runs at construction, shutdown at the first `close()` or the end of the context."""
    app = Recorder()
    client = TestClient(app)
    assert app.events == ["lifespan.startup"]
    with client:
        client.close()
        assert app.events == ["lifespan.startup", "lifespan.shutdown"]
        client.close()
    assert app.events == ["lifespan.startup", "lifespan.shutdown"]


def test_the_lifespan_is_one_task_on_a_thread_of_its_own() -> None:
    """Cancel scopes and context variables that startup opens can be closed by shutdown."""
    app = Recorder()
    with TestClient(app):
        pass
    assert app.tasks[0] is app.tasks[1]
    assert app.threads[0] != threading.get_ident()


def test_a_closed_client_refuses_requests() -> None:
    """A request after the end says what to do."""
    client = TestClient(Recorder())
    client.close()
    with pytest.raises(RuntimeError, match="closed; make a new one"):
        client.get("/")
    with pytest.raises(RuntimeError, match="closed; make a new one"):
        client.stream_get("/")


def test_an_app_can_be_started_again_by_a_new_client() -> None:
    """Each client runs a lifespan of its own."""
    app = Recorder()
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/").status_code == 200
    assert app.events == ["lifespan.startup", "lifespan.shutdown"] * 2


class WiringError(TypeError):
    """Stands for any error of an app."""


def test_a_reported_startup_failure_is_raised_as_the_very_object() -> None:
    """An app that catches its own exception hands it over through the reporter."""
    failure = WiringError("wrong")
    with pytest.raises(WiringError) as caught:
        TestClient(Recorder(fail="startup", message="wrong", report=failure))
    assert caught.value is failure


def test_a_startup_failure_without_report_raises_its_message() -> None:
    """Of a foreign app there is only the message."""
    with pytest.raises(LifespanError, match=r"lifespan\.startup\.failed: no database") as caught:
        TestClient(Recorder(fail="startup", message="no database"))
    assert (caught.value.phase, caught.value.message) == ("startup", "no database")
    with pytest.raises(LifespanError, match="the app gave no message"):
        TestClient(Recorder(fail="startup"))


@pytest.mark.parametrize("failure", [WiringError("wrong"), SystemExit(3), asyncio.CancelledError()])
def test_an_exception_out_of_startup_is_raised_as_it_is(failure: BaseException) -> None:
    """Whatever the app lets out before its answer reaches the test, without ending the loop under it."""
    with pytest.raises(type(failure)) as caught:
        TestClient(Recorder(fail="startup", let_out=failure))
    assert caught.value is failure


def test_a_failed_start_leaves_no_thread() -> None:
    """The loop of a client that could not be made has ended."""
    before = threading.active_count()
    with pytest.raises(LifespanError):
        TestClient(Recorder(fail="startup"))
    assert threading.active_count() <= before


def test_an_exception_after_startup_failed_is_its_cause() -> None:
    """An app may send `startup.failed` and raise as well: the message counts, the exception explains it."""
    failure = WiringError("wrong")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "bad"})
        raise failure

    with pytest.raises(LifespanError, match="bad") as caught:
        TestClient(app)
    assert caught.value.__cause__ is failure


def test_shutdown_failures_are_raised_by_close_once() -> None:
    """`close()` raises the reported object, the exception let out, or the message; once."""
    reported, let_out = WiringError("reported"), WiringError("let out")
    for app, expected in (
        (Recorder(fail="shutdown", report=reported), reported),
        (Recorder(fail="shutdown", let_out=let_out), let_out),
    ):
        client = TestClient(app)
        with pytest.raises(WiringError) as caught:
            client.close()
        assert caught.value is expected
        client.close()
    with (
        pytest.raises(LifespanError, match=r"lifespan\.shutdown\.failed: stuck"),
        TestClient(Recorder(fail="shutdown", message="stuck")),
    ):
        pass


def test_a_failing_test_keeps_its_own_exception() -> None:
    """A shutdown failure does not hide why the test failed: it is a note on it."""
    with (
        pytest.raises(LookupError, match="the test failed") as caught,
        TestClient(Recorder(fail="shutdown", message="stuck")),
    ):
        raise LookupError("the test failed")
    assert caught.value.__notes__ == [
        "and the test client failed as it was closed: LifespanError('lifespan.shutdown.failed: stuck')"
    ]


def test_an_app_that_returns_from_the_lifespan_has_none() -> None:
    """An app that never asks for a lifespan event is served without a lifespan, as servers do."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(start())
            await send(body(b"ok"))

    with TestClient(app) as client:
        assert client.get("/").content == b"ok"


def test_the_state_of_the_lifespan_is_copied_into_each_request() -> None:
    """What startup puts into `scope["state"]` is there in each request; what a request puts there is not."""
    shared = object()
    seen: list[dict[str, object]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["pool"] = shared
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        seen.append(dict(scope["state"]))
        scope["state"]["own"] = 1
        await send(start())
        await send(body())

    with TestClient(app) as client:
        client.get("/")
        client.get("/")
    assert seen == [{"pool": shared}, {"pool": shared}]


def test_background_tasks_go_on_between_requests() -> None:
    """The app's loop runs all the time, as under a server, not just while a request is there."""
    done = threading.Event()

    async def work(asked: asyncio.Event) -> None:
        await asked.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        done.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["asked"] = asked = asyncio.Event()
            await receive()
            task = asyncio.create_task(work(asked))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await task
            await send({"type": "lifespan.shutdown.complete"})
            return
        scope["state"]["asked"].set()
        await send(start())
        await send(body())

    with TestClient(app) as client:
        client.get("/")
        assert done.wait(5)


def test_context_variables_of_a_request_stay_in_it() -> None:
    """What one request sets is not seen by the next one, nor by the test."""
    variable = ContextVar("variable", default="unset")
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        seen.append(variable.get())
        variable.set("set")
        await send(start())
        await send(body())

    with TestClient(app) as client:
        client.get("/")
        client.get("/")
    assert (seen, variable.get()) == (["unset", "unset"], "unset")


async def _never_ends(scope: Scope, receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
    await receive()


def test_a_lifespan_that_does_not_end_fails_the_test() -> None:
    """An app that answers its shutdown and hangs is cancelled and told, instead of hanging the test."""
    client = TestClient(_never_ends, exit_timeout=0.01)
    with pytest.raises(AppStillRunningError, match=r"0\.01 s after it had answered lifespan\.shutdown"):
        client.close()


def test_requests_from_several_threads_run_at_once() -> None:
    """One client may be shared by threads: both requests are in the app at the same time."""
    inside = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal inside
        if scope["type"] == "lifespan":
            scope["state"]["both"] = asyncio.Event()
            return
        inside += 1
        if inside == 2:
            scope["state"]["both"].set()
        await scope["state"]["both"].wait()
        await send(start())
        await send(body())

    statuses: list[int] = []
    with TestClient(app) as client:
        threads = [threading.Thread(target=lambda: statuses.append(client.get("/").status_code)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200, 200]


def _is_waiting(thread: int) -> bool:
    """Tell whether a thread waits for another one."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]  # documented, for all its underscore
    return frames[thread].f_code.co_name == "wait"


@pytest.mark.skipif(sys.platform == "win32", reason="a thread cannot be sent a signal there")
def test_an_interrupted_test_disconnects() -> None:
    """Ctrl-C in a request that hangs is a client that leaves: the app is told, the client can be closed."""
    told = threading.Event()
    test = threading.get_ident()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        while not _is_waiting(test):  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0)
        signal.pthread_kill(test, signal.SIGINT)
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    with TestClient(app) as client:
        with pytest.raises(KeyboardInterrupt):
            client.get("/")
        assert told.wait(5)


def test_the_client_works_inside_a_running_loop() -> None:
    """A test that is a coroutine itself may use the synchronous client: the app's loop is another one."""

    async def test() -> int:
        with TestClient(answering(b"ok")) as client:
            return client.get("/").status_code

    assert asyncio.run(test()) == 200


_FORGOTTEN = """
import sys
sys.path[:0] = {path!r}
from asgi_apps import Ticker, echo
from jero.testing import TestClient
client = TestClient(echo)
session = TestClient(Ticker().app).stream_get("/")
print(client.get("/").status_code, next(session))
"""


def test_a_client_that_is_never_closed_does_not_hang_the_interpreter() -> None:
    """A client at the top of a module, with a stream open, lets the interpreter exit, with a warning."""
    code = _FORGOTTEN.format(path=sys.path)
    command = [sys.executable, "-Walways", "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # our own code
    assert run.stdout == "200 b'0\\n'\n"
    assert run.stderr.count("ResourceWarning: a TestClient was not closed") == 2


def test_several_failures_at_close_are_raised_together() -> None:
    """An open stream that ended badly and a failed shutdown are both told."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.failed", "message": "stuck"})
            return
        await send(start())
        await send(body(b"a", more=True))
        await send(start())

    client = TestClient(app)
    client.stream_get("/")
    with pytest.raises(BaseExceptionGroup) as caught:
        client.close()
    assert [type(error).__name__ for error in caught.value.exceptions] == [
        "ASGIViolationError",
        "LifespanError",
    ]


def test_close_leaves_open_streams_before_the_shutdown() -> None:
    """ASGI sends `lifespan.shutdown` when all connections are closed."""
    ticker = Ticker()
    ended_at_shutdown: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            ended_at_shutdown.append(ticker.ended)
            await send({"type": "lifespan.shutdown.complete"})
            return
        await ticker.app(scope, receive, send)

    with TestClient(app) as client, client.stream_get("/") as session:
        assert next(session) == b"0\n"
        client.close()
        assert ended_at_shutdown == [True]
        with pytest.raises(RuntimeError, match="closed"):
            next(session)
    with pytest.raises(RuntimeError, match="closed"):
        next(session)
