"""`/widgets/{widget_id}/image`: uploaded with a checksum, and shown."""

from dataclasses import dataclass

from msgspec import Struct

from demo_app.models import ImageForm, ImageInfo, Owner, WidgetPath
from demo_app.services.images import ImageService
from jero import BytesResponse, Endpoint, EndpointMeta, JSONResponse, Location, OperationMeta


class ImageHeaders(Struct):
    """The response headers of an image: what it is, and the checksum that it was uploaded with."""

    content_type: str
    x_checksum_sha256: str


@dataclass(frozen=True, slots=True)
class WidgetImage(
    Endpoint,
    path="/widgets/{widget_id}/image",
    ref="widget_image",
    meta=EndpointMeta(tags=("widgets",)),
    meta_post=OperationMeta(summary="Upload the image of a widget of your own"),
):
    """The image of one widget."""

    images: ImageService

    async def get(self, path: WidgetPath) -> BytesResponse[ImageHeaders]:
        """Show the image."""
        image = await self.images.find(path.widget_id)
        headers = ImageHeaders(content_type=image.info.media_type, x_checksum_sha256=image.info.sha256)
        return BytesResponse(content=image.content, headers=headers)

    async def post(self, path: WidgetPath, form: ImageForm, user: Owner) -> JSONResponse[ImageInfo]:
        """Store the image, in place of the old one, where it is what its checksum says."""
        info = await self.images.store(path.widget_id, form.image, user)
        return JSONResponse(json=info, status_code=201, location=Location.from_operation(WidgetImage.get, path=path))
