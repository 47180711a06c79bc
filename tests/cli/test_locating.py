"""Where the command line finds an app: the argument, pyproject.toml, the folder."""

import pytest
from command_runs import Command


def test_argument(jero: Command) -> None:
    """An argument `module:attribute` names the app; the current folder is imported from."""
    jero.write("shop.py")
    outcome = jero("check", "shop:app")
    assert (outcome.code, outcome.out, outcome.err) == (0, "shop:app: 2 operations, no wiring faults\n", "")


def test_attribute_of_an_attribute(jero: Command) -> None:
    """The attribute may be one of an object in the module."""
    jero.write("shop.py")
    jero.write("main_module.py", "import shop\n")
    assert jero("check", "main_module:shop.app").code == 0


def test_pyproject(jero: Command) -> None:
    """Without an argument, `[tool.jero] app` counts, of the nearest pyproject.toml that is above."""
    jero.write("shop.py")
    jero.write("pyproject.toml", '[tool.jero]\napp = "shop:app"\n')
    assert jero("check").out.startswith("shop:app: ")


def test_pyproject_above(jero: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder below, the app is imported from where the pyproject.toml is."""
    jero.write("shop.py")
    jero.write("pyproject.toml", '[tool.jero]\napp = "shop:app"\n')
    below = jero.folder / "docs" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert jero("check").code == 0


@pytest.mark.parametrize("file", ["main.py", "app.py", "shop/app.py"])
def test_found(jero: Command, file: str) -> None:
    """With neither, main.py, app.py or PACKAGE/app.py is it, whatever the app is called there."""
    jero.write(file)
    jero.write(file, (jero.folder / file).read_text().replace("app = App()", "application = App()"))
    module = file.removesuffix(".py").replace("/", ".")
    assert jero("check").out == f"{module}:application: 2 operations, no wiring faults\n"


def test_pyproject_without_app(jero: Command) -> None:
    """A pyproject.toml that says nothing of jero keeps nothing from being found."""
    jero.write("pyproject.toml", '[project]\nname = "shop"\n')
    jero.write("app.py")
    assert jero("check").code == 0


def test_module_first(jero: Command) -> None:
    """main.py comes before app.py, and a file without an app is passed over."""
    jero.write("main.py", "import json\n")
    jero.write("app.py")
    assert jero("check").out.startswith("app:app: ")


FAILURES: dict[str, tuple[list[str], dict[str, str | None], str]] = {
    "nothing": ([], {}, "`[tool.jero] app` in pyproject.toml here or above, then main.py, app.py and PACKAGE/app.py"),
    "no place": (["shop"], {}, "write it as `module:attribute`, as in `shop.app:app`"),
    "a file": (["shop/app.py"], {}, "write it as a module: `shop.app:app`"),
    "no module": (["shop:app"], {}, "there is no module `shop` in "),
    "no submodule": (["shop.web:app"], {"shop/__init__.py": ""}, "there is no module `shop.web` in "),
    "no attribute": (["shop:ap"], {"shop.py": None}, "`shop` has no `ap`. Did you mean `shop:app`?"),
    "a class": (["shop:App"], {"shop.py": None}, "`App` is the class `App`, and an object of it is served"),
    "a function": (["shop:make"], {"shop.py": "def make(): ...\n"}, "`make` is a function, and an app is served"),
    "a module": (["shop:json"], {"shop.py": "import json\n"}, "`json` is a `module`, not an app"),
    "two packages": ([], {"shop/app.py": None, "store/app.py": None}, "name one of `shop.app:app`, `store.app:app`"),
    "bad TOML": ([], {"pyproject.toml": "[tool.jero\n"}, "cannot be read: "),
    "unknown key": ([], {"pyproject.toml": '[tool.jero]\nap = "x:y"\n'}, "has the unknown key `ap`"),
    "no text": ([], {"pyproject.toml": "[tool.jero]\napp = 1\n"}, "is 1, not a text"),
    "no table": ([], {"pyproject.toml": "[tool]\njero = 1\n"}, "is not a table"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(jero: Command, name: str) -> None:
    """An app that is not found is a usage error, told with fault and remedy on standard error."""
    arguments, files, words = FAILURES[name]
    for file, text in files.items():
        jero.write(file, *([] if text is None else [text]))
    outcome = jero("check", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert words in outcome.err
    assert "\n  remedy: " in outcome.err


def test_several_apps(jero: Command) -> None:
    """A module that holds several apps, none of them `app`, is not guessed at."""
    file = jero.write("main.py")
    file.write_text(file.read_text().replace("app = App()", "one = App()\ntwo = App()"))
    outcome = jero("check")
    assert outcome.code == 2
    assert "name one of `main:one`, `main:two`" in outcome.err


def test_failing_import(jero: Command) -> None:
    """A module that raises is a failure of the app: its exception is told with the user's frames alone."""
    jero.write("shop.py", "import missing_package\n")
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "fault:  it cannot be imported: ModuleNotFoundError: No module named 'missing_package'" in outcome.err
    assert f'File "{jero.folder}/shop.py", line 1' in outcome.err
    assert "_cli" not in outcome.err


def test_syntax_error(jero: Command) -> None:
    """A module that is no Python is told with its line."""
    jero.write("shop.py", "x = (\n")
    outcome = jero("check", "shop:app")
    assert outcome.code == 1
    assert "shop.py:1" in outcome.err
