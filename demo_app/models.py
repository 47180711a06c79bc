"""What the API takes and gives: the Structs of its bodies, queries and paths."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from jero import FilePart

type Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
"""A row's number; no database has one that is larger."""

type Text = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+\Z")]
"""One line of text, without control characters (PostgreSQL stores no NUL)."""

type Amount = Annotated[int, Meta(ge=0, le=1_000_000_000)]
type Tags = Annotated[list[Text], Meta(max_length=20)]
type Sha256 = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{64}\Z")]
type ChangeKind = Literal["created", "updated", "deleted"]


class Owner(Struct):
    """Someone who may call the API, and whose the widgets are that they created."""

    id: int
    name: str


class OwnerPage(Struct):
    """Some owners in the order of their numbers; `next` is the `after` of the page that follows."""

    items: list[Owner]
    next: int | None


class Widget(Struct):
    """A widget as it is stored. `version` counts its changes and is its entity tag; prices are in cents."""

    id: int
    owner_id: int
    name: str
    price_cents: int
    stock: int
    tags: list[str]
    version: int
    created_at: datetime


class WidgetPage(Struct):
    """Some widgets in the order of their numbers; `next` is the `after` of the page that follows."""

    items: list[Widget]
    next: int | None


class WidgetInput(Struct, forbid_unknown_fields=True):
    """A whole widget as a client writes it, new or in place of the old one."""

    name: Text
    price_cents: Amount
    stock: Amount = 0
    tags: Tags = []


class WidgetChanges(Struct, forbid_unknown_fields=True):
    """The fields of a widget that a client changes; the others stay as they are."""

    name: Text | UnsetType = UNSET
    price_cents: Amount | UnsetType = UNSET
    stock: Amount | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class Purchase(Struct, forbid_unknown_fields=True):
    """How many of a widget to buy."""

    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Receipt(Struct):
    """What was bought, and how many are left."""

    widget_id: int
    quantity: int
    total_cents: int
    left: int


class ImportReport(Struct):
    """How many widgets an import created."""

    created: int


class WidgetChange(Struct):
    """A change of a widget, and the version that it made, or that was deleted."""

    id: int
    kind: ChangeKind
    widget_id: int
    version: int


class ImagePartHeaders(Struct):
    """The headers of an image's part: `X-Checksum-SHA256`, in hexadecimal."""

    x_checksum_sha256: Sha256


class ImageForm(Struct):
    """The form that an image is uploaded with."""

    image: FilePart[ImagePartHeaders]


class ImageInfo(Struct):
    """An image as it is stored; its size is in bytes."""

    widget_id: int
    media_type: str
    size: int
    sha256: str


class WidgetViewed(Struct):
    """Someone looked at a widget."""

    widget_id: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class WidgetBought(Struct):
    """Someone bought some of a widget."""

    widget_id: int
    quantity: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Statistics(Struct):
    """How often a widget was looked at and bought, and how many were sold. What just happened comes a little later."""

    widget_id: int
    views: int
    purchases: int
    sold: int


class HealthReport(Struct):
    """That the service works, and the kind of database that it works with."""

    status: str
    database: str


class PageQuery(Struct, forbid_unknown_fields=True):
    """Which page of a list: up to `limit` items, those that follow number `after`."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    after: Id | None = None


class WidgetQuery(PageQuery, forbid_unknown_fields=True):
    """Which widgets: those with `name` in their name, in any case, and with every `tag`."""

    name: Text | None = None
    tag: Tags = []


class OwnerPath(Struct):
    """`{owner_id}`."""

    owner_id: Id


class WidgetPath(Struct):
    """`{widget_id}`."""

    widget_id: Id
