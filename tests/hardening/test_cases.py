"""The map of hardening holds: every limit and every case has tests that exist, over every edge or with a reason."""

from dataclasses import fields
from fnmatch import fnmatchcase

import pytest
from cases import CASES, LIMITS, Case
from nodes import EVERY, find_tests

from jero.limits import Limits

TESTS = find_tests()
_ALL = {**LIMITS, **CASES}


def _matching(pattern: str) -> list[str]:
    return [name for name in TESTS if fnmatchcase(name, pattern)]


@pytest.mark.parametrize("case", _ALL.values(), ids=_ALL)
def test_every_test_of_a_case_exists(case: Case) -> None:
    """A case names tests, by name or pattern, and each of them is there."""
    assert case.tests
    for pattern in case.tests:
        assert _matching(pattern), f"there is no test `{pattern}`"


@pytest.mark.parametrize("case", _ALL.values(), ids=_ALL)
def test_every_edge_of_a_case_is_held(case: Case) -> None:
    """The tests of a case run over every edge; where they do not, the reason stands in the map."""
    held = {edge for pattern in case.tests for name in _matching(pattern) for edge in TESTS[name]}
    missing = EVERY - held
    assert not missing or case.elsewhere, f"no test holds it over {sorted(missing)}, and no reason is given"
    assert missing or not case.elsewhere, "a reason is given where no edge is missing"


def test_every_case_is_there() -> None:
    """The cases are numbered from 0 to 38, without a gap."""
    assert list(CASES) == list(range(39))


def test_every_limit_is_there() -> None:
    """Each limit that an app can set has its entry."""
    named = {name for key in LIMITS for name in key.split(", ")}
    assert {field.name for field in fields(Limits)} <= named


def test_edges_are_found() -> None:
    """The reading of tests knows all three kinds: over every edge, over those with a wire, and in this process."""
    kinds = {frozenset(edges) for edges in TESTS.values()}
    assert kinds == {EVERY, EVERY - {"in-process"}, frozenset({"in-process"})}
