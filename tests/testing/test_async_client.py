"""The asynchronous client: the same surface, awaited, in the running loop."""

import asyncio
from contextvars import ContextVar

import msgspec
import pytest
from asgi_apps import Echo, Receive, Scope, Send, Ticker, body, echo, start, streaming, with_lifespan

from jero.testing import (
    ASGIViolationError,
    AsyncStreamSession,
    AsyncTestClient,
    IncompleteResponseError,
    StreamSession,
    TestClient,
)


class Movie(msgspec.Struct):
    title: str


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
async def test_each_method_sends_its_own_verb(method: str) -> None:
    """`await client.put(…)` reaches the app as PUT, and so do the others."""
    async with AsyncTestClient(echo) as client:
        response = await getattr(client, method)("/x")
    assert response.json(Echo).method == method.upper()


async def test_head_and_request_and_disconnect() -> None:
    """The remaining ways to send a request are there as well."""
    async with AsyncTestClient(with_lifespan(_reads_all)) as client:
        assert (await client.head("/")).status_code == 200
        assert (await client.request("PURGE", "/")).status_code == 200
        assert await client.disconnect_in_body("POST", "/", content=b"ab", disconnect_after=1) is None


async def _reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.request":
        await send(start())
        await send(body())


async def test_the_app_runs_in_the_loop_of_the_test() -> None:
    """What the test and the app share need not be thread-safe; the lifespan is one task of its own."""
    loops: list[object] = []
    tasks: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        loops.append(asyncio.get_running_loop())
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                tasks.append(asyncio.current_task())
                await send({"type": f"lifespan.{phase}.complete"})
        else:
            await send(start())
            await send(body())

    async with AsyncTestClient(app) as client:
        await client.get("/")
    assert loops == [asyncio.get_running_loop()] * 2
    assert tasks[0] is tasks[1] is not asyncio.current_task()


async def test_start_and_close_do_what_the_context_does() -> None:
    """Both may be called twice; a closed client says what to do."""
    client = AsyncTestClient(echo)
    with pytest.raises(RuntimeError, match="not started; use it as a context manager"):
        await client.get("/")
    await client.start()
    await client.start()
    assert (await client.get("/")).status_code == 200
    await client.close()
    await client.close()
    with pytest.raises(RuntimeError, match="closed; make a new one"):
        await client.get("/")
    with pytest.raises(RuntimeError, match="closed; make a new one"):
        await client.start()


async def test_a_startup_failure_is_raised_by_the_context() -> None:
    """The very exception of the app is raised as the client is entered."""
    failure = TypeError("wrong")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise failure

    with pytest.raises(TypeError) as caught:
        async with AsyncTestClient(app):
            pass
    assert caught.value is failure


async def test_context_variables_of_a_request_stay_in_it() -> None:
    """The app sees the variables of the test, and cannot change them."""
    variable = ContextVar("variable", default="unset")
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(variable.get())
        variable.set("app")
        await send(start())
        await send(body())

    async with AsyncTestClient(with_lifespan(app)) as client:
        variable.set("test")
        await client.get("/")
    assert (seen, variable.get()) == (["test"], "test")


async def test_a_session_is_awaited_or_entered() -> None:
    """`await client.stream_get(…)` opens a session, and so does `async with`; before, it has no head."""
    async with AsyncTestClient(streaming([b'{"title":"A"}\n'], "application/x-ndjson")) as client:
        session = client.stream_get("/", type=Movie)
        with pytest.raises(RuntimeError, match="not open; await it"):
            _ = session.status_code
        with pytest.raises(RuntimeError, match="not open; await it"):
            await session.read()
        assert (await session) is session
        assert session.status_code == 200
        assert [movie async for movie in session] == [Movie("A")]
        await session.close()
        async with client.stream_get("/") as entered:
            assert [item async for item in entered] == [{"title": "A"}]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
async def test_each_method_can_be_streamed(method: str) -> None:
    """`stream_put` sends PUT with the arguments of any request, and so do the others."""
    async with AsyncTestClient(echo) as client, getattr(client, f"stream_{method}")("/", json=1) as session:
        seen = msgspec.json.decode(await session.read(), type=Echo)
    assert (seen.method, seen.body) == (method.upper(), b"1")


async def test_a_streamed_head_has_no_items() -> None:
    """A streamed HEAD has a head and no body."""
    async with AsyncTestClient(with_lifespan(_reads_all)) as client, client.stream_head("/") as session:
        assert [item async for item in session] == []


async def test_send_waits_until_the_chunk_before_was_taken() -> None:
    """However long the reader waits, the app is one chunk ahead at most."""
    ticker = Ticker()
    async with AsyncTestClient(ticker.app) as client:
        async with client.stream_get("/") as session:
            for number in range(5):
                for _ in range(20):
                    await asyncio.sleep(0)
                assert ticker.sent == number + 1
                assert await anext(session) == b"%d\n" % number
        assert ticker.ended


async def test_a_cancelled_request_disconnects() -> None:
    """A time-out in the test is a client that leaves: the app ends, and the time-out is what is raised."""
    ended: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "http.disconnect":
            pass
        ended.append(message["type"])

    async with AsyncTestClient(with_lifespan(app)) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await client.get("/")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await client.stream_get("/")
    assert ended == ["http.disconnect"] * 2


async def test_a_cancelled_endless_answer_disconnects() -> None:
    """An app that never stops sending does not keep the loop from the test."""
    ticker = Ticker()
    async with AsyncTestClient(ticker.app) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await client.get("/")
        assert ticker.ended


async def test_a_cancelled_startup_leaves_no_task() -> None:
    """A start that takes too long can be cancelled: the lifespan's task ends with it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.get_running_loop().create_future()

    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await AsyncTestClient(app).start()
    assert asyncio.all_tasks() == before


async def test_a_cancelled_shutdown_leaves_no_task() -> None:
    """A shutdown that takes too long can be cancelled as well."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.get_running_loop().create_future()

    before = asyncio.all_tasks()
    client = AsyncTestClient(app)
    await client.start()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await client.close()
    assert asyncio.all_tasks() == before


async def test_a_cut_stream_and_a_violation_are_raised() -> None:
    """The failures of the synchronous client are those of this one."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"x", more=True))
        if scope["path"] == "/wrong":
            await send(start())

    async with AsyncTestClient(with_lifespan(app)) as client:
        async with client.stream_get("/") as session:
            with pytest.raises(IncompleteResponseError):
                await session.read()
        with pytest.raises(ASGIViolationError):
            await client.get("/wrong")


def test_both_clients_have_the_same_surface() -> None:
    """What one client or session has, the other has under the same name."""
    awaited = {"start", "open", "refuse_reading", "finished"}
    for sync, other in ((TestClient, AsyncTestClient), (StreamSession, AsyncStreamSession)):
        names = {name for name in vars(sync) if not name.startswith("_")}
        others = {name for name in vars(other) if not name.startswith("_")}
        assert names <= others
        assert others - names - awaited <= {"status_code", "headers", "multi_headers"}
