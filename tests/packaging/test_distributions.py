"""The wheel and the source distribution: what is in them, what they say of themselves, and what they give away."""

import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from installing import PYPROJECT, ROOT

from jero._wiring import catalogue
from jero._wiring.faults import FaultKind

PACKAGE = ROOT / "src" / "jero"
PROJECT = PYPROJECT["project"]
CODES = [kind.code for kind in vars(catalogue).values() if isinstance(kind, FaultKind)]
_CACHES = ("__pycache__", ".pyc", ".coverage", ".hypothesis", "_cache", ".sqlite3")
_REGISTRIES = re.compile(
    rb"pypi\.(?:or)g|pythonhosted\.(?:or)g|npmjs\.(?:or)g|://[^\s/]*/simple\b|--(?:extra-)?index-url"
)
_HOMES = re.compile(rb"(?<![\w.*])/(?:home|Users)/(?!app\b|runner\b|you\b)\w")


@pytest.fixture(scope="module")
def in_wheel(wheel: Path) -> dict[str, bytes]:
    """Give the files of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def in_sdist(sdist: Path) -> dict[str, bytes]:
    """Give the files of the source distribution, below its folder."""
    with tarfile.open(sdist) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file is not None}


@pytest.fixture(scope="module")
def metadata(in_wheel: dict[str, bytes]) -> Message:
    """Give what the wheel says of itself."""
    (text,) = (content for name, content in in_wheel.items() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(text.decode())


def test_wheel_holds_the_package(in_wheel: dict[str, bytes]) -> None:
    """The wheel has each file of src/jero, the pages of the wiring faults, and else only its own metadata."""
    package = {f"jero/{file.relative_to(PACKAGE).as_posix()}" for file in _tracked(PACKAGE)}
    pages = {f"jero/_cli/errors/{code}.md" for code in [*CODES, "index"]} - {"jero/_cli/errors/index.md"}
    found = {name for name in in_wheel if ".dist-info/" not in name}
    assert found - {"jero/_cli/errors/index.md"} == package | pages
    assert {name.partition("/")[2] for name in in_wheel.keys() - found} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_wheel_is_typed_and_has_its_templates(in_wheel: dict[str, bytes]) -> None:
    """The wheel has the marker of typed packages, and what `jero new` copies."""
    assert in_wheel["jero/py.typed"] == b""
    templates = {name for name in in_wheel if name.startswith("jero/_cli/templates/")}
    assert {name.rpartition("/")[2] for name in templates} >= {"Dockerfile.template", "ci.yml.template"}
    assert len(templates) == sum(file.is_file() for file in (PACKAGE / "_cli" / "templates").rglob("*.template"))


def test_sdist_holds_what_builds_the_wheel(in_sdist: dict[str, bytes], tmp_path: Path, wheel: Path) -> None:
    """The source distribution has the sources and no more, and the wheel built from it is the same, byte for byte."""
    for name, content in in_sdist.items():
        file = tmp_path / "source" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    done = subprocess.run(command, cwd=tmp_path / "source", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "dist" / wheel.name).read_bytes() == wheel.read_bytes()
    known = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "docs", "pyproject.toml", "src", ".gitignore"}
    assert {name.partition("/")[0] for name in in_sdist} == known


def test_no_tests_and_no_caches(in_wheel: dict[str, bytes], in_sdist: dict[str, bytes]) -> None:
    """Neither has tests, benchmarks, the demo, or what a tool has left behind."""
    for names in (in_wheel, in_sdist):
        assert [name for name in names if any(word in name for word in _CACHES)] == []
        assert [name for name in names if re.match(r"(tests|benchmarks|fuzz|demo_app|site)/", name)] == []


def test_metadata(metadata: Message) -> None:
    """The metadata is that of pyproject.toml: version, Python, licence, classifiers, requirements, the description."""
    assert metadata["Name"] == "jero"
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Requires-Python"] == ">=3.13"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert sorted(metadata.get_all("Classifier", [])) == sorted(PROJECT["classifiers"])
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text()


def test_classifiers() -> None:
    """The classifiers name each version of Python that the tests run on, and say that the package is typed."""
    assert {"Typing :: Typed", "Framework :: AsyncIO"} <= set(PROJECT["classifiers"])
    versions = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert versions == ["3.13", "3.14"]


def test_extras(metadata: Message) -> None:
    """The extras are those that the documentation names; without any, three packages are required."""
    assert sorted(metadata.get_all("Provides-Extra", [])) == ["cli", "granian", "native", "uvicorn"]
    required = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert sorted(re.split(r"[<>=]", each)[0] for each in required) == ["anyio", "msgspec", "python-multipart"]


def test_nothing_names_a_registry_or_a_machine(in_wheel: dict[str, bytes], in_sdist: dict[str, bytes]) -> None:
    """No file of the repository or of a distribution names a package registry's host, or a path of this machine."""
    files = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in _tracked(ROOT)}
    places = [str(path).encode() for path in (ROOT, Path.home()) if len(path.parts) > 2]
    for contents in (files, in_wheel, in_sdist):
        told = {
            name: match[0]
            for name, content in contents.items()
            for match in [
                _REGISTRIES.search(content),
                _HOMES.search(content),
                *(re.search(re.escape(place) + rb"\b", content) for place in places),
            ]
            if match is not None
        }
        assert told == {}


def _tracked(folder: Path) -> list[Path]:
    """Give the files below a folder that git has or would take; without git, all that are no caches."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        files = [folder / name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        files = [
            file for file in folder.rglob("*") if not any(word in str(file) for word in (*_CACHES, "/.", "/site/"))
        ]
    return sorted(file for file in files if file.is_file())
