"""The demo's images: uploaded with a checksum that is checked, and served as they came."""

from hashlib import sha256

import pytest
from demo_bodies import GIZMO, GRACE, Body, problem

from jero.testing import TestClient, TestResponse

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10
CHECKSUM = sha256(PNG).hexdigest()
URL = "/widgets/1/image"
STORED: Body = {"widget_id": 1, "media_type": "image/png", "size": len(PNG), "sha256": CHECKSUM}
NO_IMAGE = problem(404, "not-found", "Not Found", detail="the widget has no image")
NO_WIDGET = problem(404, "not-found", "Not Found", detail="widget not found")


@pytest.fixture(autouse=True)
def _gizmo(client: TestClient) -> None:
    """Store the gizmo, as widget 1 of ada."""
    assert client.post("/widgets", json=GIZMO).status_code == 201


def upload(
    client: TestClient, *, url: str = URL, content: bytes = PNG, media_type: str = "image/png", checksum: str = CHECKSUM
) -> TestResponse:
    """Upload a file as the part `image`, which has its checksum as a header."""
    part = {"X-Checksum-SHA256": checksum}
    return client.post(url, files={"image": ("gizmo.png", content, media_type, part)})


def test_an_image_is_served_as_it_came(client: TestClient) -> None:
    """An upload is answered 201 with what was stored and where; there it is, with its type and checksum."""
    response = upload(client)
    assert response.status_code == 201
    assert response.headers["location"] == "/widgets/1/image"
    assert response.json() == STORED
    image = client.get(response.headers["location"], headers=GRACE)
    assert image.status_code == 200
    assert image.content == PNG
    assert image.headers["content-type"] == "image/png"
    assert image.headers["x-checksum-sha256"] == CHECKSUM
    assert image.headers["x-content-type-options"] == "nosniff"


def test_a_new_image_takes_the_place_of_the_old_one(client: TestClient) -> None:
    """A widget has one image: the last."""
    upload(client)
    checksum = sha256(b"GIF89a").hexdigest()
    response = upload(client, content=b"GIF89a", media_type="Image/GIF; q=1", checksum=checksum.upper())
    assert response.json() == {
        "widget_id": 1,
        "media_type": "image/gif",
        "size": 6,
        "sha256": checksum,
    }
    image = client.get("/widgets/1/image")
    assert (image.content, image.headers["content-type"]) == (b"GIF89a", "image/gif")


def test_an_image_that_arrives_changed_is_refused(client: TestClient) -> None:
    """Where the checksum is of something else, 422 tells that of what arrived, and nothing is stored."""
    response = upload(client, checksum="0" * 64)
    assert response.status_code == 422
    assert response.json() == problem(422, "checksum-mismatch", "Checksum mismatch", sha256=CHECKSUM)
    assert client.get("/widgets/1/image").json() == NO_IMAGE


@pytest.mark.parametrize(
    ("part", "detail"),
    [
        ({}, "Object missing required field `x_checksum_sha256`"),
        ({"X-Checksum-SHA256": "abc"}, r"Expected `str` matching regex '^[0-9A-Fa-f]{64}\\Z'"),
    ],
)
def test_an_image_needs_a_checksum(client: TestClient, part: dict[str, str], detail: str) -> None:
    """A part without the header, or with what is no SHA-256, is answered 422 and told where."""
    response = client.post("/widgets/1/image", files={"image": ("gizmo.png", PNG, "image/png", part)})
    assert response.status_code == 422
    assert response.json() == problem(
        422,
        "validation-failed",
        "Validation Failed",
        detail="1 error in `form`",
        errors=[{"source": "form", "pointer": "#/image/headers/x-checksum-sha256", "detail": detail}],
    )


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml"])
def test_what_a_browser_might_run_is_refused(client: TestClient, media_type: str) -> None:
    """Another type than those of plain images is answered 415."""
    response = upload(client, media_type=media_type)
    assert response.status_code == 415
    assert response.json() == problem(
        415,
        "unsupported-media-type",
        "Unsupported Media Type",
        detail="the part `image` is none of image/gif, image/jpeg, image/png, image/webp",
    )


def test_an_image_has_a_largest_size(client: TestClient) -> None:
    """A form over 2 MiB is answered 413, though other forms may be larger."""
    response = upload(client, content=b"\0" * 2 * 1024 * 1024)
    assert response.status_code == 413
    assert response.json()["type"] == "content-too-large"
    assert client.get("/widgets/1/image").json() == NO_IMAGE


def test_only_its_owner_may_give_a_widget_an_image(client: TestClient) -> None:
    """Someone else is answered 403."""
    files = {"image": ("gizmo.png", PNG, "image/png", {"X-Checksum-SHA256": CHECKSUM})}
    response = client.post(URL, files=files, headers=GRACE)
    assert response.status_code == 403
    assert response.json() == problem(403, "forbidden", "Forbidden", detail="only its owner may change a widget")
    assert client.get("/widgets/1/image").json() == NO_IMAGE


def test_an_unknown_widget_has_no_image(client: TestClient) -> None:
    """Neither upload nor download finds a widget that does not exist."""
    assert upload(client, url="/widgets/2/image").json() == NO_WIDGET
    assert client.get("/widgets/2/image").json() == NO_WIDGET


def test_an_image_goes_with_its_widget(client: TestClient) -> None:
    """Deleting a widget deletes its image."""
    upload(client)
    assert client.delete("/widgets/1").status_code == 204
    response = client.get("/widgets/1/image")
    assert (response.status_code, response.json()) == (404, NO_WIDGET)
