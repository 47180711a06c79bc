"""What reads a request does work in proportion to its size, however hostile it is: it is counted, not timed."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from benchmarks.hostile_input import KINDS, App, Make, ask
from jero import BaseApp

_TOOL = 4
_SIZE = 1500
_SMALL_CHANGE = 200
"""Steps that a request takes whatever its size."""


@pytest.fixture(scope="module")
def app() -> BaseApp:
    """Give an app that reads everything, and has started itself."""
    app = App()
    asyncio.run(ask(app, KINDS["query: pairs"][0](8)))
    return app


@pytest.mark.parametrize("kind", KINDS)
def test_work_grows_with_the_size(app: BaseApp, kind: str) -> None:
    """Four times the input takes at most four times the steps of Python, or is refused before it takes more."""
    make, _ = KINDS[kind]
    few, many = _count_steps(app, make, _SIZE), _count_steps(app, make, 4 * _SIZE)
    assert many <= 4 * few + _SMALL_CHANGE


def _count_steps(app: BaseApp, make: Make, size: int) -> int:
    hostile = make(size)
    asyncio.run(ask(app, hostile))  # what is made once, at first need, is not counted
    with _counted_steps() as steps:
        assert asyncio.run(ask(app, hostile)) < 500
    return len(steps)


@contextmanager
def _counted_steps() -> Generator[list[None]]:
    """Count the lines, jumps back and calls that Python executes."""
    steps: list[None] = []
    monitoring = sys.monitoring
    events = monitoring.events

    def note(*_: object) -> None:
        steps.append(None)

    monitoring.use_tool_id(_TOOL, "steps")
    try:
        for event in (events.LINE, events.JUMP, events.CALL):
            monitoring.register_callback(_TOOL, event, note)
        monitoring.set_events(_TOOL, events.LINE | events.JUMP | events.CALL)
        yield steps
    finally:
        monitoring.set_events(_TOOL, events.NO_EVENTS)
        monitoring.free_tool_id(_TOOL)
