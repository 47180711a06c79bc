"""What a handler gives as `stream=`: opened, iterated and torn down, in either of its two shapes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import cast

from jero._runtime.server_faults import ServerFaultError

END = object()
"""Comes in place of the first item where there is none."""


class StreamLifecycle:
    """One stream from set-up to teardown; after `open`, iterating gives the items that follow the first."""

    __slots__ = ("_generator", "_given", "_items")

    def __init__(self, given: object) -> None:
        self._given = given
        self._items: AsyncIterator[object] | None = None
        self._generator: AsyncGenerator[object] | None = None

    async def open(self, set_up: Callable[[], Awaitable[None]]) -> object:
        """Run the set-up and give the first item, or END. The first pull tells which of the two shapes it is.

        `set_up` is called in between, where there is such a point: after a lifecycle generator's `yield`.
        """
        given = self._given
        if not isinstance(given, AsyncIterable):
            raise ServerFaultError(f"`stream=` is a `{given.__class__.__name__}`, which is no async iterable")
        self._items = iterator = aiter(cast("AsyncIterable[object]", given))
        first = await anext(iterator, END)
        if not isinstance(first, AsyncIterable):
            return first
        if not isinstance(iterator, AsyncGenerator):
            raise ServerFaultError("`stream=` gives a stream and is no lifecycle generator: write it with one `yield`")
        self._generator, self._items = cast("AsyncGenerator[object]", iterator), None
        self._items = aiter(cast("AsyncIterable[object]", first))
        await set_up()
        return await anext(self._items, END)

    def __aiter__(self) -> AsyncIterator[object]:
        return cast("AsyncIterator[object]", self._items)  # `open` has set it

    async def close(self, error: BaseException | None, log: Callable[[BaseException], None]) -> BaseException | None:
        """Close the items, then run what follows the lifecycle's `yield`; `error` is what ended the stream.

        Gives that error again; where a lifecycle makes another error of a cancellation, as a time-out does,
        it gives that one. What else fails here is logged and no more.
        """
        aclose: Callable[[], Awaitable[None]] | None = getattr(self._nearest, "aclose", None)
        if aclose is not None:
            try:
                await aclose()
            except GeneratorExit:  # the loop is going away: nothing can be awaited any more
                raise
            except BaseException as failure:  # noqa: BLE001 - a teardown's failure never replaces what came before
                log(failure)
        if self._generator is not None:
            return await self._leave(self._generator, error, log)
        return error

    @property
    def _nearest(self) -> object:
        """What is to be closed first: the items, or what was given where it was never opened."""
        return self._given if self._items is None and self._generator is None else self._items

    @staticmethod
    async def _leave(
        generator: AsyncGenerator[object], error: BaseException | None, log: Callable[[BaseException], None]
    ) -> BaseException | None:
        try:
            again = await (anext(generator, END) if error is None else generator.athrow(error))
            if again is not END:
                log(ServerFaultError("the lifecycle generator yields twice; a stream has one `yield`"))
                await generator.aclose()
        except StopAsyncIteration:
            pass
        except GeneratorExit:  # as above
            raise
        except BaseException as failure:  # noqa: BLE001 - as above
            if failure is error:
                return error
            if isinstance(error, asyncio.CancelledError):
                return error if isinstance(failure, asyncio.CancelledError) else failure
            log(failure)
        return error
