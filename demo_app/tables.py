"""The database's tables, as SQLAlchemy maps them."""

from datetime import UTC, datetime
from typing import ClassVar, override

from sqlalchemy import BigInteger, DateTime, Dialect, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator, TypeEngine

from demo_app.models import ChangeKind

# SQLite numbers rows by itself only where the column is INTEGER, which has 64 bits there.
BIG_INTEGER = BigInteger().with_variant(Integer(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """A point in time in UTC, also from SQLite, which stores no zone."""

    impl: TypeEngine[datetime] | type[TypeEngine[datetime]] = DateTime(timezone=True)
    cache_ok: bool | None = True

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Base(DeclarativeBase):
    """All tables. A number once given to a row is not given again."""

    type_annotation_map: ClassVar = {int: BIG_INTEGER, datetime: UTCDateTime}
    __table_args__: ClassVar = {"sqlite_autoincrement": True}


class OwnerRow(Base):
    """Someone who may call the API."""

    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class TokenRow(Base):
    """A bearer token, as its SHA-256 digest: the database never has the token itself."""

    __tablename__ = "tokens"
    __table_args__: ClassVar = {}

    digest: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(OwnerRow.id), index=True)


class WidgetRow(Base):
    """A widget. Whoever changes a row, or its tags, adds one to `version`."""

    __tablename__ = "widgets"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(OwnerRow.id), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    price_cents: Mapped[int]
    stock: Mapped[int]
    version: Mapped[int]
    created_at: Mapped[datetime]
    tags: Mapped[list["TagRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="TagRow.tag", passive_deletes=True
    )


class TagRow(Base):
    """One tag of one widget."""

    __tablename__ = "widget_tags"
    __table_args__: ClassVar = {}

    widget_id: Mapped[int] = mapped_column(ForeignKey(WidgetRow.id, ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class ChangeRow(Base):
    """One change of one widget, which may be gone since. Its number is where a reader of the feed goes on."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(String)
    widget_id: Mapped[int]
    version: Mapped[int]


class ImageRow(Base):
    """The image of one widget."""

    __tablename__ = "widget_images"
    __table_args__: ClassVar = {}

    widget_id: Mapped[int] = mapped_column(ForeignKey(WidgetRow.id, ondelete="CASCADE"), primary_key=True)
    media_type: Mapped[str]
    sha256: Mapped[str]
    stored_at: Mapped[datetime]
    content: Mapped[bytes]


class EventRow(Base):
    """Something that was done with a widget, kept for its statistics."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    widget_id: Mapped[int] = mapped_column(index=True)
    quantity: Mapped[int]
    at: Mapped[datetime]
