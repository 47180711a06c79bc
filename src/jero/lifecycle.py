"""What lives as long as the app: the stack of opened resources; `BaseFactory`, which groups construction."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, ExitStack
from types import TracebackType
from typing import Any, Protocol, cast, override, runtime_checkable

type ExitCallback = Callable[[type[BaseException] | None, BaseException | None, TracebackType | None], bool | None]
type AsyncExitCallback = Callable[
    [type[BaseException] | None, BaseException | None, TracebackType | None], Awaitable[bool | None]
]


class BaseFactory:
    """Groups the construction of what an app needs; opens resources with the same helpers as the app.

        class Factory(BaseFactory):
            async def create_widgets(self) -> Widgets:
                return Widgets(await self._aenter(Database.connect("widgets.sqlite3")))

        class App(BaseApp[Factory]):
            async def _wire(self) -> None:
                self._include_resource(await self._factory.create_widgets())

    `BaseApp[Factory]` builds it, injecting the exit stacks that its `__init__` names: `es` (sync) and `aes`
    (async). What they open closes with the app, in one reverse order of opening, whichever of them opened it. A
    parameter with another name needs a default: without one it is a wiring fault (JERO-W601).
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


@runtime_checkable
class TimedClosing(Protocol):
    """A context manager that says itself how long its closing may take, in place of `shutdown_timeout`.

        class Queue(AbstractAsyncContextManager["Queue"]):
            closing_timeout = 60.0

    Anything with that attribute is one, an attribute or a property; it need not inherit.
    """

    @property
    def closing_timeout(self) -> float | None:
        """Seconds that `__exit__` or `__aexit__` may take; None: no limit."""
        ...


class ResourceStack:
    """Context managers opened for the app's life, sync and async, closed in one reverse order of opening.

    A closing that raises, or takes more than `timeout` seconds (None: no limit), is logged and does not keep
    the others open; where what is opened has an attribute `closing_timeout`, that counts instead. `close`
    then raises all the errors together, as one group. A closing that returns true suppresses no error here,
    other than in a `with` statement.
    """

    def __init__(self, timeout: float | None = 10.0) -> None:
        """Start with nothing open; `sync_door` and `async_door` are what a factory is given."""
        self.timeout = timeout
        self._closings: list[tuple[str, float | None, AsyncExitCallback]] = []
        self.sync_door: ExitStack = _SyncDoor(self)
        self.async_door: AsyncExitStack = _AsyncDoor(self)

    def enter[T](self, manager: AbstractContextManager[T, bool | None]) -> T:
        """Open a sync context manager; it is closed with the app."""
        value = manager.__enter__()
        self.push(manager, _as_async(manager.__exit__))
        return value

    async def aenter[T](self, manager: AbstractAsyncContextManager[T, bool | None]) -> T:
        """Open an async context manager; it is closed with the app."""
        value = await manager.__aenter__()
        self.push(manager, manager.__aexit__)
        return value

    def push(self, what: object, leave: AsyncExitCallback) -> None:
        """Have `leave` called in its turn, to close `what`."""
        timeout = what.closing_timeout if isinstance(what, TimedClosing) else self.timeout
        self._closings.append((_name_of(what), timeout, leave))

    async def close(self, error: BaseException | None = None) -> None:
        """Close everything, last opened first; `error` is what ended the app's life, if anything did.

        Raises BaseExceptionGroup with every error that a closing raised, in the order of closing.
        """
        import asyncio  # noqa: PLC0415 - these two are most of what `import jero` would cost, and only closing needs them
        import logging  # noqa: PLC0415 - as above

        info = (None, None, None) if error is None else (type(error), error, error.__traceback__)
        errors: list[BaseException] = []
        while self._closings:
            name, timeout, leave = self._closings.pop()
            deadline = asyncio.timeout(timeout)
            try:
                async with deadline:
                    await leave(*info)
            except BaseException as failure:
                if error is not None and _is_only(failure, error):
                    continue  # what lets the error of start-up pass adds nothing to it
                if isinstance(failure, TimeoutError) and deadline.expired():
                    failure = _too_slow(f"closing {name}", timeout, failure)
                logging.getLogger("jero").error("closing %s failed", name, exc_info=failure)  # noqa: TRY400 - also SystemExit
                errors.append(failure)
        if errors:
            words = "; ".join(f"{type(failure).__name__}: {failure}" for failure in errors)
            raise BaseExceptionGroup(f"closing what the app opened failed: {words}", errors)


def _is_only(failure: BaseException, error: BaseException) -> bool:
    """Say whether a failure is that error, or a group of it alone, as a task group makes."""
    if isinstance(failure, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", failure)  # isinstance leaves its parameter open
        return all(_is_only(inner, error) for inner in group.exceptions)
    return failure is error


def _name_of(what: object) -> str:
    """Give what the log calls something that is closed: a function's or generator's name, or its class's."""
    named = getattr(what, "gen", what)
    return getattr(named, "__qualname__", type(what).__qualname__)


def _as_async(leave: ExitCallback) -> AsyncExitCallback:
    async def leave_async(
        kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return leave(kind, error, traceback)

    return leave_async


def _too_slow(what: str, timeout: float | None, cause: TimeoutError) -> TimeoutError:
    error = TimeoutError(
        f"{what} took longer than {timeout} s; if it needs more, raise the app's `shutdown_timeout`, or its own"
        " `closing_timeout`"
    )
    error.__cause__ = cause  # where it was waiting
    return error


class _SyncDoor(ExitStack):
    """An ExitStack whose entries go to the app's one order, each as a small stack of its own."""

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
        self._stack.push(exit, _as_async(entry.__exit__))
        return exit

    @override
    def callback[**P, R](self, callback: Callable[P, R], /, *args: P.args, **kwds: P.kwargs) -> Callable[P, R]:
        entry = ExitStack()
        entry.callback(callback, *args, **kwds)
        self._stack.push(callback, _as_async(entry.__exit__))
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
    def callback[**P, R](self, callback: Callable[P, R], /, *args: P.args, **kwds: P.kwargs) -> Callable[P, R]:
        return self._stack.sync_door.callback(callback, *args, **kwds)

    @override
    def push_async_exit[F: AbstractAsyncContextManager[Any, bool | None] | AsyncExitCallback](self, exit: F) -> F:
        entry = AsyncExitStack()
        entry.push_async_exit(exit)
        self._stack.push(exit, entry.__aexit__)
        return exit

    @override
    def push_async_callback[**P, R](
        self, callback: Callable[P, Awaitable[R]], /, *args: P.args, **kwds: P.kwargs
    ) -> Callable[P, Awaitable[R]]:
        entry = AsyncExitStack()
        entry.push_async_callback(callback, *args, **kwds)
        self._stack.push(callback, entry.__aexit__)
        return callback
