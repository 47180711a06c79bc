"""One target under atheris (libFuzzer for Python): `python under_atheris.py TARGET [libFuzzer options]`."""

import logging
import sys

import atheris

with atheris.instrument_imports(include=["jero", "python_multipart"]):
    from targets import TARGETS

logging.disable(logging.CRITICAL)
target = TARGETS[sys.argv.pop(1)]
atheris.Setup(sys.argv, target)
atheris.Fuzz()
