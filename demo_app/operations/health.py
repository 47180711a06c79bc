"""`/health`: for load balancers, which have no token."""

from dataclasses import dataclass

from demo_app.models import HealthReport
from demo_app.services.health import HealthService
from jero import Endpoint, EndpointMeta


@dataclass(frozen=True, slots=True)
class Health(Endpoint, path="/health", ref="health", meta=EndpointMeta(tags=("operations",))):
    """Says whether the service can do its work."""

    health: HealthService

    async def get(self) -> HealthReport:
        """Answer 200 with the kind of database, or 503."""
        return await self.health.check()
