"""The demo's owners: listed, shown, and found by their tokens."""

import pytest
from demo_bodies import GIZMO, GRACE, STORED_GIZMO, problem, untimed_page

from demo_app.app import App
from jero.testing import TestClient

NOT_FOUND = problem(404, "not-found", "Not Found", detail="owner not found")
NO_CREDENTIALS = problem(
    401,
    "authentication-required",
    "Unauthorized",
    detail="the credentials are missing or malformed",
)
INVALID_TOKEN = problem(401, "authentication-required", "Unauthorized", detail="the token is not valid")


def test_read_one_shows_an_owner(client: TestClient) -> None:
    """An owner has a number and a name."""
    response = client.get("/owners/2")
    assert response.status_code == 200
    assert response.json() == {"id": 2, "name": "grace"}


def test_an_unknown_owner_is_not_found(client: TestClient) -> None:
    """An owner that does not exist, and their widgets, are answered 404."""
    for url in ("/owners/3", "/owners/3/widgets"):
        response = client.get(url)
        assert response.status_code == 404
        assert response.json() == NOT_FOUND


def test_read_many_pages_by_cursor(client: TestClient) -> None:
    """Owners are listed in pages, as widgets are."""
    assert client.get("/owners").json() == {
        "items": [{"id": 1, "name": "ada"}, {"id": 2, "name": "grace"}],
        "next": None,
    }
    first = client.get("/owners?limit=1")
    assert first.json() == {"items": [{"id": 1, "name": "ada"}], "next": 1}
    assert first.headers["link"] == '</owners?limit=1&after=1>; rel="next"'
    assert client.get("/owners?limit=1&after=1").json() == {
        "items": [{"id": 2, "name": "grace"}],
        "next": None,
    }


def test_the_widgets_of_an_owner_are_theirs_alone(client: TestClient) -> None:
    """The nested list takes the same query, and has the widgets of that owner only."""
    client.post("/widgets", json=GIZMO)
    client.post("/widgets", json={**GIZMO, "name": "other"}, headers=GRACE)
    of_ada = client.get("/owners/1/widgets")
    assert of_ada.status_code == 200
    assert untimed_page(of_ada.json()) == {"items": [STORED_GIZMO], "next": None}
    assert client.get("/owners/2/widgets?name=gizmo").json() == {"items": [], "next": None}


@pytest.mark.parametrize("url", ["/owners", "/owners/1", "/owners/1/widgets", "/widgets", "/widgets/1"])
def test_without_a_token_nothing_is_told(client: TestClient, url: str) -> None:
    """A request without a token, or with one of nobody's, is answered 401 with the challenge."""
    with_none = client.get(url, headers={"authorization": ""})
    invalid = client.get(url, headers={"authorization": "Bearer demo-token-2"})
    assert (with_none.status_code, invalid.status_code) == (401, 401)
    assert invalid.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert with_none.json() == invalid.json() == INVALID_TOKEN


@pytest.mark.usefixtures("database_url")
def test_without_the_header_the_challenge_is_told() -> None:
    """A request without `Authorization` is answered 401 with the bare challenge."""
    with TestClient(App()) as client:
        response = client.post("/widgets", content=b"not read at all")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json() == NO_CREDENTIALS


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_read_in_any_case(client: TestClient, scheme: str) -> None:
    """`Bearer` is matched without regard to case (RFC 9110, section 11.1)."""
    assert client.get("/owners/1", headers={"authorization": f"{scheme} demo-token"}).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Bear"])
def test_another_scheme_is_refused(client: TestClient, scheme: str) -> None:
    """A valid token under another scheme is answered 401."""
    response = client.get("/owners/1", headers={"authorization": f"{scheme} demo-token"})
    assert response.status_code == 401
    assert response.json() == INVALID_TOKEN
