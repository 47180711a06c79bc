"""The database: opened and closed with the app, and the two kinds of transaction that services run in."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

# A transaction that will write takes its lock as it begins: SQLite cannot wait for one in the middle. One
# that only reads sees one state of the data from its first statement to its last.
_WRITING: dict[str, dict[str, Any]] = {"sqlite": {"begin": "BEGIN IMMEDIATE"}, "postgresql": {}}
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"begin": "BEGIN"},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class Database:
    """Gives sessions, each in a transaction of its own: `async with database.write() as session`."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use an engine for SQLite or PostgreSQL, which stays the caller's to dispose of."""
        self.kind = engine.dialect.name
        reading = engine.execution_options(**_READING[self.kind])
        writing = engine.execution_options(**_WRITING[self.kind])
        self._reading = async_sessionmaker(reading, expire_on_commit=False)
        self._writing = async_sessionmaker(writing, expire_on_commit=False)

    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Begin a transaction that only reads."""
        return self._reading.begin()

    def write(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Begin a transaction that may write: committed at the block's end, rolled back by any exception."""
        return self._writing.begin()


@asynccontextmanager
async def open_database(url: URL) -> AsyncGenerator[Database]:
    """Give the database at `url`, with a pool of connections that is closed at the end."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """Set up a new connection: the driver's own, in SQLAlchemy's untyped adapter."""
    connection.isolation_level = None  # the driver begins no transaction: `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    _use_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _use_write_ahead_log(cursor: Any) -> None:
    """Have readers and the one writer not wait for each other. It is a mode of the file, set while it is new.

    Workers that switch a new file at once refuse each other without waiting; beginning a transaction waits.
    """
    for _ in range(100):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        else:
            return
    raise TimeoutError("the SQLite file is always locked as its journal is switched to WAL; end what else has it")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])
