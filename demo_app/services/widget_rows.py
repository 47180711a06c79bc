"""Rows of widgets, as every service needs them: found, locked for a change, written, and shown."""

from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from demo_app.errors import NameTaken
from demo_app.etags import IfMatch
from demo_app.models import Owner, Widget
from demo_app.tables import TagRow, WidgetRow
from jero import ForbiddenError, NotFoundError

ANY_VERSION = IfMatch()


async def find(session: AsyncSession, widget_id: int) -> WidgetRow:
    """Give a widget. Raises NotFoundError."""
    return _found(await session.get(WidgetRow, widget_id))


async def lock(session: AsyncSession, widget_id: int) -> WidgetRow:
    """Give a widget that nobody else changes until this transaction ends. Raises NotFoundError."""
    return _found(await session.get(WidgetRow, widget_id, with_for_update=True))


async def lock_own(session: AsyncSession, widget_id: int, user: Owner, condition: IfMatch = ANY_VERSION) -> WidgetRow:
    """Give a widget that the user may change, locked, in the version that the client expects.

    Raises NotFoundError, ForbiddenError, PreconditionFailedError.
    """
    row = await lock(session, widget_id)
    if row.owner_id != user.id:
        raise ForbiddenError("only its owner may change a widget")
    condition.check(row.version)
    return row


async def flush(session: AsyncSession, name: str) -> None:
    """Write to the database what has changed; the name is the one thing that it may refuse: NameTaken (409)."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken(name) from error


def tag_rows(tags: Iterable[str]) -> list[TagRow]:
    """Give the rows of some tags, each once and in order."""
    return [TagRow(tag=tag) for tag in sorted(set(tags))]


def to_widget(row: WidgetRow) -> Widget:
    """Show a row as the API does."""
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


def _found(row: WidgetRow | None) -> WidgetRow:
    if row is None:
        raise NotFoundError("widget not found")
    return row
