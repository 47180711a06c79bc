"""Entity tags (RFC 9110, sections 8.8.3 and 13.1): a version as a header, and the conditions that name it."""

from typing import Self

from msgspec import Struct

from jero import PreconditionFailedError


class VersionHeaders(Struct):
    """The response header that names the version: `etag: "3"`."""

    etag: str

    @classmethod
    def of(cls, version: int) -> Self:
        """Name a version."""
        return cls(etag=f'"{version}"')


class IfMatch(Struct):
    """The request header `If-Match`: do it only to the version that the client has seen."""

    if_match: str | None = None

    def check(self, version: int) -> None:
        """Raise PreconditionFailedError (412) where the header is given and does not name this version."""
        if self.if_match is None or self.if_match.strip() == "*" or _tag(version) in _tags(self.if_match):
            return
        raise PreconditionFailedError(f"the widget has changed: its entity tag is now {_tag(version)}")


class IfNoneMatch(Struct):
    """The request header `If-None-Match`: send it only where the client has another version."""

    if_none_match: str | None = None

    def names(self, version: int) -> bool:
        """Say whether the header names this version; weak tags do too (RFC 9110, section 8.8.3.2)."""
        if self.if_none_match is None:
            return False
        tags = [tag.removeprefix("W/") for tag in _tags(self.if_none_match)]
        return self.if_none_match.strip() == "*" or _tag(version) in tags


def _tag(version: int) -> str:
    return VersionHeaders.of(version).etag


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]
