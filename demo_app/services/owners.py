"""Owners: found by number or token, and listed."""

from dataclasses import dataclass

from sqlalchemy import select

from demo_app.database import Database
from demo_app.models import Owner, OwnerPage, PageQuery
from demo_app.schema import digest_token
from demo_app.tables import OwnerRow, TokenRow
from jero import NotFoundError


@dataclass(frozen=True, slots=True)
class OwnerService:
    """Reads owners; the configuration says who they are."""

    database: Database

    async def find(self, owner_id: int) -> Owner:
        """Give an owner. Raises NotFoundError."""
        async with self.database.read() as session:
            row = await session.get(OwnerRow, owner_id)
        if row is None:
            raise NotFoundError("owner not found")
        return _owner(row)

    async def find_by_token(self, token: str) -> Owner | None:
        """Give the owner of a bearer token, None where it is nobody's."""
        query = select(OwnerRow).join(TokenRow).where(TokenRow.digest == digest_token(token))
        async with self.database.read() as session:
            row = await session.scalar(query)
        return None if row is None else _owner(row)

    async def find_page(self, page: PageQuery) -> OwnerPage:
        """Give one page of all owners."""
        query = select(OwnerRow).where(OwnerRow.id > (page.after or 0)).order_by(OwnerRow.id)
        async with self.database.read() as session:
            rows = (await session.scalars(query.limit(page.limit + 1))).all()
        owners = [_owner(row) for row in rows[: page.limit]]
        return OwnerPage(items=owners, next=owners[-1].id if len(rows) > page.limit else None)


def _owner(row: OwnerRow) -> Owner:
    return Owner(id=row.id, name=row.name)
