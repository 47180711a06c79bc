"""Widgets: created, found, changed, bought and removed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import UNSET
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_app.database import Database
from demo_app.errors import OutOfStock
from demo_app.etags import IfMatch
from demo_app.models import (
    Owner,
    Purchase,
    Receipt,
    Widget,
    WidgetChanges,
    WidgetInput,
    WidgetPage,
    WidgetQuery,
)
from demo_app.services.changes import ChangeService
from demo_app.services.widget_rows import find, flush, lock, lock_own, tag_rows, to_widget
from demo_app.tables import OwnerRow, TagRow, WidgetRow
from jero import NotFoundError


@dataclass(frozen=True, slots=True)
class WidgetService:
    """Reads and writes widgets. Only its owner may change a widget; everyone may see it and buy it."""

    database: Database
    changes: ChangeService

    async def create(self, new: WidgetInput, owner: Owner) -> Widget:
        """Store a new widget. Raises NameTaken (409)."""
        row = WidgetRow(
            owner_id=owner.id,
            name=new.name,
            price_cents=new.price_cents,
            stock=new.stock,
            tags=tag_rows(new.tags),
            version=1,
            created_at=datetime.now(UTC),
        )
        async with self.changes.transaction() as transaction:
            transaction.session.add(row)
            await flush(transaction.session, new.name)
            transaction.record("created", row)
            return to_widget(row)

    async def find(self, widget_id: int) -> Widget:
        """Give a widget. Raises NotFoundError."""
        async with self.database.read() as session:
            return to_widget(await find(session, widget_id))

    async def find_page(self, query: WidgetQuery) -> WidgetPage:
        """Give one page of all the widgets that fit the query."""
        async with self.database.read() as session:
            return await _page(session, select(WidgetRow), query)

    async def find_page_of(self, owner_id: int, query: WidgetQuery) -> WidgetPage:
        """Give one page of an owner's widgets that fit the query. Raises NotFoundError without that owner."""
        async with self.database.read() as session:
            if await session.get(OwnerRow, owner_id) is None:
                raise NotFoundError("owner not found")
            return await _page(session, select(WidgetRow).where(WidgetRow.owner_id == owner_id), query)

    async def replace(self, widget_id: int, new: WidgetInput, user: Owner, condition: IfMatch) -> Widget:
        """Put all that a client writes in place of what was there."""
        changes = WidgetChanges(name=new.name, price_cents=new.price_cents, stock=new.stock, tags=new.tags)
        return await self.change(widget_id, changes, user, condition)

    async def change(self, widget_id: int, changes: WidgetChanges, user: Owner, condition: IfMatch) -> Widget:
        """Change some fields. Raises NotFoundError, ForbiddenError, PreconditionFailedError, NameTaken."""
        async with self.changes.transaction() as transaction:
            row = await lock_own(transaction.session, widget_id, user, condition)
            for name in ("name", "price_cents", "stock"):
                value: object = getattr(changes, name)
                if value is not UNSET:
                    setattr(row, name, value)
            if changes.tags is not UNSET:
                row.tags = tag_rows(changes.tags)
            row.version += 1
            await flush(transaction.session, row.name)
            transaction.record("updated", row)
            return to_widget(row)

    async def remove(self, widget_id: int, user: Owner, condition: IfMatch) -> None:
        """Delete a widget. Raises NotFoundError, ForbiddenError, PreconditionFailedError."""
        async with self.changes.transaction() as transaction:
            row = await lock_own(transaction.session, widget_id, user, condition)
            await transaction.session.delete(row)
            transaction.record("deleted", row)

    async def buy(self, widget_id: int, purchase: Purchase) -> Receipt:
        """Take widgets out of the stock. Raises NotFoundError, OutOfStock (409)."""
        async with self.changes.transaction() as transaction:
            row = await lock(transaction.session, widget_id)
            if row.stock < purchase.quantity:
                raise OutOfStock(f"only {row.stock} left")
            row.stock -= purchase.quantity
            row.version += 1
            transaction.record("updated", row)
            return Receipt(
                widget_id=row.id,
                quantity=purchase.quantity,
                total_cents=purchase.quantity * row.price_cents,
                left=row.stock,
            )


async def _page(session: AsyncSession, rows: Select[WidgetRow], query: WidgetQuery) -> WidgetPage:
    """Give one page of the rows; one row more than asked for says whether another page follows."""
    rows = rows.where(WidgetRow.id > (query.after or 0)).order_by(WidgetRow.id).limit(query.limit + 1)
    if query.name is not None:
        rows = rows.where(WidgetRow.name.icontains(query.name, autoescape=True))
    for tag in query.tag:
        rows = rows.where(WidgetRow.tags.any(TagRow.tag == tag))
    widgets = [to_widget(row) for row in await session.scalars(rows)]
    items = widgets[: query.limit]
    return WidgetPage(items=items, next=items[-1].id if len(widgets) > query.limit else None)
