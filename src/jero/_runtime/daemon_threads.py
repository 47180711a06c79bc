"""A plain function on a thread of its own, awaited; one that hangs does not keep the process alive."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context

logger = logging.getLogger("jero")


async def call_in_daemon_thread(function: Callable[[], object], name: str) -> object:
    """Give what `function` gives, called on a new daemon thread with this task's context variables.

    The threads of a pool would do for what always ends: the interpreter waits for them before it exits. Where
    this is cancelled, the thread goes on by itself, and what it still raises is logged.

    Raises what the function raises.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[tuple[object, BaseException | None]] = loop.create_future()
    context = copy_context()

    def settle(result: object, error: BaseException | None) -> None:
        if not outcome.done():
            outcome.set_result((result, error))
        elif error is not None:
            logger.error("%s failed after it was given up", name, exc_info=error)

    def work() -> None:
        result: object = None
        error: BaseException | None = None
        try:
            result = context.run(function)
        except BaseException as raised:  # noqa: BLE001 - raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name=name, daemon=True).start()
    result, error = await outcome
    if error is not None:
        raise error
    return result
