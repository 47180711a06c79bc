"""Images of widgets: checked as they come in, and kept beside the widget, with which they are removed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from demo_app.database import Database
from demo_app.errors import ChecksumMismatch
from demo_app.models import ImageInfo, ImagePartHeaders, Owner
from demo_app.services.widget_rows import find, lock_own
from demo_app.tables import ImageRow
from jero import FilePart, NotFoundError, UnsupportedMediaTypeError

# What a browser shows and never runs: an SVG or HTML of someone else's is not served from here.
IMAGE_TYPES = ("image/gif", "image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class Image:
    """An image with its bytes."""

    info: ImageInfo
    content: bytes


@dataclass(frozen=True, slots=True)
class ImageService:
    """Stores one image for each widget, and gives it back."""

    database: Database

    async def store(self, widget_id: int, image: FilePart[ImagePartHeaders], user: Owner) -> ImageInfo:
        """Store the image of a widget of the user's, in place of the old one.

        Raises UnsupportedMediaTypeError, ChecksumMismatch (422), NotFoundError, ForbiddenError.
        """
        media_type = (image.content_type or "").partition(";")[0].strip().lower()
        if media_type not in IMAGE_TYPES:
            raise UnsupportedMediaTypeError(f"the part `image` is none of {', '.join(IMAGE_TYPES)}")
        digest = sha256(image.data).hexdigest()
        if digest != image.headers.x_checksum_sha256.lower():
            raise ChecksumMismatch(digest)
        row = ImageRow(
            widget_id=widget_id,
            media_type=media_type,
            sha256=digest,
            stored_at=datetime.now(UTC),
            content=image.data,
        )
        async with self.database.write() as session:
            await lock_own(session, widget_id, user)
            await session.merge(row)
        return _info(row)

    async def find(self, widget_id: int) -> Image:
        """Give the image of a widget. Raises NotFoundError where it has none, or is not there."""
        async with self.database.read() as session:
            await find(session, widget_id)
            row = await session.get(ImageRow, widget_id)
        if row is None:
            raise NotFoundError("the widget has no image")
        return Image(_info(row), row.content)


def _info(row: ImageRow) -> ImageInfo:
    return ImageInfo(widget_id=row.widget_id, media_type=row.media_type, size=len(row.content), sha256=row.sha256)
