"""What a request is answered with, the same whatever client received it."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

_SERVERS_OWN = frozenset({"date", "server"})


class Headers:
    """The headers of an answer in the order received, names in lower case."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = [(name.lower(), value) for name, value in pairs]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        assert len(values) == 1, f"expected one header `{name}` in {self.pairs}"
        return values[0]

    def get(self, name: str) -> str | None:
        """Give the first value of a header; None where it is absent."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """Give all the values of a header."""
        return [value for key, value in self.pairs if key == name]

    @property
    def own(self) -> list[tuple[str, str]]:
        """The headers without those that a server adds of its own."""
        return [pair for pair in self.pairs if pair[0] not in _SERVERS_OWN]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes

    def json(self) -> object:
        """Give the body decoded from JSON; the media type must say that it is some."""
        media_type = self.headers["content-type"]
        assert media_type in {"application/json", "application/problem+json"}, media_type
        return msgspec.json.decode(self.body)

    def decode[T](self, kind: type[T]) -> T:
        """Give the body decoded from JSON as a type."""
        return msgspec.convert(self.json(), kind)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def problem(self) -> dict[str, object]:
        """The members of an error's body, which must be a problem document (RFC 9457)."""
        assert self.headers["content-type"] == "application/problem+json", self
        return msgspec.json.decode(self.body, type=dict[str, object])

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """The `errors` of a problem document: source, pointer and detail of each."""
        entries = msgspec.convert(self.problem["errors"], list[dict[str, str]])
        return [(entry["source"], entry["pointer"], entry["detail"]) for entry in entries]
