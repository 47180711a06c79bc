"""`/widgets/changes`: what happens to widgets, as it happens."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from demo_app.models import WidgetChange
from demo_app.services.changes import ChangeService
from jero import Endpoint, EndpointMeta, OperationMeta, ServerSentEvent, SSEResponse

type WidgetEvent = ServerSentEvent[WidgetChange]


class LastEvent(Struct):
    """The request header `Last-Event-ID`, which a client that was cut off sends when it comes back."""

    last_event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


@dataclass(frozen=True, slots=True)
class WidgetFeed(
    Endpoint,
    path="/widgets/changes",
    ref="widget_changes",
    meta=EndpointMeta(tags=("widgets",)),
    meta_get=OperationMeta(summary="Follow the changes of all widgets"),
):
    """Events `created`, `updated` and `deleted`, without end."""

    changes: ChangeService

    async def get(self, headers: LastEvent) -> SSEResponse[WidgetChange]:
        """Send what follows the client's last event; to a new client, what follows this request."""
        after = headers.last_event_id
        if after is None:
            after = await self.changes.find_last()
        return SSEResponse(stream=self._events(after), keepalive=15)

    async def _events(self, after: int) -> AsyncGenerator[AsyncIterable[WidgetEvent]]:
        async with aclosing(self.changes.follow(after)) as changes:
            yield (ServerSentEvent(id=str(change.id), event=change.kind, data=change) async for change in changes)
