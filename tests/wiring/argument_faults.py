"""Faults of a handler's arguments: their names and shapes, bodies, and the sources that are not text."""
# pyright: reportMissingParameterType=false, reportUnknownParameterType=false, reportMissingTypeArgument=false
# pyright: reportUnknownVariableType=false
# (annotations that are missing or wrong are what these cases are about)
# ruff: noqa: ANN002, ANN202, D401 - the same; a case's docstring states a behaviour

import functools
from collections.abc import Callable
from typing import Any

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Endpoint, NDJSONStream, Resource

SOURCES = (
    "`json`, `content`, `form`, `params`, `path`, `headers`, `raw_headers`, `content_stream`, `json_stream`, `user`"
)
NAMING = (
    f"name the argument after where it comes from ({SOURCES}); a single value, such as an id or a page number, is a"
    " field of the Struct of `path` or `params`"
)
FUNCTOOLS = "name each source; a decorator keeps the signature of its method with functools.wraps"


class Widget(Struct):
    id: str


class Query(Struct):
    limit: int = 10


@fault_case(Fault("JERO-W101 Widgets.create, argument `jsn`", "`jsn` is not a source. Did you mean `json`?", NAMING))
def misspelt_source() -> BaseApp:
    """An argument named almost like a source is told the source that was meant."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, jsn: Widget) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W101 Widgets.create, argument `body`", "`body` is not a source. Did you mean `json`?", NAMING))
def source_by_another_name() -> BaseApp:
    """An argument with a source's name in other frameworks is told its name here."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, body: Widget) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W101 Widgets.read_many, argument `zoom`", "`zoom` is not a source.", NAMING))
def unknown_argument() -> BaseApp:
    """An argument that is no source is refused, with the sources that there are."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self, zoom: int) -> list[Widget]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W102 Widgets.read_many, argument `json`",
        "`json` reads the body, and GET requests have none",
        "read it from `params`, or use an operation with a body (`create`, `update`, `partial_update`)",
    )
)
def body_on_get() -> BaseApp:
    """A body source on GET is refused, with the operations that have a body."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self, json: Widget) -> list[Widget]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W102 Upload.delete, argument `content`",
        "`content` reads the body, and DELETE requests have none",
        "read it from `params`, or use an operation with a body (`post`, `put`, `patch`)",
    )
)
def body_on_delete() -> BaseApp:
    """A body source on DELETE is refused, on an Endpoint with the verbs that have a body."""

    class Upload(Endpoint, path="/upload"):
        async def delete(self, content: bytes) -> None: ...  # here

    return MountingApp(Upload())


