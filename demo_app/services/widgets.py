"""Widgets: created, found, changed, bought and removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import UNSET
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from demo_app.database import Database
from demo_app.errors import NameTaken, OutOfStock
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
from demo_app.tables import OwnerRow, TagRow, WidgetRow
from jero import ForbiddenError, NotFoundError


@dataclass(frozen=True, slots=True)
class WidgetService:
    """Reads and writes widgets. Only its owner may change a widget; everyone may see it and buy it."""

    database: Database

    async def create(self, new: WidgetInput, owner: Owner) -> Widget:
        """Store a new widget. Raises NameTaken (409)."""
        row = WidgetRow(
            owner_id=owner.id,
            name=new.name,
            price_cents=new.price_cents,
            stock=new.stock,
            tags=_tag_rows(new.tags),
            version=1,
            created_at=datetime.now(UTC),
        )
        async with self.database.write() as session:
            session.add(row)
            await _flush(session, new.name)
            return _widget(row)

    async def find(self, widget_id: int) -> Widget:
        """Give a widget. Raises NotFoundError."""
        async with self.database.read() as session:
            return _widget(_found(await session.get(WidgetRow, widget_id)))

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
        async with self.database.write() as session:
            row = await _lock_own(session, widget_id, user, condition)
            for name in ("name", "price_cents", "stock"):
                value: object = getattr(changes, name)
                if value is not UNSET:
                    setattr(row, name, value)
            if changes.tags is not UNSET:
                row.tags = _tag_rows(changes.tags)
            row.version += 1
            await _flush(session, row.name)
            return _widget(row)

    async def remove(self, widget_id: int, user: Owner, condition: IfMatch) -> None:
        """Delete a widget. Raises NotFoundError, ForbiddenError, PreconditionFailedError."""
        async with self.database.write() as session:
            await session.delete(await _lock_own(session, widget_id, user, condition))

    async def buy(self, widget_id: int, purchase: Purchase) -> Receipt:
        """Take widgets out of the stock. Raises NotFoundError, OutOfStock (409)."""
        async with self.database.write() as session:
            row = await _lock(session, widget_id)
            if row.stock < purchase.quantity:
                raise OutOfStock(f"only {row.stock} left")
            row.stock -= purchase.quantity
            row.version += 1
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
    widgets = [_widget(row) for row in await session.scalars(rows)]
    items = widgets[: query.limit]
    return WidgetPage(items=items, next=items[-1].id if len(widgets) > query.limit else None)


async def _lock_own(session: AsyncSession, widget_id: int, user: Owner, condition: IfMatch) -> WidgetRow:
    """Give a widget that the user may change, in the version that the client expects."""
    row = await _lock(session, widget_id)
    if row.owner_id != user.id:
        raise ForbiddenError("only its owner may change a widget")
    condition.check(row.version)
    return row


async def _lock(session: AsyncSession, widget_id: int) -> WidgetRow:
    """Give a widget that nobody else changes until this transaction ends."""
    return _found(await session.get(WidgetRow, widget_id, with_for_update=True))


def _found(row: WidgetRow | None) -> WidgetRow:
    if row is None:
        raise NotFoundError("widget not found")
    return row


async def _flush(session: AsyncSession, name: str) -> None:
    """Write to the database what has changed; the name is the one thing that it may refuse."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken(name) from error


def _tag_rows(tags: Iterable[str]) -> list[TagRow]:
    return [TagRow(tag=tag) for tag in sorted(set(tags))]


def _widget(row: WidgetRow) -> Widget:
    return Widget(
        id=row.id,
        owner_id=row.owner_id,
        name=row.name,
        price_cents=row.price_cents,
        stock=row.stock,
        tags=[row.tag for row in row.tags],
        version=row.version,
        created_at=row.created_at,
    )
