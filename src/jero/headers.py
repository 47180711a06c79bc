"""Headers as they were sent: an ordered, repeatable, case-insensitive list of name and value."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast


class RawHeaders:
    """An immutable list of header pairs, in order, repeats kept; names compare case-insensitively (RFC 9110, 5.1).

        async def get(self, raw_headers: RawHeaders) -> JSONResponse[Status]:
            languages = raw_headers.get_all("Accept-Language")
            cookies = RawHeaders([("Set-Cookie", "a=1; HttpOnly"), ("Set-Cookie", "b=2; HttpOnly")])
            return JSONResponse(json=Status(languages), raw_headers=cookies)

    As a source (`raw_headers: RawHeaders`) it holds the request's headers as sent. In a response
    (`raw_headers=RawHeaders([...])`) it adds headers, for repeats such as `Set-Cookie`. It is made of a mapping or
    of pairs; iterating gives the pairs, `headers["etag"]` the first value of a name (KeyError where there is none).
    """

    __slots__ = ("_pairs",)

    def __init__(self, headers: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        if isinstance(headers, Mapping):
            headers = cast("Mapping[str, str]", headers).items()  # isinstance leaves Mapping's parameters open
        self._pairs = tuple(headers)

    @classmethod
    def from_wire(cls, pairs: Iterable[tuple[bytes, bytes]]) -> "RawHeaders":
        """Decode pairs of bytes as latin-1, the encoding of header fields (RFC 9110, section 5.5)."""
        return cls([(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs])

    def get(self, name: str, default: str | None = None) -> str | None:
        """Give the first value of a header, or `default`."""
        wanted = name.lower()
        return next((value for key, value in self._pairs if key.lower() == wanted), default)

    def get_all(self, name: str) -> list[str]:
        """Give every value of a header, in the order sent."""
        wanted = name.lower()
        return [value for key, value in self._pairs if key.lower() == wanted]

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawHeaders) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"RawHeaders({list(self._pairs)!r})"
