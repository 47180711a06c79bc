"""A factory alone, with its real exit stacks and a loop to await in: no app, no server."""

from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from anyio.from_thread import start_blocking_portal

from jero._wiring.factories import build_factory
from jero.lifecycle import BaseFactory, ResourceStack


class FactoryHarness[F: BaseFactory]:
    """Builds a factory as an app would, for tests of what it constructs.

        with FactoryHarness(Factory) as harness:
            service = harness.run(harness.factory.create_widget_service())

    `run` awaits a coroutine on the harness's own loop, which lives until `close` (or the end of the `with`), where all
    that the factory opened is closed in reverse, each within `shutdown_timeout` seconds (10; None: no limit).

    Raises WiringError where the factory cannot be built.
    """

    def __init__(self, factory_class: type[F], *, shutdown_timeout: float | None = 10.0) -> None:
        self._stack = ResourceStack(shutdown_timeout)
        factory = build_factory(factory_class, self._stack)
        assert isinstance(factory, factory_class), "a class builds its own"  # noqa: S101 - narrows the type
        self.factory: F = factory
        self._context = start_blocking_portal()
        self._portal = self._context.__enter__()
        self._is_closed = False

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine and give what it gives, or raise what it raises."""

        async def wait() -> T:
            return await coroutine

        return self._portal.call(wait)

    def close(self) -> None:
        """Close what the factory opened, and the loop. Raises what the closings raise, together; safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._portal.call(self._stack.close)
        finally:
            self._context.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
