"""Every wiring fault of the catalogue: an app that has it fails at startup with exactly these words."""

import re

import annotation_faults as _annotation_faults

# Importing a table adds its cases.
import app_faults as _app_faults
import argument_faults as _argument_faults
import auth_faults as _auth_faults
import form_faults as _form_faults
import hook_faults as _hook_faults
import mount_faults as _mount_faults
import path_faults as _path_faults
import pytest
import return_faults as _return_faults
import text_source_faults as _text_source_faults
from fault_cases import CASES, FaultCase

from jero import WiringError
from jero._wiring import catalogue
from jero._wiring.faults import FaultKind
from jero.testing import TestClient

TABLES = (
    _argument_faults,
    _annotation_faults,
    _text_source_faults,
    _form_faults,
    _return_faults,
    _path_faults,
    _auth_faults,
    _mount_faults,
    _hook_faults,
    _app_faults,
)
KINDS = [kind for kind in vars(catalogue).values() if isinstance(kind, FaultKind)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.make_app.__name__)
def test_fault(case: FaultCase) -> None:
    """An app with a fault fails at startup; the error's whole text says subject, place, fault and remedy."""
    with pytest.raises(WiringError) as caught:
        TestClient(case.make_app())
    assert str(caught.value) == case.text()


def test_cases_state_their_behaviour() -> None:
    """Every case of the tables says in its docstring which behaviour it holds."""
    assert [case.make_app.__name__ for case in CASES if not case.make_app.__doc__] == []


def test_every_kind_is_triggered() -> None:
    """There is no fault in the catalogue that no app of the tables has."""
    triggered = {fault.code for case in CASES for fault in case.faults}
    assert {kind.code for kind in KINDS} == triggered


def test_codes_are_unique() -> None:
    """No two faults share a code."""
    codes = [kind.code for kind in KINDS]
    assert sorted(set(codes)) == sorted(codes)


def test_codes_are_well_formed() -> None:
    """Every code is `JERO-W` and three digits."""
    assert [kind.code for kind in KINDS if not re.fullmatch(r"JERO-W[0-9]{3}", kind.code)] == []
