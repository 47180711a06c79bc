"""Bodies in tiny pieces that are all there at once: whoever reads them leaves the event loop to others meanwhile."""

import asyncio

import pytest

from benchmarks.hostile_input import KINDS, App, ask

_SIZE = 100_000
_BYTEWISE = [kind for kind in KINDS if kind.endswith("in single bytes")]


@pytest.mark.parametrize("kind", _BYTEWISE)
async def test_others_have_their_turn(kind: str) -> None:
    """A server that hands over 100,000 single bytes without a wait does not keep the loop from other tasks."""
    app, turns = App(), 0
    await ask(app, KINDS["query: pairs"][0](8))
    asking = asyncio.create_task(ask(app, KINDS[kind][0](_SIZE)))
    while not asking.done():
        turns += 1
        await asyncio.sleep(0)
    assert asking.result() == 204
    assert turns >= 10
