"""The demo app on a database of its own for each test: an SQLite file, and PostgreSQL where it is given."""

import asyncio
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from demo_app.app import App
from jero.testing import TestClient

POSTGRES_URL = os.environ.get("JERO_TEST_POSTGRES_URL")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES_URL else ["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the URL of an empty database, and have the demo's configuration say so."""
    monkeypatch.delenv("DEMO_TOKENS", raising=False)
    with _empty_database(request.param, tmp_path) as url:
        monkeypatch.setenv("DEMO_DATABASE_URL", url)
        yield url


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    """Give a client of a running demo app that calls as ada."""
    with TestClient(App(), headers={"authorization": "Bearer demo-token"}, raise_server_exceptions=True) as client:
        yield client


@contextmanager
def _empty_database(kind: str, folder: Path) -> Generator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'demo.sqlite3'}"
        return
    name = f"jero_demo_{uuid4().hex}"
    asyncio.run(_execute(f"CREATE DATABASE {name}"))
    try:
        yield make_url(POSTGRES_URL or "").set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(_execute(f"DROP DATABASE {name}"))


async def _execute(statement: str) -> None:
    url = make_url(POSTGRES_URL or "").set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
