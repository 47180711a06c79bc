"""What every edge has in common as it is driven: an application is asked, and its answers checked, before it is timed.

The request is the one of `compare.py`, header by header.
"""

from collections.abc import Awaitable, Callable

from scenarios import Answer, Request, Scenario, find_fault

type Serve = Callable[[int], Awaitable[None]]
"""Serves a scenario's request so many times."""
type Prepare = Callable[[Scenario], Awaitable[Serve]]
"""Asks once, raises ValueError where the answer is not the scenario's, and gives what serves it."""
type Ask = Callable[[Request], Awaitable[Answer]]


async def check_answers(scenario: Scenario, ask: Ask) -> None:
    """Hold that the answer is right and the wrong requests are refused; raises ValueError where they are not."""
    for request, statuses in scenario.refused:
        status = (await ask(request)).status
        if status not in statuses:
            raise ValueError(f"{request.method} {request.target} must be refused, and was answered {status}")
    if fault := find_fault(scenario, await ask(scenario.request)):
        raise ValueError(f"scenario {scenario.key}: {fault}")
