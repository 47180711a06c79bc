"""Faults of the app itself: its factory, its limits, its environment, its background handlers."""
# ruff: noqa: D401 - a case's docstring states a behaviour
# pyright: reportArgumentType=false, reportCallIssue=false, reportInvalidTypeArguments=false
# (parameters, types and keywords that are wrong are what these cases are about)

import os
from contextlib import AsyncExitStack, ExitStack
from dataclasses import fields
from unittest.mock import patch

from fault_cases import Fault, fault_case
from msgspec import Struct

from jero import BackgroundTasks, BaseApp, BaseFactory, Endpoint
from jero.limits import Limits

LIMITS = ", ".join(limit.name for limit in fields(Limits))


class Widget(Struct):
    id: str


class Health(Endpoint, path="/health"):
    async def get(self) -> None: ...


@fault_case(
    Fault(
        "JERO-W601 Factory.__init__, argument `url`",
        "the parameter `url` cannot be injected: a factory is given its exit stacks and nothing else",
        "take only `es: ExitStack` and `aes: AsyncExitStack`, give `url` a default, or pass a built one:"
        " `App(factory=...)`",
    )
)
def factory_parameter() -> BaseApp[BaseFactory | None]:
    """A factory that requires more than the exit stacks cannot be built."""

    class Factory(BaseFactory):
        def __init__(self, es: ExitStack, aes: AsyncExitStack, url: str, retries: int = 3) -> None:  # here
            super().__init__(es, aes)
            self.url, self.retries = url, retries

    class App(BaseApp[Factory]):
        async def _wire(self) -> None: ...

    return App()


@fault_case(
    Fault(
        "JERO-W602 App",
        "the limit `max_body=0` is not a positive number",
        "give an int above 0, or None for no limit",
    ),
    Fault(
        "JERO-W602 App",
        "the keyword `max_bdy=1` is unknown. Did you mean `max_body`?",
        f"use one of factory, shutdown_timeout, {LIMITS}",
    ),
    Fault(
        "JERO-W602 the include of Health",
        "the limit `body_timeout='30'` is not a positive number",
        "give a number of seconds above 0, or None for no limit",
        at="<there>",
    ),
)
def wrong_limits() -> BaseApp:
    """Limits that are unknown or no positive numbers are told, of the app and of an include."""

    class App(BaseApp):  # here
        async def _wire(self) -> None:
            self._include_endpoint(Health(), body_timeout="30")  # there

    return App(max_body=0, max_bdy=1)


@fault_case(
    Fault(
        "JERO-W602 the include of Health",
        "the keyword `aut=None` is unknown. Did you mean `auth`?",
        f"use one of path, auth, {LIMITS}",
    )
)
def misspelt_keyword() -> BaseApp:
    """A misspelt keyword of an include is told which was meant."""

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(), aut=None)  # here

    return App()


@fault_case(
    Fault(
        "JERO-W603 App",
        "`Widget` is no factory: in `BaseApp[...]` stands a class that derives from BaseFactory",
        "declare it as `class YourFactory(BaseFactory)`, or write plain `BaseApp` for an app without a factory",
    )
)
def factory_of_another_type() -> BaseApp[Widget]:
    """What an app names as its factory must be one."""

    class App(BaseApp[Widget]):  # here
        async def _wire(self) -> None: ...

    return App()


@fault_case(
    Fault(
        "JERO-W604 App",
        "`JERO_BASE_URL='example.com'` is no base of URLs",
        "give `http[s]://host[:port][/prefix]`, in ASCII, without user, query and fragment",
    ),
    Fault(
        "JERO-W604 App",
        "`JERO_TRUST_FORWARDED='maybe'` is neither yes nor no",
        "give 1 or 0",
    ),
)
def environment_of_urls() -> BaseApp:
    """Variables that say how URLs begin are checked as the app is constructed."""

    class App(BaseApp):  # here
        async def _wire(self) -> None: ...

    with patch.dict(os.environ, {"JERO_BASE_URL": "example.com", "JERO_TRUST_FORWARDED": "maybe"}):
        return App()


@fault_case(
    Fault(
        "JERO-W605 BackgroundTasks.register(send)",
        "`send` is no background handler: its argument `mail` is `str`, not one Struct",
        "give it one argument without a default, a Struct: `async def send(item: YourStruct)`, or `def`",
    )
)
def background_handler_of_another_shape() -> BaseApp:
    """A background handler takes one Struct, by which items find it."""

    async def send(mail: str) -> None: ...  # here

    class App(BaseApp):
        async def _wire(self) -> None:
            (await self._aenter(BackgroundTasks())).register(send)

    return App()


@fault_case(
    Fault(
        "JERO-W606 BackgroundTasks.register(second)",
        "`Widget` already has the background handler `first`",
        "keep one of them, or let a type have several: `BackgroundTasks(allow_one_to_many=True)`",
    )
)
def second_background_handler() -> BaseApp:
    """A type has one background handler, unless several are allowed."""

    async def first(widget: Widget) -> None: ...

    async def second(widget: Widget) -> None: ...  # here

    class App(BaseApp):
        async def _wire(self) -> None:
            tasks = await self._aenter(BackgroundTasks())
            tasks.register(first)
            tasks.register(second)

    return App()


@fault_case(
    Fault(
        "JERO-W602 App",
        "the limit `shutdown_timeout=-1` is not a positive number",
        "give a number of seconds above 0, or None for no limit",
    )
)
def wrong_shutdown_timeout() -> BaseApp:
    """A time for closings that is none is refused when the app is constructed."""

    class App(BaseApp):  # here
        async def _wire(self) -> None: ...

    return App(shutdown_timeout=-1)


@fault_case(
    Fault(
        "JERO-W610 App._wire",
        "`_wire` is a plain `def`, and the app awaits it",
        "write `async def _wire(self) -> None`",
    )
)
def wire_not_async() -> BaseApp:
    """A `_wire` that cannot be awaited is refused, and not called."""

    class App(BaseApp):
        def _wire(self) -> None:  # here  # pyright: ignore[reportIncompatibleMethodOverride] - the fault
            raise AssertionError

    return App()
