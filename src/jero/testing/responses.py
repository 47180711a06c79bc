"""What a test client returns: status, headers and body, decoded on demand."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, ClassVar, TypeAliasType, overload, override

import msgspec

type HeaderPairs = Sequence[tuple[bytes, bytes]]


class ResponseHeaders(Mapping[str, str]):
    """The headers of a response by name in any case; the values of a repeated one are joined with `, `."""

    __slots__ = ("_values",)

    def __init__(self, pairs: HeaderPairs) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    @override
    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()])

    @override
    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @override
    def __len__(self) -> int:
        return len(self._values)

    @override
    def __repr__(self) -> str:
        return f"ResponseHeaders({dict(self)!r})"

    def get_list(self, name: str) -> list[str]:
        """Return the values of a header one by one, none if it is absent (`set-cookie` cannot be joined)."""
        return list(self._values.get(name.lower(), ()))


class ResponseHead:
    """What a response is before its body: the same for a whole response and a stream."""

    __slots__ = ("headers", "multi_headers", "status_code")

    status_code: int
    headers: ResponseHeaders
    multi_headers: list[tuple[str, str]]

    def __init__(self, status_code: int, pairs: HeaderPairs) -> None:
        """Decode the headers as latin-1."""
        self.status_code = status_code
        self.headers = ResponseHeaders(pairs)
        self.multi_headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class TestResponse(ResponseHead):
    """A whole response.

        response = client.get("/widgets/w1")
        assert response.status_code == 200
        assert response.headers["ETag"] == '"7"'
        assert response.json(Widget) == Widget(id="w1", name="cog")

    `status_code` is an int. `headers` is a mapping by name in any case, repeats joined with `, `;
    `multi_headers` has every header as `(name, value)`, in the order sent. `content` is the body in bytes.
    """

    __test__: ClassVar[bool] = False  # pytest collects classes whose names begin with Test
    __slots__ = ("content",)

    content: bytes

    def __init__(self, status_code: int, pairs: HeaderPairs, content: bytes) -> None:
        super().__init__(status_code, pairs)
        self.content = content

    @property
    def text(self) -> str:
        """The body as text, in the charset of its content type, else UTF-8; what is not gives U+FFFD."""
        _, _, rest = self.headers.get("content-type", "").lower().partition("charset=")
        charset = rest.partition(";")[0].strip().strip('"') or "utf-8"
        try:
            return self.content.decode(charset, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    @overload
    def json(self) -> Any: ...
    @overload
    def json[T](self, type: type[T]) -> T: ...
    @overload
    def json(self, type: UnionType | TypeAliasType | None) -> Any: ...
    def json(self, type: Any = None) -> Any:  # noqa: A002 - the name that msgspec.json.decode has for it
        """Return the body decoded as JSON by msgspec: into `type` where one is given, else into builtins.

        Raises:
            msgspec.DecodeError: the body is not JSON.
            msgspec.ValidationError: it is not JSON for this type.

        """
        return msgspec.json.decode(self.content, type=Any if type is None else type)

    @override
    def __repr__(self) -> str:
        kind = self.media_type or "no content type"
        return f"<TestResponse {self.status_code}, {kind}, {len(self.content)} bytes>"
