"""What the database holds before the first request: the tables, and the configured owners and tokens."""

from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from demo_app.database import Database
from demo_app.tables import Base, OwnerRow, TokenRow

# Several workers may start at once: each prepares the database in its turn, as SQLite has it anyway.
_WAIT_FOR_OTHERS = {"postgresql": "SELECT pg_advisory_xact_lock(20250726)"}


async def prepare_database(database: Database, tokens: Mapping[str, str]) -> None:
    """Create what is missing. Afterwards `tokens` are the ones that are valid, and no others."""
    async with database.write() as session:
        if database.kind in _WAIT_FOR_OTHERS:
            await session.execute(text(_WAIT_FOR_OTHERS[database.kind]))
        connection = await session.connection()
        await connection.run_sync(Base.metadata.create_all)
        await session.execute(delete(TokenRow))
        for token, name in tokens.items():
            owner_id = await _find_or_add_owner(session, name)
            session.add(TokenRow(digest=digest_token(token), owner_id=owner_id))


def digest_token(token: str) -> str:
    """Give what the database knows of a token. Tokens are long and random, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


async def _find_or_add_owner(session: AsyncSession, name: str) -> int:
    owner = await session.scalar(select(OwnerRow).where(OwnerRow.name == name))
    if owner is None:
        owner = OwnerRow(name=name)
        session.add(owner)
        await session.flush()
    return owner.id
