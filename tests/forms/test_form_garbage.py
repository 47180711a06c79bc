"""A form leaves no garbage behind: what it was read into is gone with its request, without a collector."""

import gc

import pytest
from form_requests import URLENCODED, body, multipart, part, pieces
from msgspec import Struct

from jero import BaseApp, Endpoint, TestClient
from jero._runtime.forms.parts import FormParts, Part


class Texts(Struct):
    texts: list[str]


class Forms(Endpoint, path="/forms"):
    async def post(self, form: Texts) -> None: ...


class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Forms(), max_form=100_000)


_FORMS = {
    "usual": (body(part('name="texts"', b"x")), multipart(), None, 204),
    "in pieces": (body(part('name="texts"', b"x" * 20_000)), multipart(), 5_000, 204),
    "urlencoded": (b"texts=" + b"x" * 20_000, URLENCODED, 5_000, 204),
    "refused": (body(part('name="texts"', b"x")) + b"x" * 100_000, multipart(), 5_000, 413),
}


@pytest.mark.parametrize(("content", "headers", "size", "status"), _FORMS.values(), ids=_FORMS)
def test_nothing_is_left_to_collect(content: bytes, headers: dict[str, str], size: int | None, status: int) -> None:
    """The parts of a form are gone with their request: none is in a circle, where large ones would pile up."""
    sent = content if size is None else pieces(content, size)
    with TestClient(App()) as client:
        assert client.post("/forms", content=sent, headers=headers).status_code == status
        gc.collect()
        gc.disable()
        try:
            client.post("/forms", content=sent, headers=headers)
            left = [it for it in gc.get_objects() if isinstance(it, Part | FormParts)]
        finally:
            gc.enable()
    assert left == []
