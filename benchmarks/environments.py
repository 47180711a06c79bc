"""Where the peers live: for each an environment of its own, made on first use and kept outside of the repository.

The folder is $JERO_BENCH_HOME, or `jero-benchmarks` in the user's cache folder. An environment is made anew when what
it should hold has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
HOME = Path(
    os.environ.get("JERO_BENCH_HOME")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jero-benchmarks"
)

_REPOSITORY = HERE.parent
_CONSTRAINTS = PEERS / "constraints.txt"
_SERVED = ("granian", "uvloop")
_WANTED: dict[str, tuple[str, ...]] = {
    "jero": ("httptools", "--editable", f"{_REPOSITORY}[granian,uvicorn,native]"),
    "floors": ("granian", "uvicorn", "uvloop", "httptools", "msgspec", "python-multipart"),
    "jero-0.1.9": ("jero==0.1.9", "msgspec", *_SERVED),
    "django-bolt": ("django-bolt", "django", "msgspec", "uvloop"),
    "blacksheep": ("blacksheep", "msgspec", *_SERVED),
    "litestar": ("litestar", "msgspec", *_SERVED),
    "fastapi": ("fastapi", "pydantic", "python-multipart", *_SERVED),
    "falcon": ("falcon", "msgspec", *_SERVED),
    "starlette": ("starlette", "msgspec", "python-multipart", *_SERVED),
}
_TOLD = (
    "jero",
    "django-bolt",
    "django",
    "blacksheep",
    "litestar",
    "fastapi",
    "falcon",
    "starlette",
    "pydantic",
    "msgspec",
    "python-multipart",
    "granian",
    "uvicorn",
    "uvloop",
    "httptools",
    "zttp",
)
"""Whose versions are printed."""

_GO_PATH = "/usr/share/gocode"
"""Where Debian's golang-github-gin-gonic-gin-dev puts Gin's source."""
_UV = os.environ.get("UV") or "uv"
"""`uv run` says where it is."""
_GO = {"GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}


class AbsentError(Exception):
    """A peer that this machine cannot have; the message says why."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Programs of a peer, and the versions of what matters in it."""

    programs: Path
    versions: dict[str, str]


def provide(name: str) -> Environment:
    """Give an environment, made where it is missing; raises `AbsentError`."""
    return _provide_go() if name == "gin" else _provide_python(name)


def _provide_python(name: str) -> Environment:
    wanted = _WANTED[name]
    recipe = "\n".join([sys.version, *wanted, _CONSTRAINTS.read_text(), *(_requirements() if name == "jero" else ())])
    folder = HOME / "environments" / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    made = folder / "made"
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(_UV, "venv", "--quiet", "--python", sys.executable, str(folder))
        _run(_UV, "pip", "install", "--quiet", "--python", str(python), "--constraint", str(_CONSTRAINTS), *wanted)
        made.touch()
    listed = _run(_UV, "pip", "freeze", "--python", str(python)).splitlines()
    versions = dict(line.split("==") for line in listed if "==" in line)
    return Environment(folder / "bin", {each: versions[each] for each in _TOLD if each in versions})


def _requirements() -> tuple[str, str]:
    """Give what this repository needs: its environment is made anew when that changes."""
    project = tomllib.loads((_REPOSITORY / "pyproject.toml").read_text())["project"]
    return str(project["dependencies"]), str(project["optional-dependencies"])


def _provide_go() -> Environment:
    source = PEERS / "gin" / "main.go"
    if shutil.which("go") is None:
        raise AbsentError("Go is missing (Debian: apt-get install golang golang-github-gin-gonic-gin-dev)")
    if not (Path(_GO_PATH) / "src/github.com/gin-gonic/gin").exists():
        raise AbsentError("Gin is missing (Debian: apt-get install golang-github-gin-gonic-gin-dev)")
    folder = HOME / "environments" / f"gin-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if not (folder / "gin").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run("go", "build", "-o", str(folder / "gin"), str(source), GOPATH=_GO_PATH, GOCACHE=str(HOME / "go"), **_GO)
    return Environment(folder, {"go": _run("go", "version").split()[2].removeprefix("go"), "gin": _gin_version()})


def _gin_version() -> str:
    said = (Path(_GO_PATH) / "src/github.com/gin-gonic/gin/version.go").read_text()
    return said.partition('Version = "v')[2].partition('"')[0]


def _run(*command: str, **variables: str) -> str:
    HOME.mkdir(parents=True, exist_ok=True)
    if shutil.which(command[0]) is None:
        raise AbsentError(f"{command[0]} is missing")
    ran = subprocess.run(  # noqa: S603 - commands of this file's own
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise AbsentError(f"`{' '.join(command[:3])}` failed: {ran.stderr.strip().splitlines()[-1:] or ran.returncode}")
    return ran.stdout
