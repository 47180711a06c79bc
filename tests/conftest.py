"""What all tests share: reports that can travel between processes, and how long properties are tried."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

if "HYPOTHESIS_EXAMPLES" in os.environ:  # a long run; those with a number of their own read it, too
    settings.register_profile("long", max_examples=int(os.environ["HYPOTHESIS_EXAMPLES"]))
    settings.load_profile("long")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what is no Unicode in the captured output: some tests log lone surrogates on purpose."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "backslashreplace").decode()) for title, text in report.sections]
    return report
