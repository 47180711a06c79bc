"""The errors that are the demo's own, raised by its services."""

from dataclasses import dataclass

from jero import HTTPError


class OutOfStock(HTTPError, status=409, type="out-of-stock", title="Out of stock"):  # noqa: N818 - as its type reads
    """409: there are fewer widgets than were asked for."""


@dataclass(eq=False)
class NameTaken(HTTPError, status=409, type="name-taken", title="Name taken"):  # noqa: N818 - as its type reads
    """409: another widget has this name, which is told as a member of the body."""

    name: str
    detail: str | None = None


@dataclass(eq=False)
class ChecksumMismatch(HTTPError, status=422, type="checksum-mismatch", title="Checksum mismatch"):  # noqa: N818 - as its type reads
    """422: what arrived is not what was sent; the body tells the SHA-256 of what arrived."""

    sha256: str
