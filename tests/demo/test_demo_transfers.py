"""The demo's widgets in bulk: exported from a cursor, imported in one transaction."""

from collections.abc import Iterator

import msgspec
import pytest
from demo_bodies import GIZMO, GRACE, STORED_GIZMO, Body, problem, untimed

from jero.testing import TestClient

MANY = 450


def lines(*widgets: object) -> bytes:
    """Give an NDJSON body."""
    return b"".join(msgspec.json.encode(widget) + b"\n" for widget in widgets)


def numbered(count: int) -> list[Body]:
    """Give so many widgets with names of their own."""
    return [{"name": f"widget {number}", "price_cents": number, "tags": ["b", "a"]} for number in range(1, count + 1)]


def stored(count: int) -> list[Body]:
    """Give them as they are stored where they are the first ones."""
    return [
        {"id": number, "owner_id": 1, **widget, "stock": 0, "tags": ["a", "b"], "version": 1}
        for number, widget in enumerate(numbered(count), 1)
    ]


def exported(client: TestClient) -> list[Body]:
    """Give what an export has, without the times of creation."""
    with client.stream_get("/widgets/export") as session:
        return [untimed(item) for item in session]


def test_export_of_nothing_is_empty(client: TestClient) -> None:
    """Without widgets an export has no line, and is a success."""
    response = client.get("/widgets/export")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "application/x-ndjson"


def test_export_sends_a_line_for_each_widget(client: TestClient) -> None:
    """A line is what `read_one` answers, of everyone's widgets, in the order of their numbers."""
    client.post("/widgets", json=GIZMO)
    client.post("/widgets", json={**GIZMO, "name": "other"}, headers=GRACE)
    response = client.get("/widgets/export")
    assert response.text.splitlines() == [client.get(f"/widgets/{number}").text for number in (1, 2)]
    assert exported(client) == [STORED_GIZMO, {**STORED_GIZMO, "id": 2, "owner_id": 2, "name": "other"}]


def test_export_shows_one_moment(client: TestClient) -> None:
    """What is written while an export runs is not in it, nor does the export keep it from being written."""
    client.post("/widgets/import", content=lines(*numbered(MANY)))
    with client.stream_get("/widgets/export") as session:
        items = [untimed(next(session))]
        assert client.post("/widgets", json=GIZMO).status_code == 201
        assert client.delete(f"/widgets/{MANY}").status_code == 204
        items += [untimed(item) for item in session]
    assert items == stored(MANY)
    assert [item["id"] for item in exported(client)] == [*range(1, MANY), MANY + 1]


def test_exports_that_are_left_give_their_connections_back(client: TestClient) -> None:
    """More clients than there are connections may leave in the middle: the next one is served."""
    client.post("/widgets/import", content=lines(*numbered(MANY)))
    for _ in range(20):
        with client.stream_get("/widgets/export") as session:
            assert next(session)["id"] == 1
    assert len(exported(client)) == MANY


def test_import_creates_a_widget_for_each_line(client: TestClient) -> None:
    """All lines become widgets of the caller, however the body is cut; blank lines count for nothing."""
    body = lines(*numbered(MANY)) + b"\n \n"

    def pieces() -> Iterator[bytes]:
        yield from (body[start : start + 1000] for start in range(0, len(body), 1000))

    response = client.post("/widgets/import", content=pieces(), headers={"content-type": "application/x-ndjson"})
    assert response.status_code == 200
    assert response.json() == {"created": MANY}
    assert exported(client) == stored(MANY)


def test_import_of_nothing(client: TestClient) -> None:
    """An empty body is an import of no widgets."""
    response = client.post("/widgets/import", content=b"")
    assert (response.status_code, response.json()) == (200, {"created": 0})


@pytest.mark.parametrize("before", [2, MANY])
def test_a_line_that_does_not_fit_undoes_all(client: TestClient, before: int) -> None:
    """A line that breaks the schema is answered 422 with its number; what precedes it is not stored."""
    body = lines(*numbered(before), {"name": "", "price_cents": 1.5}, {"name": "never read", "price_cents": 1})
    response = client.post("/widgets/import", content=body)
    line = f"line {before + 1}"
    assert response.status_code == 422
    assert response.json() == problem(
        422,
        "validation-failed",
        "Validation Failed",
        detail=f"{line} is not valid",
        errors=[
            {"source": "json_stream", "pointer": "#/name", "detail": f"{line}: Expected `str` of length >= 1"},
            {
                "source": "json_stream",
                "pointer": "#/price_cents",
                "detail": f"{line}: Expected `int`, got `float`",
            },
        ],
    )
    assert exported(client) == []


@pytest.mark.parametrize("before", [2, MANY])
def test_a_line_that_is_no_json_undoes_all(client: TestClient, before: int) -> None:
    """A line that cannot be read is answered 400 with its number; what precedes it is not stored."""
    response = client.post("/widgets/import", content=lines(*numbered(before)) + b"{\n")
    assert response.status_code == 400
    assert response.json() == problem(
        400,
        "malformed-request",
        "Bad Request",
        detail=f"line {before + 1}: the line is not valid JSON: Input data was truncated",
    )
    assert exported(client) == []


@pytest.mark.parametrize("before", [1, MANY])
def test_a_name_that_is_taken_undoes_all(client: TestClient, before: int) -> None:
    """A name that is taken, in the database or in the same import, is told with which widget it is."""
    client.post("/widgets", json=GIZMO)
    for taken in ("gizmo", "widget 1"):
        body = lines(*numbered(before), {"name": taken, "price_cents": 1})
        response = client.post("/widgets/import", content=body)
        assert response.status_code == 409
        assert response.json() == problem(
            409,
            "name-taken",
            "Name taken",
            detail=f"widget {before + 1} of the import has a name that is taken; none was stored",
            name=taken,
        )
    assert exported(client) == [STORED_GIZMO]


@pytest.mark.parametrize("before", [2, MANY])
def test_a_client_that_leaves_inside_its_import_stores_nothing(client: TestClient, before: int) -> None:
    """An import whose body never ends is undone."""
    response = client.disconnect_in_body("POST", "/widgets/import", content=lines(*numbered(before)))
    assert response is None
    assert exported(client) == []


def test_what_is_not_ndjson_is_not_imported(client: TestClient) -> None:
    """A body that says it is a form is answered 415."""
    response = client.post("/widgets/import", data={"name": "gizmo"})
    assert response.status_code == 415
    assert response.json() == problem(
        415,
        "unsupported-media-type",
        "Unsupported Media Type",
        detail="the body is `application/x-www-form-urlencoded`; this operation reads `application/x-ndjson`",
    )
