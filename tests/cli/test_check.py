"""`jero check`: every wiring fault, in three forms, with nothing opened."""

import json
from textwrap import dedent

import pytest
from command_runs import APP, FAULTY_APP, ROOT, Command

TEXT = """\
2 wiring faults

JERO-W101 Health.get, argument `widget`
  at shop.py:5
  fault:  `widget` is not a source.
  remedy: name the argument after where it comes from (`json`, `content`, `form`, `params`, `path`, `headers`, \
`raw_headers`, `content_stream`, `json_stream`, `user`); a single value, such as an id or a page number, is a field \
of the Struct of `path` or `params`
  page:   jero explain JERO-W101

JERO-W202 Health.get, return
  at shop.py:5
  fault:  `dict[str, int]` is not a return type: a `dict` has no schema
  remedy: return a Struct, a union of Structs, `list[Struct]`, `str`, `bytes`, `None`, or a response wrapper
  page:   jero explain JERO-W202
"""


def test_text(jero: Command) -> None:
    """Faults are printed with code, place, fault, remedy and the command that shows their page; the exit code is 1."""
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("check", "shop:app")
    assert (outcome.code, outcome.out, outcome.err) == (1, TEXT, "")


def test_json(jero: Command) -> None:
    """For programs, the faults are JSON."""
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("check", "shop:app", "--format", "json")
    found = json.loads(outcome.out)
    assert outcome.code == 1
    assert (found["app"], found["operations"], found["obstacles"]) == ("shop:app", None, [])
    assert [(fault["code"], fault["subject"], fault["file"], fault["line"]) for fault in found["faults"]] == [
        ("JERO-W101", "Health.get, argument `widget`", "shop.py", 5),
        ("JERO-W202", "Health.get, return", "shop.py", 5),
    ]


def test_json_of_a_fine_app(jero: Command) -> None:
    """An app without faults is JSON as well, with how many operations it has."""
    jero.write("shop.py")
    outcome = jero("check", "shop:app", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == {"app": "shop:app", "operations": 2, "faults": [], "obstacles": []}


def test_github(jero: Command) -> None:
    """For GitHub, a fault is one line: a workflow command with file, line and title, its text escaped."""
    jero.write("shop.py", FAULTY_APP)
    outcome = jero("check", "shop:app", "--format", "github")
    first, second = outcome.out.splitlines()
    assert outcome.code == 1
    assert first.startswith("::error file=shop.py,line=5,title=JERO-W101 Health.get%2C argument `widget`::`widget` is")
    assert second.startswith("::error file=shop.py,line=5,title=JERO-W202 Health.get%2C return::`dict[str, int]` is no")
    assert "%0Aremedy: return a Struct" in second


def test_faults_of_the_construction(jero: Command) -> None:
    """What is checked as an app is constructed, such as its factory, is told in the same way."""
    jero.write(
        "shop.py",
        """
        from jero import BaseApp, BaseFactory


        class Factory(BaseFactory):
            def __init__(self, url: str) -> None: ...


        class App(BaseApp[Factory]):
            async def _wire(self) -> None: ...


        app = App()
        """,
    )
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "JERO-W601 Factory.__init__, argument `url`\n  at shop.py:5\n" in outcome.out


def test_faults_of_background_handlers(jero: Command) -> None:
    """A background handler of the wrong shape is told beside the faults of what was included before it and after it."""
    jero.write(
        "shop.py",
        dedent(FAULTY_APP)
        .replace("BaseApp, ", "BackgroundTasks, BaseApp, ")
        .replace(
            "        self._include_endpoint(Health())\n",
            """\
        self._include_endpoint(Health())
        tasks = await self._aenter(BackgroundTasks())
        tasks.register(print)
""",
        ),
    )
    outcome = jero("check", "shop:app")
    assert [line.split()[0] for line in outcome.out.splitlines() if line.startswith("JERO-")] == [
        "JERO-W101",
        "JERO-W202",
        "JERO-W605",
    ]


def test_plain_wire(jero: Command) -> None:
    """A `_wire` that is no coroutine function is a fault here as it is at startup."""
    jero.write("shop.py", dedent(APP).replace("async def _wire", "def _wire"))
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "JERO-W610" in outcome.out


def test_demo(jero: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo is fine, and no database is made for saying so."""
    monkeypatch.setenv("DEMO_DATABASE_URL", "sqlite:///never.sqlite3")
    monkeypatch.chdir(ROOT)
    outcome = jero("check", "demo_app.app:app")
    assert (outcome.code, outcome.out) == (0, "demo_app.app:app: 17 operations, no wiring faults\n")
    assert not (ROOT / "never.sqlite3").exists()
