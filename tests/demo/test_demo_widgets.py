"""The demo's widgets: what each operation answers, body and headers."""

import pytest
from demo_bodies import GIZMO, GRACE, STORED_GIZMO, problem, untimed

from jero.testing import TestClient

NOT_FOUND = problem(404, "not-found", "Not Found", detail="widget not found")
NOT_YOURS = problem(403, "forbidden", "Forbidden", detail="only its owner may change a widget")


@pytest.fixture(name="gizmo")
def _gizmo(client: TestClient) -> None:
    """Store the gizmo, as widget 1 of ada."""
    assert client.post("/widgets", json=GIZMO).status_code == 201


def test_create_stores_a_widget_of_the_caller(client: TestClient) -> None:
    """A created widget is answered 201 as it was stored, with its first version as entity tag."""
    response = client.post("/widgets", json=GIZMO)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.headers["etag"] == '"1"'
    assert untimed(response.json()) == STORED_GIZMO
    assert response.headers["location"] == "/widgets/1"
    assert client.get(response.headers["location"]).json() == response.json()


@pytest.mark.usefixtures("gizmo")
def test_a_widget_links_to_its_list_and_its_owner(client: TestClient) -> None:
    """Whatever answers with a widget says where the list is that has it, and who made it."""
    responses = [
        client.post("/widgets", json={"name": "other", "price_cents": 1}),
        client.get("/widgets/1", headers=GRACE),
        client.put("/widgets/1", json=GIZMO),
        client.patch("/widgets/1", json={}),
    ]
    links = '</widgets>; rel="collection", </owners/1>; rel="author"'
    assert [response.headers["link"] for response in responses] == [links] * 4


def test_create_fills_in_what_is_optional_and_orders_the_tags(client: TestClient) -> None:
    """A widget has no stock and no tags unless given; tags are stored once each, in order."""
    plain = client.post("/widgets", json={"name": "plain", "price_cents": 0}, headers=GRACE)
    tagged = client.post("/widgets", json={"name": "tagged", "price_cents": 1, "tags": ["b", "a", "b"]})
    assert untimed(plain.json()) == {
        "id": 1,
        "owner_id": 2,
        "name": "plain",
        "price_cents": 0,
        "stock": 0,
        "tags": [],
        "version": 1,
    }
    assert untimed(tagged.json()) == {
        "id": 2,
        "owner_id": 1,
        "name": "tagged",
        "price_cents": 1,
        "stock": 0,
        "tags": ["a", "b"],
        "version": 1,
    }


def test_create_tells_everything_that_is_wrong(client: TestClient) -> None:
    """A body that does not fit is answered 422 with each of its faults and where it is."""
    response = client.post("/widgets", json={"name": "a\x00b", "price_cents": "1", "stock": -1, "tag": ["x"]})
    assert response.status_code == 422
    assert response.json() == problem(
        422,
        "validation-failed",
        "Validation Failed",
        detail="4 errors in `json`",
        errors=[
            {
                "source": "json",
                "pointer": "#/name",
                "detail": r"Expected `str` matching regex '^[^\\x00-\\x1f]+\\Z'",
            },
            {"source": "json", "pointer": "#/price_cents", "detail": "Expected `int`, got `str`"},
            {"source": "json", "pointer": "#/stock", "detail": "Expected `int` >= 0"},
            {"source": "json", "pointer": "#/tag", "detail": "Object contains unknown field `tag`"},
        ],
    )
    assert client.get("/widgets").json() == {"items": [], "next": None}


@pytest.mark.usefixtures("gizmo")
def test_create_refuses_a_name_that_is_taken(client: TestClient) -> None:
    """A second widget of the same name is answered 409, and the body has the name as a member."""
    response = client.post("/widgets", json=GIZMO, headers=GRACE)
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == problem(409, "name-taken", "Name taken", name="gizmo")


@pytest.mark.usefixtures("gizmo")
def test_read_one_shows_a_widget_of_anyone(client: TestClient) -> None:
    """Everyone with a token may see a widget."""
    response = client.get("/widgets/1", headers=GRACE)
    assert response.status_code == 200
    assert response.headers["etag"] == '"1"'
    assert untimed(response.json()) == STORED_GIZMO


