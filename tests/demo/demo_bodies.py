"""Bodies that the tests of the demo send and expect, whole."""

from datetime import UTC, datetime
from typing import Any

type Body = dict[str, Any]

GRACE = {"authorization": "Bearer other-token"}

GIZMO: Body = {"name": "gizmo", "price_cents": 250, "stock": 5, "tags": ["metal", "small"]}

STORED_GIZMO: Body = {"id": 1, "owner_id": 1, **GIZMO, "version": 1}


def untimed(body: Body) -> Body:
    """Give a widget's body without its time of creation, which must be there and be a time in UTC."""
    assert list(body) == ["id", "owner_id", "name", "price_cents", "stock", "tags", "version", "created_at"]
    created_at = datetime.fromisoformat(body["created_at"])
    assert created_at.tzinfo == UTC
    assert created_at <= datetime.now(UTC)
    return {name: value for name, value in body.items() if name != "created_at"}


def untimed_page(body: Body) -> Body:
    """Give a page of widgets without their times of creation."""
    return {**body, "items": [untimed(item) for item in body["items"]]}


def problem(status: int, problem_type: str, title: str, **members: object) -> Body:
    """Give the whole body of an error."""
    return {"type": problem_type, "title": title, "status": status, **members}
