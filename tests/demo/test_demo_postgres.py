"""The demo on PostgreSQL. With a server given, every test of the demo runs on it too; these are of it alone."""

import asyncio
import os

import pytest
from demo_bodies import GIZMO
from sqlalchemy import insert, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from demo_app.app import App
from demo_app.services.changes import TAKE_TURNS
from demo_app.tables import ChangeRow
from jero.testing import AsyncTestClient, TestClient

needs_postgres = pytest.mark.skipif(
    "JERO_TEST_POSTGRES_URL" not in os.environ,
    reason="set JERO_TEST_POSTGRES_URL=postgresql://USER:PASSWORD@HOST:PORT/DATABASE (a role that may create"
    " databases) to run the demo's tests on PostgreSQL too",
)


@needs_postgres
def test_postgres_is_used_where_it_is_given(client: TestClient, database_url: str) -> None:
    """The database that answers is the one that the variable names: each backend has its own parameter."""
    assert client.get("/health").json() == {
        "status": "ok",
        "database": make_url(database_url).get_backend_name(),
    }


@needs_postgres
async def test_changes_are_committed_in_the_order_of_their_numbers(database_url: str) -> None:
    """Who numbers a change waits for who numbered one before: a reader never skips the one that is committed last."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    async with (
        AsyncTestClient(App(), headers={"authorization": "Bearer demo-token"}) as client,
        client.stream_get("/widgets/changes") as session,
    ):
        async with engine.begin() as first, engine.connect() as observer:
            await first.execute(text(TAKE_TURNS["postgresql"]))
            await first.execute(insert(ChangeRow).values(kind="updated", widget_id=7, version=2))
            second = asyncio.create_task(client.post("/widgets", json=GIZMO))
            async with asyncio.timeout(30):
                while not await observer.scalar(waiting):
                    assert not second.done()
        assert (await second).status_code == 201
        events = [await anext(session), await anext(session)]
    await engine.dispose()
    assert [(event.id, event.event) for event in events] == [("1", "updated"), ("2", "created")]