@pytest.mark.usefixtures("gizmo")
def test_head_has_the_headers_of_get(client: TestClient) -> None:
    """HEAD answers what GET does, without the body."""
    got, head = client.get("/widgets/1"), client.head("/widgets/1")
    assert head.status_code == 200
    assert head.multi_headers == got.multi_headers
    assert head.content == b""


@pytest.mark.usefixtures("gizmo")
@pytest.mark.parametrize("condition", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_read_one_says_that_the_client_has_it(client: TestClient, condition: str) -> None:
    """A client that names the present version in `If-None-Match` is answered 304 without a body."""
    response = client.get("/widgets/1", headers={"if-none-match": condition})
    assert response.status_code == 304
    assert response.multi_headers == [("etag", '"1"')]
    assert response.content == b""


@pytest.mark.usefixtures("gizmo")
def test_read_one_sends_what_the_client_has_not(client: TestClient) -> None:
    """Another version in `If-None-Match` is answered with the widget."""
    response = client.get("/widgets/1", headers={"if-none-match": '"7"'})
    assert response.status_code == 200
    assert untimed(response.json()) == STORED_GIZMO


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_an_unknown_widget_is_not_found(client: TestClient, method: str) -> None:
    """Each operation on a widget that does not exist is answered 404."""
    body = {"put": GIZMO, "patch": {}}.get(method)
    response = client.request(method, "/widgets/1", json=body)
    assert response.status_code == 404
    assert response.json() == NOT_FOUND


@pytest.mark.parametrize("widget_id", ["abc", "0", "-1", "1.0", "9223372036854775808", "1%00"])
def test_what_is_no_number_names_no_widget(client: TestClient, widget_id: str) -> None:
    """A URL whose slot is no number of a row is a URL that does not exist."""
    response = client.get(f"/widgets/{widget_id}")
    assert response.status_code == 404
    assert response.json() == client.get("/nothing/here").json() == problem(404, "not-found", "Not Found")


@pytest.mark.usefixtures("gizmo")
def test_update_replaces_all_that_a_client_writes(client: TestClient) -> None:
    """PUT replaces the whole widget, what is left out included, and counts the version up."""
    response = client.put("/widgets/1", json={"name": "gadget", "price_cents": 300, "tags": ["small"]})
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    assert untimed(response.json()) == {
        "id": 1,
        "owner_id": 1,
        "name": "gadget",
        "price_cents": 300,
        "stock": 0,
        "tags": ["small"],
        "version": 2,
    }
    assert client.get("/widgets/1").json() == response.json()


@pytest.mark.usefixtures("gizmo")
def test_partial_update_leaves_what_is_not_sent(client: TestClient) -> None:
    """PATCH changes the fields that are sent."""
    response = client.patch("/widgets/1", json={"stock": 7, "tags": ["new", "small"]})
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    assert untimed(response.json()) == {**STORED_GIZMO, "stock": 7, "tags": ["new", "small"], "version": 2}
    assert client.get("/widgets/1").json() == response.json()


@pytest.mark.usefixtures("gizmo")
def test_a_change_that_fails_changes_nothing(client: TestClient) -> None:
    """A change is one transaction: where the name is taken, the stock and the tags stay too."""
    client.post("/widgets", json={"name": "other", "price_cents": 1})
    before = client.get("/widgets/1").json()
    response = client.patch("/widgets/1", json={"name": "other", "stock": 0, "tags": []})
    assert response.status_code == 409
    assert response.json() == problem(409, "name-taken", "Name taken", name="other")
    assert client.get("/widgets/1").json() == before


@pytest.mark.usefixtures("gizmo")
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_only_its_owner_may_change_a_widget(client: TestClient, method: str) -> None:
    """Someone else is answered 403, whatever version they name, and the widget stays."""
    body = {"put": GIZMO, "patch": {"stock": 0}}.get(method)
    response = client.request(method, "/widgets/1", json=body, headers={**GRACE, "if-match": '"7"'})
    assert response.status_code == 403
    assert response.json() == NOT_YOURS
    assert untimed(client.get("/widgets/1").json()) == STORED_GIZMO


@pytest.mark.usefixtures("gizmo")
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("condition", ['"7"', 'W/"1"', "1", '"7", "8"'])
def test_a_stale_version_is_refused(client: TestClient, method: str, condition: str) -> None:
    """An `If-Match` that does not strongly name the present version is answered 412; the widget stays."""
    body = {"put": GIZMO, "patch": {"stock": 0}}.get(method)
    response = client.request(method, "/widgets/1", json=body, headers={"if-match": condition})
    assert response.status_code == 412
    assert response.json() == problem(
        412,
        "precondition-failed",
        "Precondition Failed",
        detail='the widget has changed: its entity tag is now "1"',
    )
    assert untimed(client.get("/widgets/1").json()) == STORED_GIZMO


@pytest.mark.usefixtures("gizmo")
@pytest.mark.parametrize("condition", ['"1"', '"7" , "1"', "*"])
def test_the_present_version_may_be_changed(client: TestClient, condition: str) -> None:
    """An `If-Match` that names the present version lets the change through, once."""
    response = client.patch("/widgets/1", json={"stock": 6}, headers={"if-match": condition})
    assert response.status_code == 200
    assert untimed(response.json()) == {**STORED_GIZMO, "stock": 6, "version": 2}
    assert client.patch("/widgets/1", json={}, headers={"if-match": '"1"'}).status_code == 412


@pytest.mark.usefixtures("gizmo")
def test_delete_removes_a_widget_and_its_tags(client: TestClient) -> None:
    """DELETE is answered 204; the number is not given again, and the name is free."""
    response = client.delete("/widgets/1", headers={"if-match": '"1"'})
    assert (response.status_code, response.multi_headers, response.content) == (204, [], b"")
    assert client.get("/widgets/1").json() == NOT_FOUND
    assert untimed(client.post("/widgets", json=GIZMO).json()) == {**STORED_GIZMO, "id": 2}
    assert [item["id"] for item in client.get("/widgets?tag=metal").json()["items"]] == [2]


@pytest.mark.usefixtures("gizmo")
def test_buying_takes_from_the_stock(client: TestClient) -> None:
    """Anyone may buy; the receipt says what it cost and how many are left."""
    response = client.post("/widgets/1/purchase", json={"quantity": 2}, headers=GRACE)
    assert response.status_code == 200
    assert response.json() == {"widget_id": 1, "quantity": 2, "total_cents": 500, "left": 3}
    assert untimed(client.get("/widgets/1").json()) == {**STORED_GIZMO, "stock": 3, "version": 2}


@pytest.mark.usefixtures("gizmo")
def test_buying_too_many_is_refused(client: TestClient) -> None:
    """More than there are is answered 409 with a type of its own, and nothing is taken."""
    response = client.post("/widgets/1/purchase", json={"quantity": 6})
    assert response.status_code == 409
    assert response.json() == problem(409, "out-of-stock", "Out of stock", detail="only 5 left")
    assert untimed(client.get("/widgets/1").json()) == STORED_GIZMO


def test_buying_an_unknown_widget_is_not_found(client: TestClient) -> None:
    """An action on a widget that does not exist is answered 404."""
    response = client.post("/widgets/1/purchase", json={"quantity": 1})
    assert response.status_code == 404
    assert response.json() == NOT_FOUND


def test_what_is_not_json_is_told_apart(client: TestClient) -> None:
    """A body that is no JSON is answered 400, one of another media type 415."""
    malformed = client.post("/widgets", content=b"{", headers={"content-type": "application/json"})
    form = client.post("/widgets", data={"name": "gizmo"})
    assert malformed.status_code == 400
    assert malformed.json()["type"] == "malformed-request"
    assert form.status_code == 415
    assert form.json()["type"] == "unsupported-media-type"


def test_a_wrong_method_says_which_are_right(client: TestClient) -> None:
    """A method that a URL has not is answered 405 with those that it has."""
    response = client.put("/widgets", json=GIZMO)
    assert response.status_code == 405
    assert response.headers["allow"] == client.options("/widgets").headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.json() == problem(405, "method-not-allowed", "Method Not Allowed")
