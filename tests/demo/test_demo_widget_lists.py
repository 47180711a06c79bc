"""The demo's lists of widgets: pages, filters, and queries that do not fit."""

import pytest
from demo_bodies import Body, problem, untimed_page

from jero.testing import TestClient


def test_read_many_pages_by_cursor(client: TestClient) -> None:
    """A page says where the next one begins, and the last one that there is none."""
    for name in ("a", "b", "c"):
        client.post("/widgets", json={"name": name, "price_cents": 1})
    stored: Body = {"owner_id": 1, "price_cents": 1, "stock": 0, "tags": [], "version": 1}
    first = client.get("/widgets", params={"limit": 2}).json()
    second = client.get("/widgets", params={"limit": 2, "after": first["next"]}).json()
    assert untimed_page(first) == {
        "items": [{"id": 1, "name": "a", **stored}, {"id": 2, "name": "b", **stored}],
        "next": 2,
    }
    assert untimed_page(second) == {"items": [{"id": 3, "name": "c", **stored}], "next": None}


@pytest.mark.parametrize("url", ["/widgets", "/owners/1/widgets"])
def test_a_page_links_to_the_next_one(client: TestClient, url: str) -> None:
    """A page that is not the last one links to the next, which has the same query; following leads to the end."""
    for name in ("a & b", "not this", "b & c", "c & d"):
        client.post("/widgets", json={"name": name, "price_cents": 1, "tags": ["x", "y z"]})
    query = {"limit": 1, "name": "&", "tag": ["x", "y z"]}
    first = client.get(url, params=query)
    assert first.headers["link"] == f'<{url}?limit=1&after=1&name=%26&tag=x&tag=y+z>; rel="next"'
    second = client.get(f"{url}?limit=1&after=1&name=%26&tag=x&tag=y+z")
    assert second.headers["link"] == f'<{url}?limit=1&after=3&name=%26&tag=x&tag=y+z>; rel="next"'
    last = client.get(f"{url}?limit=1&after=3&name=%26&tag=x&tag=y+z")
    names = [item["name"] for page in (first, second, last) for item in page.json()["items"]]
    assert names == ["a & b", "b & c", "c & d"]
    assert "link" not in last.headers


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Red box", "red ball", "100% wool"]),
        ("?name=RED", ["Red box", "red ball"]),
        ("?name=%25", ["100% wool"]),
        ("?name=_", []),
        ("?tag=toy", ["Red box", "red ball"]),
        ("?tag=toy&tag=round", ["red ball"]),
        ("?tag=toy&name=box&limit=1", ["Red box"]),
        ("?tag=to", []),
        ("?after=", ["Red box", "red ball", "100% wool"]),
    ],
)
def test_read_many_filters(client: TestClient, query: str, names: list[str]) -> None:
    """`name` is part of the name, in any case and without wildcards; every `tag` must be there."""
    client.post("/widgets", json={"name": "Red box", "price_cents": 1, "tags": ["toy"]})
    client.post("/widgets", json={"name": "red ball", "price_cents": 1, "tags": ["toy", "round"]})
    client.post("/widgets", json={"name": "100% wool", "price_cents": 1})
    response = client.get(f"/widgets{query}")
    assert response.status_code == 200
    assert [item["name"] for item in response.json()["items"]] == names
    assert response.json()["next"] is None


def test_read_many_tells_everything_that_is_wrong(client: TestClient) -> None:
    """A query that does not fit is answered 400 with each of its faults and where it is."""
    response = client.get("/widgets?limit=0&after=x&tag=&sort=name")
    assert response.status_code == 400
    assert response.json() == problem(
        400,
        "validation-failed",
        "Validation Failed",
        detail="4 errors in `params`",
        errors=[
            {"source": "params", "pointer": "#/limit", "detail": "Expected `int` >= 1"},
            {"source": "params", "pointer": "#/after", "detail": "Expected `int | null`, got `str`"},
            {"source": "params", "pointer": "#/tag/0", "detail": "Expected `str` of length >= 1"},
            {"source": "params", "pointer": "#/sort", "detail": "Object contains unknown field `sort`"},
        ],
    )
