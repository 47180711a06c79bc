"""Faults of forms: the Struct, the types of its fields, and the headers of their parts."""
# ruff: noqa: D401 - a case's docstring states a behaviour
# pyright: reportInvalidTypeArguments=false
# (some of the types are wrong on purpose)

from fault_cases import Fault, MountingApp, fault_case
from msgspec import Struct

from jero import BaseApp, Endpoint, FilePart, FormPart

FIELDS = (
    "use a scalar (str, int, float, bool, Enum, Literal, UUID, date, datetime, time, timedelta, Decimal), a Struct,"
    " bytes, FormPart[...] of one of these, FilePart or SpooledFilePart, or a list of any of them; each optional or"
    " with a default"
)


class Upload(Struct):
    labels: dict[str, str]
    either: list[str] | int
    nested: list[list[str]]
    part: FormPart[list[str]]


def field_fault(field: str, field_type: str, why: str = "") -> Fault:
    """Give the fault of one field of Upload."""
    return Fault(
        "JERO-W117 Files.post, argument `form`",
        f"field `{field}` of `Upload` is `{field_type}`, which no part of a form can be{why}",
        FIELDS,
    )


@fault_case(
    field_fault("labels", "dict[str, str]"),
    field_fault("either", "list[str] | int", ": a list does not mix with other types"),
    field_fault("nested", "list[list[str]]", ": `list[str]` is not the content of one part"),
    field_fault("part", "FormPart[list[str], None]", ": `list[str]` is not the content of one part"),
)
def form_fields() -> BaseApp:
    """Each field of a type that no part of a form can be is told, with what a field may be."""

    class Files(Endpoint, path="/files"):
        async def post(self, form: Upload) -> None: ...  # here

    return MountingApp(Files())


class Mixed(Struct):
    image: FilePart | str


@fault_case(
    Fault(
        "JERO-W110 Files.post, argument `form`",
        "msgspec cannot read `Mixed`: Type unions containing a custom type may not contain any additional types other"
        " than `None` - type `jero.forms.FilePart | str` is not supported",
        "change the type so that msgspec accepts it (its own words are above)",
    )
)
def file_or_text() -> BaseApp:
    """A field that may be a file or something else is refused."""

    class Files(Endpoint, path="/files"):
        async def post(self, form: Mixed) -> None: ...  # here

    return MountingApp(Files())


class Headed(Struct):
    image: FilePart[dict[str, str]]


@fault_case(
    Fault(
        "JERO-W118 Files.post, argument `form`",
        "field `image` of `Headed` is `FilePart[dict[str, str]]`, and `dict[str, str]` is not a Struct",
        "declare the part's headers as a msgspec.Struct with one field a header, or read them from `raw_headers`",
    )
)
def untyped_part_headers() -> BaseApp:
    """The headers of a part are a Struct."""

    class Files(Endpoint, path="/files"):
        async def post(self, form: Headed) -> None: ...  # here

    return MountingApp(Files())


@fault_case(
    Fault(
        "JERO-W104 Files.post, argument `form`",
        "`form` must be a Struct, not `dict[str, str]`",
        "declare a class that derives from msgspec.Struct and annotate `form` with it",
    )
)
def form_that_is_no_struct() -> BaseApp:
    """A form is a Struct."""

    class Files(Endpoint, path="/files"):
        async def post(self, form: dict[str, str]) -> None: ...  # here

    return MountingApp(Files())


@fault_case(
    Fault(
        "JERO-W102 Files.get, argument `form`",
        "`form` reads the body, and GET requests have none",
        "read it from `params`, or use an operation with a body (`post`, `put`, `patch`)",
    )
)
def form_on_get() -> BaseApp:
    """A form is a body, which GET has none of."""

    class Plain(Struct):
        name: str

    class Files(Endpoint, path="/files"):
        async def get(self, form: Plain) -> None: ...  # here

    return MountingApp(Files())
