"""What lives as long as the app: the stack of opened resources, and `BaseFactory`, which groups their construction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, ExitStack
from types import TracebackType
from typing import Any, Unpack, override

logger = logging.getLogger("jero")

type ErrorInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
type ExitCallback = Callable[
    [type[BaseException] | None, BaseException | None, TracebackType | None], bool | None
]
type AsyncExitCallback = Callable[
    [type[BaseException] | None, BaseException | None, TracebackType | None], Awaitable[bool | None]
]


class BaseFactory:
    """Groups the construction of what an app needs; opens resources with the same helpers as the app.

    `BaseApp[Factory]` builds it, injecting the exit stacks that its `__init__` names: `es` (sync), `aes` (async).
    Both close in one reverse order of opening, at the app's shutdown.
    """

    _es: ExitStack
    _aes: AsyncExitStack

    def __init__(self, es: ExitStack, aes: AsyncExitStack) -> None:
        self._es = es
        self._aes = aes

    def _enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        """Open a sync context manager for the app's life and return what it opened."""
        return self._es.enter_context(manager)

    async def _aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        """Open an async context manager for the app's life and return what it opened."""
        return await self._aes.enter_async_context(manager)


class ResourceStack:
    """Context managers opened for the app's life, sync and async, closed in one reverse order of opening.

    A closing that raises, or takes longer than `timeout` seconds (None: no limit), is logged and does not keep the
    others open; `close` then raises all the errors together, as one group.
    """

    def __init__(self, timeout: float | None = 10.0) -> None:
        self.timeout = timeout
        self._closings: list[tuple[str, AsyncExitCallback]] = []
        self.sync_door: ExitStack = _SyncDoor(self)
        self.async_door: AsyncExitStack = _AsyncDoor(self)

    def enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        """Open a sync context manager; it is closed with the app."""
        value = manager.__enter__()

        async def leave(*error: Unpack[ErrorInfo]) -> bool | None:
            return manager.__exit__(*error)

        self.push(type(manager).__qualname__, leave)
        return value

    async def aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        """Open an async context manager; it is closed with the app."""
        value = await manager.__aenter__()
        self.push(type(manager).__qualname__, manager.__aexit__)
        return value

    def push(self, name: str, leave: AsyncExitCallback) -> None:
        """Have `leave` called in its turn; `name` says in the log what it closes."""
        self._closings.append((name, leave))

    async def close(self, error: BaseException | None = None) -> None:
        """Close everything, last opened first; `error` is what ended the app's life, if anything did.

        Raises BaseExceptionGroup with every error that a closing raised.
        """
        info = (None, None, None) if error is None else (type(error), error, error.__traceback__)
        errors: list[BaseException] = []
        while self._closings:
            name, leave = self._closings.pop()
            try:
                async with asyncio.timeout(self.timeout):
                    await leave(*info)
            except BaseException as failure:  # noqa: BLE001 - every closing gets its turn; all are raised below
                if failure is error:
                    continue  # a context manager that lets the error of start-up pass adds nothing to it
                if isinstance(failure, TimeoutError):
                    failure.add_note(f"closing {name} may take at most {self.timeout} s (shutdown_timeout)")
                logger.error("closing %s failed", name, exc_info=failure)  # noqa: TRY400 - a BaseException is logged too
                errors.append(failure)
        if errors:
            raise BaseExceptionGroup("closing the app's resources failed", errors)


class _SyncDoor(ExitStack):
    """An ExitStack whose entries go to the app's one order: each is entered there as a small stack of its own."""

    def __init__(self, stack: ResourceStack) -> None:
        super().__init__()
        self._stack = stack

    @override
    def enter_context[T](self, cm: AbstractContextManager[T, bool | None]) -> T:
        return self._stack.enter(cm)

    @override
    def push[F: AbstractContextManager[Any, bool | None] | ExitCallback](self, exit: F) -> F:
        entry = ExitStack()
        entry.push(exit)
        self._stack.enter(entry)
        return exit

    @override
    def callback[**P, R](
        self, callback: Callable[P, R], /, *args: P.args, **kwds: P.kwargs
    ) -> Callable[P, R]:
        entry = ExitStack()
        entry.callback(callback, *args, **kwds)
        self._stack.enter(entry)
        return callback


class _AsyncDoor(AsyncExitStack):
    """An AsyncExitStack whose entries go to the app's one order, as `_SyncDoor`'s do."""

    def __init__(self, stack: ResourceStack) -> None:
        super().__init__()
        self._stack = stack

    @override
    def enter_context[T](self, cm: AbstractContextManager[T, bool | None]) -> T:
        return self._stack.enter(cm)

    @override
    async def enter_async_context[T](self, cm: AbstractAsyncContextManager[T, bool | None]) -> T:
        return await self._stack.aenter(cm)

    @override
    def push[F: AbstractContextManager[Any, bool | None] | ExitCallback](self, exit: F) -> F:
        return self._stack.sync_door.push(exit)

    @override
    def callback[**P, R](
        self, callback: Callable[P, R], /, *args: P.args, **kwds: P.kwargs
    ) -> Callable[P, R]:
        return self._stack.sync_door.callback(callback, *args, **kwds)

    @override
    def push_async_exit[F: AbstractAsyncContextManager[Any, bool | None] | AsyncExitCallback](
        self, exit: F
    ) -> F:
        entry = AsyncExitStack()
        entry.push_async_exit(exit)
        self._stack.push("an async exit", entry.__aexit__)
        return exit

    @override
    def push_async_callback[**P, R](
        self, callback: Callable[P, Awaitable[R]], /, *args: P.args, **kwds: P.kwargs
    ) -> Callable[P, Awaitable[R]]:
        entry = AsyncExitStack()
        entry.push_async_callback(callback, *args, **kwds)
        self._stack.push("an async callback", entry.__aexit__)
        return callback