@fault_case(
    Fault(
        "JERO-W103 Widgets.create",
        "the body can be read only once, and more than one argument reads it: `json` and `content`",
        "keep one of them",
    )
)
def two_bodies() -> BaseApp:
    """Two body sources in one handler are refused."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Widget, content: bytes) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W104 Widgets.create, argument `json`",
        "`json` must be a Struct, a union of tagged Structs, or a list of either, not `dict[str, Any]`",
        "declare a class that derives from msgspec.Struct and annotate `json` with it",
    )
)
def dict_as_json() -> BaseApp:
    """A `json` that is a dict is refused."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: dict[str, Any]) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W104 Widgets.create, argument `json`",
        "`json` must be a Struct, a union of tagged Structs, or a list of either, not `Widget | None`",
        "declare a class that derives from msgspec.Struct and annotate `json` with it",
    )
)
def optional_json() -> BaseApp:
    """A `json` that may be None is refused: an empty body is no JSON document."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Widget | None) -> Widget: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W104 Widgets.get, argument `params`",
        "`params` must be a Struct, not `int`",
        "declare a class that derives from msgspec.Struct and annotate `params` with it",
    ),
    Fault(
        "JERO-W104 Widgets.get, argument `headers`",
        "`headers` must be a Struct, not `list[Widget]`",
        "declare a class that derives from msgspec.Struct and annotate `headers` with it",
    ),
    Fault(
        "JERO-W104 Widgets.get, argument `path`",
        "`path` must be a Struct, not `Struct`",
        "declare a class that derives from msgspec.Struct and annotate `path` with it",
    ),
)
def text_sources_that_are_no_structs() -> BaseApp:
    """Sources that are read from text must be Structs of the application; all wrong ones are told."""

    class Widgets(Endpoint, path="/widgets"):
        async def get(self, params: int, headers: list[Widget], path: Struct) -> None: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W105 Upload.post, argument `content`",
        "`content` is the body as sent and must be `bytes`, not `str`",
        "annotate it as `content: bytes`",
    )
)
def content_as_str() -> BaseApp:
    """A `content` that is not bytes is refused."""

    class Upload(Endpoint, path="/upload"):
        async def post(self, content: str) -> None: ...  # here

    return MountingApp(Upload())


@fault_case(
    Fault(
        "JERO-W106 Echo.get, argument `raw_headers`",
        "`raw_headers` must be `RawHeaders`, not `dict[str, str]`",
        "annotate it as `raw_headers: RawHeaders`, or take typed headers with `headers: YourStruct`",
    )
)
def raw_headers_as_dict() -> BaseApp:
    """A `raw_headers` that is not RawHeaders is refused."""

    class Echo(Endpoint, path="/echo"):
        async def get(self, raw_headers: dict[str, str]) -> None: ...  # here

    return MountingApp(Echo())


@fault_case(
    Fault(
        "JERO-W107 Widgets.read_many, argument `params`",
        "`params` has a default; every argument of a handler is bound by name from the request",
        "remove the default: what is optional is a field with a default in the Struct",
    )
)
def argument_with_default() -> BaseApp:
    """An argument with a default is refused."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self, params: Query = Query()) -> list[Widget]: ...  # here  # noqa: B008

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W107 Widgets.read_many, argument `args`",
        "`*args` gathers arguments; every argument of a handler is bound by name from the request",
        FUNCTOOLS,
    ),
    Fault(
        "JERO-W107 Widgets.read_many, argument `kwargs`",
        "`**kwargs` gathers arguments; every argument of a handler is bound by name from the request",
        FUNCTOOLS,
    ),
)
def gathering_arguments() -> BaseApp:
    """`*args` and `**kwargs` are refused."""

    class Widgets(Resource, path="/widgets"):
        async def read_many(self, *args: object, **kwargs: object) -> list[Widget]: ...  # here

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W107 Widgets.read_many, argument `args`",
        "`*args` gathers arguments; every argument of a handler is bound by name from the request",
        FUNCTOOLS,
    ),
    Fault(
        "JERO-W201 Widgets.read_many, return",
        "there is no return annotation, so nothing says what is sent",
        "annotate it: a Struct, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper",
    ),
)
def decorator_without_wraps() -> BaseApp:
    """A decorator that hides the signature of its method is found; functools.wraps is named as the remedy."""

    def traced(method: Callable[..., object]) -> Callable[..., object]:
        def wrapper(*args):  # here
            return method(*args)

        return wrapper

    class Widgets(Resource, path="/widgets"):
        @traced
        async def read_many(self) -> list[Widget]: ...

    return MountingApp(Widgets())


@fault_case(Fault("JERO-W101 Widgets.create, argument `jsn`", "`jsn` is not a source. Did you mean `json`?", NAMING))
def fault_of_a_decorated_handler() -> BaseApp:
    """The fault of a decorated handler is where the handler is written, at its first decorator."""

    def traced[**P, R](method: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(method)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            return method(*args, **kwargs)

        return wrapper

    class Widgets(Resource, path="/widgets"):
        @traced  # here
        async def create(self, jsn: Widget) -> Widget: ...

    return MountingApp(Widgets())


@fault_case(
    Fault(
        "JERO-W116 Upload.post, argument `content_stream`",
        "`content_stream` must be `ContentStream`, not `bytes`",
        "annotate it as `content_stream: ContentStream`",
    )
)
def content_stream_of_another_type() -> BaseApp:
    """A `content_stream` that is no ContentStream is refused."""

    class Upload(Endpoint, path="/upload"):
        async def post(self, content_stream: bytes) -> None: ...  # here

    return MountingApp(Upload())


@fault_case(
    Fault(
        "JERO-W116 Upload.post, argument `json_stream`",
        "`json_stream` must be `NDJSONStream[YourStruct]`, not `NDJSONStream[int]`",
        "annotate it as `json_stream: NDJSONStream[YourStruct]`",
    )
)
def json_stream_of_scalars() -> BaseApp:
    """A `json_stream` whose lines are no Structs is refused."""

    class Upload(Endpoint, path="/upload"):
        async def post(self, json_stream: NDJSONStream[int]) -> None: ...  # here

    return MountingApp(Upload())
