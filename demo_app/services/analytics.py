"""What is done with widgets, counted: events are stored after the answer, and read as sums."""

import logging
from dataclasses import dataclass

from sqlalchemy import func, select

from demo_app.database import Database
from demo_app.models import Statistics, WidgetBought, WidgetViewed
from demo_app.services.widget_rows import find
from demo_app.tables import EventRow
from jero import BackgroundTasks, ServiceUnavailableError

logger = logging.getLogger("demo_app")

_VIEW, _PURCHASE = "view", "purchase"


@dataclass(frozen=True, slots=True)
class AnalyticsQueue:
    """Takes events in requests. No request waits or fails for it: what finds no room is dropped, and logged."""

    tasks: BackgroundTasks

    def add(self, event: WidgetViewed | WidgetBought) -> None:
        """Have an event stored in the background."""
        try:
            self.tasks.add_nowait(event)
        except ServiceUnavailableError as error:  # the queue is full, or the shutdown has begun
            logger.warning("an event for analytics is dropped: %s", error)


@dataclass(frozen=True, slots=True)
class AnalyticsService:
    """Stores events, each in a transaction of its own, and counts them."""

    database: Database

    async def store_view(self, event: WidgetViewed) -> None:
        """Store that a widget was shown."""
        async with self.database.write() as session:
            session.add(EventRow(kind=_VIEW, widget_id=event.widget_id, quantity=1, at=event.at))

    async def store_purchase(self, event: WidgetBought) -> None:
        """Store that some of a widget were bought."""
        async with self.database.write() as session:
            session.add(EventRow(kind=_PURCHASE, widget_id=event.widget_id, quantity=event.quantity, at=event.at))

    async def count(self, widget_id: int) -> Statistics:
        """Sum up what has been stored of a widget. Raises NotFoundError."""
        is_purchase = EventRow.kind == _PURCHASE
        query = select(
            func.count().filter(EventRow.kind == _VIEW),
            func.count().filter(is_purchase),
            func.coalesce(func.sum(EventRow.quantity).filter(is_purchase), 0),
        ).where(EventRow.widget_id == widget_id)
        async with self.database.read() as session:
            await find(session, widget_id)
            views, purchases, sold = (await session.execute(query)).one()
        return Statistics(widget_id=widget_id, views=views, purchases=purchases, sold=int(sold))
