"""The demo's feed of changes: what it tells, in which order, and where a reader goes on."""

import asyncio

import msgspec
import pytest
from demo_bodies import GIZMO, GRACE, Body, problem

from demo_app.app import App
from jero.testing import AsyncTestClient, StreamSession, TestClient, TestSSEEvent

ADA = {"authorization": "Bearer demo-token"}


def event(number: int, kind: str, widget_id: int, version: int) -> TestSSEEvent:
    """Give an event of the feed, whole."""
    data: Body = {"id": number, "kind": kind, "widget_id": widget_id, "version": version}
    return TestSSEEvent(event=kind, id=str(number), data=msgspec.json.encode(data).decode())


def read(session: StreamSession[TestSSEEvent], count: int) -> list[TestSSEEvent]:
    """Give the next events, as many as asked for."""
    return [next(session) for _ in range(count)]


def test_the_feed_tells_every_change(client: TestClient) -> None:
    """Creating, changing, buying and deleting are told with the version that they made, everyone's."""
    with client.stream_get("/widgets/changes") as session:
        assert session.status_code == 200
        assert session.headers["content-type"] == "text/event-stream"
        client.post("/widgets", json=GIZMO)
        assert read(session, 1) == [event(1, "created", 1, 1)]
        client.put("/widgets/1", json=GIZMO)
        client.patch("/widgets/1", json={"stock": 3})
        client.post("/widgets/1/purchase", json={"quantity": 1}, headers=GRACE)
        client.delete("/widgets/1")
        assert read(session, 4) == [
            event(2, "updated", 1, 2),
            event(3, "updated", 1, 3),
            event(4, "updated", 1, 4),
            event(5, "deleted", 1, 4),
        ]


def test_a_new_reader_is_told_what_follows_its_request(client: TestClient) -> None:
    """Without `Last-Event-ID` the feed begins now."""
    client.post("/widgets", json=GIZMO)
    with client.stream_get("/widgets/changes") as session:
        client.patch("/widgets/1", json={"stock": 3})
        assert read(session, 1) == [event(2, "updated", 1, 2)]


def test_a_reader_that_comes_back_misses_nothing(client: TestClient) -> None:
    """With `Last-Event-ID` the feed goes on after that event, with what happened meanwhile and then."""
    with client.stream_get("/widgets/changes") as session:
        client.post("/widgets", json=GIZMO)
        (last,) = read(session, 1)
    client.patch("/widgets/1", json={"stock": 3})
    client.delete("/widgets/1")
    with client.stream_get("/widgets/changes", headers={"last-event-id": last.id or ""}) as session:
        assert read(session, 2) == [event(2, "updated", 1, 2), event(3, "deleted", 1, 2)]
        client.post("/widgets", json=GIZMO)
        assert read(session, 1) == [event(4, "created", 2, 1)]


def test_readers_are_told_alike(client: TestClient) -> None:
    """Each reader has all changes, wherever the others are."""
    with (
        client.stream_get("/widgets/changes") as one,
        client.stream_get("/widgets/changes", headers=GRACE) as other,
    ):
        client.post("/widgets", json=GIZMO)
        client.delete("/widgets/1")
        assert read(one, 2) == read(other, 2) == [event(1, "created", 1, 1), event(2, "deleted", 1, 1)]


def test_what_was_undone_is_not_told(client: TestClient) -> None:
    """A change that failed is no event, and takes no place in the feed."""
    client.post("/widgets", json=GIZMO)
    with client.stream_get("/widgets/changes", headers={"last-event-id": "0"}) as session:
        assert client.post("/widgets", json=GIZMO).status_code == 409
        assert client.patch("/widgets/1", json={}, headers={"if-match": '"7"'}).status_code == 412
        assert client.post("/widgets/1/purchase", json={"quantity": 9}).status_code == 409
        assert client.delete("/widgets/1").status_code == 204
        assert read(session, 2) == [event(1, "created", 1, 1), event(2, "deleted", 1, 1)]


def test_an_import_is_told_whole_and_in_order(client: TestClient) -> None:
    """However many changes one transaction makes, each is told."""
    body = b"".join(b'{"name": "widget %d", "price_cents": 1}\n' % number for number in range(1, 251))
    with client.stream_get("/widgets/changes") as session:
        assert client.post("/widgets/import", content=body).json() == {"created": 250}
        assert read(session, 250) == [event(number, "created", number, 1) for number in range(1, 251)]


def test_a_last_event_that_is_none_is_refused(client: TestClient) -> None:
    """A `Last-Event-ID` that this feed never sent is answered 400."""
    response = client.get("/widgets/changes", headers={"last-event-id": "abc"})
    assert response.status_code == 400
    assert response.json() == problem(
        400,
        "validation-failed",
        "Validation Failed",
        detail="1 error in `headers`",
        errors=[{"source": "headers", "pointer": "#/last-event-id", "detail": "Expected `int | null`, got `str`"}],
    )


@pytest.mark.usefixtures("database_url")
async def test_concurrent_changes_are_told_in_the_order_of_their_numbers() -> None:
    """No reader skips a change that was numbered before and committed after another."""
    async with (
        AsyncTestClient(App(), headers=ADA) as client,
        client.stream_get("/widgets/changes") as session,
    ):
        widgets = [{"name": f"widget {number}", "price_cents": 1} for number in range(20)]
        await asyncio.gather(*(client.post("/widgets", json=widget) for widget in widgets))
        events = [await anext(session) for _ in widgets]
    numbers = [int(event.id or 0) for event in events]
    assert numbers == sorted(numbers)
    assert {event.json()["widget_id"] for event in events} == set(range(1, 21))


@pytest.mark.usefixtures("database_url")
def test_changes_of_other_processes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader finds what another worker changed in the same database: the table is the truth."""
    monkeypatch.setattr("demo_app.services.changes.LOOK_AGAIN", 0.01)
    with (
        TestClient(App(), headers=ADA) as one,
        TestClient(App(), headers=ADA) as other,
        one.stream_get("/widgets/changes") as session,
    ):
        other.post("/widgets", json=GIZMO)
        assert read(session, 1) == [event(1, "created", 1, 1)]
