"""What is said of a form that does not fit: everything at once, with the other sources, and nothing that is secret."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
import pytest
from form_requests import AS_MULTIPART, FormApp, body, detail, errors, form_errors, multipart, part
from msgspec import Meta, Struct

from jero import Endpoint, FilePart, FormPart, TestClient

type Secret[T] = Annotated[T, Meta(extra={"secret": True})]


class Paging(Struct):
    limit: int


class Trace(Struct):
    x_trace: int


class Order(Struct):
    name: str
    count: int


class Strict(Struct, forbid_unknown_fields=True):
    name: str = ""


class Many(Struct):
    numbers: list[int]


class Login(Struct):
    file: FilePart
    password: Secret[Literal["open sesame"]]
    pins: Secret[list[Literal["1234"]]]
    token: Secret[FormPart[Literal["abc"]]]


class Guarded(Struct):
    name: str
    key: Secret[str]

    def __post_init__(self) -> None:
        raise ValueError(f"no {self.name} opens with {self.key}")


class Attached(Struct):
    file: FilePart
    name: str

    def __post_init__(self) -> None:
        raise ValueError(f"no {self.name} in {self.file.filename}")


class Orders(Endpoint, path="/orders"):
    async def post(self, form: Order, params: Paging, headers: Trace) -> None: ...


class StrictForms(Endpoint, path="/strict"):
    async def post(self, form: Strict) -> None: ...


class ManyForms(Endpoint, path="/many"):
    async def post(self, form: Many) -> None: ...


class Logins(Endpoint, path="/logins"):
    async def post(self, form: Login) -> None: ...


class GuardedForms(Endpoint, path="/guarded"):
    async def post(self, form: Guarded) -> None: ...


class AttachedForms(Endpoint, path="/attached"):
    async def post(self, form: Attached) -> None: ...


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Serve the forms above."""
    endpoints = (Orders(), StrictForms(), ManyForms(), Logins(), GuardedForms(), AttachedForms())
    with TestClient(FormApp(endpoints)) as opened:
        yield opened


def test_all_sources_at_once(client: TestClient) -> None:
    """The mistakes of the form, the query and the headers are listed together; a query at fault makes it a 400."""
    response = client.post("/orders?limit=x", data={"count": "many"}, headers={"X-Trace": "y"})
    assert response.status_code == 400
    assert response.json(dict[str, object])["type"] == "validation-failed"
    assert errors(response) == [
        ("form", "#/name", "Object missing required field `name`"),
        ("form", "#/count", "Expected `int`, got `str`"),
        ("params", "#/limit", "Expected `int`, got `str`"),
        ("headers", "#/x-trace", "Expected `int`, got `str`"),
    ]


def test_a_form_that_fits_among_mistakes(client: TestClient) -> None:
    """A form that fits adds nothing to the mistakes of the others."""
    response = client.post("/orders?limit=x", data={"name": "n", "count": 1}, headers={"X-Trace": "1"})
    assert response.status_code == 400
    assert errors(response) == [("params", "#/limit", "Expected `int`, got `str`")]


def test_form_alone(client: TestClient) -> None:
    """A form alone at fault is answered 422 with a problem document that says how many mistakes there are."""
    response = client.post("/orders?limit=1", data={}, headers={"X-Trace": "1"})
    assert response.status_code == 422
    assert response.json() == {
        "type": "validation-failed",
        "title": "Validation Failed",
        "status": 422,
        "detail": "2 errors in `form`",
        "errors": [
            {"source": "form", "pointer": "#/name", "detail": "Object missing required field `name`"},
            {"source": "form", "pointer": "#/count", "detail": "Object missing required field `count`"},
        ],
    }


def test_unknown_fields(client: TestClient) -> None:
    """`forbid_unknown_fields` makes every unknown part a mistake, in both encodings; long names are cut."""
    for files in (AS_MULTIPART, None):
        response = client.post("/strict", data={"name": "n", "a/b": "1", "k" * 1000: "2"}, files=files)
        assert response.status_code == 422
        [first, (pointer, words)] = form_errors(response)
        assert first == ("#/a~1b", "Object contains unknown field `a/b`")
        assert "k" * 65 not in pointer + words


def test_unknown_fields_are_passed_over(client: TestClient) -> None:
    """Elsewhere, an unknown part is passed over, whatever it holds."""
    content = body(
        part('name="numbers"', b"1"),
        part('name="other"; filename="x"', b"\xff" * 100_000, "X-A: b"),
        part('name=""', b""),
    )
    assert client.post("/many", content=content, headers=multipart()).status_code == 204


def test_many_mistakes(client: TestClient) -> None:
    """At most 100 mistakes are listed, and the answer says that there are more."""
    response = client.post("/many", data={"numbers": ["x"] * 101})
    assert response.status_code == 422
    assert [pointer for pointer, _ in form_errors(response)] == [f"#/numbers/{at}" for at in range(100)]
    assert response.json(dict[str, object])["truncated"] is True


def test_as_many_mistakes_as_are_listed(client: TestClient) -> None:
    """With exactly 100 mistakes, the answer does not speak of more."""
    response = client.post("/many", data={"numbers": ["x"] * 100})
    assert len(form_errors(response)) == 100
    assert "truncated" not in response.json(dict[str, object])


def test_secrets(client: TestClient) -> None:
    """No value of a field that is marked as secret is repeated, in a list and in a part neither."""
    data = {"password": "hunter2", "pins": ["1234", "hunter3"], "token": "hunter4"}
    response = client.post("/logins", data=data, files={"file": ("a", b"")})
    assert response.status_code == 422
    assert [pointer for pointer, _ in form_errors(response)] == ["#/password", "#/pins/1", "#/token"]
    assert "hunter" not in response.text


def test_secret_in_a_check(client: TestClient) -> None:
    """What the check of a form with secrets says is not repeated."""
    response = client.post("/guarded", data={"name": "door", "key": "hunter2"})
    assert form_errors(response) == [("#", "Invalid value")]


def test_check_of_a_form_with_files(client: TestClient) -> None:
    """What the check of a form with files says is repeated, its long values cut."""
    response = client.post("/attached", data={"name": "n" * 100}, files={"file": ("a", b"\xff")})
    assert response.status_code == 422
    [(pointer, words)] = form_errors(response)
    assert pointer == "#"
    assert words.startswith("no nnnn")
    assert words.endswith("in a")
    assert "n" * 65 not in words


def test_long_value_is_not_repeated(client: TestClient) -> None:
    """A value longer than 64 characters is not repeated."""
    response = client.post("/many", data={"numbers": "9" * 5000})
    assert response.status_code == 422
    assert "9" * 65 not in response.text


def test_bad_query_beside_a_form(client: TestClient) -> None:
    """A query that cannot be read is answered as such, whatever the form holds."""
    response = client.post("/orders?limit=%ff", data={}, headers={"X-Trace": "1"})
    assert response.status_code == 400
    assert detail(response) == "the query string is not UTF-8"
    assert msgspec.json.decode(response.content, type=dict[str, object])["type"] == "malformed-request"
