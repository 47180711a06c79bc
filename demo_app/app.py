"""The application: what is mounted where, and for whom. Serve `demo_app.app:app`."""

from demo_app.auth import TokenAuth
from demo_app.factory import Factory
from demo_app.operations.changes import WidgetFeed
from demo_app.operations.health import Health
from demo_app.operations.images import WidgetImage
from demo_app.operations.owners import Owners, OwnerWidgets
from demo_app.operations.statistics import WidgetStatistics
from demo_app.operations.transfers import WidgetExport, WidgetImport
from demo_app.operations.widgets import WidgetPurchase, Widgets
from jero import BaseApp

KIB = 1024
MIB = 1024 * KIB


class App(BaseApp[Factory]):
    """Widgets and their owners, behind bearer tokens; health for everyone."""

    async def _wire(self) -> None:
        services = await self._factory.create_services()
        auth = TokenAuth(services.owners)
        self._include_endpoint(Health(services.health))
        self._include_resource(Owners(services.owners), auth=auth)
        self._include_resource(OwnerWidgets(services.widgets), auth=auth)
        self._include_resource(Widgets(services.widgets, services.analytics_queue), auth=auth)
        self._include_endpoint(WidgetPurchase(services.widgets, services.analytics_queue), auth=auth)
        self._include_endpoint(WidgetStatistics(services.analytics), auth=auth)
        self._include_endpoint(WidgetImage(services.images), auth=auth, max_form=2 * MIB)
        self._include_endpoint(WidgetFeed(services.changes), auth=auth)
        self._include_endpoint(WidgetExport(services.transfers), auth=auth)
        self._include_endpoint(WidgetImport(services.transfers), auth=auth, max_upload=16 * MIB, max_body=64 * KIB)


app = App()
