"""Faults of the Structs that are read from text: their fields' types, names and layout."""
# ruff: noqa: D401 - a case's docstring states a behaviour

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct, field

from jero import BaseApp, BytesResponse, Endpoint

LISTS = ", a list, set or tuple[T, ...] of these"


def text_types(lists: str = LISTS) -> str:
    """Give the remedy for a field's type."""
    return (
        "use int, float, bool, str, Enum, Literal, UUID, date, datetime, time, timedelta or"
        f" Decimal{lists}, optional or with Meta constraints"
    )


class Filters(Struct):
    limit: int
    where: dict[str, int]
    blob: bytes
    ids: list[int] | str


class Trace(Struct):
    spans: list[list[int]]


class Place(Struct):
    parts: list[str]


@fault_case(
    Fault(
        "JERO-W111 Search.get, argument `params`",
        "field `where` of `Filters` is `dict[str, int]`, which cannot be read from text in `params`",
        text_types(),
    ),
    Fault(
        "JERO-W111 Search.get, argument `params`",
        "field `blob` of `Filters` is `bytes`, which cannot be read from text in `params`",
        text_types(),
    ),
    Fault(
        "JERO-W111 Search.get, argument `params`",
        "field `ids` of `Filters` is `list[int] | str`, which cannot be read from text in `params`",
        text_types(),
    ),
    Fault(
        "JERO-W111 Search.get, argument `headers`",
        "field `spans` of `Trace` is `list[list[int]]`, which cannot be read from text in `headers`",
        text_types(),
    ),
)
def field_types() -> BaseApp:
    """Each field of a type that no text stands for is told, with its type and those that can be read."""

    class Search(Endpoint, path="/search"):
        async def get(self, params: Filters, headers: Trace) -> None: ...  # here

    return MountingApp(Search())


@fault_case(
    Fault(
        "JERO-W111 Files.get, argument `path`",
        "field `parts` of `Place` is `list[str]`, which cannot be read from text in `path`",
        text_types(lists=""),
    )
)
def list_in_path() -> BaseApp:
    """A list is refused in `path`, where each slot has one value."""

    class Files(Endpoint, path="/files/{parts}"):
        async def get(self, path: Place) -> None: ...  # here

    return MountingApp(Files())


class Traced(Struct):
    trace_id: str
    other: str = field(name="Trace-Id")


@fault_case(
    Fault(
        "JERO-W112 Echo.get, argument `headers`",
        "fields `trace_id` and `Trace-Id` of `Traced` have the same name on the wire, `trace-id`",
        "rename one of them",
    )
)
def same_header_twice() -> BaseApp:
    """Two fields that read one header are refused."""

    class Echo(Endpoint, path="/echo"):
        async def get(self, headers: Traced) -> None: ...  # here

    return MountingApp(Echo())


class Spoken(Struct):
    langue: str = field(name="Langue préférée")


@fault_case(
    Fault(
        "JERO-W114 Echo.get, argument `headers`",
        "field `langue` of `Spoken` is `langue préférée` on the wire, which is no header name",
        "rename it: a header name has letters, digits and `-` (written `_` in a field's name)",
    ),
    Fault(
        "JERO-W114 Echo.get, return",
        "field `langue` of `Spoken` is `langue préférée` on the wire, which is no header name",
        "rename it: a header name has letters, digits and `-` (written `_` in a field's name)",
    ),
)
def impossible_header_name() -> BaseApp:
    """A field whose name on the wire cannot be a header is refused, in requests and in responses."""

    class Echo(Endpoint, path="/echo"):
        async def get(self, headers: Spoken) -> BytesResponse[Spoken]: ...  # here

    return MountingApp(Echo())


class Page(Struct, array_like=True):
    limit: int = 10


@fault_case(
    Fault(
        "JERO-W115 Echo.get, argument `params`",
        "`Page` is declared with `array_like=True`, and `params` is read by the names of fields",
        "remove `array_like=True`",
    )
)
def array_like_params() -> BaseApp:
    """A Struct without names on the wire is refused where names are all that text has."""

    class Echo(Endpoint, path="/echo"):
        async def get(self, params: Page) -> None: ...  # here

    return MountingApp(Echo())
