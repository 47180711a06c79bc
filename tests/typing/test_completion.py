"""What an editor offers and a prompt shows: what is public, what a subclass uses, and of the rest only what is needed.

An underscore alone hides nothing: `self._` is where the names stand that an app calls in `_wire`, so whatever else
begins so is offered beside them. A private name that is added shows up here, and has to have its reason.
"""

from collections.abc import Iterator
from pkgutil import iter_modules

import pytest
from language_server import SERVERS, LanguageServer, editing

import jero

TEXT = """
import jero
from jero import BaseApp, BaseFactory, JSONResponse, Resource, TestClient, TestResponse

class Factory(BaseFactory):
    async def open(self) -> None:
        await self._

class App(BaseApp[Factory]):
    async def _wire(self) -> None:
        self._

def use(resource: Resource, wrapped: JSONResponse[int], client: TestClient, answer: TestResponse) -> None:
    resource.
    wrapped.
    client.
    answer.
    jero.
    jero.BaseApp
"""

OF_AN_APP = {
    "_aenter",
    "_enter",
    "_factory",
    "_include_endpoint",
    "_include_error_renderer",
    "_include_exception_handler",
    "_include_resource",
    "_wire",
}
NEEDED = {
    "self._": {
        "_asgi": "a call looks it up for each request: one look-up less than through `_engine`",
        "_rsgi": "the same",
        "_engine": "what stands behind the app",
        "_service": "how the native edge tells an app from what stands in front of one",
    },
    "await self._": {"_es": "a factory may open by itself what the helpers cannot", "_aes": "the same"},
    "client.": {
        "_client": "the asynchronous client that it drives",
        "_closed": "whether it has been closed",
        "_loop": "the loop of its thread",
        "_finalizer": "closes a client that was forgotten",
        "_run": "hands work to the loop",
        "_close": "closes once, from three places",
    },
}
"""The private names that are offered after a text, besides those that are meant to be used there; and why."""
_OF_TYPING = {"TYPE_CHECKING"}
"""pyrefly and ty offer what a module imports; this one cannot be imported elsewhere."""


@pytest.fixture(scope="module", params=SERVERS)
def editor(request: pytest.FixtureRequest) -> Iterator[LanguageServer]:
    """Open the text in an editor."""
    with editing(request.param, TEXT) as editor:
        yield editor


def test_in_an_app(editor: LanguageServer) -> None:
    """After `self._` in an app stand the names that `_wire` uses, and those that the app cannot do without."""
    offered = {name for name in editor.names_at("self._") if name.startswith("_")}
    assert offered == OF_AN_APP | set(NEEDED["self._"])


def test_in_a_factory(editor: LanguageServer) -> None:
    """After `self._` in a factory stand its two helpers and its two stacks."""
    offered = {name for name in editor.names_at("await self._") if name.startswith("_")}
    assert offered == {"_aenter", "_enter", *NEEDED["await self._"]}


@pytest.mark.parametrize("mark", ["resource.", "wrapped.", "answer."])
def test_on_what_handlers_give(editor: LanguageServer, mark: str) -> None:
    """Resources and responses offer no private name at all."""
    assert [name for name in editor.names_at(mark) if name.startswith("_")] == []


def test_on_a_test_client(editor: LanguageServer) -> None:
    """A test client offers its methods, and no private name but those it needs."""
    offered = set(editor.names_at("client."))
    assert {"get", "post", "stream_get", "close"} <= offered
    assert {name for name in offered if name.startswith("_")} == set(NEEDED["client."])


def test_in_jero(editor: LanguageServer) -> None:
    """After `jero.` stand all its public names, also those that are imported later, and its modules; no more."""
    offered = {name for name in editor.names_at("jero.") if not name.startswith("__")}
    modules = {module.name for module in iter_modules(jero.__path__) if not module.name.startswith("_")}
    assert set(jero.__all__) <= offered
    assert offered - set(jero.__all__) - modules - _OF_TYPING == set()


def test_hovering(editor: LanguageServer) -> None:
    """Hovering over a public name shows its docstring, with an example."""
    shown = editor.text_at("jero.BaseApp").replace("&nbsp;", " ")
    assert "A web application" in shown
    assert "class App(BaseApp)" in shown


def test_at_a_prompt() -> None:
    """`dir(jero)` has what is public and the modules that are imported, and no private name."""
    assert set(jero.__all__) <= set(dir(jero))
    assert [name for name in dir(jero) if name.startswith("_")] == []
    assert {name for name in dir(jero) if name not in jero.__all__} >= {"app", "errors", "limits"}
    assert "import_module" not in dir(jero)


def test_attributes_of_an_app() -> None:
    """An app has no attribute of its own but the private ones that are needed."""

    class App(jero.BaseApp):
        async def _wire(self) -> None: ...

    of_python = {"_abc_impl"}
    names = {name for name in dir(App()) if not name.startswith("__")}
    assert names - of_python == OF_AN_APP | set(NEEDED["self._"])
