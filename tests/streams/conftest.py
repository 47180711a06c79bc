"""What the tests of streams share: what was logged as an error."""

import logging
from collections.abc import Callable

import pytest


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Give what jero logged as a warning or an error."""
    caplog.set_level(logging.DEBUG, logger="jero")
    return lambda: [record.message for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture(params=["/lines", "/pinging"])
def path(request: pytest.FixtureRequest) -> str:
    """Each of the two pumps in turn: with and without the task that sends comments."""
    chosen: str = request.param
    return chosen
