"""`/widgets/export` and `/widgets/import`: widgets in bulk, as NDJSON."""

from dataclasses import dataclass

from demo_app.models import ImportReport, Owner, Widget, WidgetInput
from demo_app.services.transfers import TransferService
from jero import Endpoint, EndpointMeta, NDJSONStream, NDJSONStreamingResponse, OperationMeta


@dataclass(frozen=True, slots=True)
class WidgetExport(
    Endpoint,
    path="/widgets/export",
    ref="widget_export",
    meta=EndpointMeta(tags=("widgets",)),
    meta_get=OperationMeta(summary="All widgets, a line each"),
):
    """All widgets, however many there are."""

    transfers: TransferService

    async def get(self) -> NDJSONStreamingResponse[Widget]:
        """Send all widgets in the order of their numbers."""
        return NDJSONStreamingResponse(stream=self.transfers.export())


@dataclass(frozen=True, slots=True)
class WidgetImport(
    Endpoint,
    path="/widgets/import",
    ref="widget_import",
    meta=EndpointMeta(tags=("widgets",)),
    meta_post=OperationMeta(summary="Create many widgets, or none of them"),
):
    """Many new widgets in one transaction."""

    transfers: TransferService

    async def post(self, json_stream: NDJSONStream[WidgetInput], user: Owner) -> ImportReport:
        """Create a widget of the caller's for each line; a line that fails is told, and undoes all."""
        return await self.transfers.import_all(json_stream, user)
