"""A second lifespan on one app: everything is built and wired afresh."""

import pytest
from msgspec import Struct
from openings import Journal

from jero import BaseApp, BaseFactory, Endpoint
from jero.testing import TestClient


class Count(Struct):
    number: int


class Counter(Endpoint, path="/count"):
    """Counts its own requests."""

    def __init__(self) -> None:
        self.number = 0

    async def get(self) -> Count:
        self.number += 1
        return Count(self.number)


class Factory(BaseFactory):
    """Builds one counter."""

    def __init__(self) -> None:
        self.counter = Counter()


class App(BaseApp[Factory]):
    def __init__(self, journal: Journal, factory: Factory | None = None) -> None:
        super().__init__(factory=factory)
        self.journal = journal

    async def _wire(self) -> None:
        self._enter(self.journal.sync("database"))
        self._include_endpoint(self._factory.counter)


def test_second_lifespan() -> None:
    """The second lifespan wires again, with a factory of its own, and closes its own resources."""
    journal = Journal()
    app = App(journal)
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/count").json() == {"number": 1}
            assert client.get("/count").json() == {"number": 2}
    assert journal == ["open database", "close database"] * 2


def test_given_factory_is_kept() -> None:
    """A factory that the app was given serves every lifespan."""
    app = App(Journal(), Factory())
    with TestClient(app) as client:
        assert client.get("/count").json() == {"number": 1}
    with TestClient(app) as client:
        assert client.get("/count").json() == {"number": 2}


def test_lifespan_after_a_failed_one() -> None:
    """After a start that failed, a second lifespan starts from the beginning."""
    journal = Journal()
    attempts: list[int] = []

    class Flaky(BaseApp[Factory]):
        async def _wire(self) -> None:
            self._enter(journal.sync("database"))
            attempts.append(1)
            if len(attempts) == 1:
                raise ConnectionError("not yet")
            self._include_endpoint(self._factory.counter)

    app = Flaky()
    with pytest.raises(ConnectionError):
        TestClient(app)
    with TestClient(app) as client:
        assert client.get("/count").json() == {"number": 1}
    assert journal == ["open database", "close database"] * 2
