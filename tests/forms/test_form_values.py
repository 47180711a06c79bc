"""Fields of a form to values: every type, in both encodings, absent, blank and repeated."""

import datetime as dt
import enum
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from form_requests import AS_MULTIPART, URLENCODED, FormApp, body, form_errors, multipart, part
from msgspec import UNSET, Meta, Struct, UnsetType

from jero import Endpoint, TestClient

type Age = Annotated[int, Meta(ge=0, le=150)]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Price(Struct, rename="camel"):
    net_amount: int
    tags: list[str] = []


class Circle(Struct, tag=True):
    radius: int


class Square(Struct, tag=True):
    side: int


class Scalars(Struct):
    text: str = "unset"
    count: int = -1
    ratio: float = -1.0
    flag: bool | None = None
    colour: Colour | None = None
    level: Level | None = None
    choice: Literal["a", "b", 3] | None = None
    day: dt.date | None = None
    at: dt.datetime | None = None
    time: dt.time | None = None
    wait: dt.timedelta | None = None
    key: uuid.UUID | None = None
    amount: Decimal | None = None
    either: int | str | None = None
    age: Age | None = None
    nick: Annotated[str, Meta(min_length=2)] | None = None


class Documents(Struct):
    price: Price | None = None
    shape: Circle | Square | None = None
    blob: bytes = b""
    short: Annotated[bytes, Meta(max_length=3)] = b""


class Lists(Struct):
    tags: list[str] = []
    numbers: list[int] = []
    colours: list[Colour] = []
    prices: list[Price] = []
    shapes: list[Circle | Square] = []
    blobs: list[bytes] = []
    few: Annotated[list[int], Meta(max_length=2)] = []
    maybe: list[str] | None = None


class Needs(Struct):
    name: str
    count: int
    tags: list[str]
    note: str | None
    number: int | None
    price: Price | None


class Renamed(Struct, rename="camel", kw_only=True):
    first_name: str
    home_town: str = "none"


class Pair[A, B](Struct):
    first: A
    second: B


class Checked(Struct):
    first_day: int
    last_day: int

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")


class Said(Struct):
    text: str


class ScalarForms(Endpoint, path="/scalars"):
    async def post(self, form: Scalars) -> Said:
        set_fields = {name: getattr(form, name) for name in Scalars.__struct_fields__}
        defaults = {name: getattr(Scalars(), name) for name in Scalars.__struct_fields__}
        return Said(repr({name: value for name, value in set_fields.items() if value != defaults[name]}))


class DocumentForms(Endpoint, path="/documents"):
    async def post(self, form: Documents) -> Said:
        return Said(repr(form))


class ListForms(Endpoint, path="/lists"):
    async def post(self, form: Lists) -> Said:
        return Said(repr({name: value for name in Lists.__struct_fields__ if (value := getattr(form, name))}))


class NeedsForms(Endpoint, path="/needs"):
    async def post(self, form: Needs) -> Said:
        return Said(repr(form))


class RenamedForms(Endpoint, path="/renamed"):
    async def post(self, form: Renamed) -> Said:
        return Said(repr(form))


class PairForms(Endpoint, path="/pairs"):
    async def put(self, *, form: Pair[int, list[Price]]) -> Said:
        return Said(repr(form))


class CheckedForms(Endpoint, path="/checked"):
    def patch(self, form: Checked) -> Said:
        return Said(repr(form))


class Unset(Struct):
    count: int | UnsetType = UNSET


