"""The demo on PostgreSQL. With a server given, every test of the demo runs on it too; this one says how."""

import os

import pytest
from sqlalchemy import make_url

from jero.testing import TestClient


@pytest.mark.skipif(
    "JERO_TEST_POSTGRES_URL" not in os.environ,
    reason="set JERO_TEST_POSTGRES_URL=postgresql://USER:PASSWORD@HOST:PORT/DATABASE (a role that may create"
    " databases) to run the demo's tests on PostgreSQL too",
)
def test_postgres_is_used_where_it_is_given(client: TestClient, database_url: str) -> None:
    """The database that answers is the one that the variable names: each backend has its own parameter."""
    assert client.get("/health").json() == {
        "status": "ok",
        "database": make_url(database_url).get_backend_name(),
    }
