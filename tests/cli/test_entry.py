"""The command line as a whole: its door, its exit codes, its help, and what it prints where."""

import re
import subprocess
import sys
from importlib.metadata import entry_points, version

import pytest
from command_runs import FAULTY_APP, Command

COMMANDS = ("run", "check", "routes", "explain", "new")


@pytest.mark.parametrize("name", ["cyclopts", "rich"])
def test_without_the_extra(jero: Command, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without what the extra installs, one line says which install gives it; the exit code is 2."""
    monkeypatch.setitem(sys.modules, name, None)
    outcome = jero("--help")
    line = f"jero: the command line needs {name}, which is not installed: pip install 'jero[cli]'\n"
    assert (outcome.code, outcome.out, outcome.err) == (2, "", line)


def test_module() -> None:
    """`python -m jero` is the command."""
    command = [sys.executable, "-m", "jero", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{version('jero')}\n"


def test_script() -> None:
    """An install brings the script `jero`, whose door is that of `python -m jero`."""
    (script,) = entry_points(group="console_scripts", name="jero")
    assert script.value == "jero._cli.entry:main"


def test_help(jero: Command) -> None:
    """The help names every command, and so does no command at all; the exit code is 0."""
    outcome = jero("--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert [name for name in COMMANDS if f"  {name}: " not in outcome.out] == []
    assert jero().out == outcome.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(jero: Command, command: str) -> None:
    """Each command has a help of its own, which describes each option."""
    outcome = jero(command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: jero {command} ")
    options = re.findall(r"^  (--\S.*)$", outcome.out, re.MULTILINE)
    assert [line for line in options if not re.match(r"[^:]+: \w", line)] == []


WRONG = {
    "an unknown command": (["serve"], 'Unknown command "serve"'),
    "an unknown option": (["check", "--fast"], "Unknown option: --fast"),
    "a wrong choice": (["check", "--format", "xml"], "--format"),
    "no number": (["run", "--port", "http"], "--port"),
    "too much": (["check", "a:b", "c:d"], "c:d"),
    "too little": (["new"], "requires an argument"),
}


@pytest.mark.parametrize("name", WRONG)
def test_usage_errors(jero: Command, name: str) -> None:
    """A command line that cannot be read is told on standard error in three lines, with exit code 2."""
    words, told = WRONG[name]
    outcome = jero(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: the command line\n  fault:  ")
    assert told in outcome.err
    assert outcome.err.endswith("\n  remedy: `jero --help` and `jero COMMAND --help` say what there is\n")


def test_pipe(jero: Command) -> None:
    """What goes to a pipe is plain text, however long its lines are."""
    jero.write("shop.py", FAULTY_APP)
    outcomes = [jero("check", "shop:app"), jero("--help"), jero("explain", "w101"), jero("nonsense")]
    assert "\x1b" not in "".join(outcome.out + outcome.err for outcome in outcomes)
    assert any(len(line) > 200 for line in outcomes[0].out.splitlines())


def test_terminal(jero: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal there are colours, unless NO_COLOR is set."""
    jero.write("shop.py", FAULTY_APP)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in jero("check", "shop:app").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in jero("check", "shop:app").out


def test_closed_pipe(jero: Command) -> None:
    """A reader that has seen enough, such as `head`, is no error."""
    jero.write("shop.py")
    command = [sys.executable, "-m", "jero", "explain", "JERO-W101"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""


def test_help_imports_little() -> None:
    """The help is there without the app's machinery being imported, and without a server."""
    code = "import sys; from jero._cli.entry import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded & {"jero._engine", "jero._wiring.compiler", "uvicorn", "granian", "rich.markdown"} == set()