class UnsetForms(Endpoint, path="/unset"):
    async def post(self, form: Unset) -> Said:
        return Said(repr(form.count))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the forms above."""
    endpoints = (ScalarForms(), DocumentForms(), ListForms(), NeedsForms(), RenamedForms(), PairForms(), CheckedForms())
    with TestClient(FormApp((*endpoints, UnsetForms()))) as opened:
        yield opened


SCALARS = [
    ("text", "a b", "'a b'"),
    ("text", "é日本🎈", "'é日本🎈'"),
    ("text", "a+b&c=d%41;\r\n\t", r"'a+b&c=d%41;\r\n\t'"),
    ("text", "", "''"),
    ("count", "-12", "-12"),
    ("ratio", "1.5e3", "1500.0"),
    ("flag", "TRUE", "True"),
    ("flag", "0", "False"),
    ("colour", "blue", "<Colour.BLUE: 'blue'>"),
    ("level", "2", "<Level.HIGH: 2>"),
    ("choice", "b", "'b'"),
    ("choice", "3", "3"),
    ("day", "2026-02-28", "datetime.date(2026, 2, 28)"),
    ("at", "2026-02-28T10:11:12Z", "datetime.datetime(2026, 2, 28, 10, 11, 12, tzinfo=datetime.timezone.utc)"),
    ("time", "10:11:12", "datetime.time(10, 11, 12)"),
    ("wait", "PT90S", "datetime.timedelta(seconds=90)"),
    ("key", "6f5902ac-237a-4a3b-9a0e-1f6e4d5c7b8a", "UUID('6f5902ac-237a-4a3b-9a0e-1f6e4d5c7b8a')"),
    ("amount", "10.20", "Decimal('10.20')"),
    ("either", "7", "7"),
    ("either", "seven", "'seven'"),
    ("age", "150", "150"),
    ("nick", "Jo", "'Jo'"),
]


@pytest.mark.parametrize("is_multipart", [True, False], ids=["multipart", "urlencoded"])
@pytest.mark.parametrize(("name", "text", "value"), SCALARS)
def test_scalars(client: TestClient, name: str, text: str, value: str, *, is_multipart: bool) -> None:
    """Every scalar type is read from text, the same in both encodings."""
    response = client.post("/scalars", data={name: text}, files=AS_MULTIPART if is_multipart else None)
    assert response.status_code == 200, response.text
    assert response.json(Said).text == f"{{'{name}': {value}}}"


@pytest.mark.parametrize("is_multipart", [True, False], ids=["multipart", "urlencoded"])
@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("count", "1.0", "Expected `int`, got `str`"),
        ("count", " 3", "Expected `int`, got `str`"),
        ("count", "+3", "Expected `int`, got `str`"),
        ("count", "\N{ARABIC-INDIC DIGIT ONE}", "Expected `int`, got `str`"),
        ("count", "9" * 5000, "Expected `int`, got `str`"),
        ("ratio", "nan", "Expected `float`, got `str`"),
        ("ratio", "1e999", "Expected `float`, got `str`"),
        ("flag", "yes", "Expected `bool | null`, got `str`"),
        ("colour", "green", "Invalid enum value 'green'"),
        ("choice", "c", "Invalid enum value 'c'"),
        ("day", "28.2.2026", "Invalid RFC3339 encoded date"),
        ("key", "123", "Invalid UUID"),
        ("amount", "NaN", "Invalid decimal string"),
        ("amount", "1_000", "Invalid decimal string"),
        ("age", "151", "Expected `int` <= 150"),
        ("nick", "J", "Expected `str` of length >= 2"),
    ],
)
def test_scalar_that_does_not_convert(
    client: TestClient, name: str, text: str, words: str, *, is_multipart: bool
) -> None:
    """Text that is no value of the type is answered 422 with the field and msgspec's words."""
    response = client.post("/scalars", data={name: text}, files=AS_MULTIPART if is_multipart else None)
    assert response.status_code == 422
    assert form_errors(response) == [(f"#/{name}", words)]


@pytest.mark.parametrize("content", [b"\xff", b"\xed\xa0\x80", "é".encode("latin-1")])
@pytest.mark.parametrize("is_multipart", [True, False], ids=["multipart", "urlencoded"])
def test_text_that_is_not_utf8(client: TestClient, content: bytes, *, is_multipart: bool) -> None:
    """Text that is not UTF-8 is answered 422 with the field."""
    response = client.post("/scalars", data={"text": content}, files=AS_MULTIPART if is_multipart else None)
    assert response.status_code == 422
    assert form_errors(response) == [("#/text", "The text is not UTF-8")]


def test_struct(client: TestClient) -> None:
    """A part is read as JSON, in wire names, where its field is a Struct, whatever its content type says."""
    for headers in ([], ["Content-Type: application/json"], ["Content-Type: text/plain"]):
        content = body(part('name="price"', b'{"netAmount": 3, "tags": ["x"]}', *headers))
        response = client.post("/documents", content=content, headers=multipart())
        assert response.json(Said).text.startswith("Documents(price=Price(net_amount=3, tags=['x']), shape=None")


