"""The lifespan of an app under test: one task that holds it from its startup to its shutdown."""

import asyncio
from collections.abc import Mapping
from typing import Any

from jero.testing.conformance import LifespanAnswer, LifespanConformance, LifespanPhase
from jero.testing.errors import AppStillRunningError, ASGIViolationError, LifespanError
from jero.testing.protocol import EXTENSION, ASGIApp, Message, Report


class Lifespan:
    """Drives `lifespan.startup` and `lifespan.shutdown`; `state` is what the app put into its scope's."""

    def __init__(self, app: ASGIApp, exit_timeout: float) -> None:
        """Prepare a lifespan; nothing runs before `startup`."""
        self._app = app
        self._exit_timeout = exit_timeout
        self._report = Report()
        self._check = LifespanConformance()
        self._answers: dict[LifespanPhase, LifespanAnswer] = {}
        self._news = asyncio.Event()
        self._shutdown_asked = asyncio.Event()
        self._shutdown_given = False
        self._violation: ASGIViolationError | None = None
        self._raised: BaseException | None = None
        self._ended = False
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, object] = {}

    async def startup(self) -> None:
        """Start the app and wait for its answer. An app that returns without a `receive()` has no lifespan.

        Raises:
            BaseException: the very exception that the app reported, or let out before its answer.
            LifespanError: the app answered `lifespan.startup.failed` and reported none.
            ASGIViolationError: the app broke the specification.

        """
        self._task = asyncio.create_task(self._run())
        try:
            await self._answer("startup")
        except asyncio.CancelledError:
            await self._stop(self._task)
            raise
        answer = self._answers.get("startup")
        if answer is not None and answer.failed:
            await self._ends(self._task)
        failure = self._failure("startup", self._report.startup)
        if failure is not None:
            await self._stop(self._task)
            raise failure
        if answer is None:  # it has returned, and never asked for a message: it has no lifespan
            self._task = None

    async def shutdown(self) -> None:
        """Shut the app down and wait for the end of its task; does nothing for an app without lifespan.

        Raises:
            BaseException: the very exception that the app reported, or let out.
            LifespanError: the app answered `lifespan.shutdown.failed` and reported none.
            ASGIViolationError: the app broke the specification, or ended before it was asked to.
            AppStillRunningError: the task did not end after its answer.

        """
        if self._task is None:
            return
        task, self._task = self._task, None
        self._shutdown_asked.set()
        try:
            await self._answer("shutdown")
        except asyncio.CancelledError:
            await self._stop(task)
            raise
        ended = self._violation is None and await self._ends(task)
        failure = self._failure("shutdown", self._report.shutdown)
        if not ended:
            await self._stop(task)
        if failure is not None:
            raise failure
        if not ended:
            raise AppStillRunningError(
                f"the app's lifespan task was still running {self._exit_timeout} s after it had answered "
                "lifespan.shutdown; let it return"
            )

    def _failure(self, phase: LifespanPhase, reported: BaseException | None) -> BaseException | None:
        """Return what the test must know of a phase that was answered or ended."""
        answer = self._answers.get(phase)
        if self._violation is not None:
            return self._violation
        if reported is not None:
            return reported
        if answer is not None and answer.failed:
            error = LifespanError(phase, answer.message)
            error.__cause__ = self._raised
            return error
        if self._raised is not None:
            return self._raised
        if answer is None and (phase == "shutdown" or self._check.asked):
            return self._check.missing(phase)
        return None

    async def _run(self) -> None:
        """Run the app's lifespan; what it raises is kept."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
            "extensions": {EXTENSION: self._report},
        }
        try:
            await self._app(scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - even SystemExit must not end the loop; the caller raises it
            self._raised = error
        finally:
            self._ended = True
            self._news.set()

    async def _receive(self) -> Message:
        """Give the app its two events, the second when the client closes; there is no third."""
        if not self._check.asked:
            self._check.ask("startup")
            return {"type": "lifespan.startup"}
        await self._shutdown_asked.wait()
        if self._shutdown_given:
            await asyncio.get_running_loop().create_future()
        self._shutdown_given = True
        self._check.ask("shutdown")
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Take an answer of the app."""
        try:
            answer = self._check.take(message)
        except ASGIViolationError as violation:
            self._violation = self._violation or violation
            raise
        else:
            self._answers[answer.phase] = answer
        finally:
            self._news.set()

    async def _answer(self, phase: LifespanPhase) -> None:
        """Wait until a phase is answered, or cannot be any more."""
        while not (self._ended or self._violation is not None or phase in self._answers):
            self._news.clear()
            await self._news.wait()

    async def _ends(self, task: asyncio.Task[None]) -> bool:
        """Wait for the end of the task, `exit_timeout` seconds at most."""
        await asyncio.wait((task,), timeout=self._exit_timeout)
        return task.done()

    async def _stop(self, task: asyncio.Task[None]) -> None:
        """Cancel the task and wait for it, `exit_timeout` seconds at most."""
        task.cancel()
        await self._ends(task)
