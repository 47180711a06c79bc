"""Faults of what a handler returns: its annotation, the body and the headers of a wrapper."""
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false, reportInvalidTypeArguments=false
# (annotations that are missing or wrong are what these cases are about)
# ruff: noqa: ANN202, D401 - the same; a case's docstring states a behaviour

from typing import Any

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import (
    BaseApp,
    BytesResponse,
    Endpoint,
    JSONResponse,
    NDJSONStreamingResponse,
    Resource,
    SSEResponse,
)
from jero.responses import Response

RETURNS = "return a Struct, a union of Structs, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper"


class Widget(Struct):
    id: str


@fault_case(
    Fault(
        "JERO-W201 Health.get, return",
        "there is no return annotation, so nothing says what is sent",
        "annotate it: a Struct, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper",
    )
)
def no_return_annotation() -> BaseApp:
    """A handler without a return annotation is refused, also where it would return None."""

    class Health(Endpoint, path="/health"):
        async def get(self): ...  # here

    return MountingApp(Health())


@fault_case(
    Fault(
        "JERO-W202 Widgets.create, return",
        "`dict[str, int]` is not a return type: a `dict` has no schema",
        RETURNS,
    )
)
def dict_return() -> BaseApp:
    """A dict is no return type."""

    class Widgets(Resource, path="/widgets"):
        async def create(self) -> dict[str, int]: ...  # here

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W202 Widgets.read_many, return", "`int` is not a return type", RETURNS))
def scalar_return() -> BaseApp:
    """A scalar is no return type."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> int: ...  # here

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W202 Widgets.read_many, return", "`Any` is not a return type", RETURNS))
def any_return() -> BaseApp:
    """`Any` is no return type."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> Any: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W202 Widgets.read_many, return",
        "`list` is not a return type: a bare `list` says nothing of its items",
        RETURNS,
    )
)
def bare_list_return() -> BaseApp:
    """A list that does not say of what is no return type."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> list: ...  # here

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W202 Widgets.read_many, return", "`list[str]` is not a return type", RETURNS))
def list_of_scalars_return() -> BaseApp:
    """A list of anything but Structs is no return type."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> list[str]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W202 Widgets.read_many, return",
        "`Widget | None` is not a return type: a body is there or it is not; raise `HTTPError(404)` where"
        " there is nothing",
        RETURNS,
    )
)
def optional_return() -> BaseApp:
    """A Struct or None is no return type: the absence of a thing is a 404."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> Widget | None: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W202 Widgets.read_many, return",
        "`JSONResponse[str, None]` is not a return type: its body is `str`",
        "give it a body type: `JSONResponse[YourStruct]`",
    )
)
def json_response_of_text() -> BaseApp:
    """The body of a JSONResponse must be what may be JSON."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> JSONResponse[str]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W202 Widgets.read_many, return",
        "`JSONResponse` is not a return type: nothing says what its body is",
        "give it a body type: `JSONResponse[YourStruct]`",
    )
)
def json_response_of_nothing() -> BaseApp:
    """A JSONResponse must say what its body is."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> JSONResponse: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W202 Widgets.read_many, return",
        "`Response` is not a return type: it says nothing of its body",
        "use one of the response wrappers of jero",
    )
)
def abstract_response() -> BaseApp:
    """The base of the response wrappers is none of them."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self) -> Response: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W203 Files.get, return",
        "the headers type `dict[str, str]` of the response is not a Struct",
        "declare the headers as a msgspec.Struct with one field a header, or use `raw_headers=`",
    )
)
def untyped_response_headers() -> BaseApp:
    """The headers of a wrapper are a Struct."""

    class Files(Endpoint, path="/files"):
        async def get(self) -> BytesResponse[dict[str, str]]: ...  # here

    return MountingApp(Files())


@fault_case(
    Fault(
        "JERO-W204 Feed.post, return",
        "`SSEResponse` is returned on POST, and clients open an event stream with GET",
        "serve the feed from `get`, or return `NDJSONStreamingResponse` here",
    )
)
def event_stream_on_post() -> BaseApp:
    """An event stream is refused on any method but GET; an Endpoint is told to serve it from `get`."""

    class Feed(Endpoint, path="/feed"):
        async def post(self) -> SSEResponse[Widget]: ...  # here

    return MountingApp(Feed())


@fault_case(
    Fault(
        "JERO-W204 Feed.create, return",
        "`SSEResponse` is returned on POST, and clients open an event stream with GET",
        "serve the feed from `read_many`, or return `NDJSONStreamingResponse` here",
    )
)
def event_stream_on_create() -> BaseApp:
    """A Resource that returns an event stream on POST is told to serve it from `read_many`."""

    class Feed(Resource, path="/feed"):
        async def create(self) -> SSEResponse[Widget]: ...  # here

    return MountingApp(Feed())


@fault_case(
    Fault(
        "JERO-W202 Feed.get, return",
        "`NDJSONStreamingResponse[str, None]` is not a return type: its items are `str`",
        "give the items a type: `NDJSONStreamingResponse[YourStruct]`",
    )
)
def lines_of_text() -> BaseApp:
    """The items of an NDJSON stream are Structs."""

    class Feed(Endpoint, path="/feed"):
        async def get(self) -> NDJSONStreamingResponse[str]: ...  # here

    return MountingApp(Feed())


@fault_case(
    Fault(
        "JERO-W202 Feed.get, return",
        "`SSEResponse[int, None]` is not a return type: its items are `int`",
        "give the items a type: `SSEResponse[YourStruct]` or `SSEResponse[str]`",
    )
)
def events_of_numbers() -> BaseApp:
    """The items of an event stream are Structs or text."""

    class Feed(Endpoint, path="/feed"):
        async def get(self) -> SSEResponse[int]: ...  # here

    return MountingApp(Feed())