def test_struct_from_the_client(client: TestClient) -> None:
    """A Struct that the test client sends as a part comes back the same; urlencoded JSON is read as well."""
    sent = client.post("/documents", data={"price": Price(3), "shape": Square(2)}).json(Said).text
    assert sent == "Documents(price=Price(net_amount=3, tags=[]), shape=Square(side=2), blob=b'', short=b'')"
    assert (
        client.post("/documents", data={"price": '{"netAmount":3}'})
        .json(Said)
        .text.startswith("Documents(price=Price(net_amount=3, tags=[])")
    )


@pytest.mark.parametrize(
    ("json", "pointer", "words"),
    [
        (b"{}", "#/price/netAmount", "Object missing required field `netAmount`"),
        (b'{"netAmount": "3"}', "#/price/netAmount", "Expected `int`, got `str`"),
        (b'{"netAmount": 3, "tags": [1]}', "#/price/tags/0", "Expected `str`, got `int`"),
        (b"[]", "#/price", "Expected `object | null`, got `array`"),
        (b"{", "#/price", "the part is not valid JSON: Input data was truncated"),
        (b"", "#/price", "the part is not valid JSON: Input data was truncated"),
        (b'{"netAmount": "3"', "#/price", "the part is not valid JSON: Input data was truncated"),
        (b"[" * 100_000, "#/price", None),
        (b'{"a":' * 100_000, "#/price", None),
        (b'{"netAmount": 3, "tags": ["\xff"]}', "#/price", None),
    ],
)
def test_struct_that_does_not_fit(client: TestClient, json: bytes, pointer: str, words: str | None) -> None:
    """A part that is no JSON, or does not fit its Struct, is answered 422 with the place inside of it."""
    response = client.post("/documents", content=body(part('name="price"', json)), headers=multipart())
    assert response.status_code == 422
    [(found_pointer, found_words)] = form_errors(response)
    assert found_pointer == pointer
    assert len(found_words) < 200
    assert words is None or found_words == words


def test_bytes(client: TestClient) -> None:
    """A field of bytes is the content of its part as it is, in both encodings."""
    blob = bytes(range(256))
    expected = f"Documents(price=None, shape=None, blob={blob!r}, short=b'abc')"
    for files in (AS_MULTIPART, None):
        response = client.post("/documents", data={"blob": blob, "short": b"abc"}, files=files)
        assert response.json(Said).text == expected


def test_bytes_with_a_constraint(client: TestClient) -> None:
    """The constraints of a field of bytes hold."""
    response = client.post("/documents", data={"short": b"abcd"})
    assert response.status_code == 422
    assert form_errors(response) == [("#/short", "Expected `bytes` of length <= 3")]


def test_lists(client: TestClient) -> None:
    """A list gathers the repeats of its name in their order; one occurrence is a list of one."""
    data = [
        ("tags", "b"),
        ("numbers", 2),
        ("tags", "a"),
        ("colours", "red"),
        ("prices", Price(1)),
        ("numbers", 1),
        ("prices", Price(2)),
        ("shapes", Circle(1)),
        ("blobs", b"\xff"),
        ("blobs", b""),
        ("maybe", "m"),
    ]
    assert client.post("/lists", data=data).json(Said).text == (
        "{'tags': ['b', 'a'], 'numbers': [2, 1], 'colours': [<Colour.RED: 'red'>],"
        " 'prices': [Price(net_amount=1, tags=[]), Price(net_amount=2, tags=[])],"
        " 'shapes': [Circle(radius=1)], 'blobs': [b'\\xff', b''], 'maybe': ['m']}"
    )


def test_items_that_do_not_fit(client: TestClient) -> None:
    """Each wrong item of a list is named by its number, and a list that is too long by the field."""
    data = [("numbers", "1"), ("numbers", "x"), ("numbers", "y"), ("prices", "{}"), *[("few", it) for it in (1, 2, 3)]]
    response = client.post("/lists", data=data)
    assert response.status_code == 422
    assert form_errors(response) == [
        ("#/numbers/1", "Expected `int`, got `str`"),
        ("#/numbers/2", "Expected `int`, got `str`"),
        ("#/prices/0/netAmount", "Object missing required field `netAmount`"),
        ("#/few", "Expected `array` of length <= 2"),
    ]


