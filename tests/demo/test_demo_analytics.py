"""The demo's analytics: events that are stored after the answer, and the counts of them."""

import pytest
from demo_bodies import GIZMO, GRACE, Body, problem

from demo_app.app import App
from demo_app.models import WidgetViewed
from demo_app.services.analytics import AnalyticsQueue
from jero import BackgroundTasks
from jero.testing import TestClient

ADA = {"authorization": "Bearer demo-token"}


def statistics(widget_id: int, views: int, purchases: int, sold: int) -> Body:
    """Give the whole body of a widget's statistics."""
    return {"widget_id": widget_id, "views": views, "purchases": purchases, "sold": sold}


@pytest.mark.usefixtures("database_url")
def test_views_and_purchases_are_counted() -> None:
    """What was looked at and bought, by anyone, is counted for its widget; closing waits for what is queued."""
    with TestClient(App(), headers=ADA) as client:
        for name in ("gizmo", "other"):
            client.post("/widgets", json={**GIZMO, "name": name})
        client.get("/widgets/1")
        client.get("/widgets/1", headers={**GRACE, "if-none-match": '"1"'})
        client.get("/widgets/2")
        client.post("/widgets/1/purchase", json={"quantity": 3}, headers=GRACE)
        client.post("/widgets/1/purchase", json={"quantity": 1})
    with TestClient(App(), headers=ADA) as client:
        assert client.get("/widgets/1/statistics").json() == statistics(1, views=2, purchases=2, sold=4)
        assert client.get("/widgets/2/statistics").json() == statistics(2, views=1, purchases=0, sold=0)


@pytest.mark.usefixtures("database_url")
def test_what_failed_is_not_counted() -> None:
    """A purchase that is refused, a widget that is not there, and a list are no events."""
    with TestClient(App(), headers=ADA) as client:
        client.post("/widgets", json=GIZMO)
        assert client.post("/widgets/1/purchase", json={"quantity": 6}).status_code == 409
        assert client.get("/widgets/2").status_code == 404
        assert client.get("/widgets").status_code == 200
    with TestClient(App(), headers=ADA) as client:
        assert client.get("/widgets/1/statistics").json() == statistics(1, views=0, purchases=0, sold=0)


def test_an_unknown_widget_has_no_statistics(client: TestClient) -> None:
    """A widget that does not exist is answered 404."""
    response = client.get("/widgets/1/statistics")
    assert response.status_code == 404
    assert response.json() == problem(404, "not-found", "Not Found", detail="widget not found")


async def test_an_event_without_room_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """A queue that takes no more costs no request its answer: the event is dropped, and the log says so."""
    stored: list[WidgetViewed] = []

    def store(event: WidgetViewed) -> None:
        stored.append(event)

    tasks = BackgroundTasks(maxsize=1)
    tasks.register(store)
    queue, first, second = AnalyticsQueue(tasks), WidgetViewed(1), WidgetViewed(2)
    async with tasks:
        queue.add(first)
        queue.add(second)  # nothing was awaited: the worker had no turn
    queue.add(second)
    assert stored == [first]
    assert [record.message for record in caplog.records] == [
        "an event for analytics is dropped: 503 Service Unavailable: the server has too much to do",
        "an event for analytics is dropped: 503 Service Unavailable: the server is shutting down",
    ]
