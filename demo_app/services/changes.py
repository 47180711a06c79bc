"""The feed of changes: transactions that record what they do to widgets, and readers who follow the record."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from demo_app.database import Database
from demo_app.models import ChangeKind, WidgetChange
from demo_app.notifier import ChangeNotifier
from demo_app.tables import ChangeRow, WidgetRow

# Changes become visible in the order of their numbers, or a reader would miss one that is numbered first and
# committed last: whoever numbers some holds this lock until it has committed. SQLite has one writer anyway.
TAKE_TURNS = {"postgresql": "SELECT pg_advisory_xact_lock(20250727)"}

_BATCH = 200
LOOK_AGAIN = 2.0
"""Seconds after which a reader looks by itself: no notice comes of what other processes change."""


@dataclass(frozen=True, slots=True)
class ChangeTransaction:
    """A transaction that writes, and the changes that it will have made."""

    session: AsyncSession
    changes: list[tuple[ChangeKind, int, int]] = field(default_factory=list[tuple[ChangeKind, int, int]])

    def record(self, kind: ChangeKind, row: WidgetRow) -> None:
        """Have readers told of a change, once it is committed."""
        self.changes.append((kind, row.id, row.version))


@dataclass(frozen=True, slots=True)
class ChangeService:
    """Records changes with what they change, in one transaction, and tells who follows them."""

    database: Database
    notifier: ChangeNotifier

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[ChangeTransaction]:
        """Begin a transaction that changes widgets. What it recorded is written last and told after the commit."""
        async with self.database.write() as session:
            transaction = ChangeTransaction(session)
            yield transaction
            await self._write(session, transaction.changes)
        self.notifier.notify()

    async def find_last(self) -> int:
        """Give the number of the last change, 0 where there is none: what follows it is new."""
        async with self.database.read() as session:
            return await session.scalar(select(func.max(ChangeRow.id))) or 0

    async def follow(self, after: int) -> AsyncGenerator[WidgetChange]:
        """Give the changes that follow number `after`, those to come included, without end."""
        while True:
            notice = self.notifier.next_notice()  # taken first: what is committed while we look sets it
            changes = await self._find_after(after)
            for change in changes:
                yield change
                after = change.id
            if not changes:
                with suppress(TimeoutError):
                    await asyncio.wait_for(notice.wait(), LOOK_AGAIN)

    async def _write(self, session: AsyncSession, changes: list[tuple[ChangeKind, int, int]]) -> None:
        if not changes:
            return
        await session.flush()
        if self.database.kind in TAKE_TURNS:
            await session.execute(text(TAKE_TURNS[self.database.kind]))
        for batch in batched(changes, _BATCH, strict=False):
            rows = [{"kind": kind, "widget_id": widget_id, "version": version} for kind, widget_id, version in batch]
            await session.execute(insert(ChangeRow), rows)

    async def _find_after(self, after: int) -> list[WidgetChange]:
        query = select(ChangeRow).where(ChangeRow.id > after).order_by(ChangeRow.id).limit(_BATCH)
        async with self.database.read() as session:
            return [_change(row) for row in await session.scalars(query)]


def _change(row: ChangeRow) -> WidgetChange:
    return WidgetChange(id=row.id, kind=row.kind, widget_id=row.widget_id, version=row.version)
