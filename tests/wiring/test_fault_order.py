"""All faults of an app at once, in one order and the same words on every run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from twelve_faults_app import App

from jero import WiringError
from jero.testing import TestClient

CODES = [
    "JERO-W502",  # Widgets: updat
    "JERO-W101",  # create: jsn
    "JERO-W104",  # create: json is a dict
    "JERO-W202",  # create: returns a dict
    "JERO-W308",  # read_one: a path field with a default
    "JERO-W111",  # read_many: a dict in params
    "JERO-W102",  # read_many: a body on GET
    "JERO-W401",  # delete: user without auth
    "JERO-W106",  # delete: raw_headers as bytes
    "JERO-W303",  # Gadgets: a relative path
    "JERO-W506",  # Gadgets: the ref of Widgets
    "JERO-W501",  # Empty: no operations
]


def test_twelve_faults() -> None:
    """An app with twelve faults reports the twelve, mount by mount and operation by operation."""
    with pytest.raises(WiringError) as caught:
        TestClient(App())
    assert [fault.code for fault in caught.value.faults] == CODES


def test_same_words_on_every_run() -> None:
    """The text is the same whatever the seed of Python's hashes is, so that no set is printed."""
    texts = {_text_with_seed(seed) for seed in ("0", "1", "2")}
    assert len(texts) == 1
    assert texts.pop().startswith("12 wiring faults\n\nJERO-W502 Widgets\n")


def _text_with_seed(seed: str) -> str:
    script = Path(__file__).with_name("twelve_faults_app.py")
    environment = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True, text=True).stdout
