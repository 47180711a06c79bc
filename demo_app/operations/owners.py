"""`/owners`, and the widgets of each."""

from dataclasses import dataclass

from demo_app.models import Owner, OwnerPage, OwnerPath, PageQuery, WidgetPage, WidgetQuery
from demo_app.operations.pages import next_links
from demo_app.services.owners import OwnerService
from demo_app.services.widgets import WidgetService
from jero import JSONResponse, OperationMeta, Resource, ResourceMeta


@dataclass(frozen=True, slots=True)
class Owners(Resource, path="/owners", ref="owners", meta=ResourceMeta(tags=("owners",))):
    """Who may call the API."""

    owners: OwnerService

    async def read_one(self, path: OwnerPath) -> Owner:
        """Show one owner."""
        return await self.owners.find(path.owner_id)

    async def read_many(self, params: PageQuery) -> JSONResponse[OwnerPage]:
        """List a page of all owners, with a link to the next one."""
        page = await self.owners.find_page(params)
        return JSONResponse(json=page, links=next_links("/owners", params, page.next))


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

    async def read_many(self, path: OwnerPath, params: WidgetQuery) -> JSONResponse[WidgetPage]:
        """List a page of this owner's widgets, with a link to the next one."""
        page = await self.widgets.find_page_of(path.owner_id, params)
        links = next_links(f"/owners/{path.owner_id}/widgets", params, page.next)
        return JSONResponse(json=page, links=links)
