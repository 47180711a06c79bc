"""Widgets in bulk: all of them out, many of them in, a line each and never all in memory."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from demo_app.database import Database
from demo_app.errors import NameTaken
from demo_app.models import ImportReport, Owner, Widget, WidgetInput
from demo_app.services.changes import ChangeService, ChangeTransaction
from demo_app.services.widget_rows import tag_rows, to_widget
from demo_app.tables import WidgetRow
from jero import ConflictError

_BATCH = 200


@dataclass(frozen=True, slots=True)
class TransferService:
    """Exports and imports widgets."""

    database: Database
    changes: ChangeService

    async def export(self) -> AsyncGenerator[AsyncIterator[Widget]]:
        """Yield all widgets, once: as they were when the export began, however long it takes.

        Until it ends it keeps a connection, with a cursor in a transaction that only reads.
        """
        query = select(WidgetRow).order_by(WidgetRow.id).execution_options(yield_per=_BATCH)
        async with self.database.read() as session:
            rows = await session.stream_scalars(query)
            yield (to_widget(row) async for row in rows)

    async def import_all(self, widgets: AsyncIterable[WidgetInput], owner: Owner) -> ImportReport:
        """Store new widgets, all of them or none: whatever is raised on the way, also by `widgets`, undoes it.

        The first batch is read before the transaction begins, so that a small import keeps no other writer
        waiting for its client. Raises NameTaken, which says which widget it is, and ConflictError (409).
        """
        created = 0
        batches = _batches(widgets)
        batch = await anext(batches, None)
        async with self.changes.transaction() as transaction:
            while batch:
                await _store(transaction, batch, created, owner)
                created += len(batch)
                batch = await anext(batches, None)
        return ImportReport(created=created)


async def _batches(widgets: AsyncIterable[WidgetInput]) -> AsyncGenerator[list[WidgetInput]]:
    batch: list[WidgetInput] = []
    async for widget in widgets:
        batch.append(widget)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _store(transaction: ChangeTransaction, batch: list[WidgetInput], created: int, owner: Owner) -> None:
    """Store some widgets, of which `created` were stored before in this transaction."""
    session = transaction.session
    names = [widget.name for widget in batch]
    taken = set(await session.scalars(select(WidgetRow.name).where(WidgetRow.name.in_(names))))
    for number, name in enumerate(names, created + 1):
        if name in taken:
            raise NameTaken(name, f"widget {number} of the import has a name that is taken; none was stored")
        taken.add(name)
    now = datetime.now(UTC)
    rows = [_row(widget, owner, now) for widget in batch]
    session.add_all(rows)
    try:
        await session.flush()
    except IntegrityError as error:
        raise ConflictError("someone took a name while the import ran; none was stored, send it again") from error
    for row in rows:
        transaction.record("created", row)
    session.expunge_all()  # what is stored need not stay in memory


def _row(widget: WidgetInput, owner: Owner, now: datetime) -> WidgetRow:
    return WidgetRow(
        owner_id=owner.id,
        name=widget.name,
        price_cents=widget.price_cents,
        stock=widget.stock,
        tags=tag_rows(widget.tags),
        version=1,
        created_at=now,
    )
