"""What the demo is made of: configuration, database and services, opened here and closed with the app."""

import os
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass

from demo_app.config import Config
from demo_app.database import open_database
from demo_app.notifier import ChangeNotifier
from demo_app.schema import prepare_database
from demo_app.services.analytics import AnalyticsQueue, AnalyticsService
from demo_app.services.changes import ChangeService
from demo_app.services.health import HealthService
from demo_app.services.images import ImageService
from demo_app.services.owners import OwnerService
from demo_app.services.transfers import TransferService
from demo_app.services.widgets import WidgetService
from jero import BackgroundTasks, BaseFactory


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one running app, on one database."""

    health: HealthService
    owners: OwnerService
    widgets: WidgetService
    changes: ChangeService
    transfers: TransferService
    images: ImageService
    analytics: AnalyticsService
    analytics_queue: AnalyticsQueue


class Factory(BaseFactory):
    """Builds the services from the environment's configuration."""

    def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
        """Read the environment. Raises ValueError where it is not right."""
        super().__init__(es, aes)
        self._config = Config.from_environment(os.environ)

    async def create_services(self) -> Services:
        """Open the database, prepare it, and build the services on it."""
        database = await self._aenter(open_database(self._config.database_url))
        await prepare_database(database, self._config.tokens)
        changes = ChangeService(database, ChangeNotifier())
        analytics = AnalyticsService(database)
        return Services(
            health=HealthService(database),
            owners=OwnerService(database),
            widgets=WidgetService(database, changes),
            changes=changes,
            transfers=TransferService(database, changes),
            images=ImageService(database),
            analytics=analytics,
            analytics_queue=await self._open_queue(analytics),
        )

    async def _open_queue(self, analytics: AnalyticsService) -> AnalyticsQueue:
        """Open the queue after the database that it writes to: what waits in it is stored before that closes."""
        tasks = await self._aenter(BackgroundTasks())
        tasks.register(analytics.store_view)
        tasks.register(analytics.store_purchase)
        return AnalyticsQueue(tasks)
