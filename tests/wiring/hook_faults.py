"""Faults of the objects that answer for errors: exception handlers and the error renderer."""
# ruff: noqa: D401 - a case's docstring states a behaviour
# pyright: reportArgumentType=false
# (objects of wrong shapes are what these cases are about)

from fault_cases import Fault, fault_case
from msgspec import Struct

from jero import BaseApp, HTTPError, JSONResponse

HANDLER = (
    "give it `def handle_exception(self, exception: YourError) -> HTTPError | None`, sync or async; it may also"
    " return a response that is not streamed"
)
RENDERER = (
    "give it `def render_error(self, error: HTTPError) -> JSONResponse[YourBody]`; it may also take"
    " `headers: YourHeaders` (every field with a default) and `raw_headers: RawHeaders`"
)


class Body(Struct):
    code: str


class TroubleError(Exception):
    pass


@fault_case(
    Fault(
        "JERO-W607 Handler.handle_exception",
        "this is no exception handler: its argument is `Body`, which is not an Exception class or a union of them",
        HANDLER,
    )
)
def handler_of_another_shape() -> BaseApp:
    """An exception handler takes exceptions."""

    class Handler:
        def handle_exception(self, exception: Body) -> None: ...  # here

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_exception_handler(Handler())

    return App()


@fault_case(
    Fault(
        "JERO-W608 Second.handle_exception",
        "`TroubleError` is already handled by First.handle_exception (<there>)",
        "include one handler for each exception class",
    )
)
def two_handlers_of_one_exception() -> BaseApp:
    """An exception class has one handler; both places are named."""

    class First:
        def handle_exception(self, exception: TroubleError) -> HTTPError: ...  # there

    class Second:
        def handle_exception(self, exception: TroubleError | KeyError) -> HTTPError: ...  # here

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_exception_handler(First())
            self._include_exception_handler(Second())

    return App()


@fault_case(
    Fault(
        "JERO-W609 Renderer.render_error",
        "this is no error renderer: it does not take `error: HTTPError`, or has no return annotation",
        RENDERER,
    )
)
def renderer_of_another_shape() -> BaseApp:
    """An error renderer takes the error."""

    class Renderer:
        def render_error(self) -> JSONResponse[Body]: ...  # here

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_error_renderer(Renderer())

    return App()
