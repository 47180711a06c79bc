"""The exception funnel: whatever ends a request becomes one reply and, where the server is at fault, one log record."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from jero._plan import OperationPlan
from jero._runtime.problems import problem_reply
from jero._runtime.reply import BufferedReply
from jero._runtime.request import Request
from jero._runtime.request_log import log_request
from jero.errors import ClientDisconnectedError, HTTPError, InternalServerError

type Handle = Callable[[BaseException, Request], Awaitable[BufferedReply | HTTPError | None]]
type Render = Callable[[HTTPError, Request], Awaitable[BufferedReply]]

_SERVER_ERROR = 500
_PASS = (GeneratorExit, KeyboardInterrupt)


class Failures:
    """Turns exceptions into replies for one app, through its exception handlers and its error renderer."""

    __slots__ = ("_handlers", "_render")

    def __init__(self, handlers: Mapping[type, Handle] | None = None, render: Render | None = None) -> None:
        self._handlers = handlers or {}
        self._render = render

    async def reply(self, error: BaseException, request: Request, plan: OperationPlan | None) -> BufferedReply | None:
        """Give the reply of a failed request; None where the client has left and nothing is to be answered.

        Raises the error itself where it is not the request's: the server cancels the task, or the process ends.
        """
        if isinstance(error, ClientDisconnectedError):
            log_request(logging.DEBUG, "the client left", request, plan)
            return None
        if isinstance(error, _PASS) or (isinstance(error, asyncio.CancelledError) and _is_cancelled()):
            raise error
        outcome = await self._handle(error, request, plan) if self._handlers else error
        if isinstance(outcome, tuple):
            return outcome
        if not isinstance(outcome, HTTPError):
            request.failed(outcome)
            log_request(
                logging.ERROR,
                f"failed with {type(outcome).__name__}",
                request,
                plan,
                status=_SERVER_ERROR,
                error=outcome,
            )
            outcome = InternalServerError()
        elif outcome.status >= _SERVER_ERROR and outcome is not _ANSWERED:
            log_request(
                logging.ERROR,
                "answered with an error of the server",
                request,
                plan,
                status=outcome.status,
                error=outcome,
            )
        return await self.answer(outcome, request, plan)

    def log_departure(self, request: Request, plan: OperationPlan, reason: str = "the client left") -> None:
        """Log that a stream ended early for no fault of anybody's."""
        log_request(logging.DEBUG, f"the stream ended early: {reason}", request, plan)

    def log_broken_stream(self, error: BaseException, request: Request, plan: OperationPlan) -> None:
        """Log what broke a stream whose headers had left; the client sees a response that is cut off."""
        request.failed(error)
        what = f"the stream broke with {type(error).__name__}"
        is_clients = isinstance(error, HTTPError) and error.status < _SERVER_ERROR
        log_request(logging.WARNING if is_clients else logging.ERROR, what, request, plan, error=error)

    def log_teardown(self, error: BaseException, request: Request, plan: OperationPlan) -> None:
        """Log what the teardown of a stream raised; it replaces no other error."""
        what = f"the teardown of the stream failed with {type(error).__name__}"
        log_request(logging.ERROR, what, request, plan, error=error)

    async def _handle(
        self, error: BaseException, request: Request, plan: OperationPlan | None
    ) -> BufferedReply | BaseException:
        """Ask the handler of the nearest class, then of the next, until one gives an answer; else the error itself.

        HTTPError has an answer of its own: a handler for a class above it, such as Exception, is not asked for one.
        """
        for cls in type(error).__mro__:
            handle = self._handlers.get(cls)
            if handle is not None:
                try:
                    outcome = await handle(error, request)
                except Exception as failure:  # noqa: BLE001 - logged, with the first error as its context
                    request.failed(failure)
                    what = f"the exception handler of {cls.__name__} failed with {type(failure).__name__}"
                    log_request(logging.ERROR, what, request, plan, status=_SERVER_ERROR, error=failure)
                    return _ANSWERED
                if isinstance(outcome, tuple) and outcome[0] >= _SERVER_ERROR:
                    what = f"failed with {type(error).__name__}, answered by its handler"
                    log_request(logging.ERROR, what, request, plan, status=outcome[0], error=error)
                if outcome is not None:
                    return outcome
            if cls is HTTPError:
                break
        return error

    async def answer(self, error: HTTPError, request: Request, plan: OperationPlan | None) -> BufferedReply:
        """Give an error its body: the renderer's, or the problem body; where these fail, a plain 500."""
        try:
            return problem_reply(error) if self._render is None else await self._render(error, request)
        except Exception as failure:  # noqa: BLE001 - an error that cannot be sent is logged and answered as 500
            what = f"the error {error.status} cannot be sent: {type(failure).__name__}"
            request.failed(failure)
            log_request(logging.ERROR, what, request, plan, status=_SERVER_ERROR, error=failure)
            return problem_reply(InternalServerError())


_ANSWERED = InternalServerError()
"""Stands for a failure that is logged already."""


def _is_cancelled() -> bool:
    """Say whether it is the task that is being cancelled, rather than a CancelledError that a handler let out."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
