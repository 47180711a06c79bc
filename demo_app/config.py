"""The demo's settings: two environment variables, read when the app is constructed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import URL, make_url

DEFAULT_DATABASE_URL = "sqlite:///demo.sqlite3"
DEFAULT_TOKENS = "ada=demo-token,grace=other-token"

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


@dataclass(frozen=True, slots=True)
class Config:
    """Where the data is, and who may call: `tokens` gives the owner's name for each bearer token."""

    database_url: URL
    tokens: Mapping[str, str]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read `DEMO_DATABASE_URL` and `DEMO_TOKENS`; what is missing or empty has its default.

        Raises ValueError for a database that is neither an SQLite file nor PostgreSQL, and for tokens that
        are not pairs such as `ada=demo-token,grace=other-token`.
        """
        return cls(
            database_url=_read_database_url(environment.get("DEMO_DATABASE_URL") or DEFAULT_DATABASE_URL),
            tokens=_read_tokens(environment.get("DEMO_TOKENS") or DEFAULT_TOKENS),
        )


def _read_database_url(text: str) -> URL:
    url = make_url(text)
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise ValueError(
            f"DEMO_DATABASE_URL names the database `{url.drivername}`, which the demo cannot use;"
            " give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValueError("DEMO_DATABASE_URL names no file; give sqlite:///demo.sqlite3, say")
    return url.set(drivername=driver)


def _read_tokens(text: str) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for pair in text.split(","):
        owner, _, token = (part.strip() for part in pair.partition("="))
        if not owner or not token or token in tokens:  # a token is a secret: it is not repeated in the message
            raise ValueError(
                f"DEMO_TOKENS is not right at pair {len(tokens) + 1};"
                " give each owner a token of their own: ada=demo-token,grace=other-token"
            )
        tokens[token] = owner
    return tokens
