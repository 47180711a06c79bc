"""`/widgets`, and buying them."""

from dataclasses import dataclass

from demo_app.etags import IfMatch, IfNoneMatch, VersionHeaders
from demo_app.models import (
    Owner,
    Purchase,
    Receipt,
    Widget,
    WidgetChanges,
    WidgetInput,
    WidgetPage,
    WidgetPath,
    WidgetQuery,
)
from demo_app.services.widgets import WidgetService
from jero import Endpoint, EndpointMeta, JSONResponse, OperationMeta, Resource, ResourceMeta

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

    async def create(self, json: WidgetInput, user: Owner) -> WidgetResponse:
        """Create a widget that belongs to the caller."""
        return _response(await self.widgets.create(json, user))

    async def read_one(self, path: WidgetPath, headers: IfNoneMatch) -> WidgetResponse:
        """Show one widget, or 304 where the client has it already."""
        response = _response(await self.widgets.find(path.widget_id))
        if headers.names(response.json.version):
            response.status_code = 304
        return response

    async def read_many(self, params: WidgetQuery) -> WidgetPage:
        """List a page of the widgets that fit the query."""
        return await self.widgets.find_page(params)

    async def update(
        self, path: WidgetPath, json: WidgetInput, headers: IfMatch, user: Owner
    ) -> WidgetResponse:
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

    async def post(self, path: WidgetPath, json: Purchase) -> Receipt:
        """Buy, or 409 where too few are left."""
        return await self.widgets.buy(path.widget_id, json)


def _response(widget: Widget) -> WidgetResponse:
    return JSONResponse(json=widget, headers=VersionHeaders.of(widget.version))
