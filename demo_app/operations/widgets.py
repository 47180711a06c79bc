"""`/widgets`, and buying them."""

from dataclasses import dataclass

from demo_app.etags import IfMatch, IfNoneMatch, VersionHeaders
from demo_app.models import (
    Owner,
    OwnerPath,
    Purchase,
    Receipt,
    Widget,
    WidgetBought,
    WidgetChanges,
    WidgetInput,
    WidgetPage,
    WidgetPath,
    WidgetQuery,
    WidgetViewed,
)
from demo_app.operations.pages import next_links
from demo_app.services.analytics import AnalyticsQueue
from demo_app.services.widgets import WidgetService
from jero import Endpoint, EndpointMeta, JSONResponse, Link, Location, OperationMeta, Resource, ResourceMeta

type WidgetResponse = JSONResponse[Widget, VersionHeaders]


@dataclass(frozen=True, slots=True)
class Widgets(
    Resource,
    path="/widgets",
    ref="widgets",
    meta=ResourceMeta(tags=("widgets",), summary="Things that owners make and sell"),
    meta_create=OperationMeta(operation_id="create_widget", summary="Create a widget of your own"),
    meta_partial_update=OperationMeta(description="What is not sent stays as it is."),
):
    """All widgets. Changes honour `If-Match`, so that two clients cannot overwrite each other unknowingly."""

    widgets: WidgetService
    analytics: AnalyticsQueue

    async def create(self, json: WidgetInput, user: Owner) -> WidgetResponse:
        """Create a widget that belongs to the caller."""
        response = _response(await self.widgets.create(json, user))
        response.location = Location.from_operation(Widgets.read_one, path=WidgetPath(response.json.id))
        return response

    async def read_one(self, path: WidgetPath, headers: IfNoneMatch) -> WidgetResponse:
        """Show one widget, or 304 where the client has it already."""
        widget = await self.widgets.find(path.widget_id)
        self.analytics.add(WidgetViewed(widget.id))
        if headers.names(widget.version):
            return JSONResponse(json=widget, headers=VersionHeaders.of(widget.version), status_code=304)
        return _response(widget)

    async def read_many(self, params: WidgetQuery) -> JSONResponse[WidgetPage]:
        """List a page of the widgets that fit the query, with a link to the next one."""
        page = await self.widgets.find_page(params)
        return JSONResponse(json=page, links=next_links("/widgets", params, page.next))

    async def update(self, path: WidgetPath, json: WidgetInput, headers: IfMatch, user: Owner) -> WidgetResponse:
        """Replace a widget of the caller's."""
        return _response(await self.widgets.replace(path.widget_id, json, user, headers))

    async def partial_update(
        self, path: WidgetPath, json: WidgetChanges, headers: IfMatch, user: Owner
    ) -> WidgetResponse:
        """Change some fields of a widget of the caller's."""
        return _response(await self.widgets.change(path.widget_id, json, user, headers))

    async def delete(self, path: WidgetPath, headers: IfMatch, user: Owner) -> None:
        """Delete a widget of the caller's."""
        await self.widgets.remove(path.widget_id, user, headers)


@dataclass(frozen=True, slots=True)
class WidgetPurchase(
    Endpoint,
    path="/widgets/{widget_id}/purchase",
    ref="widget_purchase",
    meta=EndpointMeta(tags=("widgets",)),
    meta_post=OperationMeta(summary="Buy some of a widget's stock"),
):
    """An action, not a thing: it takes widgets out of the stock."""

    widgets: WidgetService
    analytics: AnalyticsQueue

    async def post(self, path: WidgetPath, json: Purchase) -> Receipt:
        """Buy, or 409 where too few are left."""
        receipt = await self.widgets.buy(path.widget_id, json)
        self.analytics.add(WidgetBought(receipt.widget_id, receipt.quantity))
        return receipt


def _response(widget: Widget) -> WidgetResponse:
    """Answer with a widget, its version, and the ways to the list and to its owner."""
    links = [
        Link.from_operation(Widgets.read_many, rel="collection"),
        Link.from_ref("owners.read_one", path=OwnerPath(widget.owner_id), rel="author"),
    ]
    return JSONResponse(json=widget, headers=VersionHeaders.of(widget.version), links=links)
