"""Annotations that name what is defined later, as Python 3.14 allows without quotes (PEP 649)."""

import sys

import pytest

from jero import BaseApp, Resource, WiringError
from jero.testing import TestClient

pytestmark = pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated where they stand")


def test_every_annotation_may_name_what_comes_later() -> None:
    """Sources, returns, parameters of generics, authenticators, exception and background handlers all resolve."""
    from late_names_app import App  # noqa: PLC0415 - on 3.13 it cannot be imported

    with TestClient(App()) as client:
        created = client.post("/widgets", json={"name": "nut"}, headers={"x-trace-id": "t1"})
        assert created.json() == {"name": "nut of ada, t1"}
        assert client.get("/widgets?limit=2", headers={"x-trace-id": "t1"}).json() == [{"name": "nut"}]
        assert client.get("/parts/p1").json() == {"name": "p1"}
        assert client.get("/feed").text == '{"name":"bolt"}\n'
        gone = client.post("/feed", data={"title": "x"})
        assert (gone.status_code, gone.json()["detail"]) == (410, "x")


def test_a_name_that_never_comes_is_a_fault() -> None:
    """A name that is nowhere is told as any annotation that cannot be resolved, and does not hide the others."""

    class Widgets(Resource, path="/widgets"):
        async def create(self, json: Nowhere) -> None: ...  # noqa: F821  # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType] - the fault

        async def read_many(self, limit: int) -> None: ...

    class App(BaseApp):
        async def _wire(self) -> None:
            self._include_resource(Widgets())

    with pytest.raises(WiringError) as caught:
        TestClient(App())
    assert [fault.subject for fault in caught.value.faults] == [
        "Widgets.create, argument `json`",
        "Widgets.read_many, argument `limit`",
    ]
    assert "Nowhere" in str(caught.value)
