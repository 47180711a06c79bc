"""uvicorn's settings where the native edge serves: a bare `BaseApp` is told so as it is loaded, before it starts."""

from typing import override

from jero._http.applications import find_service
from jero._http.dialect import HTTP
from jero._http.processes import ProcessConfig


class NativeConfig(ProcessConfig):
    """Has the routes written for the native edge at the start, of which uvicorn tells the app over ASGI."""

    @override
    def load(self) -> None:
        super().load()
        service = find_service(self)
        if service is not None:
            service.expect(HTTP)
