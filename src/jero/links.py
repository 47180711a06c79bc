"""Links to answer with: the `Location` header, and the `Link` header with what it says of each (RFC 8288)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from msgspec import Struct

from jero._link_targets import Target, operation_target, path_target, ref_target, url_target

type Operation = Callable[..., object]
"""An operation as its class has it (`Widgets.read_one`) or as an object has it (`self.read_one`)."""


@dataclass(frozen=True, slots=True)
class Location:
    """The URL of the `Location` header (RFC 9110, section 10.2.2): what was created, or where to go.

        return JSONResponse(json=widget, location=Location.from_operation(Widgets.read_one, path=path))

    What it names becomes a URL when the response is written: relative to the origin (`/widgets/abc`), or
    absolute where the environment says how the app is reached (`JERO_BASE_URL`, `JERO_TRUST_FORWARDED`). The
    prefix that the app is mounted under comes in front, save for `from_url`.
    """

    target: Target

    @classmethod
    def from_operation(cls, operation: Operation, *, path: Struct | None = None) -> Self:
        """Link to an operation of a mounted class, `path` filling the slots of its URL.

        The values of `path` are percent-encoded, so that each arrives as it was; an empty one, or one with
        NUL, fits no URL. A class that is mounted several times links to the mount that answers, and is
        ambiguous elsewhere. So is an operation that several mounted classes inherit: give it as an object has
        it, `self.read_one`. What fits no URL, is ambiguous or not mounted is a fault of the server: logged,
        and answered with 500.

        Raises TypeError where `operation` is no method, or `path` is not what the operation takes.
        """
        return cls(operation_target(operation, path))

    @classmethod
    def from_path(cls, path: str) -> Self:
        """Link to a path of this app, perhaps with a query; what no URL may contain is percent-encoded.

            Location.from_path("/widgets?page=2")

        Raises ValueError where it does not begin with exactly one slash.
        """
        return cls(path_target(path))

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Link to a URL, which is sent as it is: no prefix comes in front, nothing is encoded.

            Location.from_url("https://example.com/login?next=%2Fwidgets")

        Raises ValueError where it is none (RFC 3986).
        """
        return cls(url_target(url))

    @classmethod
    def from_ref(cls, ref: str, *, path: Struct | None = None) -> Self:
        """Link to an operation by its handle: `"widgets.read_one"` for a class declared with `ref="widgets"`.

            Location.from_ref("widgets.read_one", path=WidgetPath("w1"))

        For classes that cannot import each other. The handle and `path` are checked when the response is
        written; what is wrong with them is a fault of the server.
        """
        return cls(ref_target(ref, path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the `Link` header (RFC 8288): a URL, its relation, and hints for people and programs.

        links=[Link.from_path("/widgets?page=2", rel="next", title="More")]

    `rel` is a registered relation such as `next`, or a URI; several are separated by spaces. `title` is any
    text; `media_type` is what to expect there (`application/json`). The URL is made as `Location` makes it.

    Raises ValueError for a `rel` or `media_type` that is none, and for a `title` with control characters.
    """

    target: Target
    rel: str
    title: str | None = None
    media_type: str | None = None

    def __post_init__(self) -> None:
        """Check what the header will say."""
        if not _RELATIONS.fullmatch(self.rel):
            raise ValueError(f"Link: rel={self.rel!r} is no relation; give a lower-case name such as 'next', or a URI")
        if self.title is not None and (_CONTROL.search(self.title) or _SURROGATE.search(self.title)):
            raise ValueError(f"Link: title={self.title!r} contains what no header may contain; give plain text")
        if self.media_type is not None and not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError(f"Link: media_type={self.media_type!r} is none; give one such as 'application/json'")

    @classmethod
    def from_operation(
        cls,
        operation: Operation,
        *,
        rel: str,
        path: Struct | None = None,
        title: str | None = None,
        media_type: str | None = None,
    ) -> Self:
        """Link to an operation of a mounted class; see `Location.from_operation`."""
        return cls(target=operation_target(operation, path), rel=rel, title=title, media_type=media_type)

    @classmethod
    def from_path(cls, path: str, *, rel: str, title: str | None = None, media_type: str | None = None) -> Self:
        """Link to a path of this app; see `Location.from_path`."""
        return cls(target=path_target(path), rel=rel, title=title, media_type=media_type)

    @classmethod
    def from_url(cls, url: str, *, rel: str, title: str | None = None, media_type: str | None = None) -> Self:
        """Link to a URL, which is sent as it is; see `Location.from_url`."""
        return cls(target=url_target(url), rel=rel, title=title, media_type=media_type)

    @classmethod
    def from_ref(
        cls,
        ref: str,
        *,
        rel: str,
        path: Struct | None = None,
        title: str | None = None,
        media_type: str | None = None,
    ) -> Self:
        """Link to an operation by its handle; see `Location.from_ref`."""
        return cls(target=ref_target(ref, path), rel=rel, title=title, media_type=media_type)


_RELATION = r"(?:[a-z][a-z0-9.-]*|[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+)"
_RELATIONS = re.compile(f"{_RELATION}(?: {_RELATION})*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
