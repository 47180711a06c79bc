"""`/owners`, and the widgets of each."""

from dataclasses import dataclass

from demo_app.models import Owner, OwnerPage, OwnerPath, PageQuery, WidgetPage, WidgetQuery
from demo_app.services.owners import OwnerService
from demo_app.services.widgets import WidgetService
from jero import OperationMeta, Resource, ResourceMeta


@dataclass(frozen=True, slots=True)
class Owners(Resource, path="/owners", ref="owners", meta=ResourceMeta(tags=("owners",))):
    """Who may call the API."""

    owners: OwnerService

    async def read_one(self, path: OwnerPath) -> Owner:
        """Show one owner."""
        return await self.owners.find(path.owner_id)

    async def read_many(self, params: PageQuery) -> OwnerPage:
        """List a page of all owners."""
        return await self.owners.find_page(params)


@dataclass(frozen=True, slots=True)
class OwnerWidgets(
    Resource,
    path="/owners/{owner_id}/widgets",
    ref="owner_widgets",
    meta=ResourceMeta(tags=("owners", "widgets")),
    meta_read_many=OperationMeta(summary="List an owner's widgets"),
):
    """The widgets of one owner."""

    widgets: WidgetService

    async def read_many(self, path: OwnerPath, params: WidgetQuery) -> WidgetPage:
        """List a page of this owner's widgets."""
        return await self.widgets.find_page_of(path.owner_id, params)
