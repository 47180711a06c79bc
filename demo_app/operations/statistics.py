"""`/widgets/{widget_id}/statistics`: how often a widget was looked at and bought."""

from dataclasses import dataclass

from demo_app.models import Statistics, WidgetPath
from demo_app.services.analytics import AnalyticsService
from jero import Endpoint, EndpointMeta


@dataclass(frozen=True, slots=True)
class WidgetStatistics(
    Endpoint,
    path="/widgets/{widget_id}/statistics",
    ref="widget_statistics",
    meta=EndpointMeta(tags=("widgets",)),
):
    """What analytics know of one widget."""

    analytics: AnalyticsService

    async def get(self, path: WidgetPath) -> Statistics:
        """Show the counts."""
        return await self.analytics.count(path.widget_id)
