"""The Structs and the rows of the scenarios, for every peer that speaks msgspec: the same types, so the same work."""

from msgspec import Struct

TOKEN = "Bearer token"  # noqa: S105 - it guards nothing
HELLO = "Hello, World!"


class Widget(Struct):
    """What scenario a answers."""

    id: int
    name: str
    price: float
    in_stock: bool


class Search(Struct):
    """What scenario b answers: what it was asked."""

    widget_id: int
    q: str
    page: int
    in_stock: bool


class Movie(Struct):
    """The body of scenarios c and g, in both directions."""

    title: str
    year: int
    director: str
    rating: float
    genres: list[str]


class Row(Struct):
    """An item of scenario d."""

    id: int
    name: str
    email: str
    price: float
    active: bool


class Item(Struct):
    """An item of the stream of scenario e."""

    id: int
    name: str


class Uploaded(Struct):
    """What scenario f answers."""

    title: str
    filename: str
    size: int


WIDGET = Widget(7, "gizmo", 9.5, in_stock=True)
ROWS = [
    Row(number, f"widget {number}", f"owner-{number}@widgets.example", number + 0.25, number % 2 == 0)
    for number in range(100)
]
ITEMS = [Item(number, f"widget {number}") for number in range(100)]
