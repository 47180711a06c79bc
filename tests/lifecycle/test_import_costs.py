"""What is imported when: `import jero` brings the words an app is written in, and the machinery comes as it is used."""

import subprocess
import sys

MACHINERY = [
    "_ssl",
    "anyio",
    "asyncio",
    "email",
    "granian",
    "http.client",
    "httptools",
    "httpx",
    "json",
    "logging",
    "multiprocessing",
    "python_multipart",
    "socket",
    "subprocess",
    "tempfile",
    "urllib.parse",
    "urllib.request",
    "uvicorn",
    "uvloop",
]
OF_JERO = ["jero._engine", "jero._runtime", "jero._service", "jero._wiring", "jero.background", "jero.testing"]
FORMS = ["anyio", "python_multipart", "tempfile", "jero._runtime.forms.multipart", "jero._runtime.forms.spooling"]

APP = """
import asyncio
from msgspec import Struct
from jero import BaseApp, Endpoint

class Answer(Struct):
    text: str

class Greeting(Endpoint, path="/greeting"):
    async def get(self) -> Answer:
        return Answer("hello")
{more}
class App(BaseApp):
    async def _wire(self) -> None:
        self._include_endpoint(Greeting())

async def live():
    app, told = App(), []
    messages = [{{"type": "lifespan.startup"}}, {{"type": "lifespan.shutdown"}}]
    async def receive():
        return messages.pop(0)
    async def send(message):
        told.append(message["type"])
    await app({{"type": "lifespan"}}, receive, send)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"], told

asyncio.run(live())
"""
FORM = """
    async def post(self, form: Answer) -> Answer:
        return form
"""


def test_import_brings_no_machinery() -> None:
    """`import jero` imports no event loop, no network, no parser and none of jero's own machinery."""
    assert imported_after("import jero", [*MACHINERY, *OF_JERO]) == []


def test_serving_needs_no_form_parser() -> None:
    """An app without forms and threads starts and stops without a form parser, temporary files and anyio."""
    assert imported_after(APP.format(more=""), FORMS) == []


def test_form_parser_is_there_once_the_app_has_started() -> None:
    """An app with a form has its parser from the start on: no request waits for an import."""
    assert "jero._runtime.forms.multipart" in imported_after(APP.format(more=FORM), FORMS)


def test_names_imported_later_are_the_modules_own() -> None:
    """What `jero` imports later is found by attribute and by `from jero import`, and is the same object each time."""
    code = (
        "import jero, jero.background, jero.testing; from jero import BackgroundTasks, TestClient;"
        "assert BackgroundTasks is jero.BackgroundTasks is jero.background.BackgroundTasks;"
        "assert TestClient is jero.TestClient is jero.testing.TestClient"
    )
    assert "jero.background" in imported_after(code, OF_JERO)


def test_every_public_name_can_be_imported() -> None:
    """`jero.__all__` names only what is there, whether it is imported at once or later."""
    code = "import jero; [getattr(jero, name) for name in jero.__all__]; from jero import *; BaseApp, QueueFull"
    assert "jero.testing" in imported_after(code, OF_JERO)


def imported_after(code: str, modules: list[str]) -> list[str]:
    """Run code in an interpreter of its own, and give those of `modules` that it has imported."""
    ask = f"{code}\nimport sys; print(*[name for name in {modules!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    return done.stdout.split()
