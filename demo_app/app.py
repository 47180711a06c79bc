"""The application: what is mounted where, and for whom. Serve `demo_app.app:app`."""

from demo_app.auth import TokenAuth
from demo_app.factory import Factory
from demo_app.operations.health import Health
from demo_app.operations.owners import Owners, OwnerWidgets
from demo_app.operations.widgets import WidgetPurchase, Widgets
from jero import BaseApp


class App(BaseApp[Factory]):
    """Widgets and their owners, behind bearer tokens; health for everyone."""

    async def _wire(self) -> None:
        services = await self._factory.create_services()
        auth = TokenAuth(services.owners)
        self._include_endpoint(Health(services.health))
        self._include_resource(Owners(services.owners), auth=auth)
        self._include_resource(OwnerWidgets(services.widgets), auth=auth)
        self._include_resource(Widgets(services.widgets), auth=auth)
        self._include_endpoint(WidgetPurchase(services.widgets), auth=auth)


app = App()
