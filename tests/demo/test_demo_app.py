"""The demo as a whole: its configuration, its health, and what outlives a restart."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from demo_bodies import GIZMO, STORED_GIZMO, problem, untimed_page
from sqlalchemy import make_url

from demo_app.app import App
from demo_app.config import Config
from demo_app.database import open_database
from demo_app.operations.health import Health
from demo_app.services.health import HealthService
from jero import BaseApp
from jero.testing import AsyncTestClient, TestClient

ADA = {"authorization": "Bearer demo-token"}


def test_health_needs_no_token(database_url: str) -> None:
    """Health says that the database answers, and of which kind it is."""
    with TestClient(App()) as client:
        response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": make_url(database_url).get_backend_name()}


def test_health_without_a_database(tmp_path: Path) -> None:
    """A database that does not answer is told as 503, with the time to try again."""
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/missing/demo.sqlite3")

    class Broken(BaseApp):
        async def _wire(self) -> None:
            self._include_endpoint(Health(HealthService(await self._aenter(open_database(url)))))

    with TestClient(Broken()) as client:
        response = client.get("/health")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert response.json() == problem(
        503, "service-unavailable", "Service Unavailable", detail="the database does not answer"
    )


@pytest.mark.usefixtures("database_url")
def test_data_outlives_the_app() -> None:
    """What one run stored, the next one finds, and owners keep their numbers."""
    with TestClient(App(), headers=ADA) as client:
        client.post("/widgets", json=GIZMO)
    with TestClient(App(), headers=ADA) as client:
        assert untimed_page(client.get("/widgets").json()) == {"items": [STORED_GIZMO], "next": None}
        assert client.get("/owners/1").json() == {"id": 1, "name": "ada"}


@pytest.mark.usefixtures("database_url")
def test_tokens_are_those_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that the configuration no longer has is refused; its owner is still there."""
    with TestClient(App(), headers=ADA) as client:
        assert client.get("/owners/1").status_code == 200
    monkeypatch.setenv("DEMO_TOKENS", "lin=a-new-token")
    with TestClient(App()) as client:
        assert client.get("/owners/1", headers=ADA).status_code == 401
        owners = client.get("/owners", headers={"authorization": "Bearer a-new-token"}).json()
    assert [owner["name"] for owner in owners["items"]] == ["ada", "grace", "lin"]


def test_the_database_never_has_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are stored hashed: the file does not contain them."""
    file = tmp_path / "demo.sqlite3"
    monkeypatch.setenv("DEMO_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("DEMO_TOKENS", "ada=a-token-to-look-for")
    with TestClient(App()):
        pass
    assert b"ada" in file.read_bytes()
    assert b"a-token-to-look-for" not in file.read_bytes()


@pytest.mark.usefixtures("database_url")
async def test_concurrent_buyers_never_get_more_than_there_is() -> None:
    """Of ten who buy one of five at once, five get it and five are told that it is gone."""
    async with AsyncTestClient(App(), headers=ADA) as client:
        await client.post("/widgets", json=GIZMO)
        purchases = [client.post("/widgets/1/purchase", json={"quantity": 1}) for _ in range(10)]
        responses = await asyncio.gather(*purchases)
        left = (await client.get("/widgets/1")).json()["stock"]
    assert Counter(response.status_code for response in responses) == {200: 5, 409: 5}
    lefts = [response.json()["left"] for response in responses if response.status_code == 200]
    assert sorted(lefts) == [0, 1, 2, 3, 4]
    assert left == 0


@pytest.mark.usefixtures("database_url")
async def test_of_concurrent_changes_to_one_version_one_wins() -> None:
    """Of five who change the version that they all have seen, one succeeds and the others are told."""
    async with AsyncTestClient(App(), headers={**ADA, "if-match": '"1"'}) as client:
        await client.post("/widgets", json=GIZMO)
        changes = [client.patch("/widgets/1", json={"stock": stock}) for stock in range(5)]
        responses = await asyncio.gather(*changes)
    assert Counter(response.status_code for response in responses) == {200: 1, 412: 4}


@pytest.mark.usefixtures("database_url")
async def test_apps_that_start_at_once_share_a_database() -> None:
    """Several workers may prepare an empty database together: each gets its turn."""
    clients = [AsyncTestClient(App(), headers=ADA) for _ in range(3)]
    await asyncio.gather(*(client.start() for client in clients))
    responses = [await client.get("/owners/1") for client in clients]
    await asyncio.gather(*(client.close() for client in clients))
    assert [response.json() for response in responses] == [{"id": 1, "name": "ada"}] * 3


def test_the_default_configuration() -> None:
    """Without any variable the demo uses a file in the working directory, and documented tokens."""
    config = Config.from_environment({})
    assert str(config.database_url) == "sqlite+aiosqlite:///demo.sqlite3"
    assert config.tokens == {"demo-token": "ada", "other-token": "grace"}


@pytest.mark.parametrize(
    ("url", "database_url"),
    [
        ("sqlite:////tmp/x.sqlite3", "sqlite+aiosqlite:////tmp/x.sqlite3"),
        ("postgres://u@h:5433/d", "postgresql+asyncpg://u@h:5433/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
    ],
)
def test_database_urls_get_their_driver(url: str, database_url: str) -> None:
    """The URL may be written as its database has it: the driver is the demo's."""
    assert str(Config.from_environment({"DEMO_DATABASE_URL": url}).database_url) == database_url


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"DEMO_DATABASE_URL": "mysql://u:secret@h/d"}, "names the database `mysql`"),
        ({"DEMO_DATABASE_URL": "sqlite://"}, "names no file"),
        ({"DEMO_DATABASE_URL": "sqlite:///:memory:"}, "names no file"),
        ({"DEMO_TOKENS": "ada=one,secret"}, "at pair 2"),
        ({"DEMO_TOKENS": "ada=secret,grace=secret"}, "at pair 2"),
        ({"DEMO_TOKENS": "=secret"}, "at pair 1"),
    ],
)
def test_a_wrong_configuration_stops_the_app(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    """What the environment says wrongly is told as the app is made, without its secrets."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=message) as caught:
        App()
    assert "secret" not in str(caught.value)