@pytest.mark.parametrize("is_multipart", [True, False], ids=["multipart", "urlencoded"])
def test_absent_fields(client: TestClient, *, is_multipart: bool) -> None:
    """An absent field has its default; without one it is None where the type admits that, else a mistake."""
    content, headers = (body(), multipart()) if is_multipart else (b"", URLENCODED)
    response = client.post("/needs", content=content, headers=headers)
    assert response.status_code == 422
    assert form_errors(response) == [
        (f"#/{name}", f"Object missing required field `{name}`") for name in ("name", "count", "tags")
    ]
    response = client.post(
        "/needs", data={"name": "n", "count": 1, "tags": "t"}, files=AS_MULTIPART if is_multipart else None
    )
    assert response.json(Said).text == "Needs(name='n', count=1, tags=['t'], note=None, number=None, price=None)"


def test_all_absent(client: TestClient) -> None:
    """An empty form is one whose fields are all absent."""
    assert client.post("/scalars", content=b"", headers=URLENCODED).json(Said).text == "{}"
    assert client.post("/scalars", content=body(), headers=multipart()).json(Said).text == "{}"


@pytest.mark.parametrize("is_multipart", [True, False], ids=["multipart", "urlencoded"])
def test_blank_fields(client: TestClient, *, is_multipart: bool) -> None:
    """A blank value is an empty text where the type admits a text, and counts as absent elsewhere."""
    data = {"name": "", "count": "", "tags": "", "note": "", "number": ""}
    response = client.post("/needs", data=data, files=AS_MULTIPART if is_multipart else None)
    assert form_errors(response) == [("#/count", "Object missing required field `count`")]
    response = client.post("/needs", data={**data, "count": 1}, files=AS_MULTIPART if is_multipart else None)
    assert response.json(Said).text == "Needs(name='', count=1, tags=[''], note='', number=None, price=None)"


def test_blank_items(client: TestClient) -> None:
    """A blank item is left out of a list whose items are no text."""
    assert client.post("/lists", data={"numbers": ["", "1", ""]}).json(Said).text == "{'numbers': [1]}"


def test_repeated_scalar(client: TestClient) -> None:
    """Of a field that is no list, the last occurrence counts."""
    for files in (AS_MULTIPART, None):
        response = client.post("/scalars", data=[("count", "x"), ("text", "a"), ("count", "2")], files=files)
        assert response.json(Said).text == "{'text': 'a', 'count': 2}"


def test_renamed_fields(client: TestClient) -> None:
    """The name of a part is the field's encoded name; the field's own name is none."""
    assert client.post("/renamed", data={"firstName": "Ada"}).json(Said).text == (
        "Renamed(first_name='Ada', home_town='none')"
    )
    response = client.post("/renamed", data={"first_name": "Ada"})
    assert form_errors(response) == [("#/firstName", "Object missing required field `firstName`")]


def test_generic_form(client: TestClient) -> None:
    """A generic Struct with its arguments is a form; `form` may be a keyword-only argument."""
    response = client.put("/pairs", data={"first": 1, "second": [Price(2)]})
    assert response.json(Said).text == "Pair(first=1, second=[Price(net_amount=2, tags=[])])"


def test_check_of_the_struct(client: TestClient) -> None:
    """What a form's own check refuses is answered 422 with its words."""
    response = client.patch("/checked", data={"first_day": 3, "last_day": 1})
    assert response.status_code == 422
    assert form_errors(response) == [("#", "last_day is before first_day")]
    assert client.patch("/checked", data={"first_day": 1, "last_day": 3}).status_code == 200


def test_unset_field(client: TestClient) -> None:
    """A field that may be UNSET is that where it is absent."""
    assert client.post("/unset", content=b"", headers=URLENCODED).json(Said).text == "UNSET"
    assert client.post("/unset", data={"count": 1}).json(Said).text == "1"
