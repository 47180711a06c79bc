"""Which Structs are forms and which are not, as the app starts."""

import enum
from typing import Annotated, Any

import pytest
from form_requests import FormApp, body, multipart, part
from msgspec import Meta, Struct

from jero import Endpoint, FilePart, FormPart, SpooledFilePart, TestClient, WiringError


class Price(Struct):
    net: int


class Sizes(enum.Enum):
    HALF = 0.5


class Broken(Struct):
    net: "Undefined"  # pyright: ignore[reportUndefinedVariable]  # noqa: F821 - that is the point


type Name = str
type File[H: Struct | None] = FilePart[H]
type Files = list[SpooledFilePart[Price]]
type Marked = Annotated[FilePart, Meta(description="marked")]


class Fits(Struct):
    name: Name
    part: FormPart[Name]
    file: File[Price]
    files: Files = []
    marked: Marked | None = None
    listed: Annotated[list[Marked], Meta(max_length=2)] | None = None
    quoted: "FormPart[Price] | None" = None


class FitsForms(Endpoint, path="/fits"):
    async def post(self, form: Fits) -> str:
        return repr(form)


class Whole[T](Struct):
    value: T


def faults(form: Any) -> list[tuple[str, str]]:
    """Give code and problem of the faults of an app with an operation that takes such a form."""

    async def post(self: Endpoint, form: Any) -> None: ...

    post.__annotations__ = {"form": form, "return": None}
    endpoint = type("Forms", (Endpoint,), {"post": post})
    with pytest.raises(WiringError) as caught:
        TestClient(_Mounting(endpoint()))
    return [(fault.code, fault.problem) for fault in caught.value.faults]


class _Mounting(FormApp):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(())
        self._endpoint = endpoint

    async def _wire(self) -> None:
        self._include_endpoint(self._endpoint, path="/forms")


def test_aliases() -> None:
    """Aliases, also generic ones, marks and quoted annotations are what they stand for."""
    content = body(
        part("name=name", b"n"),
        part("name=part", b"p"),
        part("name=file; filename=f", b"", "Net: 1"),
        part("name=files; filename=f", b"", "Net: 2"),
        part("name=marked; filename=f", b""),
        part("name=listed; filename=f", b""),
        part("name=quoted", b'{"net":3}'),
    )
    with TestClient(FormApp((FitsForms(),))) as client:
        response = client.post("/fits", content=content, headers=multipart())
    assert response.text == (
        "Fits(name='n', part=FormPart(data='p', content_type=None, headers=None),"
        " file=FilePart(filename='f', content_type=None, 0 bytes, headers=Price(net=1)),"
        " files=[SpooledFilePart(filename='f', content_type=None, 0 bytes, headers=Price(net=2))],"
        " marked=FilePart(filename='f', content_type=None, 0 bytes, headers=None),"
        " listed=[FilePart(filename='f', content_type=None, 0 bytes, headers=None)],"
        " quoted=FormPart(data=Price(net=3), content_type=None, headers=None))"
    )


@pytest.mark.parametrize(
    ("type_", "shown", "why"),
    [
        (dict[str, int], "dict[str, int]", ""),
        (object, "object", ""),
        (None, "None", ""),
        (set[str], "set[str]", ""),
        (tuple[int, ...], "tuple[int, ...]", ""),
        (bytearray, "bytearray", ""),
        (Price | int, "Price | int", ""),
        (bytes | int, "bytes | int", ""),
        (FormPart[3], "FormPart[3, None]", ": `3` is not the content of one part"),  # pyright: ignore[reportInvalidTypeArguments]  # so it is
        (FormPart[list[int]], "FormPart[list[int], None]", ": `list[int]` is not the content of one part"),
        (FormPart[FilePart], "FormPart[FilePart, None]", ": `FilePart` is not the content of one part"),
        (list[list[int]], "list[list[int]]", ": `list[int]` is not the content of one part"),
        (list[int] | str, "list[int] | str", ": a list does not mix with other types"),
    ],
)
def test_types_of_fields(type_: Any, shown: str, why: str) -> None:
    """A field of a type that no part can be is a fault of the wiring, which says why."""
    form = Whole[type_]
    shown_form = f"Whole[{shown}]"
    assert faults(form) == [
        ("JERO-W117", f"field `value` of `{shown_form}` is `{shown}`, which no part of a form can be{why}")
    ]


class Bare(Struct):
    value: FormPart  # pyright: ignore[reportMissingTypeArgument]  # that is the fault


def test_part_without_its_type() -> None:
    """A FormPart says what its data is."""
    assert faults(Bare) == [("JERO-W117", "field `value` of `Bare` is `FormPart`, which no part of a form can be")]


class GenericForms(Endpoint, path="/generic"):
    async def post(self, form: Whole[FilePart]) -> str:
        return form.value.filename


def test_files_as_type_arguments() -> None:
    """A class of files stands for a type parameter as any type does."""
    with TestClient(FormApp((GenericForms(),))) as client:
        assert client.post("/generic", files={"value": ("a", b"")}).text == "a"


@pytest.mark.parametrize(
    "type_", [FilePart | str, FilePart | SpooledFilePart, list[FilePart] | FilePart, Sizes, Broken]
)
def test_types_that_msgspec_refuses(type_: Any) -> None:
    """A field of a type that msgspec cannot read is told in its words."""
    [(code, problem)] = faults(Whole[type_])
    assert code == "JERO-W110"
    assert problem.startswith("msgspec cannot ")


def test_content_that_msgspec_refuses() -> None:
    """A part whose content msgspec cannot read is told in its words."""
    assert faults(Whole[FormPart[Broken]]) == [
        ("JERO-W110", "msgspec cannot decode `Broken`: NameError: name 'Undefined' is not defined")
    ]


@pytest.mark.parametrize("cls", [FilePart, SpooledFilePart])
def test_headers_of_a_part(cls: Any) -> None:
    """The headers of a part are a Struct whose fields are read from text."""
    name = cls.__name__
    assert faults(Whole[cls[int]]) == [
        ("JERO-W118", f"field `value` of `Whole[{name}[int]]` is `{name}[int]`, and `int` is not a Struct")
    ]
    assert faults(Whole[cls[Whole[Price]]]) == [
        ("JERO-W111", "field `value` of `Whole[Price]` is `Price`, which cannot be read from text in `headers`")
    ]


class Row(Struct, array_like=True):
    name: str


@pytest.mark.parametrize(("type_", "code"), [(int, "W104"), (list[Price], "W104"), (Row, "W115")])
def test_types_of_forms(type_: Any, code: str) -> None:
    """A form is a Struct that is read by the names of its fields."""
    assert [found for found, _ in faults(type_)] == [f"JERO-{code}"]


def test_methods_without_a_body() -> None:
    """GET and DELETE have no form, and no operation has two bodies."""

    class Reads(Endpoint):
        async def get(self, form: Price) -> None: ...

        async def delete(self, form: Price) -> None: ...

        async def post(self, form: Price, json: Price) -> None: ...

    with pytest.raises(WiringError) as caught:
        TestClient(_Mounting(Reads()))
    assert [fault.code for fault in caught.value.faults] == ["JERO-W102", "JERO-W103", "JERO-W102"]
