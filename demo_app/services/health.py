"""Whether the service can do its work."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from demo_app.database import Database
from demo_app.models import HealthReport
from jero import ServiceUnavailableError


@dataclass(frozen=True, slots=True)
class HealthService:
    """Asks what the service depends on."""

    database: Database

    async def check(self) -> HealthReport:
        """Ask the database. Raises ServiceUnavailableError (503) where it does not answer."""
        try:
            async with self.database.read() as session:
                await session.execute(select(1))
        except (SQLAlchemyError, OSError) as error:
            raise ServiceUnavailableError("the database does not answer", headers={"retry-after": "5"}) from error
        return HealthReport(status="ok", database=self.database.kind)
