"""A coroutine that is awaited, with a word before each of its waits: what is ready by then can leave."""

from collections.abc import Callable, Coroutine, Generator
from types import coroutine


@coroutine
def attend[T](work: Coroutine[object, object, T], before_wait: Callable[[], None]) -> Generator[object, object, T]:
    """Await `work`; `before_wait` is called each time it has come to a wait, and must not raise.

    A task switch per item would tell the same, and cost more than most items do.
    """
    thrown: BaseException | None = None
    step = work.send
    try:
        while True:
            waits_for = step(None) if thrown is None else work.throw(thrown)
            thrown = None
            before_wait()
            try:
                yield waits_for  # what a task sends in is None
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:  # noqa: BLE001 - handed on; outside of this block, not to be a context
                thrown = error
    except StopIteration as end:
        return end.value
    finally:
        del thrown  # it refers to this frame
